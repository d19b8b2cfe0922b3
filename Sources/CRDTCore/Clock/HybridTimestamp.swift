/// What a machine's clock says: Unix milliseconds, less than 2^47 (the year 6429).
///
/// Readings of the hybrid clock have one bit more: a machine whose clock shows nonsense, and stands
/// still at the end of the range, still has 2^47 milliseconds to borrow from.
public struct WallTime: Hashable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: UInt64

  /// Creates a time; clocks before 1970 or beyond 47 bits are held at the ends of the range.
  public init(milliseconds: some BinaryInteger) {
    self.milliseconds = UInt64(clamping: max(0, min(Int64(clamping: milliseconds), (1 << 47) - 1)))
  }
}

extension WallTime: Comparable {
  /// Compares by time.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }
}

/// One reading of a hybrid logical clock (HLC): ranks concurrent writes and tells people the time.
///
/// Readings order by ``wallMilliseconds``, then ``counter``. Two replicas can issue equal readings;
/// compare ``Stamp``s where a tie must break the same way everywhere.
///
/// Stored and sent as 8 bytes, big-endian: 48 bits wall time, 16 bits counter. Byte order is
/// therefore reading order, in memory and in SQLite alike.
///
/// Source: Kulkarni et al., "Logical Physical Clocks and Consistent Snapshots in Globally
/// Distributed Databases" (2014), the HLC algorithm: their `l` is ``wallMilliseconds``, their `c` is
/// ``counter``. The drift limit and the borrowed millisecond are ours.
public struct HybridTimestamp: Hashable, Sendable {
  /// Both parts in one number: wall time in the upper 48 bits, counter in the lower 16.
  public let packed: UInt64

  /// Creates a reading from its stored form.
  public init(packed: UInt64) { self.packed = packed }

  /// Creates a reading from its parts; new readings come from ``HybridLogicalClock``.
  public init(wallMilliseconds: UInt64, counter: UInt16) {
    precondition(wallMilliseconds < 1 << 48, "Wall time must fit 48 bits.")
    packed = wallMilliseconds << 16 | UInt64(counter)
  }

  /// Milliseconds since 1970-01-01T00:00:00Z, less than 2^48 (the year 10889).
  public var wallMilliseconds: UInt64 { packed >> 16 }
  /// Tells apart one replica's readings within a millisecond.
  public var counter: UInt16 { UInt16(truncatingIfNeeded: packed) }
}

extension HybridTimestamp: Comparable {
  /// Compares by wall time, then counter.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.packed < rhs.packed }
}
