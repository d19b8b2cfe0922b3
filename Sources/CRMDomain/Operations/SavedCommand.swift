package import CRDTCore
package import GRDB
package import ReplicaStore

/// A command that somebody keeps under a name: a view, or an alias.
package struct SavedCommand: Hashable, Sendable {
  /// What it is kept as.
  package enum Sort: String, Hashable, Sendable {
    case view = "saved_view"
    case alias = "command_alias"
  }

  package let id: RecordID
  package let name: String
  package let command: String
  /// Who saved it last.
  package let owner: RecordID?

  /// The saved command of a name; `nil` if there is none.
  package static func named(
    _ name: String, _ sort: Sort, in database: Database
  ) throws -> SavedCommand? {
    try fetch(sort, "AND id = ?", [id(of: name, sort).databaseValue], in: database).first
  }

  /// All saved commands of a sort, ordered by name.
  package static func all(_ sort: Sort, in database: Database) throws -> [SavedCommand] {
    try fetch(sort, "", [], in: database)
  }

  /// Keeps a command under a name, in place of the one that was kept under it.
  package static func save(
    _ command: String, as name: String, _ sort: Sort, owner: RecordID?,
    in transaction: Transaction
  ) throws {
    let id = id(of: name, sort)
    let state = try transaction.snapshot.record(sort.rawValue, id)
    var changes = [
      FieldChange("name", .set(.text(NameFolding.normalized(name)))),
      FieldChange("command", .set(.text(NameFolding.normalized(command)))),
    ]
    if let owner { changes.append(FieldChange("owner", .set(.reference(owner)))) }
    if let state, state.isDeleted {
      try transaction.restore(sort.rawValue, id, basis: state.basis, changes)
    } else {
      try transaction.edit(sort.rawValue, id, basis: state?.basis ?? Basis(), changes)
    }
  }

  /// Forgets the command of a name.
  ///
  /// - Returns: Whether there was one.
  package static func delete(
    _ name: String, _ sort: Sort, in transaction: Transaction
  ) throws -> Bool {
    let id = id(of: name, sort)
    guard let state = try transaction.snapshot.record(sort.rawValue, id), !state.isDeleted else {
      return false
    }
    try transaction.delete(sort.rawValue, id, basis: state.basis)
    return true
  }

  /// Two nodes that save one name offline make one record.
  private static func id(of name: String, _ sort: Sort) -> RecordID {
    RecordID(derivedFrom: sort.rawValue, [NameFolding.derivationKey(name)])
  }

  private static func fetch(
    _ sort: Sort, _ condition: String, _ arguments: StatementArguments, in database: Database
  ) throws -> [SavedCommand] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, name, command, owner FROM \(SQL.name(sort.rawValue))
        WHERE _hidden IS NULL \(condition) ORDER BY name, id
        """, arguments: arguments)
    return rows.compactMap { row in
      guard let id = RecordID(row[0] as DatabaseValue), let name: String = row[1],
        let command: String = row[2]
      else { return nil }
      return SavedCommand(
        id: id, name: name, command: command, owner: RecordID(row[3] as DatabaseValue))
    }
  }
}
