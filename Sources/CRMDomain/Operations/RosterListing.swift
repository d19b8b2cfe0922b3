package import CRDTCore
import Foundation
package import GRDB

/// One node of the roster, with whom it acts for.
package struct RosterNode: Hashable, Sendable {
  package let name: String
  package let key: NodePublicKey
  package let member: MemberID
  package let role: String?
  /// The user the member acts for, and the user's name.
  package let user: RecordID?
  package let userName: String?
}

/// The nodes of the roster.
package enum RosterListing {
  /// Every node with a key and a member, ordered by name.
  package static func nodes(in database: Database) throws -> [RosterNode] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT node.name, node.key, node.member, member.role, user.id AS user,
          user.name AS user_name, member.name AS member_name
        FROM node JOIN member ON member.id = node.member LEFT JOIN user ON user.id = member.user
        WHERE node._hidden IS NULL ORDER BY node.name, node.id
        """)
    return try Row.fetchAll(statement).compactMap { row in
      guard let bytes: [UInt8] = (row["key"] as Data?).map(Array.init),
        let key = NodePublicKey(bytes: bytes), let member = RecordID(row["member"] as DatabaseValue)
      else { return nil }
      return RosterNode(
        name: row["name"] ?? "", key: key, member: MemberID(rawValue: member.rawValue),
        role: row["role"], user: RecordID(row["user"] as DatabaseValue),
        userName: row["user_name"] ?? row["member_name"])
    }
  }
}

extension RosterListing {
  /// The members that act for a user.
  package static func members(actingFor user: RecordID, in database: Database) throws -> [MemberID]
  {
    let ids = try DatabaseValue.fetchAll(
      database, sql: "SELECT id FROM member WHERE user = ? ORDER BY id",
      arguments: [user.databaseValue])
    return ids.compactMap { RecordID($0).map { MemberID(rawValue: $0.rawValue) } }
  }
}
