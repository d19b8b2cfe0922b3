package import CRDTCore

/// Reads amounts, numbers and yes or no as people type them, exactly: never through floating point.
package struct AmountReader: Sendable {
  /// The currency of an amount that names none: the workspace's.
  package let currency: CurrencyCode

  package init(currency: CurrencyCode) {
    self.currency = currency
  }

  /// Reads `1054`, `10k`, `1.5m`, `€6,250`, `6250 EUR`, `-EUR 12.50`.
  ///
  /// A point separates minor units and a comma thousands. `6.250` is refused for euros rather than
  /// guessed at: half of Europe means six thousand by it.
  package func money(_ text: String) throws(ReadingError) -> Money {
    guard let parts = AmountParts(text) else { throw .notAnAmount(text) }
    var named: [CurrencyCode] = []
    for name in [parts.prefix, parts.suffix] where !name.isEmpty {
      named.append(try Self.currency(named: name))
    }
    guard Set(named).count <= 1 else { throw .notAnAmount(text) }
    let currency = named.first ?? currency
    let exponent = currency.minorDigits + parts.powerOfTen - parts.scale
    guard exponent >= 0 else { throw .tooPrecise(text, currency: currency) }
    guard let units = Self.scaled(parts.mantissa, byPowerOfTen: exponent) else {
      throw .tooLong(text)
    }
    return Money(minorUnits: units, currency: currency)
  }

  /// Reads `12.5`, `1,250`, `10k`.
  package static func decimal(_ text: String) throws(ReadingError) -> DecimalNumber {
    guard let parts = AmountParts(text), parts.prefix.isEmpty, parts.suffix.isEmpty else {
      throw .notANumber(text)
    }
    let shift = min(parts.powerOfTen, parts.scale)
    guard let mantissa = scaled(parts.mantissa, byPowerOfTen: parts.powerOfTen - shift),
      let number = DecimalNumber(mantissa: mantissa, scale: UInt8(parts.scale - shift))
    else { throw .tooLong(text) }
    return number
  }

  /// Reads `80%` or `80`, both as 80.
  package static func percent(_ text: String) throws(ReadingError) -> DecimalNumber {
    let trimmed = text.trimmed
    let number = trimmed.hasSuffix("%") ? trimmed.dropLast().trimmed : trimmed
    return try decimal(number)
  }

  /// Reads a whole number: `38`, `1,250`, `10k`.
  package static func integer(_ text: String) throws(ReadingError) -> Int64 {
    guard let number = try? decimal(text), number.scale == 0 else { throw .notAWholeNumber(text) }
    return number.mantissa
  }

  package static func boolean(_ text: String) throws(ReadingError) -> Bool {
    switch text.trimmed.lowercased() {
    case "yes", "y", "true", "on", "1": true
    case "no", "n", "false", "off", "0": false
    default: throw .notYesOrNo(text)
    }
  }

  /// Reads a symbol or a code of ISO 4217, in any case.
  package static func currency(named name: String) throws(ReadingError) -> CurrencyCode {
    let code = Currencies.codeBySymbol[name] ?? name.uppercased()
    guard Currencies.codes.contains(code), let currency = CurrencyCode(code) else {
      let nearest = name.count == 3 ? Nearest.words(to: name, in: Currencies.codes) : []
      throw .unknownCurrency(name, nearest: nearest.count <= 3 ? nearest : [])
    }
    return currency
  }

  private static func scaled(_ number: Int64, byPowerOfTen exponent: Int) -> Int64? {
    var result = number
    for _ in 0..<exponent {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      result = product
    }
    return result
  }
}

/// An amount taken apart: `-€1,234.5k` is −12345 · 10^-1 · 10^3 of `€`.
private struct AmountParts {
  /// All digits as one number, with its sign.
  let mantissa: Int64
  /// How many of the digits stand behind the point.
  let scale: Int
  /// 3 for `k`, 6 for `m`.
  let powerOfTen: Int
  /// What stands before and behind the number: a currency's symbol or code, or nothing.
  let prefix: String
  let suffix: String

  init?(_ text: String) {
    var rest = text.trimmed[...]
    var isNegative = rest.first == "-" || rest.first == "−"
    if isNegative || rest.first == "+" { rest = rest.dropFirst() }
    let before = rest.prefix { !$0.isASCIIDigit && !"-−.,".contains($0) }
    rest = rest.dropFirst(before.count)
    if !isNegative, let first = rest.first, "-−".contains(first) {
      isNegative = true
      rest = rest.dropFirst()
    }
    let number = rest.prefix { $0.isASCIIDigit || $0 == "." || $0 == "," }
    rest = rest.dropFirst(number.count)

    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Self.ungrouped(parts[0]),
      parts.count == 1 || (!parts[1].isEmpty && parts[1].allSatisfy(\.isASCIIDigit)),
      let mantissa = Int64((isNegative ? "-" : "") + whole + (parts.count > 1 ? parts[1] : ""))
    else { return nil }
    self.mantissa = mantissa
    scale = parts.count > 1 ? parts[1].count : 0
    prefix = before.trimmed
    (powerOfTen, suffix) = Self.magnitude(rest.trimmed)
  }

  /// The digits without their commas; `nil` unless these stand before groups of three.
  private static func ungrouped(_ digits: Substring) -> String? {
    let groups = digits.split(separator: ",", omittingEmptySubsequences: false)
    guard let first = groups.first, !first.isEmpty,
      groups.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }),
      groups.count == 1 || (first.count <= 3 && groups.dropFirst().allSatisfy { $0.count == 3 })
    else { return nil }
    return groups.joined()
  }

  /// Takes `k` or `m` off what follows the number, unless it is part of a currency's code.
  private static func magnitude(_ text: String) -> (powerOfTen: Int, suffix: String) {
    guard !Currencies.codes.contains(text.uppercased()),
      let power = ["k": 3, "m": 6][text.prefix(1).lowercased()]
    else { return (0, text) }
    return (power, text.dropFirst().trimmed)
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
