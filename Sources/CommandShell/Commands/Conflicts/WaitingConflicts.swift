import CRDTCore
import CRMDomain
import ReplicaStore

/// The conflicts that wait for a person at one moment, apart from those that were put off.
struct WaitingConflicts {
  /// Those that wait now.
  private(set) var now: [Conflict] = []
  /// How many of those the acting user was asked to look at.
  private(set) var assignedCount = 0
  /// How many were put off.
  private(set) var deferredCount = 0
  /// When the first of those waits again; `nil` if none was put off.
  private(set) var next: Instant?

  init(in snapshot: Snapshot, at time: Instant) throws {
    let handlings = try ConflictHandling.all(in: snapshot)
    let user = try snapshot.actingUser()
    for conflict in try snapshot.conflicts() where conflict.isOpen {
      let handling =
        try handlings[conflict.id]
        // What was arranged about a conflict still is when it has been settled and reopened.
        ?? (handlings.isEmpty
          ? nil : snapshot.reopening(of: conflict).flatMap { handlings[$0.former] })
      guard let until = handling?.deferredUntil, until > time else {
        now.append(conflict)
        if let user, handling?.assignees.contains(user) == true { assignedCount += 1 }
        continue
      }
      deferredCount += 1
      next = min(next ?? until, until)
    }
  }
}
