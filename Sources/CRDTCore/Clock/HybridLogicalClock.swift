/// Issues the ``HybridTimestamp``s of one replica.
public struct HybridLogicalClock: Hashable, Sendable {
  /// The greatest reading issued or accepted; persist it in the transaction that used it.
  public private(set) var latest: HybridTimestamp

  /// Resumes a replica's clock from its persisted ``latest``; a new replica's is (0, 0).
  public init(resumingFrom latest: HybridTimestamp) { self.latest = latest }

  /// Issues a reading greater than every one this clock has issued or accepted.
  ///
  /// Never fails: if the wall clock stands still or runs backwards the counter moves on, and a full
  /// counter borrows the next millisecond. ``WallTime`` ends so far below the last reading that no
  /// log is long enough to get there.
  public mutating func tick(at now: WallTime) -> HybridTimestamp {
    assert(latest.packed < .max, "No reading follows the last one.")
    let wall = HybridTimestamp(wallMilliseconds: now.milliseconds, counter: 0)
    // One more than the packed reading is the next count, or the next millisecond after the last.
    latest = max(wall, HybridTimestamp(packed: latest.packed &+ 1))
    return latest
  }

  /// Moves the clock past a peer's reading, unless that reading is implausibly far ahead.
  ///
  /// - Parameters:
  ///   - remote: The reading carried by the peer's entry.
  ///   - now: This machine's wall time.
  /// - Returns: Whether `remote` was within ``Limits/clockDriftMilliseconds`` of `now`. If not, the
  ///   clock has not moved, and the caller flags the entry.
  public mutating func accept(_ remote: HybridTimestamp, at now: WallTime) -> Bool {
    let limit = now.milliseconds + Limits.clockDriftMilliseconds
    guard remote.wallMilliseconds <= limit else {
      return false
    }
    latest = max(latest, remote)
    return true
  }

  /// Whether this clock runs further ahead of the wall than a peer's reading may have moved it: the
  /// wall clock was wrong when it was last used, and has been corrected since.
  public func isImplausible(at now: WallTime) -> Bool {
    latest.wallMilliseconds > now.milliseconds + Limits.clockDriftMilliseconds
  }
}
