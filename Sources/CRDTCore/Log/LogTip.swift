/// The last entry that a replica holds of a log.
public struct LogTip: Hashable, Sendable {
  /// The entry, by the log's present name on that replica.
  public let dot: Dot
  /// Its hash, by which others find it whatever they call the log.
  public let hash: EntryHash

  /// Creates a tip.
  public init(dot: Dot, hash: EntryHash) {
    self.dot = dot
    self.hash = hash
  }
}

extension ByteWriter {
  /// Appends a count, then per tip replica (16 bytes), sequence (varint) and hash (32 bytes).
  public mutating func write(tips: [LogTip]) {
    write(count: tips.count)
    for tip in tips {
      write(fixed: tip.dot.replica.rawValue)
      write(varint: tip.dot.sequence)
      write(hash: tip.hash)
    }
  }
}

extension ByteReader {
  /// Reads at most ``Limits/replicasMax`` tips, in strictly rising order of replica.
  public mutating func readTips() throws(MalformedBytes) -> [LogTip] {
    let count = try readCount(max: min(Limits.replicasMax, remaining / 49))
    var tips: [LogTip] = []
    tips.reserveCapacity(count)
    for _ in 0..<count {
      let dot = Dot(replica: ReplicaID(rawValue: try readFixed()), sequence: try readSequence())
      guard tips.last.map({ $0.dot.replica < dot.replica }) ?? true else {
        throw MalformedBytes("replicas in order", at: offset)
      }
      tips.append(LogTip(dot: dot, hash: try readHash()))
    }
    return tips
  }
}
