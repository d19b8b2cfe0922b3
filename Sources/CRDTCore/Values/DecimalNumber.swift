/// An exact decimal number: ``mantissa`` × 10^-``scale``.
///
/// `1.50` and `1.5` compare equal and are different encodings; what a person typed is kept.
public struct DecimalNumber: Sendable {
  /// The digits, as a whole number.
  public let mantissa: Int64
  /// How many of the digits stand behind the point, 0 to 9.
  public let scale: UInt8

  /// The greatest ``scale``.
  public static let scaleMax: UInt8 = 9

  /// Creates a number; `nil` if the scale exceeds ``scaleMax``.
  public init?(mantissa: Int64, scale: UInt8) {
    guard scale <= Self.scaleMax else { return nil }
    self.mantissa = mantissa
    self.scale = scale
  }

  /// Creates a whole number.
  public init(_ whole: Int64) {
    mantissa = whole
    scale = 0
  }

  /// Reads `-12.50`; `nil` for anything else, also for what does not fit.
  public init?(_ text: some StringProtocol) {
    var digits = text[...]
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits = digits.dropFirst() }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    let whole = String(parts[0])
    guard !whole.isEmpty, parts.count == 1 || !fraction.isEmpty,
      fraction.utf8.count <= Int(Self.scaleMax),
      (whole + fraction).utf8.allSatisfy({ (48...57).contains($0) }),
      let mantissa = Int64((isNegative ? "-" : "") + whole + fraction)
    else { return nil }
    self.mantissa = mantissa
    scale = UInt8(fraction.utf8.count)
  }

  /// The number in billionths, exactly.
  public var billionths: Int128 {
    var value = Int128(mantissa)
    for _ in scale..<Self.scaleMax { value *= 10 }
    return value
  }
}

extension DecimalNumber: Hashable, Comparable {
  /// Whether both are the same number.
  public static func == (lhs: Self, rhs: Self) -> Bool { lhs.billionths == rhs.billionths }

  /// Compares as numbers.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.billionths < rhs.billionths }

  /// Hashes the number, not its digits.
  public func hash(into hasher: inout Hasher) { hasher.combine(billionths) }
}

extension DecimalNumber: CustomStringConvertible {
  /// Digits with a point, all of ``scale`` shown.
  public var description: String {
    let digits = String(mantissa.magnitude)
    let sign = mantissa < 0 ? "-" : ""
    guard scale > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, Int(scale) + 1 - digits.count)) + digits
    return sign + padded.dropLast(Int(scale)) + "." + padded.suffix(Int(scale))
  }
}
