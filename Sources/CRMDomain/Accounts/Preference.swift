package import CRDTCore
package import GRDB
package import ReplicaStore

/// Something that an account wants a certain way: `packaging` is `recycled paper`.
///
/// One account and key is one record, so that concurrent changes of two keys leave each other alone.
package struct Preference: Hashable, Sendable {
  /// The kind of the records.
  package static let kind = "preference"

  package let account: RecordID
  /// What it is about, as names are stored: `delivery_day`.
  package let key: String
  package let value: String

  package init(account: RecordID, key: String, value: String) {
    self.account = account
    self.key = FieldName.normalized(key)
    self.value = NameFolding.normalized(value)
  }

  /// The record that an account and key are or will be.
  package static func id(account: RecordID, key: String) -> RecordID {
    RecordID(
      derivedFrom: kind,
      [account.rawValue.bigEndianBytes, Array(FieldName.normalized(key).utf8)])
  }

  /// The preferences of some accounts, or of all, by account and key.
  package static func all(
    of accounts: [RecordID]? = nil, in database: Database
  ) throws -> [Preference] {
    let condition = accounts.map { "AND account IN (\(SQL.marks($0.count)))" } ?? ""
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT account, key, value FROM preference
        WHERE _hidden IS NULL AND value IS NOT NULL \(condition) ORDER BY account, key, id
        """, arguments: StatementArguments((accounts ?? []).map(\.databaseValue)))
    return rows.compactMap { row in
      guard let account = RecordID(row[0] as DatabaseValue), let key: String = row[1],
        let value: String = row[2]
      else { return nil }
      return Preference(account: account, key: key, value: value)
    }
  }

  /// Sets the value, from what is known of it now.
  package func write(in transaction: Transaction) throws {
    try Self.write(value, of: key, account: account, in: transaction)
  }

  /// Forgets what an account prefers.
  ///
  /// - Returns: Whether anything was known.
  package static func clear(
    _ key: String, account: RecordID, in transaction: Transaction
  ) throws -> Bool {
    let state = try transaction.snapshot.record(kind, id(account: account, key: key))
    guard let state, !state["value"].isNull else { return false }
    try write(nil, of: key, account: account, in: transaction)
    return true
  }

  private static func write(
    _ value: String?, of key: String, account: RecordID, in transaction: Transaction
  ) throws {
    let key = FieldName.normalized(key)
    let id = id(account: account, key: key)
    let state = try transaction.snapshot.record(kind, id)
    var changes = [FieldChange("value", .set(value.map(Value.text) ?? .null))]
    if state == nil {
      changes =
        [
          FieldChange("account", .set(.reference(account))), FieldChange("key", .set(.text(key))),
        ] + changes
    }
    if let state, state.isDeleted {
      try transaction.restore(kind, id, basis: state.basis, changes)
    } else {
      try transaction.edit(kind, id, basis: state?.basis ?? Basis(), changes)
    }
  }
}
