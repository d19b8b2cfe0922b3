import CRDTCore
import SyncEngine
import TestSupport

/// The messages whose bytes `docs/protocol.md` shows, under the names it shows them by.
///
/// There is one of each type, and a second where a type has two forms. What they are about are the
/// entries of the page's example batch.
enum Examples {
  static let alice = ReplicaID(key: TestKeys.alice, nonce: [UInt8](repeating: 0xA1, count: 16))
  static let bob = ReplicaID(key: TestKeys.bob, nonce: [UInt8](repeating: 0xB0, count: 16))

  static let messages: [(name: String, message: SyncMessage)] = {
    let nonce = [UInt8](repeating: 0x77, count: 16)
    let vector = VersionVector(heads.map(\.dot))
    let logDigest = TinyReplica.logDigest(heads)
    let hello = Hello(
      workspace: WorkspaceID(founder: TestKeys.alice, nonce: nonce), node: TestKeys.alice,
      replica: alice, logDigest: logDigest, schemaDigest: Digests.digest(tag: "schema", []),
      wall: WallTime(milliseconds: 1_767_225_660_500), creditBytes: 4 << 20)
    func verification(_ stateDigest: EntryHash?) -> SyncMessage {
      .verify(Verification(vector: vector, logDigest: logDigest, stateDigest: stateDigest))
    }
    let all: [(String, SyncMessage?)] = [
      ("hello", .hello(hello)),
      ("vector", .vector(heads)),
      ("parted", .parted([bob])),
      ("entries", .entries(number: 1, batch: [0, 0, 0])),
      ("ack", .ack(upTo: 1, holds: VersionVector([Dot(replica: bob, sequence: 300)]))),
      ("caught-up", .caughtUp),
      ("verify", verification(Digests.digest(tag: "state", []))),
      ("verify-logs", verification(nil)),
      ("ping", .ping),
      ("bye", .bye(Bye(.stopped, "The node was stopped."))),
      (
        "join",
        JoinRequest(
          proof: [UInt8](repeating: 0x50, count: 32), nodeName: "lena-x1", userName: "Lena Vogt"
        ).map(SyncMessage.join)
      ),
      (
        "joined",
        JoinGrant(
          member: MemberID(rawValue: 0x4D), founder: TestKeys.alice, workspaceNonce: nonce,
          extra: [1, 2]
        ).map(SyncMessage.joined)
      ),
    ]
    return all.compactMap { name, message in message.map { (name, $0) } }
  }()

  private static let heads: [LogTip] = [
    head(
      alice, 2, "96cdb688197975a5969ef6696f70193ace4761514370466b849486e06f9bccec"),
    head(
      bob, 1, "eabc30ae8357f10ea6081edd0b1b0652f7d975ddc486b0e7f0decff9bf30f7ee"),
  ]

  private static func head(_ replica: ReplicaID, _ sequence: UInt64, _ hex: String) -> LogTip {
    guard let bytes = Hexadecimal.bytes(from: hex), let hash = EntryHash(bytes: bytes) else {
      preconditionFailure("\(hex) is no hash.")
    }
    return LogTip(dot: Dot(replica: replica, sequence: sequence), hash: hash)
  }
}

extension SyncMessage {
  /// One message of each type, and a second where a type has two forms.
  static let examples = Examples.messages.map(\.message)
}
