/// A currency's ISO 4217 code: three capital letters.
public struct CurrencyCode: Hashable, Sendable {
  /// The letters' ASCII, the first in the most significant of three bytes.
  public let rawValue: UInt32

  /// Creates a code; `nil` unless it is three ASCII capitals.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 3, text.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
    rawValue = text.utf8.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The euro.
  public static let euro = CurrencyCode(rawValue: 0x45_55_52)

  private init(rawValue: UInt32) { self.rawValue = rawValue }

  /// How many digits the minor unit has: 2 for most, 0 for yen, 3 for dinars.
  ///
  /// Source: ISO 4217, list one, the currencies whose exponent is not 2.
  public var minorDigits: Int {
    switch description {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
      "VUV", "XAF", "XOF", "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    case "CLF", "UYW": 4
    default: 2
    }
  }
}

extension CurrencyCode: CustomStringConvertible {
  /// The three letters.
  public var description: String {
    String(
      decoding: [16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }, as: UTF8.self)
  }
}

extension CurrencyCode: Comparable {
  /// Compares alphabetically.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// An amount and its currency, one value: merging them apart would pair what nobody wrote.
public struct Money: Hashable, Sendable {
  /// The amount in the currency's smallest unit: cents, yen, fils.
  public let minorUnits: Int64
  /// The currency.
  public let currency: CurrencyCode

  /// Creates an amount.
  public init(minorUnits: Int64, currency: CurrencyCode) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// The amount in the currency's major unit, with all its minor digits: `18000.00`.
  public var amountText: String {
    DecimalNumber(mantissa: minorUnits, scale: UInt8(currency.minorDigits))?.description ?? ""
  }
}

extension Money: CustomStringConvertible {
  /// Amount and code: `18000.00 EUR`.
  public var description: String { "\(amountText) \(currency)" }
}
