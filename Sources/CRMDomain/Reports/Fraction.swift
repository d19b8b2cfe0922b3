import CRDTCore

/// Exact quotients, rounded once, half to even.
enum Fraction {
  /// Two digits behind the point of a percentage; `nil` where there is nothing to divide by.
  static func percent(_ part: Int128, of whole: Int128) -> ReportTable.Cell {
    quotient(part * 10_000, by: whole, scale: 2).map(ReportTable.Cell.percent) ?? .unavailable
  }

  /// Days with two digits behind the point, of so many milliseconds over so many things.
  static func days(milliseconds: Int128, over count: Int) -> ReportTable.Cell {
    quotient(milliseconds * 100, by: Int128(count) * 86_400_000, scale: 2)
      .map(ReportTable.Cell.days) ?? .unavailable
  }

  /// Hours with two digits behind the point, of so many milliseconds over so many things.
  static func hours(milliseconds: Int128, over count: Int) -> ReportTable.Cell {
    quotient(milliseconds * 100, by: Int128(count) * 3_600_000, scale: 2)
      .map(ReportTable.Cell.hours) ?? .unavailable
  }

  /// An amount shared among so many; `nil` among none.
  static func share(_ money: Money, among count: Int) -> ReportTable.Cell {
    guard count > 0 else { return .unavailable }
    let units = rounded(Int128(money.minorUnits), by: Int128(count))
    return .money(Money(minorUnits: Int64(clamping: units), currency: money.currency))
  }

  private static func quotient(
    _ numerator: Int128, by denominator: Int128, scale: UInt8
  ) -> DecimalNumber? {
    guard denominator != 0, let mantissa = Int64(exactly: rounded(numerator, by: denominator))
    else { return nil }
    return DecimalNumber(mantissa: mantissa, scale: scale)
  }

  /// The whole number nearest to a quotient; of two the even one.
  static func rounded(_ numerator: Int128, by denominator: Int128) -> Int128 {
    let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    let (twice, half) = (rest.magnitude * 2, denominator.magnitude)
    guard twice > half || (twice == half && quotient % 2 != 0) else { return quotient }
    return (numerator < 0) == (denominator < 0) ? quotient + 1 : quotient - 1
  }
}

/// Lengths of time, of which mean, median and percentiles are told.
struct Durations {
  private var milliseconds: [Int64] = []
  /// How many were less than nothing, by clocks that were wrong; they count as nothing.
  private(set) var negativeCount = 0

  var count: Int { milliseconds.count }

  mutating func add(from start: Instant, to end: Instant) {
    // A peer's moments may lie at the ends of all numbers.
    let length = Int64(clamping: Int128(end.milliseconds) - Int128(start.milliseconds))
    if length < 0 { negativeCount += 1 }
    milliseconds.append(max(0, length))
  }

  mutating func add(_ other: Durations) {
    milliseconds += other.milliseconds
    negativeCount += other.negativeCount
  }

  var sum: Int128 { milliseconds.reduce(0) { $0 + Int128($1) } }

  var mean: ReportTable.Cell { Fraction.days(milliseconds: sum, over: count) }

  /// The middle one, or the mean of the two in the middle.
  var median: ReportTable.Cell {
    guard !milliseconds.isEmpty else { return .unavailable }
    let sorted = milliseconds.sorted()
    let middle = sorted.count / 2
    guard sorted.count.isMultiple(of: 2) else {
      return Fraction.days(milliseconds: Int128(sorted[middle]), over: 1)
    }
    return Fraction.days(milliseconds: Int128(sorted[middle - 1]) + Int128(sorted[middle]), over: 2)
  }

  /// The least that so many in a hundred do not exceed: the nearest rank.
  func percentile(_ percent: Int) -> ReportTable.Cell {
    guard !milliseconds.isEmpty else { return .unavailable }
    let rank = (milliseconds.count * percent + 99) / 100
    return Fraction.days(milliseconds: Int128(milliseconds.sorted()[max(0, rank - 1)]), over: 1)
  }
}
