package import CRDTCore

/// Whose a log is.
package struct LogAuthor: Hashable, Sendable {
  /// For whom its entries are written.
  package let member: MemberID
  /// The key of the node that writes it.
  package let key: NodePublicKey
}

extension Snapshot {
  /// Who writes a log; `nil` if nothing of it is held.
  package func author(of replica: ReplicaID) throws -> LogAuthor? {
    try directory()[replica].map { LogAuthor(member: $0.member, key: $0.key) }
  }

  /// Who writes on this node, even before its first entry.
  package func ownAuthor() throws -> LogAuthor? {
    let meta = try MetaTable(database)
    if let author = try author(of: try meta.ownReplica()) { return author }
    return try meta.pendingOrigin().map { LogAuthor(member: $0.member, key: $0.key) }
  }
}
