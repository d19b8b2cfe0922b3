import CRDTCore
import ReplicaStore
import SyncEngine

/// Drives one side's session: carries out what it asks for on the replica and on the link.
final class SimulatedSession {
  static let messageBytesMax = SessionLimits.messageBytesMax
  /// Small enough that a few changes take several batches, and credit runs out.
  private static let limits = SessionLimits(creditBytes: 4 << 10)

  let node: SimulatedNode
  let peer: SimulatedNode
  private let link: SimulatedLink
  private let end: SimulatedLink.End
  private unowned let world: World
  private var session: SyncSession
  private var memory = MemoryCheck(limits)
  private var voice: HostileVoice?
  private var deadlineCount = 0
  private var heardPart = false
  private(set) var isFinished = false
  private(set) var wasInSync = false
  /// Whether the two are to meet again at once, with the branches of a log named.
  private(set) var isToGoOn = false
  /// Called once, when the session is over.
  var onFinish: () throws -> Void = {}

  init(
    of node: SimulatedNode, with peer: SimulatedNode, on link: SimulatedLink,
    end: SimulatedLink.End,
    purpose: SyncSession.Purpose, in world: World
  ) {
    self.node = node
    self.peer = peer
    self.link = link
    self.end = end
    self.world = world
    voice = node.hostility?.voice()
    session = SyncSession(peer: peer.key.publicKey, purpose: purpose, limits: Self.limits)
  }

  /// How it lies; `nil` of an honest node's.
  var manner: Hostility.Manner? { voice?.manner }

  private var now: MonotonicInstant {
    MonotonicInstant(elapsed: .milliseconds(Int64(world.simulator.now.milliseconds)))
  }

  /// Says the first word, or waits for it.
  func open(_ opening: SyncSession.Opening) throws { try feed(.opened(opening)) }

  /// Bytes have come from the peer.
  func received(_ bytes: [UInt8]) throws {
    guard !isFinished else { return }
    do {
      for frame in try end.take(bytes) { try feed(.received(frame)) }
      heardPart = end.hasPart
    } catch is LinkError {
      try feed(.receivedTooLong)
    }
  }

  func linkClosed() throws { try feed(.closed) }

  /// The replica holds more than it did.
  func localChanged(_ held: Holdings) throws { try feed(.localChanged(held.log)) }

  /// Ends in good order.
  func stop() throws { try feed(.stop) }

  /// Ends at once, as when the node dies.
  func abandon() throws {
    guard !isFinished else { return }
    isFinished = true
    try onFinish()
  }

  private func feed(_ input: SyncSession.Input) throws {
    guard !isFinished else { return }
    if case .batchApplied = input { memory.applied() }
    for output in session.handle(input, at: now) {
      try carryOut(output)
      if isFinished { return }
    }
    if case .received(let frame) = input { try memory.received(frame) }
  }

  private func carryOut(_ output: SyncSession.Output) throws {
    switch output {
    case .send(let frame):
      try memory.sent(frame)
      for frame in try voice?.frames(for: frame) ?? [frame] {
        world.totals.bytesSent += frame.count
        link.send(frame, from: end)
      }
    case .setDeadline(let instant): setDeadline(instant)
    case .finish(let outcome, _):
      world.note(node, "session with \(peer.name) ends: \(outcome.traceWord)")
      isToGoOn = outcome.asksToMeetAgain
      link.close(from: end)
      isFinished = true
      try onFinish()
      if case .peerLeft(let bye) = outcome, bye.reason == .joinRefused, node.invitation != nil {
        try world.wasTurnedAway(node)
      }
    case .locate, .readBatch, .apply, .computeDigests, .judgeJoin, .enrol:
      world.simulator.schedule(after: world.workTime()) { [self] in try answer(output) }
    case .peerHolds(let vector): world.heard(from: peer, vector)
    case .notice(.ownLogBehind(let dot)):
      try world.run(on: node) { try $0.renew(ifBehind: dot) }
    case .progress, .notice: break
    case .diverged where world.mayBeLiedTo(by: peer) || world.mayBeLiedTo(by: node):
      world.note(node, "hears that \(peer.name) differs")
    case .diverged(let divergence):
      throw Finding(
        .convergence, "\(node.name) and \(peer.name) hold the same and differ: \(divergence)")
    case .inSync:
      wasInSync = true
      node.inSyncSince = world.simulator.now
      world.note(node, "in sync with \(peer.name)")
    }
  }

  private func setDeadline(_ instant: MonotonicInstant) {
    deadlineCount += 1
    let count = deadlineCount
    world.simulator.schedule(after: max(.zero, instant - now)) { [self] in
      guard count == deadlineCount, !isFinished else { return }
      if heardPart { try feed(.linkActive) }
      heardPart = false
      try feed(.deadlineReached)
    }
  }

  /// Does what the session has asked for, and feeds it the answer.
  private func answer(_ question: SyncSession.Output) throws {
    guard !isFinished else { return }
    var answer = SyncSession.Input.failed(reason: "The disk is gone.")
    let before = node.replica
    do {
      guard let result = try answerNow(question) else { return }
      answer = result
    } catch BatchError.parted {
      world.note(node, "holds another entry than a batch of \(peer.name) rests on")
      answer = .batchParted
    } catch let error as BatchError {
      // Who lies about what it holds is sent what it cannot take, too.
      guard world.mayBeLiedTo(by: peer) || world.mayBeLiedTo(by: node) else {
        throw Finding(.failure, "\(node.name) refuses a batch of \(peer.name): \(error)")
      }
      // Why depends on bytes of signatures, where an enemy has bent them.
      world.note(node, "refuses a batch of \(peer.name)")
      answer = .batchRefused(reason: error.description)
    } catch StoreError.full {
      world.note(node, "has no space for what \(peer.name) sends")
      answer = .failed(reason: StoreError.full.summary)
    }
    // Who was let in has a replica that it had not.
    guard before == nil || node.replica === before else { return }
    try feed(answer)
    if case .batchApplied = answer { try world.announce(node) }
  }

  /// The answer; `nil` if the node is down, or dies of the question.
  private func answerNow(_ question: SyncSession.Output) throws -> SyncSession.Input? {
    switch question {
    case .locate(let tips):
      return try world.look(at: node) { try $0.holdings(ofPeerWith: tips) }.map {
        .located(PeerPlace(vector: $0.vector, parted: $0.parted))
      }
    case .readBatch(let vector, let parted, let after, let end, let byteLimit):
      let batch = try world.look(at: node) { replica in
        try replica.extract(
          lackedBy: voice?.withheld(from: vector, of: replica.holdings().vector) ?? vector,
          parted: parted, after: Int64(clamping: after.rawValue),
          upTo: Int64(clamping: end.rawValue), byteLimit: byteLimit)
      }
      guard let batch else { return nil }
      return .batchRead(
        BatchRead(
          bytes: batch.bytes ?? [], entryCount: batch.entries, covers: batch.covers,
          cursor: LogCursor(rawValue: UInt64(batch.cursor)), branchCount: batch.branchCount))
    case .apply(let bytes):
      guard let report = try world.run(on: node, { try $0.apply(bytes) }),
        let held = try world.holdings(of: node)
      else { return nil }
      // Before the acknowledgement leaves, all of it is on disk.
      node.promisedTips.formUnion(held.tips.map(\.hash))
      world.totals.entriesApplied += report.entries
      world.note(node, "takes \(report.entries) entries from \(peer.name)")
      return .batchApplied(
        BatchApplied(
          entryCount: report.entries, covers: report.covers, log: held.log))
    case .computeDigests(let includingState):
      return try world.digests(of: node, includingState: includingState).map {
        .digestsComputed($0)
      }
    case .judgeJoin(let request): return try world.judge(request, of: peer, by: node)
    case .enrol(let grant): return try world.enrol(node, by: grant)
    case .send, .setDeadline, .peerHolds, .progress, .notice, .diverged, .inSync, .finish:
      return .failed(reason: "The session asked for what is no question.")
    }
  }
}

extension SyncOutcome {
  /// The outcome's kind alone, which is the same in every run of a seed.
  var traceWord: String {
    "\(self)".split(whereSeparator: { $0 == "(" || $0 == "." || $0 == ":" }).first.map(String.init)
      ?? ""
  }
}
