import CRDTCore
import SyncEngine
import TestSupport
import Testing

/// One node of a ``SessionPair``: a replica, its session, and the driver's work not done yet.
struct TinyNode {
  /// Something that a session has asked for.
  enum Task: Hashable {
    case read(lackedBy: VersionVector, after: LogCursor, upTo: LogCursor, byteLimit: Int)
    case apply([UInt8])
    case locate([LogTip])
    case digests(includingState: Bool)
  }

  var replica: TinyReplica
  var session: SyncSession
  var tasks: [Task] = []
  /// What the driver has to tell the session, and has not told it yet: answers and news.
  var inputs: [SyncSession.Input] = []
  /// Messages on their way to the other side.
  var outgoing: [[UInt8]] = []
  var deadline: MonotonicInstant?
  var outcome: SyncOutcome?
  /// The report of each time both sides were in sync.
  var inSyncReports: [SyncReport] = []
  var lastReport = SyncReport()
  var divergences: [Divergence] = []
  var notices: [SyncSession.Notice] = []
  var peerHolds = VersionVector()
  var messageBytes = 0
  /// Costs of the batches sent and not known to be acknowledged.
  var unacknowledged: [UInt64: Int] = [:]

  init(
    _ replica: TinyReplica, peer: NodePublicKey, _ purpose: SyncSession.Purpose,
    _ limits: SessionLimits
  ) {
    self.replica = replica
    session = SyncSession(peer: peer, purpose: purpose, limits: limits)
  }
}

/// Two sessions wired back to back, with every event in the caller's hands.
struct SessionPair {
  enum Side: CaseIterable {
    case alice, bob
    var other: Self { self == .alice ? .bob : .alice }
  }

  /// Something that can happen next.
  enum Event: Hashable {
    /// A message from the side arrives.
    case delivery(Side)
    /// The side's driver does the work at an index.
    case work(Side, Int)
    /// The side's session hears what is at an index, in whatever order.
    case hearing(Side, Int)
  }

  private let limits: SessionLimits
  var alice: TinyNode
  var bob: TinyNode
  var now = MonotonicInstant(elapsed: .seconds(100))
  private(set) var deliveredCount = 0

  init(
    _ alice: TinyReplica, _ bob: TinyReplica, purpose: SyncSession.Purpose = .leaveWhenInSync,
    limits: SessionLimits = SessionLimits()
  ) {
    self.limits = limits
    self.alice = TinyNode(alice, peer: bob.node, purpose, limits)
    self.bob = TinyNode(bob, peer: alice.node, .stay, limits)
  }

  subscript(side: Side) -> TinyNode {
    get { side == .alice ? alice : bob }
    set { if side == .alice { alice = newValue } else { bob = newValue } }
  }

  mutating func open(schemaOfBob: UInt8 = 1) {
    feed(.opened(.known(alice.replica.localState())), to: .alice)
    feed(.opened(.known(bob.replica.localState(schema: schemaOfBob))), to: .bob)
  }

  /// Everything that can happen now, in a fixed order.
  var events: [Event] {
    Side.allCases.flatMap { side -> [Event] in
      (self[side].outgoing.isEmpty ? [] : [.delivery(side)])
        + self[side].inputs.indices.map { .hearing(side, $0) }
        + self[side].tasks.indices.map { .work(side, $0) }
    }
  }

  mutating func happen(_ event: Event) {
    switch event {
    case .delivery(let side):
      deliveredCount += 1
      let bytes = self[side].outgoing.removeFirst()
      noteAcknowledgement(bytes, at: side.other)
      feed(.received(bytes), to: side.other)
    case .work(let side, let index):
      let task = self[side].tasks.remove(at: index)
      let answer = perform(task, at: side)
      self[side].inputs.append(answer)
    case .hearing(let side, let index):
      feed(self[side].inputs.remove(at: index), to: side)
    }
  }

  /// Lets everything happen in a fixed order, until nothing can.
  mutating func run(untilDelivered limit: Int = .max) {
    while deliveredCount < limit, let event = events.first { happen(event) }
  }

  /// Lets everything happen in an order drawn from `random`, and tells each node of entries that
  /// appear meanwhile: `writeCount` of them.
  mutating func run(writing writeCount: Int, using random: inout SplitMix64) {
    var writesLeft = writeCount
    while true {
      if writesLeft > 0, Int.random(in: 0..<4, using: &random) == 0 {
        writesLeft -= 1
        write(at: Side.allCases[Int.random(in: 0...1, using: &random)], using: &random)
      }
      guard let event = events.randomElement(using: &random) else {
        if writesLeft == 0 { return }
        continue
      }
      happen(event)
    }
  }

  mutating func write(at side: Side, using random: inout SplitMix64) {
    self[side].replica.write(padding: Int.random(in: 0...3_000, using: &random))
    let log = self[side].replica.log
    self[side].inputs.append(.localChanged(log))
  }

  /// Loses the link with all that is on its way, and opens another; the drivers' work is lost too.
  mutating func reconnect(purpose: SyncSession.Purpose = .leaveWhenInSync) {
    for side in Side.allCases { feed(.closed, to: side) }
    let count = deliveredCount
    self = Self(alice.replica, bob.replica, purpose: purpose, limits: limits)
    deliveredCount = count
    open()
  }

  mutating func feed(_ input: SyncSession.Input, to side: Side) {
    for output in self[side].session.handle(input, at: now) { carryOut(output, at: side) }
  }

  private mutating func carryOut(_ output: SyncSession.Output, at side: Side) {
    switch output {
    case .send(let bytes):
      self[side].messageBytes += bytes.count
      self[side].outgoing.append(bytes)
      noteBatch(bytes, from: side)
    case .readBatch(let vector, _, let cursor, let end, let byteLimit):
      schedule(
        .read(lackedBy: vector, after: cursor, upTo: end, byteLimit: byteLimit), at: side)
    case .apply(let batch): schedule(.apply(batch), at: side)
    case .locate(let tips): schedule(.locate(tips), at: side)
    case .computeDigests(let includingState):
      schedule(.digests(includingState: includingState), at: side)
    case .setDeadline(let instant): self[side].deadline = instant
    case .peerHolds(let vector): self[side].peerHolds = vector
    case .progress(let report): self[side].lastReport = report
    case .notice(let notice): self[side].notices.append(notice)
    case .diverged(let divergence): self[side].divergences.append(divergence)
    case .inSync(let report): self[side].inSyncReports.append(report)
    case .finish(let outcome, let report):
      self[side].outcome = outcome
      self[side].lastReport = report
      self[side].tasks = []
      self[side].inputs = []
    case .judgeJoin, .enrol: Issue.record("Neither side joins.")
    }
  }

  /// Queues work for a driver, of which no kind may be under way twice.
  private mutating func schedule(_ task: TinyNode.Task, at side: Side) {
    let isWaiting = self[side].tasks.contains { other in
      switch (task, other) {
      case (.read, .read), (.apply, .apply), (.locate, .locate), (.digests, .digests): true
      case (.read, _), (.apply, _), (.locate, _), (.digests, _): false
      }
    }
    let isAnswered = self[side].inputs.contains { input in
      switch (task, input) {
      case (.read, .batchRead), (.apply, .batchApplied), (.locate, .located),
        (.digests, .digestsComputed):
        true
      case (.read, _), (.apply, _), (.locate, _), (.digests, _): false
      }
    }
    let hasSame = isWaiting || isAnswered
    #expect(!hasSame, "Two of \(task) at once.")
    self[side].tasks.append(task)
  }

  private mutating func perform(_ task: TinyNode.Task, at side: Side) -> SyncSession.Input {
    switch task {
    case .read(let vector, let cursor, let end, let byteLimit):
      .batchRead(
        self[side].replica.read(
          lackedBy: vector, after: cursor, upTo: end, byteLimit: byteLimit))
    case .apply(let batch): self[side].replica.apply(batch)
    case .locate(let tips): .located(self[side].replica.located(tips))
    case .digests(let includingState):
      .digestsComputed(self[side].replica.digests(includingState: includingState))
    }
  }

  /// Checks that what is sent and not acknowledged stays within the credit, or is one batch alone.
  private mutating func noteBatch(_ bytes: [UInt8], from side: Side) {
    guard case .entries(let number, let batch)? = try? SyncMessage(decoding: bytes) else { return }
    self[side].unacknowledged[number] = max(batch.count, SessionLimits.batchCostMin)
    let costs = self[side].unacknowledged.values
    #expect(costs.count == 1 || costs.reduce(0, +) <= limits.creditBytes)
  }

  private mutating func noteAcknowledgement(_ bytes: [UInt8], at side: Side) {
    guard case .ack(let last, _)? = try? SyncMessage(decoding: bytes) else { return }
    self[side].unacknowledged = self[side].unacknowledged.filter { $0.key > last }
  }
}
