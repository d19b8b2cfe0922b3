/// One side that a write brings to a register: usually its only one.
public struct Side: Hashable, Sendable {
  /// The value.
  public let value: Value
  /// The value's rank as its author saw it, where the field's policy is ``MergePolicy/precedence``.
  public let rank: UInt32?

  /// Creates a side.
  public init(value: Value, rank: UInt32? = nil) {
    self.value = value
    self.rank = rank
  }
}

/// A write of a register that no later write has replaced; several sides where it reopened a conflict.
public struct Head: Hashable, Sendable {
  /// Which write.
  public let stamp: Stamp
  /// What it wrote; never empty.
  public let sides: [Side]

  /// Creates a head.
  public init(stamp: Stamp, sides: [Side]) {
    self.stamp = stamp
    self.sides = sides
  }
}

/// The state of a register: its heads.
///
/// Applying writes in any order that respects causality gives the same heads: those applied that no
/// applied write replaces. Nothing leaves the heads but by a write that names it.
///
/// Source: the multi-value register of Shapiro et al., "A comprehensive study of Convergent and
/// Commutative Replicated Data Types" (2011), with dots in place of a vector per value.
public struct RegisterHeads: Hashable, Sendable {
  /// The heads, the greatest stamp first.
  public private(set) var heads: [Head]

  /// Creates a register, by default one never written.
  public init(heads: [Head] = []) { self.heads = heads.sorted { $0.stamp > $1.stamp } }

  /// Takes in a write.
  ///
  /// - Precondition: The write has not been replaced; whoever folds a log takes in each entry once.
  /// - Parameters:
  ///   - head: The write; one that is among the heads already changes nothing.
  ///   - replaced: The dots of the heads it names as replaced.
  public mutating func apply(_ head: Head, replacing replaced: some Sequence<Dot>) {
    let gone = Set(replaced)
    heads.removeAll { gone.contains($0.stamp.dot) }
    guard !heads.contains(where: { $0.stamp == head.stamp }) else { return }
    let index = heads.firstIndex { $0.stamp < head.stamp } ?? heads.endIndex
    heads.insert(head, at: index)
  }

  /// The different values among all sides, in order of first appearance; more than one is a conflict.
  public var distinctValues: [Value] {
    var values: [Value] = []
    for side in heads.lazy.flatMap(\.sides) where !values.contains(side.value) {
      values.append(side.value)
    }
    return values
  }

  /// The value that shows under `policy`; `nil` if the register was never written.
  public func winner(under policy: MergePolicy) -> Winner? {
    let candidates = heads.flatMap { head in
      head.sides.indices.map { Winner(stamp: head.stamp, side: $0, value: head.sides[$0]) }
    }
    // Candidates are in descending order of stamp and, within a write, in the order its author gave:
    // the first of equals is the last writer's.
    guard let latest = candidates.first else { return nil }
    switch policy {
    case .lastWriter: return latest
    case .first:
      return candidates.first { $0.stamp == candidates[candidates.count - 1].stamp }
    case .precedence: return candidates.firstMaximum { $0.value.precedence }
    case .max: return Self.extreme(of: candidates, isBetter: >) ?? latest
    case .min: return Self.extreme(of: candidates, isBetter: <) ?? latest
    }
  }

  /// The best of the candidates that are not null, or the last writer's of them if their values
  /// cannot all be compared; `nil` if all are null.
  private static func extreme(
    of candidates: [Winner], isBetter: (Value.Rankable, Value.Rankable) -> Bool
  ) -> Winner? {
    let present = candidates.filter { !$0.value.value.isNull }
    var best: (Winner, Value.Rankable)?
    for candidate in present {
      guard let rankable = candidate.value.value.rankable else { return present[0] }
      guard let (_, other) = best else {
        best = (candidate, rankable)
        continue
      }
      guard rankable.isComparable(to: other) else { return present[0] }
      if isBetter(rankable, other) { best = (candidate, rankable) }
    }
    return best?.0
  }

  /// The side that shows.
  public struct Winner: Hashable, Sendable {
    /// The write it comes from.
    public let stamp: Stamp
    /// Its index among the write's sides.
    public let side: Int
    /// What it says.
    public let value: Side
  }
}

extension Side {
  /// What ``MergePolicy/precedence`` compares: null below unranked values, those below ranked ones.
  fileprivate var precedence: Int64 {
    guard !value.isNull else { return -2 }
    return rank.map(Int64.init) ?? -1
  }
}

extension Array {
  /// The first element whose key no other's exceeds; `nil` of an empty array.
  fileprivate func firstMaximum(_ key: (Element) -> Int64) -> Element? {
    self.max { key($0) < key($1) }.flatMap { greatest in
      first { key($0) == key(greatest) }
    }
  }
}

extension Value {
  /// A value by what `max` and `min` compare.
  fileprivate enum Rankable: Comparable {
    case number(DecimalNumber)
    case money(Money)
    case date(CivilDate)
    case instant(Instant)
    case text(bytes: [UInt8])

    func isComparable(to other: Self) -> Bool {
      switch (self, other) {
      case (.number, .number), (.date, .date), (.instant, .instant), (.text, .text): true
      case (.money(let one), .money(let two)): one.currency == two.currency
      case (.number, _), (.money, _), (.date, _), (.instant, _), (.text, _): false
      }
    }

    static func < (lhs: Self, rhs: Self) -> Bool {
      switch (lhs, rhs) {
      case (.number(let one), .number(let two)): one < two
      case (.money(let one), .money(let two)): one.minorUnits < two.minorUnits
      case (.date(let one), .date(let two)): one < two
      case (.instant(let one), .instant(let two)): one < two
      case (.text(let one), .text(let two)): one.lexicographicallyPrecedes(two)
      case (.number, _), (.money, _), (.date, _), (.instant, _), (.text, _): false
      }
    }
  }

  fileprivate var rankable: Rankable? {
    switch self {
    case .bool(let flag): .number(DecimalNumber(flag ? 1 : 0))
    case .integer(let number): .number(DecimalNumber(number))
    case .decimal(let number): .number(number)
    case .text(let text): .text(bytes: Array(text.utf8))
    case .date(let date): .date(date)
    case .instant(let instant): .instant(instant)
    case .money(let money): .money(money)
    case .null, .bytes, .reference, .structure, .unknown: nil
    }
  }
}
