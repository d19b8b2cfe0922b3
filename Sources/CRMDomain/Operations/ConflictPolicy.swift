import CRDTCore
package import ReplicaStore

/// The rules of fields, as an administrator may set them for the workspace.
///
/// A rule is a record whose id is derived from the field's name. Only administrators' entries count for it,
/// which every replica judges for itself.
package enum ConflictPolicy {
  /// Whether the field has a rule that can be another.
  package static func allows(_ field: Field, of entity: Entity) -> Bool {
    entity.role != .system && field.schema.merge.rule != nil
  }

  /// The words that mean something for a field, beside the built-in rule.
  package static func words(for field: Field) -> [String] {
    RegisterRule.words.filter { word in
      switch word {
      case "max", "min": field.schema.type.isOrdered
      case "precedence": field.schema.merge.rule?.policy == .precedence
      case _: true
      }
    }
  }

  /// The rule that a word sets; the one built in without a word.
  package static func rule(_ word: String?, for field: Field) -> RegisterRule? {
    guard let builtIn = field.schema.merge.rule else { return nil }
    return word.flatMap { RegisterRule($0, inPlaceOf: builtIn) } ?? builtIn
  }

  /// What is known of a field's rule: what setting it replaces.
  package static func basis(
    for field: Field, of entity: Entity, in snapshot: Snapshot
  ) throws -> Basis {
    let id = ConflictPolicies.record(of: entity.name, field: field.name)
    return try snapshot.record(ConflictPolicies.kind, id)?.basis ?? Basis()
  }

  /// Sets a field's rule; without a word, the built-in one holds again.
  ///
  /// A rule that `basis` does not know is not replaced, but stands beside the new one.
  package static func set(
    _ word: String?, for field: Field, of entity: Entity, basis: Basis,
    in transaction: Transaction
  ) throws {
    let name = "\(entity.name).\(field.name)"
    let id = ConflictPolicies.record(of: entity.name, field: field.name)
    let state = try transaction.snapshot.record(ConflictPolicies.kind, id)
    var changes = [FieldChange(ConflictPolicies.rule, .set(word.map(Value.text) ?? .null))]
    if state == nil {
      changes.insert(FieldChange(ConflictPolicies.field, .set(.text(name))), at: 0)
    }
    if basis.isDeleted {
      try transaction.restore(ConflictPolicies.kind, id, basis: basis, changes)
    } else {
      try transaction.edit(ConflictPolicies.kind, id, basis: basis, changes)
    }
  }

  /// The latest entry that set a field's rule or took it back; `nil` if none ever did.
  package static func latestEntry(
    for field: Field, of entity: Entity, in snapshot: Snapshot
  ) throws -> HistoryEntry? {
    let id = ConflictPolicies.record(of: entity.name, field: field.name)
    return try snapshot.history(ConflictPolicies.kind, id).first
  }
}

extension FieldType {
  /// Whether `max` and `min` can compare values of the type.
  fileprivate var isOrdered: Bool {
    switch self {
    case .bool, .integer, .decimal, .text, .date, .instant, .money: true
    case .bytes, .reference, .structure: false
    }
  }
}
