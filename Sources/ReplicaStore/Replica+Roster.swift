package import CRDTCore

extension Replica {
  /// What the workspace is rooted in; whoever joins is told.
  package func founding() throws -> Founding {
    try read { try MetaTable($0.database).founding() }
  }

  /// The keys of every node in the roster, as this replica knows it.
  package func rosterKeys() throws -> Set<NodePublicKey> {
    try read { snapshot in
      var roster = Roster(founder: try MetaTable(snapshot.database).founding().key)
      try RosterTable(snapshot.database).load(into: &roster)
      return roster.keys
    }
  }
}
