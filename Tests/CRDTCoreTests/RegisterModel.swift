import CRDTCore
import TestSupport

/// A write of the one register of a test's history.
struct RegisterWrite: Sendable {
  let sides: [Side]
  let replaces: [Dot]

  /// Draws a history of writes.
  static func history(using random: inout SplitMix64) -> CausalHistory<RegisterWrite> {
    CausalHistory(using: &random) { draft, random in
      // What was read: all that is held, or what was held before something arrived.
      let read =
        random.chance(50) ? draft.held.count : Int.random(in: 0...draft.held.count, using: &random)
      let replaces = heads(among: Array(draft.held.prefix(read))).map(\.stamp.dot).sorted()
      let write = RegisterWrite(sides: Side.randomSides(using: &random), replaces: replaces)
      return (write, .random(using: &random))
    }
  }

  /// What the heads are by definition: the writes that no other write names.
  static func heads(among events: [CausalHistory<RegisterWrite>.Event]) -> [Head] {
    let replaced = events.flatMap(\.write.replaces)
    return events.filter { !replaced.contains($0.stamp.dot) }.map(\.head)
  }
}

extension CausalHistory<RegisterWrite>.Event {
  var head: Head { Head(stamp: stamp, sides: write.sides) }
}

extension Side {
  static func randomSides(using random: inout SplitMix64) -> [Side] {
    (0..<(random.chance(80) ? 1 : 2)).map { _ in
      Side(
        value: .randomComparable(using: &random),
        rank: random.chance(30) ? nil : UInt32.random(in: 0...2, using: &random))
    }
  }
}

extension Head {
  /// Heads of different entries.
  static func randomHeads(using random: inout SplitMix64) -> [Head] {
    var heads: [Head] = []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let stamp = Stamp.random(using: &random)
      // Two entries may share a time and even a replica, but not all that they are ranked by.
      guard !heads.contains(where: { !($0.stamp < stamp) && !(stamp < $0.stamp) }) else { continue }
      heads.append(Head(stamp: stamp, sides: Side.randomSides(using: &random)))
    }
    return heads
  }
}

extension MergePolicy {
  static let all: [MergePolicy] = [.lastWriter, .first, .precedence, .max, .min]
}

/// One side of one head.
struct Choice: Equatable {
  let stamp: Stamp
  let side: Int
  let value: Side
}

extension Choice {
  init(_ winner: RegisterHeads.Winner) {
    self.init(stamp: winner.stamp, side: winner.side, value: winner.value)
  }
}

extension [Head] {
  /// The policies' definitions, written down a second time and without regard to speed.
  func winnerByDefinition(under policy: MergePolicy) -> Choice? {
    let all = flatMap { head in
      head.sides.indices.map { Choice(stamp: head.stamp, side: $0, value: head.sides[$0]) }
    }
    let present = all.filter { !$0.value.value.isNull }
    switch policy {
    case .lastWriter: return all.latest
    case .first: return all.filter { one in all.allSatisfy { one.stamp <= $0.stamp } }.latest
    case .precedence:
      let ranked = present.filter { $0.value.rank != nil }
      let greatest = ranked.map { $0.value.rank ?? 0 }.max()
      let best = ranked.filter { $0.value.rank == greatest }
      return best.latest ?? present.latest ?? all.latest
    case .max, .min:
      let places = present.compactMap(\.value.value.place)
      guard places.count == present.count, Set(places.map(\.scale)).count <= 1 else {
        return present.latest ?? all.latest
      }
      let best = policy == .max ? places.map(\.position).max() : places.map(\.position).min()
      return present.filter { $0.value.value.place?.position == best }.latest ?? all.latest
    }
  }
}

extension [Choice] {
  /// The one of the greatest stamp; of several sides of one write the first.
  fileprivate var latest: Choice? {
    guard let greatest = map(\.stamp).max() else { return nil }
    return filter { $0.stamp == greatest }.min { $0.side < $1.side }
  }
}

extension Value {
  /// A value that `max` and `min` may compare with others drawn here.
  static func randomComparable(using random: inout SplitMix64) -> Value {
    let small = Int64.random(in: 0...2, using: &random)
    switch Int.random(in: 0...6, using: &random) {
    case 0: return .null
    case 1: return .decimal(DecimalNumber(mantissa: small * 10, scale: 1) ?? DecimalNumber(0))
    case 2:
      let currency = random.chance(80) ? .euro : CurrencyCode("USD") ?? .euro
      return .money(Money(minorUnits: small, currency: currency))
    case 3: return .bytes([UInt8(small)])
    default: return .integer(small)
    }
  }

  /// On which scale a value drawn by ``randomComparable(using:)`` lies, and where on it, in tenths.
  fileprivate var place: (scale: String, position: Int64)? {
    switch self {
    case .integer(let number): ("number", number * 10)
    case .decimal(let number):
      ("number", number.scale == 1 ? number.mantissa : number.mantissa * 10)
    case .money(let money): (money.currency.description, money.minorUnits)
    case .null, .bool, .text, .bytes, .date, .instant, .reference, .structure, .unknown: nil
    }
  }
}
