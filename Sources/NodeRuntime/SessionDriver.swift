import CRDTCore
import CommandShell
import PeerTransport
import ReplicaStore
import SyncEngine

/// Carries out what one session asks for, on the replica and on the link.
struct SessionDriver: Sendable {
  /// What the driver tells its owner while it runs.
  struct Observer: Sendable {
    var onProgress: @Sendable (SyncReport) -> Void = { _ in }
    var onNotice: @Sendable (SyncSession.Notice) -> Void = { _ in }
    var onDivergence: @Sendable (Divergence) -> Void = { _ in }
    var onInSync: @Sendable (SyncReport) -> Void = { _ in }
  }

  /// How a session ended, and what it learnt on the way.
  struct Result: Sendable {
    /// The other node's key.
    let peer: NodePublicKey
    var outcome: SyncOutcome
    /// One sentence that says why it ended.
    var reason: String
    var report = SyncReport()
    var wasInSync = false
    var clockOffset: Int64?
    var diverged = false
    var peerHolds = VersionVector()
    /// The error of the link, where that is why it ended.
    var linkError: TransportError?

    /// Whether the peer has said that it does not let this node in, so that it has enrolled nothing.
    var wasTurnedAway: Bool {
      if case .peerLeft(let bye) = outcome { return bye.reason == .joinRefused }
      if case .refusedByPeer = linkError { return true }
      return false
    }
  }

  /// How long the last frames, a bye above all, may take to leave.
  private static let farewellTime = Duration.seconds(5)

  let link: PeerLink
  let purpose: SyncSession.Purpose
  let desk: SessionDesk
  var limits = SessionLimits()
  var observer = Observer()
  /// Changes of the replica, while the session stays.
  var changes: AsyncStream<Holdings>?

  /// Runs a session on the link until it ends; cancelling the task ends it with a bye.
  func run(opening: SyncSession.Opening) async -> Result {
    let inbox = SessionInbox()
    inbox.put(.opened(opening))
    // In a task of its own, which cancellation does not reach: the bye has to leave yet.
    let session = Task { await run(with: inbox) }
    return await withTaskCancellationHandler {
      await session.value
    } onCancel: {
      inbox.put(.stop)
    }
  }

  private func run(with inbox: SessionInbox) async -> Result {
    let outbox = SessionOutbox(bytesMax: limits.unsentBytesMax)
    let (questions, asking) = AsyncStream.makeStream(of: SyncSession.Output.self)
    return await withTaskGroup(of: Void.self) { group in
      group.addTask { await readFrames(into: inbox) }
      group.addTask { await answer(questions, into: inbox) }
      if let changes {
        group.addTask {
          for await held in changes { inbox.put(.localChanged(held.snapshot)) }
        }
      }
      // Sent by a task of its own: two nodes that both send at once would else wait for each other.
      let sending = Task { await send(outbox, inbox: inbox) }
      var result = await converse(with: inbox, outbox: outbox, asking: asking)
      outbox.close()
      await finish(sending)
      if result.outcome == .disconnected, let error = link.error {
        result.reason = error.summary
        result.linkError = error
      }
      link.close()
      inbox.close()
      group.cancelAll()
      // A batch in work when the peer left is taken in all the same.
      await group.waitForAll()
      for case .batchApplied(let batch) in inbox.left { result.report.noteReceived(batch) }
      return result
    }
  }

  private func send(_ outbox: SessionOutbox, inbox: SessionInbox) async {
    for await frame in outbox.frames {
      guard (try? await link.send(frame)) != nil else { return inbox.put(.closed) }
      outbox.remove(frame)
    }
  }

  /// Waits until all is sent, or the time for that is over.
  private func finish(_ sending: Task<Void, Never>) async {
    let limit = Task {
      // Cancelled where everything has been sent in time.
      if (try? await Task.sleep(for: Self.farewellTime)) != nil { sending.cancel() }
    }
    await sending.value
    limit.cancel()
  }

  private func readFrames(into inbox: SessionInbox) async {
    do {
      for try await frame in link.frames { await inbox.put(frame: frame) }
      inbox.put(.closed)
    } catch TransportError.frameTooLarge {
      inbox.put(.receivedTooLong)
    } catch TransportError.frameEmpty {
      await inbox.put(frame: [])
    } catch {
      // Whatever else breaks the link, the session ends as one whose link is gone.
      inbox.put(.closed)
    }
  }

  /// Answers one question after the other, while the session goes on to read, to ping and to stop.
  private func answer(
    _ questions: AsyncStream<SyncSession.Output>, into inbox: SessionInbox
  ) async {
    for await question in questions {
      let answer = await desk.answer(question, peer: link.peerKey)
      // Before the answer leaves, so that what the peer sends on it is not cut off. A link that is
      // gone ends the session by itself.
      if case .joinGranted = answer { try? await link.promote() }
      inbox.put(answer)
    }
  }

  private func converse(
    with inbox: SessionInbox, outbox: SessionOutbox,
    asking: AsyncStream<SyncSession.Output>.Continuation
  ) async -> Result {
    var session = SyncSession(peer: link.peerKey, purpose: purpose, limits: limits)
    var result = Result(peer: link.peerKey, outcome: .disconnected, reason: "")
    var deadline: Task<Void, Never>?
    defer { deadline?.cancel() }
    while true {
      let input = await inbox.next()
      for output in session.handle(input, at: SystemEnvironment.monotonicNow()) {
        switch output {
        case .send(let frame):
          if !outbox.put(frame) {
            inbox.put(.failed(reason: "The peer asks for more than it reads."))
          }
        case .setDeadline(let instant):
          deadline?.cancel()
          deadline = self.deadline(at: instant, inbox: inbox)
        case .finish(let outcome, let report):
          result.outcome = outcome
          result.reason = outcome.description
          result.report = report
          return result
        case .locate, .readBatch, .apply, .computeDigests, .judgeJoin, .enrol:
          asking.yield(output)
        case .peerHolds(let vector): result.peerHolds.merge(vector)
        case .progress(let report): observer.onProgress(report)
        case .notice(let notice):
          if case .clockOffset(let offset) = notice { result.clockOffset = offset }
          if case .ownLogBehind(let dot) = notice { await desk.renew(ifBehind: dot) }
          observer.onNotice(notice)
        case .diverged(let divergence):
          result.diverged = true
          observer.onDivergence(divergence)
        case .inSync(let report):
          result.wasInSync = true
          observer.onInSync(report)
        }
      }
    }
  }

  private func deadline(at instant: MonotonicInstant, inbox: SessionInbox) -> Task<Void, Never> {
    Task {
      // Cancelled where another deadline has taken its place.
      guard (try? await Task.sleep(for: instant - SystemEnvironment.monotonicNow())) != nil else {
        return
      }
      if link.activity.take() { inbox.put(.linkActive) }
      inbox.put(.deadlineReached)
    }
  }
}

extension Holdings {
  /// What sessions are told of the replica.
  var snapshot: LogSnapshot {
    LogSnapshot(
      vector: vector, end: LogCursor(rawValue: UInt64(lastArrival)), branchCount: branchCount,
      forked: forked)
  }
}
