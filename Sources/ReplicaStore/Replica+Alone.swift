import GRDB

extension Replica {
  /// Runs `body` while nobody else has the store at `path` open, not even idly, so that its files
  /// may make way; `body` is told the mark of its last change.
  ///
  /// - Throws: ``StoreError/locked`` if anybody has it open, in this process too; what `body` throws.
  package static func alone(at path: String, _ body: (ReplicaChange) throws -> Void) throws {
    var configuration = Configuration()
    // For a command that is about to end; an idle prompt keeps the store for hours.
    configuration.busyMode = .timeout(1)
    // Set before the first read, it makes that read fail while any other connection is open.
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
    try StoreError.wrapping {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.writeWithoutTransaction { try body(lastChange(in: $0)) }
      try queue.close()
    }
  }
}
