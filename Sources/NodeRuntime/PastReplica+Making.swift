import CRDTCore
import CommandShell
import ReplicaStore

extension PastReplica {
  /// Replays a replica's log up to a moment, in a folder of its own.
  convenience init(
    of replica: Replica, at moment: WallTime, progress: (_ entries: Int, _ of: Int) -> Void
  ) throws {
    let folder = try PrivateFolder()
    let state = try replica.past(
      at: moment, in: folder.path + "/replica.sqlite", progress: progress)
    self.init(state) { folder.remove() }
  }
}
