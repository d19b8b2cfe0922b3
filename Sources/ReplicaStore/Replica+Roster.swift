package import CRDTCore

extension Replica {
  /// The founder's key and member, to which all rights trace back.
  package func founder() throws -> (key: NodePublicKey, member: MemberID) {
    try withWriter { writer, _ in
      guard let founder = try writer.meta.founder() else {
        throw StoreError.damaged(detail: "the founder is not recorded")
      }
      return founder
    }
  }

  /// Whether a key is in the roster as this replica knows it.
  package func isInRoster(_ key: NodePublicKey) throws -> Bool {
    try withWriter { writer, _ in try writer.transaction { $0.roster.knows(key) } }
  }
}
