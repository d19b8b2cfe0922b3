package import CRDTCore
import GRDB

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

/// A mark that changes whenever entries or invitations have.
package struct ReplicaChange: Hashable, Sendable {
  private let lastArrival: Int64
  private let invites: Int64

  init(lastArrival: Int64, invites: Int64) {
    self.lastArrival = lastArrival
    self.invites = invites
  }
}

extension Replica {
  /// The member for whom this node writes.
  package func ownMember() throws -> MemberID {
    try read { snapshot in
      let meta = try MetaTable(snapshot.database)
      if let log = try snapshot.directory()[meta.ownReplica()] { return log.member }
      guard let origin = try meta.pendingOrigin() else {
        throw StoreError.damaged(detail: "the node's own log has no origin")
      }
      return origin.member
    }
  }

  /// The mark of the last change that sessions or handshakes care about.
  package func lastChange() throws -> ReplicaChange {
    try read { try Self.lastChange(in: $0.database) }
  }

  static func lastChange(in database: Database) throws -> ReplicaChange {
    let selection = try Statement(
      cached: """
        SELECT (SELECT max(arrival) FROM _log),
          (SELECT count(*) FROM _invite) * 2 - (SELECT count(*) FROM _invite WHERE used IS NULL)
        """, in: database)
    defer { selection.reset() }
    _ = try selection.step()
    return ReplicaChange(lastArrival: selection.integer(0), invites: selection.integer(1))
  }
}
