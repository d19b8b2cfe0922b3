package import CRDTCore
package import ReplicaStore

/// A task that follows of something else: the id is derived from what it follows of, so that two nodes on which
/// it follows make one task.
package struct DerivedTask: Sendable {
  static let kind = "task"

  package let id: RecordID
  private let changes: [FieldChange]

  /// What it takes of an entry.
  static let size = WriteSize(count: 8, bytes: 600)

  /// - Parameters:
  ///   - causes: What tells it from every other one: the ids and words that it follows of.
  ///   - fields: What it says, beside that it is open.
  init(of causes: [[UInt8]], _ fields: [FieldChange]) {
    id = RecordID(derivedFrom: Self.kind, causes)
    let status = FieldChange(
      "status", .set(.text(StatusMachine.task.initial), rank: StatusMachine.task.rank(of: "open")))
    changes = [status] + fields.filter { $0.field != "status" }
  }

  /// Writes the task unless there is one already, done or deleted perhaps.
  package func write(in transaction: Transaction) throws {
    guard try transaction.snapshot.record(Self.kind, id) == nil else { return }
    try transaction.edit(Self.kind, id, basis: Basis(), changes)
  }
}
