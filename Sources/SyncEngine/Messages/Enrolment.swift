public import CRDTCore

/// What a node that is not in the roster sends first: it has been invited, and can prove it.
public struct JoinRequest: Hashable, Sendable {
  /// HMAC-SHA256 of both sides' keys under the invite's secret; the driver makes and checks it.
  public let proof: [UInt8]
  /// What the node wants to be called.
  public let nodeName: String
  /// Whose node it is.
  public let userName: String

  /// Creates a request; `nil` unless the proof has 32 bytes and the names are within
  /// ``SessionLimits/nodeNameBytesMax`` and ``SessionLimits/userNameBytesMax``.
  public init?(proof: [UInt8], nodeName: String, userName: String) {
    guard proof.count == SessionLimits.proofByteCount,
      nodeName.utf8.count <= SessionLimits.nodeNameBytesMax,
      userName.utf8.count <= SessionLimits.userNameBytesMax
    else { return nil }
    self.proof = proof
    self.nodeName = nodeName
    self.userName = userName
  }
}

/// What a node that has been enrolled needs to begin its replica.
public struct JoinGrant: Hashable, Sendable {
  /// The member for whom the node is now in the roster.
  public let member: MemberID
  /// The key that the workspace is rooted in.
  public let founder: NodePublicKey
  /// With ``founder``, what the workspace's id is the hash of.
  public let workspaceNonce: [UInt8]
  /// More that the granting driver tells the joining one; the session does not look into it.
  public let extra: [UInt8]

  /// Creates a grant; `nil` unless the nonce has 16 bytes and `extra` at most
  /// ``SessionLimits/grantExtraBytesMax``.
  public init?(
    member: MemberID, founder: NodePublicKey, workspaceNonce: [UInt8], extra: [UInt8] = []
  ) {
    guard workspaceNonce.count == LogOrigin.nonceByteCount,
      extra.count <= SessionLimits.grantExtraBytesMax
    else { return nil }
    self.member = member
    self.founder = founder
    self.workspaceNonce = workspaceNonce
    self.extra = extra
  }

  /// The workspace, which the founder's key and the nonce name and nothing else can.
  public var workspace: WorkspaceID { WorkspaceID(founder: founder, nonce: workspaceNonce) }
}
