import CRDTCore
import SyncEngine

/// Alice's session, with a peer Bob whose every message the test writes.
struct ScriptedPeer {
  let limits: SessionLimits
  var alice = TinyReplica(node: TestKeys.alice, id: 1)
  var bob = TinyReplica(node: TestKeys.bob, id: 2)
  var session: SyncSession
  var now = MonotonicInstant(elapsed: .seconds(100))

  init(
    purpose: SyncSession.Purpose = .stay, limits: SessionLimits = SessionLimits(),
    aliceWrites: Int = 0, bobWrites: Int = 0
  ) {
    self.limits = limits
    session = SyncSession(peer: TestKeys.bob, purpose: purpose, limits: limits)
    for _ in 0..<aliceWrites { alice.write() }
    for _ in 0..<bobWrites { bob.write() }
  }

  /// Bob's hello.
  var hello: Hello { hello() }

  func hello(
    versions: ClosedRange<UInt8> = 1...1, workspace: UInt128 = 7,
    node: NodePublicKey = TestKeys.bob, wall: UInt64 = 1_000_000, creditBytes: UInt32 = 1 << 22
  ) -> Hello {
    let state = bob.localState()
    return Hello(
      versions: versions, workspace: WorkspaceID(rawValue: workspace), node: node,
      replica: state.replica, logDigest: state.logDigest, schemaDigest: state.schemaDigest,
      wall: WallTime(milliseconds: wall), creditBytes: creditBytes)
  }

  @discardableResult
  mutating func feed(_ input: SyncSession.Input) -> [SyncSession.Output] {
    session.handle(input, at: now).flatMap { output in
      // Where the peer's entries lie is asked of a driver that knows at once.
      if case .locate(let tips) = output { feed(.located(alice.located(tips))) } else { [output] }
    }
  }

  @discardableResult
  mutating func receive(_ message: SyncMessage) -> [SyncSession.Output] {
    feed(.received(message.encoded))
  }

  /// Opens the session with a peer that is known.
  @discardableResult
  mutating func open() -> [SyncSession.Output] { feed(.opened(.known(alice.localState()))) }

  /// Goes on to where Bob has said hello.
  @discardableResult
  mutating func meet() -> [SyncSession.Output] {
    open()
    return receive(.hello(hello))
  }

  /// Goes on to where Bob has told his vector, which must differ from ours, and answered ours.
  @discardableResult
  mutating func exchange() -> [SyncSession.Output] {
    meet()
    return tell(bob.tips)
  }

  /// Tells a vector of Bob's, and answers ours.
  @discardableResult
  mutating func tell(_ tips: [LogTip]) -> [SyncSession.Output] {
    receive(.vector(tips)) + receive(.parted([]))
  }

  /// A batch of the entries that Bob has and Alice had not at first.
  var batch: [UInt8] { TinyReplica.encode(bob.arrival) }

  /// Applies a batch to Alice's replica, and says so.
  @discardableResult
  mutating func apply(_ batch: [UInt8]) -> [SyncSession.Output] { feed(alice.apply(batch)) }

  mutating func pass(_ duration: Duration) { now = now + duration }
}

extension [SyncSession.Output] {
  /// What is sent, decoded.
  var messages: [SyncMessage] {
    compactMap { output in
      if case .send(let bytes) = output { try? SyncMessage(decoding: bytes) } else { nil }
    }
  }

  var outcome: SyncOutcome? {
    compactMap { if case .finish(let outcome, _) = $0 { outcome } else { nil } }.first
  }

  var deadline: MonotonicInstant? {
    compactMap { if case .setDeadline(let instant) = $0 { instant } else { nil } }.last
  }

  var applied: [[UInt8]] {
    compactMap { if case .apply(let batch) = $0 { batch } else { nil } }
  }

  var notices: [SyncSession.Notice] {
    compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
  }

  var hasRead: Bool { contains { if case .readBatch = $0 { true } else { false } } }

  /// The logs that the last read is to go on in by hash.
  var parted: Set<ReplicaID>? {
    compactMap { if case .readBatch(_, let parted, _, _, _) = $0 { parted } else { nil } }.last
  }

  var hasInSync: Bool { contains { if case .inSync = $0 { true } else { false } } }
}
