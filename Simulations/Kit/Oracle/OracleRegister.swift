package import CRDTCore

/// A register's heads, and which of them shows.
package struct OracleRegister: Sendable {
  /// One value of one head.
  package struct Candidate: Sendable {
    /// The head's name, time and hash.
    package let stamp: Stamp
    /// Whose log it is in.
    package let member: MemberID
    /// The value's place among the head's sides.
    package let index: Int
    /// The value and its rank.
    package let side: Side
  }

  /// Every side of every head: the latest head first, a head's sides as its author gave them.
  package let candidates: [Candidate]
  /// The side that shows; `nil` of a register never written.
  package let shown: Candidate?

  init(_ heads: [OracleWrite], policy: MergePolicy) {
    candidates = heads.sorted { $0.stamp > $1.stamp }.flatMap { head in
      (head.sides ?? []).enumerated().map { index, side in
        Candidate(stamp: head.stamp, member: head.member, index: index, side: side)
      }
    }
    shown = Self.shown(of: candidates, policy: policy)
  }

  /// The dots of the heads, in order.
  package var dots: [Dot] { Set(candidates.map(\.stamp.dot)).sorted() }

  /// What shows; null of a register never written.
  package var value: Value { shown?.side.value ?? .null }

  /// Whether the heads say different things.
  package var isDisputed: Bool {
    candidates.contains { $0.side.value != candidates[0].side.value }
  }

  private static func shown(of candidates: [Candidate], policy: MergePolicy) -> Candidate? {
    let present = candidates.filter { !$0.side.value.isNull }
    switch policy {
    case .lastWriter: return candidates.first
    case .first:
      return candidates.last.flatMap { last in candidates.first { $0.stamp == last.stamp } }
    case .precedence:
      guard let best = present.map(rank).max() else { return candidates.first }
      return present.first { rank($0) == best }
    case .max:
      guard let measures = measures(of: present), let best = measures.max() else {
        return present.first ?? candidates.first
      }
      return zip(present, measures).first { $1 == best }?.0
    case .min:
      guard let measures = measures(of: present), let best = measures.min() else {
        return present.first ?? candidates.first
      }
      return zip(present, measures).first { $1 == best }?.0
    }
  }

  private static func rank(_ candidate: Candidate) -> Int64 {
    candidate.side.rank.map { Int64($0) } ?? -1
  }

  /// What the values are compared by; `nil` where not all of them can be.
  private static func measures(of candidates: [Candidate]) -> [Measure]? {
    let measures = candidates.compactMap { Measure($0.side.value) }
    guard measures.count == candidates.count, Set(measures.map(\.kind)).count <= 1 else {
      return nil
    }
    return measures
  }

  /// A value that has an order among those of its kind.
  private struct Measure: Comparable {
    /// Only values of one kind have an order; amounts are of one kind in one currency.
    let kind: String
    let number: Int128
    let text: [UInt8]

    init?(_ value: Value) {
      var text: [UInt8] = []
      switch value {
      case .bool(let flag): (kind, number) = ("number", flag ? Self.one : 0)
      case .integer(let integer): (kind, number) = ("number", Int128(integer) * Self.one)
      case .decimal(let decimal):
        var unit = Self.one
        for _ in 0..<decimal.scale { unit /= 10 }
        (kind, number) = ("number", Int128(decimal.mantissa) * unit)
      case .date(let date): (kind, number) = ("date", Int128(date.days))
      case .instant(let instant): (kind, number) = ("instant", Int128(instant.milliseconds))
      case .money(let money):
        (kind, number) = (money.currency.description, Int128(money.minorUnits))
      case .text(let words):
        (kind, number) = ("text", 0)
        text = Array(words.utf8)
      case .null, .bytes, .reference, .structure, .unknown: return nil
      }
      self.text = text
    }

    /// One, in the smallest steps that a decimal can have.
    private static let one: Int128 = 1_000_000_000

    static func < (lhs: Self, rhs: Self) -> Bool {
      lhs.number != rhs.number
        ? lhs.number < rhs.number : lhs.text.lexicographicallyPrecedes(rhs.text)
    }
  }
}
