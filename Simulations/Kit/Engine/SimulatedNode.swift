import CRDTCore
package import ReplicaStore
import SyncEngine
import Synchronization
import TestSupport

/// One node: a machine with its disk, clock and key, and the replica while it runs.
package final class SimulatedNode {
  package let name: String
  package let key: SimulatedKey
  package let clock: SimulatedClock
  package let disk: SimulatedDisk
  /// What its program knows; changes when the program is upgraded.
  package var schema: ReplicaSchema { didSet { schemaDigest = schema.digest } }
  private(set) var schemaDigest: EntryHash
  /// The replica; `nil` while the node is down.
  package var replica: Replica? { didSet { knowledge = ReplicaKnowledge() } }
  /// What the replica has said of itself since it was last written to.
  var knowledge = ReplicaKnowledge()
  /// What it died of, while it is down.
  var failure: SimulatedDisk.Failure?
  /// The sessions that are under way, in the order of their beginning.
  var sessions: [SimulatedSession] = []
  /// Whether it can reach the network and be reached.
  package var isOnline = false
  /// The nodes that it dials.
  package var peers: [String] = []
  var schedule = PeerSchedule()
  /// When it was last in sync with a peer; `nil` if it has not been since it went online.
  var inSyncSince: VirtualTime?
  /// What it must hold for ever: commands that have returned, and what it has acknowledged to peers.
  var promised = VersionVector()
  /// What makes it say what is not so; `nil` of an honest node.
  var hostility: Hostility?
  /// What it asks to be let in with, while it is not.
  var invitation: Invitation?
  /// The last entries of its logs at such times, by hash, for the names of logs may change.
  var promisedTips: Set<EntryHash> = []
  /// The latest entry of its own whose time was looked at.
  var checkedTip: Dot?
  /// An older state of the store, to be put back; `nil` if none was kept.
  var backup: String?
  /// What the token said when it was kept.
  var backedUpToken: [UInt8]?
  /// What takes the store's place when the node starts again.
  var toBePutBack: PutBack?
  private let random: SeededBytes
  let token: SimulatedToken
  /// Why it went on under another replica id, as often as it did since somebody looked.
  let renewals = RenewalList()

  /// What its clock shows, as records hold it.
  var instant: Instant { Instant(milliseconds: Int64(clamping: clock.now.milliseconds)) }

  /// Makes a machine without a store; `key` is `nil` for a new node, and another's for a copy of it.
  init(
    name: String, schema: ReplicaSchema, disk: SimulatedDisk, time: TrueTime,
    key: SimulatedKey? = nil, random: inout SplitMix64
  ) {
    self.name = name
    self.schema = schema
    schemaDigest = schema.digest
    self.disk = disk
    clock = SimulatedClock(time)
    token = SimulatedToken(on: disk)
    self.key = key ?? SimulatedKey(from: &random)
    self.random = SeededBytes(SplitMix64(seed: random.next()))
  }

  /// Where its store lies.
  package var path: String { "\(disk.folder)/\(name).sqlite" }

  package var environment: ReplicaEnvironment {
    let (clock, random, renewals) = (clock, random, renewals)
    return ReplicaEnvironment(
      now: { clock.now }, random: { random.take($0) }, signer: key, token: token,
      onRenewal: { renewals.add($0) })
  }

  /// So many random bytes, as the node's program draws them.
  func randomBytes(_ count: Int) -> [UInt8] { random.take(count) }
}

/// What of an older state of a machine takes the place of the present one.
enum PutBack {
  /// The store; the token beside it stays.
  case store
  /// The store and the token, so that nothing tells of what came after.
  case machine
}

/// The reasons for which a node has gone on under another replica id.
final class RenewalList: Sendable {
  private let reasons = Mutex<[RenewalReason]>([])

  func add(_ reason: RenewalReason) { reasons.withLock { $0.append(reason) } }

  /// Those since the last call.
  func take() -> [RenewalReason] {
    reasons.withLock { reasons in
      defer { reasons = [] }
      return reasons
    }
  }
}
