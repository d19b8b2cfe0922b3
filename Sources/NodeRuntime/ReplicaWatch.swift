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

  /// How often the file is looked at: soon enough that a peer sees a change within milliseconds,
  /// at the cost of two look-ups.
  private static let interval = Duration.milliseconds(4)

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

  /// Looks again and again until the task is cancelled.
  func run() async throws {
    while !Task.isCancelled {
      do {
        try await BlockingWork.run { [self] in try look() }
      } catch let error as StoreError where error == .locked {
        log.failed(error)
      }
      try? await Task.sleep(for: Self.interval)
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
