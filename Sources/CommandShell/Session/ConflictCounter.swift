import CRDTCore
import Foundation
import ReplicaStore
import Synchronization

/// Counts the conflicts that wait for a person, for the prompt, which does not wait for a slow count.
///
/// A count holds until the store changes, or until one that was put off waits again. One that takes longer than a person notices goes on beside the
/// prompt; until it is there the last one stands.
final class ConflictCounter: Sendable {
  /// How long the prompt waits; start to prompt is to take no more than 50 ms.
  private static let patience = Duration.milliseconds(20)
  /// How long whoever waits beside the prompt does.
  private static let longPatience = Duration.seconds(5)

  /// How many conflicts are kept by name; nobody completes one among more.
  private static let namedMax = 1_000

  /// An open conflict as completion offers it.
  struct Named: Sendable {
    let id: String
    let about: String
  }

  /// How many wait, and how many of them the acting user was asked to look at.
  struct Count: Hashable {
    var open = 0
    var assigned = 0
  }

  private struct Counted {
    let change: ReplicaChange
    let count: Count
    /// When one that was put off waits again.
    let next: Instant?
    let named: [Named]
  }

  private struct State {
    var known: Counted?
    var isCounting = false
  }

  private let state = Mutex(State())

  /// The open conflicts as of the latest count, which completion does not wait for either.
  var named: [Named] { state.withLock { $0.known?.named ?? [] } }

  /// Forgets the count: it was of another workspace.
  func forget() { state.withLock { $0.known = nil } }

  /// The latest count; none while the first goes on.
  func count(
    in replica: Replica, at now: Instant, isPatient: Bool = false
  ) async throws -> Count {
    let change = try replica.lastChange()
    let mayStart = state.withLock { state in
      let isStale = state.known?.change != change || state.known?.next.map { $0 <= now } == true
      guard isStale, !state.isCounting else { return false }
      state.isCounting = true
      return true
    }
    if mayStart { await start(replica, as: change, at: now, isPatient) }
    return state.withLock { $0.known?.count ?? Count() }
  }

  /// Starts to count, and returns when that is done or the patience at its end.
  private func start(
    _ replica: Replica, as change: ReplicaChange, at now: Instant, _ isPatient: Bool
  ) async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    // A count reads for as long as it takes, which none of the threads that run tasks may.
    Thread.detachNewThread { [self] in
      // What cannot be read is reported by the command that needs it.
      let waiting = try? replica.read { try WaitingConflicts(in: $0, at: now) }
      state.withLock { state in
        state.known =
          waiting.map { waiting in
            Counted(
              change: change,
              count: Count(open: waiting.now.count, assigned: waiting.assignedCount),
              next: waiting.next, named: waiting.now.prefix(Self.namedMax).map(Named.init))
          } ?? state.known
        state.isCounting = false
      }
      continuation.finish()
    }
    let patience = Task.detached {
      try? await Task.sleep(for: isPatient ? Self.longPatience : Self.patience)
      continuation.finish()
    }
    for await _ in stream {}
    patience.cancel()
  }
}

extension ConflictCounter.Named {
  fileprivate init(_ conflict: Conflict) {
    id = ConflictDescription.shortID(of: conflict)
    let kind = conflict.records.first?.kind ?? ""
    about = [conflict.kind.word, kind, conflict.field ?? ""].joined(separator: " ")
  }
}
