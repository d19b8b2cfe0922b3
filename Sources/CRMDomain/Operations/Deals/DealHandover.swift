package import CRDTCore
package import GRDB
package import ReplicaStore

/// A deal's way from one person to another: the deal, its open tasks, and a note of it.
package struct DealHandover {
  /// The deal as it was read.
  package let deal: RecordState
  /// Who has had it; `nil` of a deal that was nobody's.
  package let from: RecordID?
  package let to: RecordID
  /// The open tasks about the deal that are `from`'s, and go with it.
  package let tasks: [RecordID]
  private let occasion: EditOccasion
  private let author: RecordID?

  /// Finds out what goes with a deal that `author` hands over to `user`.
  ///
  /// - Throws: What reading the tables throws.
  package init(
    of deal: RecordState, to user: RecordID, by author: RecordID?, on occasion: EditOccasion,
    in snapshot: Snapshot
  ) throws {
    self.deal = deal
    to = user
    self.author = author
    self.occasion = occasion
    from = if case .reference(let owner) = deal["owner"] { owner } else { nil }
    let owner = from
    tasks = try OpenTasks.ids(about: deal.id, in: snapshot.database).filter { id in
      guard let task = try snapshot.record("task", id) else { return false }
      guard let owner else { return task["owner"].isNull }
      return task["owner"] == .reference(owner)
        || task.elements(of: "assignees").contains(.reference(owner))
    }
  }

  /// Whether there is anything to do.
  package var isNeeded: Bool { from != to }

  /// How much room it takes in an entry, roughly.
  package var size: WriteSize {
    WriteSize(count: 20 + 4 * tasks.count, bytes: 6_000 + 300 * tasks.count)
  }

  /// The note of the hand-over: its id follows from the deal, the two people and the day, so that two nodes
  /// which do it offline make one.
  package var note: RecordID {
    RecordID(
      derivedFrom: "engagement",
      [
        Array("handover".utf8), deal.id.rawValue.bigEndianBytes,
        from?.rawValue.bigEndianBytes ?? [], to.rawValue.bigEndianBytes,
        Array("\(occasion.today)".utf8),
      ])
  }

  /// Makes it, and keeps `brief`, the sheet for whoever takes over.
  ///
  /// Tasks that were `moved` with another deal in the same entry are left as they are.
  package func apply(
    subject: String, brief: String, without moved: Set<RecordID> = [], in transaction: Transaction
  ) throws {
    try transaction.edit(
      "deal", deal.id, basis: deal.basis, [FieldChange("owner", .set(.reference(to)))])
    for task in tasks where !moved.contains(task) { try move(task, in: transaction) }
    try write(subject: subject, brief: brief, in: transaction)
  }

  private func move(_ id: RecordID, in transaction: Transaction) throws {
    guard let task = try transaction.snapshot.record("task", id) else { return }
    var changes: [FieldChange] = []
    let assignees = task.elements(of: "assignees")
    let isOwners = from.map { task["owner"] == .reference($0) } ?? task["owner"].isNull
    if isOwners { changes.append(FieldChange("owner", .set(.reference(to)))) }
    if let from, assignees.contains(.reference(from)) {
      changes.append(FieldChange("assignees", .remove(.reference(from))))
      if !assignees.contains(.reference(to)) {
        changes.append(FieldChange("assignees", .insert(.reference(to))))
      }
    }
    guard !changes.isEmpty else { return }
    try transaction.edit("task", id, basis: task.basis, changes)
  }

  private func write(
    subject: String, brief: String, in transaction: Transaction
  ) throws {
    let type = ListedValue(kind: "picklist", list: "engagement_type", name: "handover")
    try type.ensure(in: transaction)
    var changes = [
      FieldChange("subject", .set(.text(subject))),
      FieldChange("date_time", .set(.instant(occasion.now))),
      FieldChange("type", .set(.reference(type.id))),
      FieldChange("direction", .set(.text("internal"))),
      FieldChange("other_notes", .set(.text(brief))),
      FieldChange("owner", .set(.reference(to))),
      FieldChange("deals", .insert(.reference(deal.id))),
    ]
    if !deal["account"].isNull { changes.append(FieldChange("account", .set(deal["account"]))) }
    if let reason = occasion.reason {
      changes.append(FieldChange("decisions", .set(.text(reason))))
    }
    let people = Set([from, to, author].compactMap(\.self)).sorted()
    changes += people.map { FieldChange("users", .insert(.reference($0))) }
    let state = try transaction.snapshot.record("engagement", note)
    if let state, state.isDeleted {
      try transaction.restore("engagement", note, basis: state.basis, changes)
    } else {
      try transaction.edit("engagement", note, basis: state?.basis ?? Basis(), changes)
    }
  }
}

/// The tasks about a record that nobody has done or dropped.
package enum OpenTasks {
  package static func ids(about id: RecordID, in database: Database) throws -> [RecordID] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT k.id FROM task k JOIN task_about s ON s._rec = k._rec AND s.present = 1
        WHERE s.value = ? AND k._hidden IS NULL AND k.status IN ('open', 'in_progress')
        ORDER BY k.id
        """)
    return try DatabaseValue.fetchAll(statement, arguments: [id.databaseValue]).compactMap {
      RecordID($0)
    }
  }
}
