package import CRDTCore
import Foundation
import GRDB
package import ReplicaStore

/// What people have arranged about one conflict: who looks at it, when, and what they said of it.
///
/// A record whose id is derived from the conflict's, so that arrangements made apart come together. It
/// decides nothing, and a conflict that grows becomes another, about which nothing is arranged yet.
package struct ConflictHandling: Hashable, Sendable {
  /// The kind of its records.
  package static let kind = ConflictAct.handlingKind

  /// Who is to look at it.
  package var assignees: [RecordID] = []
  /// Until when it is left out of the usual list.
  package var deferredUntil: Instant?

  /// Something said about a conflict.
  package struct Note: Hashable, Sendable {
    package let text: String
    /// The entry that said it.
    package let stamp: Stamp
    /// For whom its author's node wrote.
    package let member: MemberID
  }

  /// What is arranged, by conflict; those that nobody has spoken of are left out.
  package static func all(in snapshot: Snapshot) throws -> [ConflictID: ConflictHandling] {
    var handlings: [Int64: (ConflictID, ConflictHandling)] = [:]
    let rows = try Row.fetchAll(
      snapshot.database,
      sql: """
        SELECT _rec, conflict, deferred_until, id FROM conflict_handling WHERE _hidden IS NULL
        """)
    for row in rows {
      guard let bytes: Data = row[1], bytes.count == 16 else { continue }
      var handling = ConflictHandling()
      handling.deferredUntil = (row[2] as Int64?).map(Instant.init(milliseconds:))
      let id = ConflictID(rawValue: bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
      // A record under another id says nothing, or nodes would differ in which of two counts.
      guard RecordID(row[3] as DatabaseValue) == record(of: id) else { continue }
      handlings[row[0]] = (id, handling)
    }
    let assignees = try Row.fetchAll(
      snapshot.database,
      sql: """
        SELECT _rec, value FROM conflict_handling_assignees WHERE present != 0 ORDER BY _rec, key
        """)
    for row in assignees {
      guard let user = RecordID(row[1] as DatabaseValue) else { continue }
      handlings[row[0]]?.1.assignees.append(user)
    }
    return Dictionary(handlings.values.map { $0 }, uniquingKeysWith: { first, _ in first })
  }

  /// What was said of a conflict, in the order of saying.
  package static func notes(on conflict: ConflictID, in snapshot: Snapshot) throws -> [Note] {
    let id = record(of: conflict)
    guard let state = try snapshot.record(kind, id) else { return [] }
    let said = state.elements(of: "notes")
    var notes: [Note] = []
    for entry in try snapshot.history(kind, id, field: "notes").reversed() {
      for write in entry.writes {
        guard case .element(_, true, .text(let text)) = write.change, said.contains(.text(text)),
          !notes.contains(where: { $0.text == text })
        else { continue }
        notes.append(Note(text: text, stamp: entry.stamp, member: entry.member))
      }
    }
    return notes
  }

  /// Leaves a conflict out of the usual list until a time.
  package static func `defer`(
    _ conflict: ConflictID, until time: Instant, in transaction: Transaction
  ) throws {
    try write(conflict, [FieldChange("deferred_until", .set(.instant(time)))], in: transaction)
  }

  /// Asks one user, or nobody, to look at a conflict, in place of those asked before.
  package static func assign(
    _ conflict: ConflictID, to user: RecordID?, in transaction: Transaction
  ) throws {
    let state = try transaction.snapshot.record(kind, record(of: conflict))
    let before = state?.elements(of: "assignees") ?? []
    var changes = before.filter { $0 != user.map(Value.reference) }
      .map { FieldChange("assignees", .remove($0)) }
    if let user, !before.contains(.reference(user)) {
      changes.append(FieldChange("assignees", .insert(.reference(user))))
    }
    try write(conflict, changes, in: transaction)
  }

  /// Says something about a conflict.
  package static func note(
    _ text: String, on conflict: ConflictID, in transaction: Transaction
  ) throws {
    try write(conflict, [FieldChange("notes", .insert(.text(text)))], in: transaction)
  }

  private static func record(of conflict: ConflictID) -> RecordID {
    RecordID(derivedFrom: kind, [conflict.rawValue.bigEndianBytes])
  }

  private static func write(
    _ conflict: ConflictID, _ changes: [FieldChange], in transaction: Transaction
  ) throws {
    guard !changes.isEmpty else { return }
    let id = record(of: conflict)
    let state = try transaction.snapshot.record(kind, id)
    let name = FieldChange("conflict", .set(.bytes(conflict.rawValue.bigEndianBytes)))
    try transaction.edit(
      kind, id, basis: state?.basis ?? Basis(), (state == nil ? [name] : []) + changes)
  }
}
