package import ReplicaStore

extension RenewalReason {
  /// What has happened and what comes of it, for the person at the node.
  package var sentence: String {
    switch self {
    case .copied:
      """
      This store is a copy, or was put back from a backup. It goes on as a store of its own; what it \
      lacks comes back with the next sync.
      """
    case .behind:
      """
      A peer holds changes made on this node that the store lacks: it was put back from a backup, or a \
      copy of it is in use elsewhere. It takes them back and goes on as a store of its own.
      """
    case .forked:
      """
      A copy of this store has been written to elsewhere as if it were this one. The changes of both are \
      kept, and this store goes on as one of its own.
      """
    case .clock:
      """
      This machine's clock was far ahead when the store was last written to, and has been set right; \
      new changes carry the right time.
      """
    }
  }
}
