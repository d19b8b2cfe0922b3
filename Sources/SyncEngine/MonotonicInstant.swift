/// A reading of a clock that never runs backwards, counted from a start that its owner chose.
public struct MonotonicInstant: Hashable, Sendable {
  /// How long after the start.
  public let elapsed: Duration

  /// Creates a reading.
  public init(elapsed: Duration) { self.elapsed = elapsed }

  /// The instant `duration` after `instant`.
  public static func + (instant: Self, duration: Duration) -> Self {
    Self(elapsed: instant.elapsed + duration)
  }

  /// How long `later` is after `earlier`; negative if it is before.
  public static func - (later: Self, earlier: Self) -> Duration { later.elapsed - earlier.elapsed }
}

extension MonotonicInstant: Comparable {
  /// Compares by time.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.elapsed < rhs.elapsed }
}
