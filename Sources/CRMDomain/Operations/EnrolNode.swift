package import CRDTCore
package import GRDB
package import ReplicaStore

/// Takes a node into the roster: its member, the user the member acts for, and the node itself.
package struct EnrolNode: Sendable {
  /// The node's key.
  package let key: NodePublicKey
  /// What the node is called.
  package let nodeName: String
  /// Whose node it is.
  package let userName: String
  /// What the member may do.
  package let role: MemberRole

  package init(key: NodePublicKey, nodeName: String, userName: String, role: MemberRole) {
    self.key = key
    self.nodeName = NameFolding.normalized(nodeName)
    self.userName = NameFolding.normalized(userName)
    self.role = role
  }

  /// Writes the records.
  ///
  /// `member` is its id where that is given, for the founder's log names it already; `user` is the
  /// user's record where the transaction makes it besides. Returns the member.
  @discardableResult
  package func write(
    in transaction: Transaction, member: MemberID? = nil, user: RecordID? = nil
  ) throws -> MemberID {
    let user =
      try user ?? existingUser(in: transaction.snapshot.database) ?? makeUser(in: transaction)
    let id = try transaction.create(
      "member", id: member.map { RecordID(rawValue: $0.rawValue) },
      [
        FieldChange("name", .set(.text(userName))), FieldChange("role", .set(.text(role.rawValue))),
        FieldChange("user", .set(.reference(user))),
      ])
    try transaction.create(
      "node",
      [
        FieldChange("name", .set(.text(nodeName))), FieldChange("key", .set(.bytes(key.bytes))),
        FieldChange("member", .set(.reference(id))),
      ])
    return MemberID(rawValue: id.rawValue)
  }

  /// Whether the roster has no node of a name, whatever its case; before a merge, as far as is known
  /// here.
  package static func isFree(nodeName: String, in database: Database) throws -> Bool {
    let folded = NameFolding.folded(nodeName)
    return try RosterListing.nodes(in: database).allSatisfy {
      NameFolding.folded($0.name) != folded
    }
  }

  private func existingUser(in database: Database) throws -> RecordID? {
    try Row.fetchOne(
      database,
      sql: "SELECT id FROM user WHERE name = ? AND _hidden IS NULL ORDER BY id",
      arguments: [userName]
    ).flatMap { RecordID($0["id"] as DatabaseValue) }
  }

  private func makeUser(in transaction: Transaction) throws -> RecordID {
    let id = DerivedRecord.id(kind: "user", field: "name", key: userName)
    return try transaction.create(
      "user", id: id,
      [FieldChange("name", .set(.text(userName))), FieldChange("active", .set(.bool(true)))])
  }
}
