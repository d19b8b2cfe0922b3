package import CRDTCore
package import GRDB
package import ReplicaStore

/// What holds for the whole workspace; each setting is a record with an id derived from its key.
package enum WorkspaceSettings {
  /// The currency of amounts that name none; the euro until set.
  package static func currency(in database: Database) throws -> CurrencyCode {
    try text("currency", in: database).flatMap { CurrencyCode($0) } ?? .euro
  }

  /// A setting's value; `nil` if it was never set.
  package static func text(_ key: String, in database: Database) throws -> String? {
    let statement = try database.cachedStatement(
      sql: "SELECT value FROM setting WHERE id = ? AND _hidden IS NULL")
    return try String.fetchOne(statement, arguments: [id(of: key).databaseValue])
  }

  /// Sets a value, from what is known of it now.
  package static func set(_ key: String, to text: String, in transaction: Transaction) throws {
    let state = try transaction.snapshot.record("setting", id(of: key))
    var changes = [FieldChange("value", .set(.text(text)))]
    if state == nil { changes.insert(FieldChange("key", .set(.text(key))), at: 0) }
    try transaction.edit("setting", id(of: key), basis: state?.basis ?? Basis(), changes)
  }

  private static func id(of key: String) -> RecordID {
    RecordID(derivedFrom: "setting", [Array(key.utf8)])
  }
}
