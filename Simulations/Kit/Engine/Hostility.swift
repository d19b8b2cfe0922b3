import CRDTCore
import SyncEngine
import TestSupport

/// A member of the workspace whose program means harm: it has a key that lets it in, and says what an
/// honest one would not.
///
/// Its own replica stays as it should be, so that it can be asked for the truth once it behaves.
final class Hostility {
  /// What it does in one session.
  enum Manner: String, CaseIterable {
    /// Sends some logs only, or nothing at all, and says that this is all.
    case withholds
    /// Sends old batches, acknowledgements and verifications again.
    case replays
    /// Sends more than it was granted credit for.
    case floods
    /// Says that it holds what nobody has written, in logs that nobody has, and grants any credit.
    case boasts
  }

  /// Draws what it does.
  fileprivate var random: SplitMix64
  /// What it has sent, in all sessions.
  fileprivate var sent: [SyncMessage] = []
  fileprivate static let sentMax = 64

  init(random: SplitMix64) { self.random = random }

  /// What it does in the next session.
  func voice() -> HostileVoice { HostileVoice(of: self, manner: random.choice(Manner.allCases)) }
}

/// One session of a hostile member.
struct HostileVoice {
  let manner: Hostility.Manner
  private let hostility: Hostility
  /// What it has put between its batches shifts their numbers.
  private var lastNumber: UInt64 = 0
  /// How many in a hundred logs it keeps back.
  private let withheldPercent: Int

  /// More than a session grants, together with any batch.
  private static let floodBytes = 3_500
  private static let floodBatches = 6
  private static let strangeLogs = 300
  private static let boast: UInt64 = 1_000

  fileprivate init(of hostility: Hostility, manner: Hostility.Manner) {
    self.hostility = hostility
    self.manner = manner
    withheldPercent = hostility.random.choice([30, 100])
  }

  /// What it pretends the peer to hold already.
  func withheld(from peerHolds: VersionVector, of held: VersionVector) -> VersionVector {
    guard manner == .withholds else { return peerHolds }
    var pretended = peerHolds
    for dot in held.dots where hostility.random.chance(withheldPercent) { pretended.include(dot) }
    return pretended
  }

  /// What it says instead of a frame.
  mutating func frames(for frame: [UInt8]) throws -> [[UInt8]] {
    var message = try SyncMessage(decoding: frame)
    if case .entries(_, let batch) = message { message = .entries(number: next(), batch: batch) }
    let words: [SyncMessage]
    switch manner {
    case .withholds: words = [message]
    case .replays: words = [message] + replayed()
    case .floods: words = [message] + flood(after: message)
    case .boasts: words = [boasted(message)]
    }
    if hostility.sent.count == Hostility.sentMax { hostility.sent.removeFirst() }
    hostility.sent.append(message)
    return words.map(\.encoded)
  }

  private mutating func next() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  private mutating func replayed() -> [SyncMessage] {
    guard hostility.random.chance(40), !hostility.sent.isEmpty else { return [] }
    let old = hostility.random.choice(hostility.sent)
    if case .entries(_, let batch) = old { return [.entries(number: next(), batch: batch)] }
    return [old]
  }

  private mutating func flood(after message: SyncMessage) -> [SyncMessage] {
    guard case .entries = message else { return [] }
    return (0..<Self.floodBatches).map { _ in
      .entries(number: next(), batch: [UInt8](repeating: 0, count: Self.floodBytes))
    }
  }

  private func boasted(_ message: SyncMessage) -> SyncMessage {
    switch message {
    case .hello(let hello):
      .hello(
        Hello(
          versions: hello.versions, workspace: hello.workspace, node: hello.node,
          replica: hello.replica, logDigest: hello.logDigest, schemaDigest: hello.schemaDigest,
          wall: hello.wall, features: hello.features, creditBytes: .max))
    case .vector(let tips): .vector(boasted(tips))
    case .parted(let logs): .parted((logs + strangeReplicas()).sorted())
    case .ack(let number, let holds): .ack(upTo: number, holds: boasted(holds))
    case .entries, .caughtUp, .verify, .ping, .bye, .join, .joined: message
    }
  }

  /// Entries that nobody has written, in logs that there are and logs that there are not.
  private func boasted(_ tips: [LogTip]) -> [LogTip] {
    let further = tips.map { tip in
      guard hostility.random.chance(50) else { return tip }
      let dot = Dot(replica: tip.dot.replica, sequence: tip.dot.sequence + Self.boast)
      return LogTip(dot: dot, hash: strangeHash())
    }
    let strange = strangeReplicas().map {
      LogTip(dot: Dot(replica: $0, sequence: Self.boast), hash: strangeHash())
    }
    return (further + strange).sorted { $0.dot < $1.dot }
  }

  private func boasted(_ vector: VersionVector) -> VersionVector {
    var boasted = vector
    for dot in vector.dots where hostility.random.chance(50) {
      boasted.include(Dot(replica: dot.replica, sequence: dot.sequence + Self.boast))
    }
    for replica in strangeReplicas() {
      boasted.include(Dot(replica: replica, sequence: Self.boast))
    }
    return boasted
  }

  private func strangeReplicas() -> [ReplicaID] {
    (0..<Self.strangeLogs).map { _ in
      ReplicaID(
        rawValue: UInt128(hostility.random.next()) << 64 | UInt128(hostility.random.next()))
    }
  }

  private func strangeHash() -> EntryHash {
    EntryHash(bytes: hostility.random.bytes(32)) ?? .none
  }
}
