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
    var outcome: SyncOutcome
    var report = SyncReport()
    var wasInSync = false
    var clockOffset: Int64?
    var diverged = false
    var peerHolds = VersionVector()
  }

  let link: PeerLink
  let purpose: SyncSession.Purpose
  let desk: SessionDesk
  var observer = Observer()
  /// Changes of the replica, while the session stays.
  var changes: AsyncStream<Holdings>?

  /// Runs a session on the link until it ends; cancelling the task ends it in good order.
  func run(opening: SyncSession.Opening) async -> Result {
    let inbox = SessionInbox()
    return await withTaskCancellationHandler {
      await withTaskGroup(of: Void.self, returning: Result.self) { group in
        group.addTask { await readFrames(into: inbox) }
        if let changes {
          group.addTask {
            for await held in changes { inbox.put(.localChanged(held.snapshot)) }
          }
        }
        let result = await converse(opening: opening, inbox: inbox)
        link.close()
        inbox.letIn(all: true)
        group.cancelAll()
        return result
      }
    } onCancel: {
      inbox.put(.stop)
    }
  }

  private func readFrames(into inbox: SessionInbox) async {
    // Whatever ends or breaks the link, the session ends as one whose link is gone.
    defer { inbox.put(.closed) }
    var frames = link.frames.makeAsyncIterator()
    while let frame = try? await frames.next() { await inbox.put(frame: frame) }
  }

  private func converse(opening: SyncSession.Opening, inbox: SessionInbox) async -> Result {
    var session = SyncSession(peer: link.peerKey, purpose: purpose)
    var result = Result(outcome: .disconnected)
    var deadline: Task<Void, Never>?
    var answers: [SyncSession.Input] = [.opened(opening)]
    defer { deadline?.cancel() }
    while true {
      let input = answers.isEmpty ? await inbox.next() : answers.removeFirst()
      for output in session.handle(input, at: SystemEnvironment.monotonicNow()) {
        switch output {
        case .send(let frame):
          do { try await link.send(frame) } catch { answers.append(.closed) }
        case .setDeadline(let instant):
          deadline?.cancel()
          deadline = Self.deadline(at: instant, inbox: inbox)
        case .finish(let outcome, let report):
          result.outcome = outcome
          result.report = report
          return result
        case .readBatch, .apply, .computeDigests, .judgeJoin, .enrol:
          answers.append(await desk.answer(output, peer: link.peerKey))
          if case .enrol = output { await promote() }
          if case .joinGranted? = answers.last { await promote() }
        case .peerHolds(let vector): result.peerHolds.merge(vector)
        case .progress(let report): observer.onProgress(report)
        case .notice(let notice):
          if case .clockOffset(let offset) = notice { result.clockOffset = offset }
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

  private func promote() async {
    // A link that is gone ends the session by itself.
    try? await link.promote()
  }

  private static func deadline(at instant: MonotonicInstant, inbox: SessionInbox) -> Task<
    Void, Never
  > {
    Task {
      // Cancelled where another deadline has taken its place.
      guard (try? await Task.sleep(for: instant - SystemEnvironment.monotonicNow())) != nil else {
        return
      }
      inbox.put(.deadlineReached)
    }
  }
}

extension Holdings {
  /// What sessions are told of the replica.
  var snapshot: LogSnapshot {
    LogSnapshot(vector: vector, end: LogCursor(rawValue: UInt64(lastArrival)))
  }
}
