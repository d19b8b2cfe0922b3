/// How concurrent writes of a field merge; the raw value is the write's kind byte on the wire.
public enum FieldKind: UInt8, Hashable, Sendable, CaseIterable {
  /// One value; concurrent writes stay as heads until a write replaces them.
  case register = 1
  /// The sum of all increments, each once.
  case counter = 2
  /// Per element a register that says whether the element is in.
  case set = 3
  /// The record's own deletions and restorations.
  case lifecycle = 4
}

/// Which of several heads of a register shows; a pure function of the heads.
public enum MergePolicy: Hashable, Sendable {
  /// The greatest stamp.
  case lastWriter
  /// The least stamp, whatever it says.
  case first
  /// The greatest rank that the writes carry, then the greatest stamp; unranked values lose to ranked
  /// ones, null loses to all.
  case precedence
  /// The greatest value, then the greatest stamp; null loses to all.
  ///
  /// Values that have no order among them, such as amounts in different currencies, rank by stamp.
  case max
  /// The least value, otherwise as ``max``.
  case min
}

/// Whether an element is in a set when heads disagree.
public enum SetPolicy: Hashable, Sendable {
  /// It is in if any head says so: a concurrent add survives a removal.
  case addWins
  /// It is in if all heads say so: a concurrent removal survives an add.
  case removeWins
}

/// The dot and time of a write, and the hash of its entry: all that writes are ranked by.
public struct Stamp: Hashable, Sendable {
  /// The entry that holds the write.
  public let dot: Dot
  /// When its author's clock says it was made.
  public let time: HybridTimestamp
  /// The entry's hash; breaks the tie between two entries under one dot.
  public let hash: EntryHash

  /// Creates a stamp.
  public init(dot: Dot, time: HybridTimestamp, hash: EntryHash) {
    self.dot = dot
    self.time = time
    self.hash = hash
  }
}

extension Stamp: Comparable {
  /// Compares by time, then replica, then hash: last-writer-wins order.
  public static func < (lhs: Self, rhs: Self) -> Bool {
    if lhs.time != rhs.time { return lhs.time < rhs.time }
    if lhs.dot.replica != rhs.dot.replica { return lhs.dot.replica < rhs.dot.replica }
    return lhs.hash < rhs.hash
  }
}
