import CRDTCore
import PeerTransport
import ReplicaStore
import Synchronization

/// Notices what other threads and processes write to the replica, and tells the sessions.
///
/// Also keeps the roster's keys in memory, so that a known peer's handshake costs no look-up.
final class ReplicaWatch: Sendable {
  private struct State {
    var seen: ReplicaChange?
    var keys: Set<NodePublicKey> = []
    var nextNumber = 0
    var listeners: [Int: AsyncStream<Holdings>.Continuation] = [:]
  }

  /// How often the file is looked at after a write to it: a peer then sees a change within
  /// milliseconds.
  private static let interval = Duration.milliseconds(1)
  /// How long, since a commit counts only once the disk has taken what was written.
  private static let settling = Duration.milliseconds(200)
  /// How often it is looked at in any case, as on file systems that tell of no writes.
  private static let pace = Duration.seconds(1)

  private let replica: Replica
  private let log: EventLog
  private let state = Mutex(State())

  init(replica: Replica, log: EventLog) {
    self.replica = replica
    self.log = log
  }

  /// What is to be said of a peer's key during a handshake.
  func trust(of key: NodePublicKey) async -> PeerTrust {
    if state.withLock({ $0.keys.contains(key) }) { return .known }
    do {
      // The invitation, or the roster entry, may be younger than the last look, or have expired.
      return try await BlockingWork.run { [replica] in
        if try replica.rosterKeys().contains(key) { return .known }
        return try replica.openInvites().isEmpty
          ? .refused(reason: "its key is not in the roster, and no invitation is open") : .joining
      }
    } catch {
      log.failed(error)
      return .refused(reason: "its key is not known, and the store cannot be read")
    }
  }

  /// Changes from now on; of several that were not taken yet only the last is kept.
  func subscribe() -> (AsyncStream<Holdings>, Int) {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Holdings.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.nextNumber += 1
      state.listeners[state.nextNumber] = continuation
      return state.nextNumber
    }
    return (stream, number)
  }

  func unsubscribe(_ number: Int) {
    state.withLock { $0.listeners.removeValue(forKey: number) }?.finish()
  }

  /// Looks whenever the file was written to, until the task is cancelled.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [self] in
        for await _ in FileEvents.writes(to: replica.path + "-wal") {
          let settled = ContinuousClock.now + Self.settling
          while !Task.isCancelled, ContinuousClock.now < settled {
            try await lookAside()
            try? await Task.sleep(for: Self.interval)
          }
        }
      }
      while !Task.isCancelled {
        try await lookAside()
        try? await Task.sleep(for: Self.pace)
      }
      group.cancelAll()
    }
  }

  /// Looks on a thread that may block; a store that is locked is looked at the next time.
  private func lookAside() async throws {
    do {
      try await BlockingWork.run { [self] in try look() }
    } catch let error as StoreError where error == .locked {
      log.failed(error)
    }
  }

  /// Looks whether anything has changed, and tells whoever listens.
  func look() throws {
    let change = try replica.lastChange()
    guard change != state.withLock({ $0.seen }) else { return }
    let keys = try replica.rosterKeys()
    let held = try replica.sealedHoldings()
    state.withLock { state in
      state.seen = change
      state.keys = keys
      for listener in state.listeners.values { listener.yield(held) }
    }
  }
}
