import CRDTCore
import ReplicaStore

extension CommandContext {
  /// Half of what an entry may hold, so that what one write adds beside itself has room.
  private static var writesPerEntry: Int { Limits.transactionWritesMax / 2 }
  private static var bytesPerEntry: Int { Limits.transactionBytesMax / 2 }

  /// Writes decisions about conflicts, each with its reason, all or none, as one operation.
  ///
  /// Decisions of one reason share an entry as far as it holds them; several entries share a batch.
  ///
  /// - Returns: Those that were written: not where somebody has written since they were made.
  func write(
    _ decisions: [(decision: ConflictDecision, reason: String?)]
  ) throws -> [ConflictDecision] {
    let batch = random(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return try node.replica().writeGroup { group in
      var written: [ConflictDecision] = []
      var rest = decisions[...]
      while let first = rest.first {
        try group.write(reason: first.reason, command: commandText, batch: batch) { transaction in
          var (count, bytes) = (0, 0)
          while let next = rest.first, next.reason == first.reason, count < Self.writesPerEntry,
            bytes < Self.bytesPerEntry
          {
            try Task.checkCancellation()
            rest.removeFirst()
            if try next.decision.write(in: transaction) { written.append(next.decision) }
            count += 1
            bytes += next.decision.byteCount
          }
        }
      }
      return written
    }
  }
}

extension ConflictDecision {
  /// About how much room its write takes.
  fileprivate var byteCount: Int {
    guard case .set(.text(let text), _) = outcome else { return 128 }
    return 128 + text.utf8.count
  }
}
