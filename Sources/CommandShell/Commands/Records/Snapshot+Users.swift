import CRDTCore
import ReplicaStore

extension Snapshot {
  /// The user for whom this node's member acts.
  func actingUser() throws -> RecordID? { try ownAuthor().flatMap { try user(of: $0.member) } }

  /// The user for whom a member acts.
  func user(of member: MemberID) throws -> RecordID? {
    let state = try record("member", RecordID(rawValue: member.rawValue))
    guard case .reference(let user)? = state?["user"] else { return nil }
    return user
  }
}
