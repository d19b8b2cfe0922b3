import ReplicaStore
import Synchronization

/// Counts the open conflicts for the prompt, which does not wait for a slow count.
///
/// A count holds until the store changes. One that takes longer than a person notices goes on beside the
/// prompt; until it is there the last one stands.
final class ConflictCounter: Sendable {
  /// How long the prompt waits; start to prompt is to take no more than 50 ms.
  private static let patience = Duration.milliseconds(20)

  private struct State {
    var known: (change: ReplicaChange, count: Int)?
    var isCounting = false
  }

  private let state = Mutex(State())

  /// The latest count; 0 while the first goes on.
  func count(in replica: Replica) async throws -> Int {
    let change = try replica.lastChange()
    let mayStart = state.withLock { state in
      guard state.known?.change != change, !state.isCounting else { return false }
      state.isCounting = true
      return true
    }
    if mayStart { await start(replica, as: change) }
    return state.withLock { $0.known?.count ?? 0 }
  }

  /// Starts to count, and returns when that is done or the patience at its end.
  private func start(_ replica: Replica, as change: ReplicaChange) async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    Task.detached { [self] in
      // What cannot be read is reported by the command that needs it.
      let count = try? replica.read { try $0.openConflictCount() }
      state.withLock { state in
        if let count { state.known = (change, count) }
        state.isCounting = false
      }
      continuation.finish()
    }
    let patience = Task.detached {
      try? await Task.sleep(for: Self.patience)
      continuation.finish()
    }
    for await _ in stream {}
    patience.cancel()
  }
}
