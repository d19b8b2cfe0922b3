import GRDB

/// Changes a replica's file behind its back, to see what the checkers say of it.
package enum FileDamage {
  /// Runs one statement through a connection of its own.
  ///
  /// - Parameters:
  ///   - sql: The statement.
  ///   - path: The replica's file.
  /// - Returns: How many rows it changed.
  package static func run(_ sql: String, at path: String) throws -> Int {
    try DatabaseQueue(path: path).write { database in
      try database.execute(sql: sql)
      return database.changesCount
    }
  }
}
