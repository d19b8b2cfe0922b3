import CRDTCore
import GRDB

/// Finds the records of an import's rows by the values of its key field.
final class ImportKeys {
  private let entity: Entity
  private let field: Field
  /// The live records by value, read once where no index helps.
  private var byValue: [String: [RecordID]]?

  init(_ entity: Entity, _ field: Field) {
    self.entity = entity
    self.field = field
  }

  /// The one text of all that mean the same value; `nil` if it is none.
  func canonical(_ text: String, _ reader: ValueReader) -> String? {
    reader.value(of: text, as: field.format).map { $0.text(of: field) }
  }

  /// The id that a value derives.
  func derived(_ key: String) -> RecordID {
    DerivedRecord.id(kind: entity.name, field: field.name, key: key)
  }

  /// The record with the derived id, deleted or not; otherwise the live ones that have the value.
  func records(with key: String, in database: Database) throws -> [RecordID] {
    let table = SQL.name(entity.name)
    let derived = derived(key)
    var lookups = ["SELECT id FROM \(table) WHERE id = ?"]
    var arguments = [derived.databaseValue]
    let isIndexed = field.format == .text && (field.isIndexed || field.isUnique)
    if isIndexed {
      lookups.append(
        "SELECT id FROM \(table) WHERE \(SQL.name(field.name)) = ? AND _hidden IS NULL")
      arguments.append(key.databaseValue)
    }
    let statement = try database.cachedStatement(
      sql: lookups.joined(separator: " UNION ") + " ORDER BY 1")
    let found = try DatabaseValue.fetchAll(statement, arguments: StatementArguments(arguments))
      .compactMap { RecordID($0) }
    if found.contains(derived) { return [derived] }
    return try isIndexed ? found : values(in: database)[key] ?? []
  }

  private func values(in database: Database) throws -> [String: [RecordID]] {
    if let byValue { return byValue }
    let column = RecordNameSQL.text(of: field, column: SQL.name(field.name))
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT CAST(\(column) AS TEXT), id FROM \(SQL.name(entity.name))
        WHERE \(SQL.name(field.name)) IS NOT NULL AND _hidden IS NULL ORDER BY id
        """)
    var values: [String: [RecordID]] = [:]
    while let row = try rows.next() {
      guard let text = row[0] as String?, let id = RecordID(row[1] as DatabaseValue) else {
        continue
      }
      values[text, default: []].append(id)
    }
    byValue = values
    return values
  }
}
