package import CRDTCore

// Values drawn from small ranges, so that equal ones, ties and collisions occur within a few seeds.

extension ReplicaID {
  /// One of four.
  package static func random(using random: inout SplitMix64) -> Self {
    Self(rawValue: UInt128.random(in: 1...4, using: &random))
  }
}

extension Dot {
  /// One of sixteen.
  package static func random(using random: inout SplitMix64) -> Self {
    Self(
      replica: .random(using: &random), sequence: UInt64.random(in: 1...4, using: &random))
  }
}

extension RecordID {
  /// One of four, half of them derived.
  package static func random(using random: inout SplitMix64) -> Self {
    let number = UInt128.random(in: 1...2, using: &random)
    return Self(rawValue: random.chance(50) ? number : number | 1 << 127)
  }
}

extension HybridTimestamp {
  /// One of eight.
  package static func random(using random: inout SplitMix64) -> Self {
    Self(
      wallMilliseconds: UInt64.random(in: 0...3, using: &random),
      counter: UInt16.random(in: 0...1, using: &random))
  }
}

extension EntryHash {
  /// One of four.
  package static func random(using random: inout SplitMix64) -> Self {
    Digests.digest(tag: "test", [[UInt8.random(in: 1...4, using: &random)]])
  }
}

extension Stamp {
  /// One of a few hundred.
  package static func random(using random: inout SplitMix64) -> Self {
    Self(
      dot: .random(using: &random), time: .random(using: &random), hash: .random(using: &random))
  }
}

extension VersionVector {
  /// Of at most six dots.
  package static func random(using random: inout SplitMix64) -> Self {
    Self((0..<Int.random(in: 0...6, using: &random)).map { _ in Dot.random(using: &random) })
  }
}

extension TouchVector {
  /// Of at most six writes.
  package static func random(using random: inout SplitMix64) -> Self {
    Self(
      (0..<Int.random(in: 0...6, using: &random)).map { _ in
        Touch(dot: .random(using: &random), time: .random(using: &random))
      })
  }
}

extension Value {
  /// A value of any type, of ends of ranges as often as of their middle.
  package static func random(depth: Int = 0, using random: inout SplitMix64) -> Self {
    switch Int.random(in: 0...(depth < 2 ? 11 : 10), using: &random) {
    case 0: .null
    case 1: .bool(random.chance(50))
    case 2: .integer(random.choice([0, 1, -1, 63, -64, 64, .max, .min]))
    case 3: .randomDecimal(using: &random)
    case 4: .text(random.choice(["", "Acme", "Ærø 🜁", String(repeating: "long ", count: 26)]))
    case 5: .bytes(random.bytes(Int.random(in: 0...3, using: &random)))
    case 6: .date(CivilDate(days: random.choice([0, -1, 20_000, .max, .min])))
    case 7: .instant(Instant(milliseconds: random.choice([0, -1, 1_700_000_000_000, .max, .min])))
    case 8: .reference(.random(using: &random))
    case 9: .randomMoney(using: &random)
    case 10: .unknown([random.choice([12, 90, 127]), 2] + random.bytes(2))
    default:
      .structure(
        ["city", "street", "zone"].filter { _ in random.chance(60) }
          .map { StructurePart(name: $0, value: .random(depth: depth + 1, using: &random)) })
    }
  }

  private static func randomDecimal(using random: inout SplitMix64) -> Self {
    let mantissa: Int64 = random.choice([0, 15, 150, -15, .max, .min])
    let number = DecimalNumber(mantissa: mantissa, scale: random.choice([0, 1, 2, 9]))
    return .decimal(number ?? DecimalNumber(mantissa))
  }

  private static func randomMoney(using random: inout SplitMix64) -> Self {
    let currencies = ["EUR", "USD", "JPY"].compactMap { CurrencyCode($0) }
    return .money(
      Money(minorUnits: random.choice([0, 1, -1, 100]), currency: random.choice(currencies)))
  }
}
