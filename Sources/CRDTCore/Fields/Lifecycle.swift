/// Per replica, its latest applied write to a record of any kind that is not a delete.
public struct TouchVector: Hashable, Sendable {
  /// One replica's latest write.
  public struct Touch: Hashable, Sendable {
    /// The entry.
    public let dot: Dot
    /// Its time.
    public let time: HybridTimestamp

    /// Creates a touch.
    public init(dot: Dot, time: HybridTimestamp) {
      self.dot = dot
      self.time = time
    }
  }

  /// The touches, one a replica, ordered by replica.
  public private(set) var touches: [Touch]

  /// Creates a vector, by default of a record nobody has written to.
  public init(_ touches: some Sequence<Touch> = EmptyCollection<Touch>()) {
    self.touches = []
    for touch in touches { include(touch) }
  }

  /// Takes in a write.
  public mutating func include(_ touch: Touch) {
    let replica = touch.dot.replica
    let index = touches.firstIndex { $0.dot.replica >= replica } ?? touches.endIndex
    if index < touches.endIndex, touches[index].dot.replica == replica {
      if touches[index].dot.sequence < touch.dot.sequence { touches[index] = touch }
    } else {
      touches.insert(touch, at: index)
    }
  }

  /// Takes in all writes of another vector.
  public mutating func merge(_ other: Self) { other.touches.forEach { include($0) } }

  /// What a delete names as seen.
  public var dots: [Dot] { touches.map(\.dot) }
}

/// A delete or restore that no later one has replaced.
public struct LifecycleHead: Hashable, Sendable {
  /// What was done to the record.
  public enum Act: Hashable, Sendable {
    /// Deleted, having seen these writes.
    case delete(seen: VersionVector)
    /// Brought back.
    case restore
  }

  /// Which write.
  public let stamp: Stamp
  /// What it did.
  public let act: Act

  /// Creates a head.
  public init(stamp: Stamp, act: Act) {
    self.stamp = stamp
    self.act = act
  }
}

/// The state of a record's existence.
///
/// A write is *unanswered* if no delete head had seen it. With delete heads the record is hidden
/// unless an unanswered write ranks above all of them; any unanswered write is a conflict.
public struct Lifecycle: Hashable, Sendable {
  /// The heads, the greatest stamp first.
  public private(set) var heads: [LifecycleHead]

  /// Creates a lifecycle, by default of a record never deleted.
  public init(heads: [LifecycleHead] = []) { self.heads = heads.sorted { $0.stamp > $1.stamp } }

  /// Takes in a delete or restore; one that is among the heads already changes nothing.
  ///
  /// - Precondition: It has not been replaced; whoever folds a log takes in each entry once.
  public mutating func apply(_ head: LifecycleHead, replacing replaced: some Sequence<Dot>) {
    let gone = Set(replaced)
    heads.removeAll { gone.contains($0.stamp.dot) }
    guard !heads.contains(head) else { return }
    heads.insert(head, at: heads.firstIndex { $0.stamp < head.stamp } ?? heads.endIndex)
  }

  /// The deletes among the heads.
  public var deletes: [LifecycleHead] {
    heads.filter { if case .delete = $0.act { true } else { false } }
  }

  /// The writes among `touches` that no delete head had seen; empty without delete heads.
  public func unanswered(in touches: TouchVector) -> [TouchVector.Touch] {
    let seen = heads.compactMap { if case .delete(let seen) = $0.act { seen } else { nil } }
    guard !seen.isEmpty else { return [] }
    return touches.touches.filter { touch in !seen.contains { $0.covers(touch.dot) } }
  }

  /// Whether the record is hidden, given every write to it and to the records it owns.
  public func isHidden(with touches: TouchVector) -> Bool {
    // Heads are in descending order, so the first delete ranks above all others.
    guard let last = deletes.first else { return false }
    return !unanswered(in: touches).contains { touch in
      (touch.time, touch.dot.replica) > (last.stamp.time, last.stamp.dot.replica)
    }
  }
}
