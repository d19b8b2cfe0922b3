public import CRDTCore

/// One conversation with one peer, as a state machine that does no I/O.
///
/// The owner feeds it one ``Input`` at a time, each with the time at which it happened, and carries
/// out the ``Output``s in order. The session reads no clock, draws no random number, opens no
/// socket and writes no file; the same inputs always give the same outputs, which is what lets a
/// simulation replay a run from its seed.
///
/// Whatever a peer does, the session neither throws nor traps: it ends with a ``SyncOutcome``, and
/// so it does if the owner feeds what was not asked for. It asks for one read, one apply and one
/// computation of digests at a time, and acknowledges nothing before it is durable. After a cut
/// nothing has to be remembered: the next session starts from what both sides then hold.
///
/// Memory is bounded by ``SessionLimits/creditBytes`` or one larger batch for what has been received
/// and waits to be applied, by one batch read and not yet sent, by as much as the credit for what
/// the transport has not sent yet, and by four version vectors.
public struct SyncSession: Sendable {
  /// Whether a session lives on after the first exchange.
  public enum Purpose: Hashable, Sendable {
    /// Stays, and sends and takes new entries as they appear.
    case stay
    /// Leaves as soon as both sides are in sync.
    case leaveWhenInSync
  }

  /// How this side begins.
  public enum Opening: Hashable, Sendable {
    /// The peer's key is in the roster.
    case known(LocalState)
    /// We have dialled a node that invited us, and are not in its roster yet.
    case joining(JoinRequest)
    /// The peer's key is not in the roster, but an invite is open: it may ask to join.
    case awaitingJoin
  }

  private enum Stage {
    case unopened
    /// Nothing but a request to join may come.
    case awaitingJoin
    /// The driver judges a request to join; the state is ours if our hello is out already.
    case judgingJoin(LocalState?)
    /// A node that has us in its roster says hello before it grants: an earlier grant got lost.
    case awaitingGrant(earlyHello: Hello?)
    /// The driver makes a replica.
    case enrolling(earlyHello: Hello?)
    /// Our hello is out.
    case awaitingHello(LocalState)
    case exchanging(Exchange)
    case finished
  }

  /// What a step has heard of the peer.
  private enum Sign {
    case nothing
    /// It is there.
    case life
    /// It does its part.
    case progress
  }

  private let peer: NodePublicKey
  private let purpose: Purpose
  private let limits: SessionLimits
  private var stage = Stage.unopened
  private var isOpen = false
  private var outbox = Outbox()
  private var deadlines = SessionDeadlines()
  private var sign = Sign.nothing
  /// What the replica holds, until the exchange keeps count.
  private var held = LogSnapshot()
  /// When our hello's clock was read.
  private var helloInstant = MonotonicInstant(elapsed: .zero)

  /// Creates a session for a link that is about to open.
  ///
  /// - Parameters:
  ///   - peer: The key that the other side has proved to have.
  ///   - purpose: Whether to leave once both sides are in sync.
  ///   - limits: This side's own bounds.
  public init(peer: NodePublicKey, purpose: Purpose, limits: SessionLimits = SessionLimits()) {
    self.peer = peer
    self.purpose = purpose
    self.limits = limits
  }

  /// Takes the session one step on.
  ///
  /// - Parameters:
  ///   - input: What happened.
  ///   - now: When it happened; never earlier than the previous call's.
  /// - Returns: What to do, in order. Empty once the session has finished.
  public mutating func handle(_ input: Input, at now: MonotonicInstant) -> [Output] {
    if case .finished = stage { return [] }
    sign = .nothing
    do throws(Ending) {
      try step(input, at: now)
      watch(at: now)
    } catch {
      finish(error.outcome)
    }
    return outbox.drain()
  }

  private mutating func step(_ input: Input, at now: MonotonicInstant) throws(Ending) {
    switch input {
    case .opened(let opening): try open(opening, at: now)
    case .received(let bytes): try receive(bytes, at: now)
    case .receivedTooLong: throw Ending(.overLimit(messageLimit.name))
    case .linkActive: sign = .progress
    case .localChanged(let log): try noteChange(log)
    case .located(let place): try exchange(.located(place))
    case .batchRead(let read): try exchange(.read(read))
    case .batchApplied(let batch): try exchange(.applied(batch))
    case .digestsComputed(let digests): try exchange(.digests(digests))
    case .batchRefused(let reason): throw Ending(.batchRefused(reason: reason))
    case .batchParted: throw Ending(.renamed)
    case .joinGranted(let grant, let state): try send(grant, state, at: now)
    case .joinRefused(let reason): throw Ending(.joinRefused(reason: reason))
    case .enrolled(let state): try begin(enrolledAs: state, at: now)
    case .failed(let reason): throw Ending(.failed(reason: reason))
    case .deadlineReached: try checkDeadlines(at: now)
    case .stop: throw Ending(.stopped)
    case .closed: throw Ending(.disconnected)
    }
  }

  private mutating func finish(_ outcome: SyncOutcome) {
    stage = .finished
    if isOpen, let bye = outcome.farewell { outbox.send(.bye(bye)) }
    outbox.append(.finish(outcome, outbox.report))
  }
}

// MARK: - Opening

extension SyncSession {
  private mutating func open(_ opening: Opening, at now: MonotonicInstant) throws(Ending) {
    guard case .unopened = stage else { throw Self.unasked("The link opened twice.") }
    isOpen = true
    switch opening {
    case .known(let state): sayHello(state, at: now)
    case .joining(let request):
      outbox.send(.join(request))
      stage = .awaitingGrant(earlyHello: nil)
    case .awaitingJoin: stage = .awaitingJoin
    }
  }

  private mutating func sayHello(_ state: LocalState, at now: MonotonicInstant) {
    held.advance(to: state.log)
    helloInstant = now
    outbox.send(.hello(state.hello(creditBytes: limits.creditBytes)))
    stage = .awaitingHello(state)
  }

  /// Tells the peer that it is in the roster, and goes on as with any known peer.
  private mutating func send(
    _ grant: JoinGrant, _ state: LocalState, at now: MonotonicInstant
  ) throws(Ending) {
    guard case .judgingJoin(let greeted) = stage else {
      throw Self.unasked("A grant came that was not asked for.")
    }
    outbox.send(.joined(grant))
    held.advance(to: state.log)
    if let greeted { stage = .awaitingHello(greeted) } else { sayHello(state, at: now) }
  }

  private mutating func begin(
    enrolledAs state: LocalState, at now: MonotonicInstant
  ) throws(Ending) {
    guard case .enrolling(let earlyHello) = stage else {
      throw Self.unasked("A replica was made that was not asked for.")
    }
    sayHello(state, at: now)
    if let earlyHello { try meet(earlyHello, as: state, at: now) }
  }

  /// Judges the peer's hello, and opens the exchange.
  private mutating func meet(
    _ hello: Hello, as state: LocalState, at now: MonotonicInstant
  ) throws(Ending) {
    guard hello.versions.overlaps(Hello.spokenVersions) else {
      throw Ending(.noCommonVersion(theirs: hello.versions))
    }
    guard hello.workspace == state.workspace else {
      throw Ending(.wrongWorkspace(theirs: hello.workspace))
    }
    guard hello.node == peer else { throw Ending(.wrongKey(claimed: hello.node)) }
    guard hello.node != state.node else { throw Ending(.ownKey) }
    let ourWall = Int64(state.wall.milliseconds) + (now - helloInstant).wholeMilliseconds
    outbox.append(
      .notice(.clockOffset(milliseconds: Int64(hello.wall.milliseconds) - ourWall)))
    if hello.schemaDigest != state.schemaDigest { outbox.append(.notice(.schemasDiffer)) }
    stage = .exchanging(
      Exchange(
        ours: state, held: held, theirs: hello, purpose: purpose, creditBytes: limits.creditBytes))
    try exchange(.hellosExchanged)
  }

  private static func unasked(_ reason: String) -> Ending { Ending(.failed(reason: reason)) }
}

// MARK: - Messages

extension SyncSession {
  /// The limit of one message, and the name of that limit: unknown peers have a tighter one.
  private var messageLimit: (byteCount: Int, name: SyncOutcome.ExceededLimit) {
    switch stage {
    case .awaitingJoin, .judgingJoin(nil): (SessionLimits.joinBytesMax, .joinBytes)
    case .unopened, .judgingJoin, .awaitingGrant, .enrolling, .awaitingHello, .exchanging,
      .finished:
      (SessionLimits.messageBytesMax, .messageBytes)
    }
  }

  private mutating func receive(_ bytes: [UInt8], at now: MonotonicInstant) throws(Ending) {
    outbox.report.bytesReceived += bytes.count
    guard bytes.count <= messageLimit.byteCount else {
      throw Ending(.overLimit(messageLimit.name))
    }
    let message: SyncMessage
    do throws(MalformedBytes) {
      message = try SyncMessage(decoding: bytes)
    } catch {
      throw Ending(.malformed(error))
    }
    sign = message == .ping ? .life : .progress
    if case .bye(let bye) = message { throw Ending(.peerLeft(bye)) }
    try take(message, at: now)
  }

  private mutating func take(_ message: SyncMessage, at now: MonotonicInstant) throws(Ending) {
    switch (stage, message) {
    case (.exchanging, _): try exchange(.received(message))
    case (.awaitingHello(let state), .hello(let hello)): try meet(hello, as: state, at: now)
    case (.awaitingHello(let state), .join(let request)):
      outbox.append(.judgeJoin(request))
      stage = .judgingJoin(state)
    case (.awaitingJoin, .join(let request)):
      outbox.append(.judgeJoin(request))
      stage = .judgingJoin(nil)
    case (.awaitingGrant(let earlyHello), .joined(let grant)):
      outbox.append(.enrol(grant))
      stage = .enrolling(earlyHello: earlyHello)
    case (.awaitingGrant(nil), .hello(let hello)): stage = .awaitingGrant(earlyHello: hello)
    case (.enrolling(nil), .hello(let hello)): stage = .enrolling(earlyHello: hello)
    case (.unopened, _), (.awaitingJoin, _), (.judgingJoin, _), (.awaitingGrant, _),
      (.enrolling, _), (.awaitingHello, _), (.finished, _):
      throw Ending(.outOfPlace(message.kind))
    }
  }

  /// Takes the exchange one step on; the owner's fault if there is none.
  private mutating func exchange(_ event: Exchange.Event) throws(Ending) {
    guard case .exchanging(var exchange) = stage else {
      throw Self.unasked("An answer came that was not asked for.")
    }
    // The local variable alone must hold the exchange, or changing it would copy it.
    stage = .finished
    try exchange.handle(event, &outbox)
    stage = .exchanging(exchange)
  }

  private mutating func noteChange(_ log: LogSnapshot) throws(Ending) {
    let named = held.branchCount
    held.advance(to: log)
    switch stage {
    case .exchanging: try exchange(.changed(log))
    case .judgingJoin(.some), .awaitingHello:
      // Our hello has told the digest of logs whose names are others now.
      guard named == held.branchCount else { throw Ending(.renamed) }
    case .unopened, .awaitingJoin, .judgingJoin(nil), .awaitingGrant, .enrolling, .finished: return
    }
  }
}

// MARK: - Time

extension SyncSession {
  private mutating func checkDeadlines(at now: MonotonicInstant) throws(Ending) {
    deadlines.fire()
    if let silence = deadlines.silence, silence <= now { throw Ending(.silent) }
    if let stall = deadlines.stall, stall <= now { throw Ending(.stalled) }
    if let keepAlive = deadlines.keepAlive, keepAlive <= now { outbox.send(.ping) }
  }

  /// Moves the deadlines as the step requires, and asks for the next one.
  private mutating func watch(at now: MonotonicInstant) {
    switch stage {
    case .unopened, .judgingJoin, .enrolling, .finished:
      // It is our own turn, so the peer may be silent.
      deadlines.silence = nil
    case .awaitingJoin:
      // Set once: nothing that an unknown peer sends gains it time.
      deadlines.silence = deadlines.silence ?? now + limits.joinTime
    case .awaitingGrant, .awaitingHello: watchSilence(at: now)
    case .exchanging(let exchange):
      watchSilence(at: now)
      if outbox.hasSent || deadlines.keepAlive == nil {
        deadlines.keepAlive = now + limits.keepAlive
      }
      if !exchange.isAwaitingPeer {
        deadlines.stall = nil
      } else if sign == .progress || deadlines.stall == nil {
        deadlines.stall = now + limits.stall
      }
    }
    if let due = deadlines.announce() { outbox.append(.setDeadline(due)) }
  }

  private mutating func watchSilence(at now: MonotonicInstant) {
    if sign != .nothing || deadlines.silence == nil { deadlines.silence = now + limits.silence }
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
}
