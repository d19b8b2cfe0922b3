import CRDTCore

/// The part of a session in which entries move: from both hellos to the end.
///
/// Knows nothing of time; ``SyncSession`` watches the deadlines.
struct Exchange: Sendable {
  /// Something that happened to the exchange.
  enum Event {
    case hellosExchanged
    case received(SyncMessage)
    case changed(LogSnapshot)
    case located(PeerPlace)
    case read(BatchRead)
    case applied(BatchApplied)
    case digests(ComputedDigests)
  }

  private let purpose: SyncSession.Purpose
  private let replica: ReplicaID
  private let tips: [LogTip]
  private let hasSameSchema: Bool
  /// What the replica holds.
  private var held: LogSnapshot
  /// What it holds by now, perhaps with the batch in work: if that were taken over before the batch
  /// is known to be applied, the peer's own entries would go back to it.
  private var deferred = LogSnapshot()
  /// What the peer knows that the replica holds.
  private var told: VersionVector
  private var greeting: Greeting
  /// What the peer is known to hold, in our names.
  private var peerHeld: VersionVector
  /// What of it was found by hash, or has gone from one side to the other.
  ///
  /// Whatever else the peer says to hold could be other entries of the same names.
  private var sharedHeld: VersionVector
  private var outbound: OutboundFlow
  private var inbound: InboundFlow
  private var comparison: Comparison
  private var hasToldCaughtUp: Bool
  private var isPeerCaughtUp: Bool
  private var isInSync = false

  /// Creates an exchange.
  ///
  /// - Parameters:
  ///   - ours: What our hello said.
  ///   - held: What the replica holds by now.
  ///   - theirs: The peer's hello.
  ///   - purpose: Whether to stay.
  ///   - creditBytes: What our hello granted.
  init(
    ours: LocalState, held: LogSnapshot, theirs: Hello, purpose: SyncSession.Purpose,
    creditBytes: Int
  ) {
    // Equal logs are equal vectors, and nobody has anything to send: both have caught up.
    let isEqual = ours.logDigest == theirs.logDigest
    self.purpose = purpose
    self.held = held
    replica = ours.replica
    tips = ours.tips
    hasSameSchema = ours.schemaDigest == theirs.schemaDigest
    told = ours.log.vector
    peerHeld = isEqual ? ours.log.vector : VersionVector()
    sharedHeld = peerHeld
    greeting = Greeting(isDue: !isEqual)
    outbound = OutboundFlow(credit: min(creditBytes, Int(theirs.creditBytes)))
    inbound = InboundFlow(credit: creditBytes)
    comparison = Comparison(isDue: !isEqual)
    hasToldCaughtUp = isEqual
    isPeerCaughtUp = isEqual
  }

  /// Whether the peer owes us a message; a limit of time is then right.
  var isAwaitingPeer: Bool {
    outbound.isAwaitingAck || inbound.isSettled && !isPeerCaughtUp || comparison.isAwaitingPeer
  }

  /// Takes the exchange one step on.
  mutating func handle(_ event: Event, _ outbox: inout Outbox) throws(Ending) {
    switch event {
    case .hellosExchanged: begin(&outbox)
    case .received(let message): try receive(message, &outbox)
    case .changed(let log):
      try checkNames(of: log.branchCount)
      outbound.noteChange()
      if inbound.isSettled {
        held.advance(to: log)
      } else {
        deferred.advance(to: log)
      }
    case .located(let place):
      try greeting.locate(place)
      outbox.send(.parted(place.parted))
      learn(&outbox)
    case .read(let read):
      try checkNames(of: read.branchCount)
      try outbound.take(read)
    case .applied(let batch): try acknowledge(batch, &outbox)
    case .digests(let digests): outbox.send(.verify(try comparison.take(digests)))
    }
    advance(&outbox)
    try settle(&outbox)
  }

  /// Ends the session if the names of logs are no longer those that both sides have spoken in.
  private func checkNames(of branchCount: Int) throws(Ending) {
    guard branchCount == held.branchCount else { throw Ending(.renamed) }
  }

  private mutating func begin(_ outbox: inout Outbox) {
    if greeting.isOver { outbox.append(.peerHolds(peerHeld)) } else { outbox.send(.vector(tips)) }
  }

  private mutating func receive(
    _ message: SyncMessage, _ outbox: inout Outbox
  ) throws(Ending) {
    switch message {
    case .ping: break
    case .vector(let tips) where greeting.takesVector:
      greeting.begin()
      outbox.append(.locate(tips))
    case .parted(let replicas) where greeting.takesParted:
      greeting.receive(parted: replicas)
      learn(&outbox)
    case .entries(let number, let batch) where greeting.isOver:
      isInSync = false
      if let batch = try inbound.take(batch, number: number) { outbox.append(.apply(batch)) }
    case .ack(let number, let vector) where greeting.isOver:
      let confirmed = try outbound.acknowledge(upTo: number)
      outbox.report.entriesConfirmed += confirmed.entryCount
      sharedHeld.merge(confirmed.covers)
      raisePeer(to: vector.without(held.forked), &outbox)
      outbox.append(.progress(outbox.report))
    case .caughtUp where greeting.isOver && !isPeerCaughtUp: isPeerCaughtUp = true
    case .verify(let verification) where isPeerCaughtUp: try comparison.receive(verification)
    case .hello, .vector, .parted, .entries, .ack, .caughtUp, .verify, .bye, .join, .joined:
      throw Ending(.outOfPlace(message.kind))
    }
  }

  /// Takes over what the peer held when it told, once all of that is known.
  private mutating func learn(_ outbox: inout Outbox) {
    guard let vector = greeting.takeResult() else { return }
    outbox.report.entriesToSend = held.vector.entryCount(beyond: vector)
    outbox.report.entriesToReceive = vector.entryCount(beyond: held.vector)
    let own = Dot(replica: replica, sequence: vector[replica])
    if !held.vector.covers(own) { outbox.append(.notice(.ownLogBehind(peerHolds: own))) }
    // Of what we held when we told, the peer's last entries were looked for by hash.
    for dot in vector.dots where told.covers(dot) { sharedHeld.include(dot) }
    raisePeer(to: vector, &outbox)
  }

  private mutating func raisePeer(to vector: VersionVector, _ outbox: inout Outbox) {
    peerHeld.merge(vector)
    outbox.append(.peerHolds(peerHeld))
  }

  /// Acknowledges the batch in work, which is durable now, and goes on to the next.
  private mutating func acknowledge(
    _ batch: BatchApplied, _ outbox: inout Outbox
  ) throws(Ending) {
    outbox.report.entriesReceived += batch.entryCount
    try checkNames(of: batch.log.branchCount)
    let (number, next) = try inbound.finishBatch()
    held.advance(to: batch.log)
    held.advance(to: deferred)
    let fresh = VersionVector(held.vector.ahead(of: told)).without(held.forked)
    outbox.send(.ack(upTo: number, holds: fresh))
    told = held.vector
    sharedHeld.merge(batch.covers)
    raisePeer(to: batch.covers, &outbox)
    outbox.append(.progress(outbox.report))
    if let next { outbox.append(.apply(next)) }
    outbound.noteChange()
  }

  /// Sends and reads whatever has become possible.
  private mutating func advance(_ outbox: inout Outbox) {
    guard greeting.isOver else { return }
    // What came from the peer moves the end, but needs no read to find that the peer has it.
    if !outbound.isDrained(to: held.end), peerHeld.covers(held.vector) {
      outbound.skip(to: held.end)
    }
    if let (number, read) = outbound.nextBatch() {
      isInSync = false
      outbox.report.entriesSent += read.entryCount
      outbox.send(.entries(number: number, batch: read.bytes))
    }
    if let (cursor, byteLimit) = outbound.nextRead(to: held.end) {
      let unsure = peerHeld.ahead(of: sharedHeld).map(\.replica)
      outbox.append(
        .readBatch(
          lackedBy: peerHeld, parted: greeting.differing.union(unsure), after: cursor,
          upTo: held.end, byteLimit: byteLimit))
    }
    if outbound.isDrained(to: held.end), !hasToldCaughtUp {
      hasToldCaughtUp = true
      outbox.send(.caughtUp)
    }
  }

  /// Compares digests once both sides have caught up, and says when they are in sync.
  private mutating func settle(_ outbox: inout Outbox) throws(Ending) {
    guard isPeerCaughtUp, hasToldCaughtUp else { return }
    let isSettled =
      outbound.isDrained(to: held.end) && !outbound.isAwaitingAck && inbound.isSettled
    // A peer that has sent its digests waits for ours, even while new entries go on to appear.
    if isSettled || comparison.hasTheirs, comparison.begin() {
      outbox.append(.computeDigests(includingState: hasSameSchema))
    }
    if let divergence = comparison.conclude() { outbox.append(.diverged(divergence)) }
    guard isSettled, comparison.isOver, !isInSync else { return }
    isInSync = true
    outbox.append(.inSync(outbox.report))
    switch purpose {
    case .stay: return
    case .leaveWhenInSync: throw Ending(.completed)
    }
  }
}

extension VersionVector {
  /// The same without some logs.
  fileprivate func without(_ replicas: Set<ReplicaID>) -> Self {
    var vector = self
    for replica in replicas { vector.remove(replica) }
    return vector
  }

  /// How many entries are covered here and not by `other`.
  ///
  /// A peer's vector may claim anything, so the sum stays at its greatest value instead of trapping.
  fileprivate func entryCount(beyond other: Self) -> UInt64 {
    ahead(of: other).reduce(0) { sum, dot in
      let (next, overflow) = sum.addingReportingOverflow(dot.sequence - other[dot.replica])
      return overflow ? .max : next
    }
  }
}
