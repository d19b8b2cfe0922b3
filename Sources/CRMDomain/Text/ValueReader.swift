package import CRDTCore
package import Foundation

/// Reads values as files write them: strictly, and the same whatever the day or the locale.
///
/// What people type more freely (`next friday`, `10k`) is read by the front end, which hands over
/// ready values.
package struct ValueReader: Sendable {
  /// The order of a numeric date's parts.
  package enum DateOrder: String, Hashable, Sendable, CaseIterable {
    case ymd, mdy, dmy
  }

  /// The currency of amounts that name none.
  package let currency: CurrencyCode
  /// The order of the parts of dates such as `3/4/2017`; `2017-04-03` is read in any case.
  package let dateOrder: DateOrder
  /// Where the clock stands of times that name no offset.
  package let timeZone: TimeZone

  package init(
    currency: CurrencyCode, dateOrder: DateOrder = .ymd, timeZone: TimeZone = .gmt
  ) {
    self.currency = currency
    self.dateOrder = dateOrder
    self.timeZone = timeZone
  }

  /// Reads a trimmed, non-empty text; `nil` if it is no value of the format.
  ///
  /// References are not read here: they need the workspace's records.
  package func value(of text: String, as format: FieldFormat) -> Value? {
    switch format {
    case .text, .longText, .position: .text(NameFolding.normalized(text))
    case .bool: flag(text).map(Value.bool)
    case .integer: integer(text).map(Value.integer)
    case .decimal: decimal(text).map(Value.decimal)
    case .percent:
      decimal(text.hasSuffix("%") ? String(text.dropLast()).trimmed : text).map(Value.decimal)
    case .money: money(text).map(Value.money)
    case .date: date(text).map(Value.date)
    case .instant: instant(text).map(Value.instant)
    case .choice(let choices):
      choices.first { $0 == FieldName.normalized(text) }.map(Value.text)
    case .status(let machine): machine.state(named: text).map(Value.text)
    case .structure(let format): format.value(of: text)
    case .bytes, .reference, .anyReference, .listed: nil
    }
  }

  /// A text that can be read as the format, for error messages.
  package func example(of format: FieldFormat) -> String {
    switch format {
    case .text, .longText, .position, .reference, .anyReference, .listed: "some words"
    case .bool: "yes or no"
    case .integer: "1200"
    case .decimal: "12.5"
    case .percent: "30 or 30%"
    case .money: "1250.00 or 1250.00 \(currency)"
    case .date:
      switch dateOrder {
      case .ymd: "2026-03-13"
      case .mdy: "03/13/2026 or 2026-03-13"
      case .dmy: "13/03/2026 or 2026-03-13"
      }
    case .instant: "2026-03-13 14:30"
    case .choice(let choices): choices.joined(separator: ", ")
    case .status(let machine): machine.states.joined(separator: ", ")
    case .structure(let format): format.example
    case .bytes: "nothing; it is set by the program"
    }
  }

  private func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "yes", "y", "true", "t", "1", "on": true
    case "no", "n", "false", "f", "0", "off": false
    default: nil
    }
  }

  private func integer(_ text: String) -> Int64? {
    guard let number = decimal(text), number.scale == 0 else { return nil }
    return number.mantissa
  }

  /// Reads digits with a point; commas, apostrophes and spaces may group the whole part in threes.
  func decimal(_ text: String) -> DecimalNumber? {
    if let number = DecimalNumber(text) { return number }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let separator = parts[0].first(where: { ",' ’\u{A0}\u{202F}".contains($0) }) else {
      return nil
    }
    var digits = parts[0]
    let isNegative = digits.first == "-"
    if isNegative { digits = digits.dropFirst() }
    let groups = digits.split(separator: separator, omittingEmptySubsequences: false)
    guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
      return nil
    }
    let fraction = parts.count > 1 ? "." + parts[1] : ""
    return DecimalNumber((isNegative ? "-" : "") + groups.joined() + fraction)
  }

  /// Reads an amount, with its currency's code or sign before or behind it, or neither.
  package func money(_ text: String) -> Money? {
    var number = text
    var currency = currency
    let isNegative = number.hasPrefix("-")
    if isNegative { number = String(number.dropFirst()).trimmed }
    if let (code, rest) = Self.splitCurrency(number) { (currency, number) = (code, rest.trimmed) }
    guard let decimal = decimal((isNegative ? "-" : "") + number) else { return nil }
    return Money(decimal, currency: currency)
  }

  private static func splitCurrency(_ text: String) -> (CurrencyCode, String)? {
    if let code = CurrencyCode(text.prefix(3).uppercased()) {
      return (code, String(text.dropFirst(3)))
    }
    if let code = CurrencyCode(text.suffix(3).uppercased()) {
      return (code, String(text.dropLast(3)))
    }
    let signs = ["€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"]
    if let code = signs[String(text.prefix(1))].flatMap({ CurrencyCode($0) }) {
      return (code, String(text.dropFirst()))
    }
    if let code = signs[String(text.suffix(1))].flatMap({ CurrencyCode($0) }) {
      return (code, String(text.dropLast()))
    }
    return nil
  }

  /// Reads a numeric date in ``dateOrder``, or an ISO 8601 one.
  func date(_ text: String) -> CivilDate? {
    var day = text
    if text.utf8.contains(UInt8(ascii: ":")) {
      let midnights = [" 00:00:00", " 0:00:00", " 00:00", " 0:00", "T00:00:00"]
      guard let midnight = midnights.first(where: text.hasSuffix) else { return nil }
      day = String(day.dropLast(midnight.count))
    }
    if day.utf8.count == 10, let date = CivilDate(day) { return date }
    guard let separator = day.first(where: { "/.-".contains($0) }) else { return nil }
    let parts = day.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
    else {
      return nil
    }
    let places: (year: Int, month: Int, day: Int) =
      switch dateOrder {
      case .ymd: (0, 1, 2)
      case .mdy: (2, 0, 1)
      case .dmy: (2, 1, 0)
      }
    // Two-digit years are refused: which century they mean is a guess.
    guard parts[places.year].count == 4, parts[places.month].count <= 2,
      parts[places.day].count <= 2,
      let year = Int(parts[places.year]), let month = Int(parts[places.month]),
      let dayOfMonth = Int(parts[places.day])
    else { return nil }
    return CivilDate(year: year, month: month, day: dayOfMonth)
  }

  /// Reads a date, and behind it `14:30` or `14:30:05`, and behind that `Z` or `+01:00`.
  func instant(_ text: String) -> Instant? {
    let parts = text.split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "T" })
    guard let day = parts.first.flatMap({ date(String($0)) }) else { return nil }
    let dayMilliseconds = Int64(day.days) * 86_400_000
    guard parts.count == 2 else {
      return local(milliseconds: dayMilliseconds)
    }
    var clock = parts[1]
    var offsetMinutes: Int64?
    if clock.last == "Z" {
      clock = clock.dropLast()
      offsetMinutes = 0
    } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      guard let minutes = Self.clock(clock[clock.index(after: sign)...]) else { return nil }
      offsetMinutes = (clock[sign] == "-" ? -1 : 1) * minutes / 60_000
      clock = clock[..<sign]
    }
    guard let time = Self.clock(clock) else { return nil }
    let milliseconds = dayMilliseconds + time
    guard let offsetMinutes else { return local(milliseconds: milliseconds) }
    return Instant(milliseconds: milliseconds - offsetMinutes * 60_000)
  }

  /// Milliseconds of `14:30`, `14:30:05` or `14:30:05.250`.
  private static func clock(_ text: some StringProtocol) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
      (0...23).contains(hours), (0...59).contains(minutes)
    else { return nil }
    guard parts.count == 3 else { return (hours * 60 + minutes) * 60_000 }
    guard let seconds = DecimalNumber(parts[2]), seconds.scale <= 3, seconds >= DecimalNumber(0),
      seconds < DecimalNumber(60)
    else { return nil }
    let scale: Int64 = [1_000, 100, 10, 1][Int(seconds.scale)]
    return (hours * 60 + minutes) * 60_000 + seconds.mantissa * scale
  }

  /// The moment at which the clock of ``timeZone`` shows that many milliseconds since 1970.
  private func local(milliseconds: Int64) -> Instant {
    let asIfGreenwich = Date(timeIntervalSince1970: Double(milliseconds / 1000))
    let guess = asIfGreenwich - TimeInterval(timeZone.secondsFromGMT(for: asIfGreenwich))
    let offset = timeZone.secondsFromGMT(for: guess)
    return Instant(milliseconds: milliseconds - Int64(offset) * 1000)
  }
}

extension Money {
  /// The number as an amount; `nil` if it has more digits behind the point than the currency.
  package init?(_ number: DecimalNumber, currency: CurrencyCode) {
    var mantissa = number.mantissa
    var scale = Int(number.scale)
    while scale > currency.minorDigits {
      guard mantissa % 10 == 0 else { return nil }
      mantissa /= 10
      scale -= 1
    }
    while scale < currency.minorDigits {
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      mantissa = product
      scale += 1
    }
    self.init(minorUnits: mantissa, currency: currency)
  }
}
