import CRDTCore
import CRMDomain
import ReplicaStore

extension RecordView {
  /// Refuses those who have no right to change what holds for everybody.
  ///
  /// - Throws: ``CRMDomain/SettingError/notAllowed``.
  func checkMayChangeSettings(orHas further: MemberRole? = nil) throws {
    guard let author = try snapshot.ownAuthor(),
      case .text(let word)? = try snapshot.record(
        "member", RecordID(rawValue: author.member.rawValue))?["role"],
      let role = MemberRole(rawValue: word),
      WorkspaceSettings.mayBeChanged(by: role) || role == further
    else { throw SettingError.notAllowed }
  }

  /// Whether this node's member may say which rules and fields there are.
  func isAdministrator() throws -> Bool {
    guard let author = try snapshot.ownAuthor() else { return false }
    let state = try snapshot.record("member", RecordID(rawValue: author.member.rawValue))
    return state?["role"] == .text(MemberRole.administrator.rawValue)
  }
}

extension SettingError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .unknownKey: ExitCode.noSuchRecord.rawValue
    case .wrongValue: ExitCode.unparsable.rawValue
    case .notAllowed: ExitCode.refused.rawValue
    }
  }
}
