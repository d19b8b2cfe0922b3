import GRDB

/// Changes a replica's file behind its back, to see what the checkers say of it.
package enum FileDamage {
  /// Runs one statement through a connection of its own, and returns how many rows it changed.
  package static func run(_ sql: String, at path: String) throws -> Int {
    try DatabaseQueue(path: path).write { database in
      try database.execute(sql: sql)
      return database.changesCount
    }
  }
}
