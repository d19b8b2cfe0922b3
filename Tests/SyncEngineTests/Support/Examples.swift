import CRDTCore
import SyncEngine

extension SyncMessage {
  /// One message of each type, and a second where a type has two forms.
  ///
  /// `docs/protocol.md` shows their bytes, in this order.
  static let examples: [SyncMessage] = {
    let alice = ReplicaID(key: TestKeys.alice, nonce: [UInt8](repeating: 0xA1, count: 16))
    let bob = ReplicaID(key: TestKeys.bob, nonce: [UInt8](repeating: 0xB0, count: 16))
    let nonce = [UInt8](repeating: 0x77, count: 16)
    let vector = VersionVector([
      Dot(replica: alice, sequence: 1), Dot(replica: bob, sequence: 300),
    ])
    let digest = EntryHash.none
    let hello = Hello(
      workspace: WorkspaceID(founder: TestKeys.alice, nonce: nonce), node: TestKeys.alice,
      replica: alice, logDigest: LogDigest.digest(of: []),
      schemaDigest: Digests.digest(tag: "example", []),
      wall: WallTime(milliseconds: 1_767_225_600_000), creditBytes: 4 << 20)
    let all: [SyncMessage?] = [
      .hello(hello),
      .vector(vector),
      .entries(number: 1, batch: [0, 0, 0]),
      .ack(upTo: 1, holds: VersionVector([Dot(replica: bob, sequence: 301)])),
      .caughtUp,
      .verify(Verification(vector: vector, logDigest: digest, stateDigest: nil)),
      .verify(Verification(vector: vector, logDigest: digest, stateDigest: digest)),
      .ping,
      .bye(Bye(.stopped, "The node was stopped.")),
      JoinRequest(
        proof: [UInt8](repeating: 0x50, count: 32), nodeName: "lena-x1", userName: "Lena Vogt"
      ).map(SyncMessage.join),
      JoinGrant(
        member: MemberID(rawValue: 0x4D), founder: TestKeys.alice, workspaceNonce: nonce,
        extra: [1, 2]
      ).map(SyncMessage.joined),
    ]
    return all.compactMap(\.self)
  }()
}
