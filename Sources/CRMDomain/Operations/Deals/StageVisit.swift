import CRDTCore
import GRDB
import ReplicaStore

/// A deal's way into a stage, to be written beside the move.
///
/// Its id is derived from the visit before it and the stage, so that two nodes which make the same move
/// offline write one record, and the earlier moment counts.
struct StageVisit: Hashable, Sendable {
  static let kind = "stage_visit"

  /// The stage it leaves; `nil` of a new deal.
  let from: RecordID?
  /// The stage it comes into.
  let to: RecordID
  let at: Instant
  /// Who moves it.
  var by: RecordID?
  /// Why, in that person's words.
  var reason: String?
  /// The criteria that are passed over.
  var unmet: [String] = []

  /// What it takes of an entry.
  static let size = WriteSize(count: 6, bytes: 400)

  /// The visit that a deal is in now; `nil` of one that has none yet.
  ///
  /// It is the last one by what followed what; clocks decide only among those that nobody followed.
  static func latest(of deal: RecordID, in database: Database) throws -> RecordID? {
    let statement = try database.cachedStatement(
      sql: """
        SELECT id FROM stage_visit v WHERE deal = ?1 AND _hidden IS NULL AND NOT EXISTS (
          SELECT 1 FROM stage_visit n WHERE n.deal = ?1 AND n.after = v.id AND n._hidden IS NULL)
        ORDER BY at DESC, id DESC LIMIT 1
        """)
    return try DatabaseValue.fetchOne(statement, arguments: [deal.databaseValue]).flatMap {
      RecordID($0)
    }
  }

  /// Writes the visit behind another one, and returns its id.
  @discardableResult
  func write(
    of deal: RecordID, after previous: RecordID?, in transaction: Transaction
  ) throws -> RecordID {
    // A move that was undone is made anew under another id, which both nodes find alike.
    var attempt: UInt8 = 0
    var id = Self.id(of: deal, after: previous, to: to, attempt)
    var state = try transaction.snapshot.record(Self.kind, id)
    while let found = state, found.isDeleted, attempt < .max {
      attempt += 1
      id = Self.id(of: deal, after: previous, to: to, attempt)
      state = try transaction.snapshot.record(Self.kind, id)
    }
    var changes = [
      FieldChange("deal", .set(.reference(deal))), FieldChange("to", .set(.reference(to))),
      FieldChange("at", .set(.instant(at))),
    ]
    if let previous { changes.append(FieldChange("after", .set(.reference(previous)))) }
    if let from { changes.append(FieldChange("from", .set(.reference(from)))) }
    if let by { changes.append(FieldChange("by", .insert(.reference(by)))) }
    if let reason { changes.append(FieldChange("reason", .set(.text(reason)))) }
    if !unmet.isEmpty { changes.append(FieldChange("override", .set(.bool(true)))) }
    changes += unmet.map { FieldChange("unmet", .insert(.text($0))) }
    try transaction.edit(Self.kind, id, basis: state?.basis ?? Basis(), changes)
    return id
  }

  private static func id(
    of deal: RecordID, after previous: RecordID?, to stage: RecordID, _ attempt: UInt8
  ) -> RecordID {
    RecordID(
      derivedFrom: kind,
      [
        deal.rawValue.bigEndianBytes, previous?.rawValue.bigEndianBytes ?? [],
        stage.rawValue.bigEndianBytes, [attempt],
      ])
  }
}
