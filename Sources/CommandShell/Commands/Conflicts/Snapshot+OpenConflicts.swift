import ReplicaStore

extension Snapshot {
  /// How many conflicts wait for a person; those that a rule has settled do not.
  func openConflictCount() throws -> Int { try conflicts().count(where: \.isOpen) }
}
