package import CRDTCore
package import GRDB
package import ReplicaStore

/// What holds for the whole workspace; each setting is a record with an id derived from its key.
package enum WorkspaceSettings {
  /// The kind of the records.
  package static let kind = "setting"

  /// The currency of amounts that name none; the euro until set.
  package static func currency(in database: Database) throws -> CurrencyCode {
    try value(of: .currency, in: database).flatMap { CurrencyCode($0) } ?? .euro
  }

  /// The fiscal year; the calendar's until set.
  package static func fiscalYear(in database: Database) throws -> FiscalYear {
    let month = try value(of: .fiscalYearStart, in: database).flatMap { Int($0) }
    // Another program may have written anything.
    return FiscalYear(startMonth: month.flatMap { (1...12).contains($0) ? $0 : nil } ?? 1)
  }

  /// What holds: what was set, else what is usual; `nil` where neither says anything.
  package static func value(of key: SettingKey, in database: Database) throws -> String? {
    try set(key, in: database) ?? key.usual
  }

  /// What was set; `nil` if nothing was, or somebody took it back.
  package static func set(_ key: SettingKey, in database: Database) throws -> String? {
    let statement = try database.cachedStatement(
      sql: "SELECT value FROM setting WHERE id = ? AND _hidden IS NULL")
    return try String.fetchOne(statement, arguments: [id(of: key).databaseValue])
  }

  /// Sets a value in its stored form, from what is known of it now; `nil` takes it back.
  package static func set(
    _ key: SettingKey, to text: String?, in transaction: Transaction
  ) throws {
    let state = try transaction.snapshot.record(kind, id(of: key))
    var changes = [FieldChange("value", .set(text.map(Value.text) ?? .null))]
    if state == nil {
      changes.insert(FieldChange("key", .set(.text(key.rawValue))), at: 0)
    }
    if let state, state.isDeleted {
      try transaction.restore(kind, id(of: key), basis: state.basis, changes)
    } else {
      try transaction.edit(kind, id(of: key), basis: state?.basis ?? Basis(), changes)
    }
  }

  /// The record of a key.
  package static func id(of key: SettingKey) -> RecordID {
    RecordID(derivedFrom: kind, [Array(key.rawValue.utf8)])
  }

  /// Whether a member of that role may change what holds for everybody.
  package static func mayBeChanged(by role: MemberRole) -> Bool {
    switch role {
    case .administrator, .manager: true
    case .representative, .finance, .marketing, .auditor: false
    }
  }
}
