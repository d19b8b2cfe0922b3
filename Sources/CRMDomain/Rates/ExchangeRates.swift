package import CRDTCore
package import GRDB

/// The rates of a workspace, by which amounts become amounts of its base currency.
///
/// Exact: an amount is multiplied and divided as a whole number, and rounded once, half to even, to the
/// base currency's smallest unit. A value of one moment; reads the whole table once.
package struct ExchangeRates: Sendable {
  private struct Pair: Hashable {
    let currency: CurrencyCode
    let counter: CurrencyCode
  }

  private struct Quote {
    let day: CivilDate
    let value: DecimalNumber
  }

  /// How many of one currency's units another's are worth: exactly numerator / denominator.
  private struct Ratio {
    var numerator: UInt128
    var denominator: UInt128
    /// The day of the older of the quotes it is made of.
    var day: CivilDate

    /// One after the other.
    func through(_ next: Ratio) -> Ratio {
      Ratio(
        numerator: numerator * next.numerator, denominator: denominator * next.denominator,
        day: min(day, next.day))
    }
  }

  /// The currency that amounts are converted to.
  package let baseCurrency: CurrencyCode
  private let quotes: [Pair: [Quote]]
  /// Every currency that has a rate, in order.
  private let currencies: [CurrencyCode]

  /// Reads the rates and the base currency of a workspace.
  package init(in database: Database) throws {
    self.init(
      try ExchangeRate.all(in: database), base: try WorkspaceSettings.currency(in: database))
  }

  package init(_ rates: [ExchangeRate], base: CurrencyCode) {
    baseCurrency = base
    var quotes: [Pair: [Quote]] = [:]
    for rate in rates.sorted(by: { $0.day < $1.day }) {
      quotes[Pair(currency: rate.currency, counter: rate.counter), default: []].append(
        Quote(day: rate.day, value: rate.value))
    }
    self.quotes = quotes
    currencies = Set(quotes.keys.flatMap { [$0.currency, $0.counter] }).sorted()
  }

  /// The amount in the base currency, by the newest rate dated on or before a day.
  ///
  /// Where nobody has quoted the two currencies against each other, they are compared through a third
  /// one; of several that of which the older rate is the newest, then the first by its code.
  ///
  /// - Returns: `nil` if a rate is missing, or an amount so large has no room: a state of its own, never
  ///   0 and never the amount itself.
  package func base(_ money: Money, on day: CivilDate) -> Money? {
    guard money.currency != baseCurrency else { return money }
    guard let ratio = ratio(of: money.currency, on: day) else { return nil }
    let own = Self.powerOfTen(money.currency.minorDigits)
    let target = Self.powerOfTen(baseCurrency.minorDigits)
    let magnitude = Self.quotient(
      of: UInt128(money.minorUnits.magnitude), times: ratio.numerator * target,
      by: ratio.denominator * own)
    guard let magnitude, let units = Int64(exactly: magnitude) else { return nil }
    return Money(minorUnits: money.minorUnits < 0 ? -units : units, currency: baseCurrency)
  }

  private func ratio(of currency: CurrencyCode, on day: CivilDate) -> Ratio? {
    if let direct = quoted(currency, in: baseCurrency, on: day) { return direct }
    var best: Ratio?
    for third in currencies {
      guard let first = quoted(currency, in: third, on: day),
        let second = quoted(third, in: baseCurrency, on: day)
      else { continue }
      let ratio = first.through(second)
      if best.map({ ratio.day > $0.day }) ?? true { best = ratio }
    }
    return best
  }

  /// The newer of the quotes of two currencies in either order; of one day the one of this order.
  private func quoted(
    _ currency: CurrencyCode, in counter: CurrencyCode, on day: CivilDate
  ) -> Ratio? {
    let plain = newest(Pair(currency: currency, counter: counter), on: day)
    let inverse = newest(Pair(currency: counter, counter: currency), on: day)
    if let plain, inverse.map({ $0.day <= plain.day }) ?? true {
      return Ratio(
        numerator: UInt128(plain.value.mantissa.magnitude),
        denominator: Self.powerOfTen(Int(plain.value.scale)), day: plain.day)
    }
    return inverse.map {
      Ratio(
        numerator: Self.powerOfTen(Int($0.value.scale)),
        denominator: UInt128($0.value.mantissa.magnitude), day: $0.day)
    }
  }

  /// Complexity: O(log quotes of the pair).
  private func newest(_ pair: Pair, on day: CivilDate) -> Quote? {
    guard let quotes = quotes[pair] else { return nil }
    var (low, high) = (0, quotes.count)
    while low < high {
      let middle = (low + high) / 2
      if quotes[middle].day <= day { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? quotes[low - 1] : nil
  }

  /// Scales of rates and of currencies are small: 10^13 at most.
  private static func powerOfTen(_ exponent: Int) -> UInt128 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// `a × b ÷ divisor`, half to even, by way of 256 bits; `nil` if 128 do not hold it.
  private static func quotient(
    of a: UInt128, times b: UInt128, by divisor: UInt128
  ) -> UInt128? {
    let product = a.multipliedFullWidth(by: b)
    guard product.high < divisor else { return nil }
    let (quotient, rest) = divisor.dividingFullWidth(product)
    let other = divisor - rest
    let isUp = rest > other || rest == other && quotient % 2 == 1
    return isUp ? quotient + 1 : quotient
  }
}
