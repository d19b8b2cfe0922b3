package import CRDTCore
import Foundation
package import GRDB

/// Finds records by what people remember of them: the beginning of an id, a number, part of a name.
///
/// Belongs to one snapshot.
package struct RecordLookup {
  private let catalog: EntityCatalog
  private let database: Database

  package init(_ catalog: EntityCatalog, in database: Database) {
    self.catalog = catalog
    self.database = database
    QueryFunctions.add(to: database)
  }

  /// A record by its full id, whatever its kind; `nil` if it is unknown here.
  package func record(_ id: RecordID) throws -> RecordReference? {
    for entity in catalog.entities {
      if let found = try record(id, of: entity) { return found }
    }
    return nil
  }

  /// A record of a kind by its full id; `nil` if it is unknown here.
  package func record(_ id: RecordID, of entity: Entity) throws -> RecordReference? {
    try fetch(entity, where: "t.id = ?", [id.databaseValue], limit: 1).first
  }

  /// The records, deleted or not, whose short ids begin with these digits.
  package func records(
    of entity: Entity, shortIDPrefix digits: String, limit: Int
  ) throws -> [RecordReference] {
    guard let bounds = Self.bounds(of: digits) else { return [] }
    return try fetch(
      entity, where: "substr(t.id, 9) BETWEEN ? AND ?", [bounds.0, bounds.1], limit: limit)
  }

  /// The live records, or the deleted ones, that bear exactly this text in a field by which the kind is
  /// looked up.
  package func records(
    of entity: Entity, bearing text: String, deleted: Bool = false, limit: Int
  ) throws -> [RecordReference] {
    let fields = entity.fields.filter {
      ($0.isUnique || entity.lookupFields.contains($0.name)) && !$0.isSet
    }
    guard !fields.isEmpty else { return [] }
    let conditions = fields.map {
      "kith_fold(\(RecordNameSQL.text(of: $0, column: "t.\(SQL.name($0.name))"))) = ?"
    }
    let key = NameFolding.folded(NameFolding.normalized(text)).databaseValue
    // The state first: it spares most records the folding.
    let state = deleted ? "t._hidden IS NOT NULL" : "t._hidden IS NULL"
    return try fetch(
      entity, where: "\(state) AND (\(conditions.joined(separator: " OR ")))",
      fields.map { _ in key }, limit: limit)
  }

  /// The records whose names contain the text, without regard to case and accents; every record where
  /// the text is empty.
  package func names(
    of entity: Entity, containing text: String, deleted: Bool = false, limit: Int? = nil
  ) throws -> [RecordReference] {
    let name = RecordNameSQL.expression(of: entity, in: "t")
    let state = deleted ? "t._hidden IS NOT NULL" : "t._hidden IS NULL"
    guard !text.isEmpty else { return try fetch(entity, where: state, [], limit: limit) }
    return try fetch(
      entity, where: "\(state) AND instr(kith_fold(\(name)), ?) > 0",
      [NameFolding.folded(text).databaseValue], limit: limit)
  }

  /// The live record of a kind that was made last, by the times in their ids; derived ids come first.
  package func newest(of entity: Entity) throws -> RecordID? {
    try fetch(entity, where: "t._hidden IS NULL", [], isDescending: true, limit: 1).first?.id
  }

  /// How many records of a kind there are, deleted ones too.
  package func count(of entity: Entity) throws -> Int {
    let sql = "SELECT COUNT(*) FROM \(SQL.name(entity.name))"
    return try Int.fetchOne(database.cachedStatement(sql: sql)) ?? 0
  }

  /// What a node is called; `nil` if no record has its key.
  package func nodeName(of key: NodePublicKey) throws -> String? {
    let statement = try database.cachedStatement(sql: "SELECT name FROM node WHERE key = ?")
    return try String.fetchOne(statement, arguments: [Data(key.bytes)])
  }

  private func fetch(
    _ entity: Entity, where condition: String, _ arguments: [DatabaseValue],
    isDescending: Bool = false, limit: Int?
  ) throws -> [RecordReference] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT t.id, \(RecordNameSQL.expression(of: entity, in: "t")), t._hidden
        FROM \(SQL.name(entity.name)) t WHERE \(condition)
        ORDER BY t.id\(isDescending ? " DESC" : "")\(limit.map { " LIMIT \($0)" } ?? "")
        """)
    let rows = try Row.fetchAll(statement, arguments: StatementArguments(arguments))
    return rows.compactMap { row in
      RecordID(row[0] as DatabaseValue).map {
        RecordReference(
          id: $0, entity: entity,
          state: RecordReference.State(name: row[1], isHidden: row[2] as Int? != nil))
      }
    }
  }

  /// The lowest and the highest last eight bytes of ids whose short texts begin with the digits.
  private static func bounds(of digits: String) -> (DatabaseValue, DatabaseValue)? {
    func bytes(fill: String) -> DatabaseValue? {
      // The first of the 13 characters stands for four bits alone.
      let first = digits.isEmpty ? fill == "z" ? "f" : "0" : ""
      let short = digits + first
      let text =
        String(repeating: "0", count: 13) + short
        + String(repeating: fill, count: max(0, 13 - short.count))
      return Base32.number(from: text).flatMap { $0 >> 64 == 0 ? $0 : nil }.map {
        Data($0.bigEndianBytes.suffix(8)).databaseValue
      }
    }
    guard let low = bytes(fill: "0"), let high = bytes(fill: "z") else { return nil }
    return (low, high)
  }
}
