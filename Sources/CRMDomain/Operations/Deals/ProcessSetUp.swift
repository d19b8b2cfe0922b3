package import CRDTCore
package import ReplicaStore

/// Makes processes and stages.
///
/// Ids follow from names, so that two nodes which add one process or stage offline make one record.
package enum ProcessSetUp {
  /// The id of a process that is made under a name.
  package static func id(ofProcess name: String) -> RecordID {
    RecordID(derivedFrom: "process", [Array(NameFolding.normalized(name).utf8)])
  }

  /// The id of a stage that is made under a name.
  package static func id(ofStage name: String, in process: RecordID) -> RecordID {
    RecordID(
      derivedFrom: "stage",
      [process.rawValue.bigEndianBytes, Array(NameFolding.normalized(name).utf8)])
  }

  /// Makes a process out of a template; of none, one without stages.
  package static func add(
    _ name: String, from template: ProcessTemplate?, isDefault: Bool = false,
    in transaction: Transaction
  ) throws {
    let process = id(ofProcess: name)
    var changes = [
      FieldChange("name", .set(.text(NameFolding.normalized(name)))),
      FieldChange("purpose", .set(.text(template?.purpose ?? "sales"))),
    ]
    if template?.isStrict == true {
      changes.append(FieldChange("transition_policy", .set(.text("listed"))))
    }
    if isDefault { changes.append(FieldChange("default", .set(.bool(true)))) }
    try make("process", process, changes, in: transaction)
    let stages = template?.stages ?? []
    for (stage, position) in zip(stages, PositionKey.row(of: stages.count)) {
      try add(stage, at: position, to: process, in: transaction)
    }
  }

  private static func add(
    _ stage: ProcessTemplate.Stage, at position: String, to process: RecordID,
    in transaction: Transaction
  ) throws {
    let id = id(ofStage: stage.name, in: process)
    var changes = [
      FieldChange("process", .set(.reference(process))),
      FieldChange("name", .set(.text(stage.name))),
      FieldChange("position", .set(.text(position))),
      FieldChange("phase", .set(.text(stage.phase.rawValue))),
      FieldChange("kind", .set(.text(stage.kind.rawValue))),
      FieldChange("probability", .set(.decimal(DecimalNumber(stage.probability)))),
    ]
    if let description = stage.description {
      changes.append(FieldChange("description", .set(.text(description))))
    }
    changes += stage.followUpDays.map {
      FieldChange("follow_up_days", .insert(.integer($0)))
    }
    changes += stage.movesTo.map {
      FieldChange("moves_to", .insert(.reference(self.id(ofStage: $0, in: process))))
    }
    try make("stage", id, changes, in: transaction)
    for (criterion, position) in zip(
      stage.criteria, PositionKey.row(of: stage.criteria.count))
    {
      var changes = [
        FieldChange("stage", .set(.reference(id))),
        FieldChange("text", .set(.text(criterion.text))),
        FieldChange("position", .set(.text(position))),
      ]
      if let field = criterion.field { changes.append(FieldChange("field", .set(.text(field)))) }
      let key = [id.rawValue.bigEndianBytes, Array(criterion.text.utf8)]
      try make(
        "exit_criterion", RecordID(derivedFrom: "exit_criterion", key), changes, in: transaction)
    }
  }

  /// Makes a record, or brings one back that was deleted.
  private static func make(
    _ kind: String, _ id: RecordID, _ changes: [FieldChange], in transaction: Transaction
  ) throws {
    let state = try transaction.snapshot.record(kind, id)
    if let state, state.isDeleted {
      try transaction.restore(kind, id, basis: state.basis, changes)
    } else {
      try transaction.edit(kind, id, basis: state?.basis ?? Basis(), changes)
    }
  }
}
