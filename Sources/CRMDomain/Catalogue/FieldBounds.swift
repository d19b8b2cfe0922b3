import CRDTCore

/// Which numbers a field takes, both ends included; of an amount its number counts.
///
/// Checked where a value is entered. A merge refuses nothing.
package struct FieldBounds: Hashable, Sendable {
  /// The least number.
  package let least: Int64
  /// The greatest number; `nil` if there is none.
  package let greatest: Int64?

  /// What cannot be less than nothing.
  static let notNegative = FieldBounds(least: 0, greatest: nil)
  /// A chance.
  static let percentage = FieldBounds(least: 0, greatest: 100)
  /// A school mark, 5 the best.
  static let grade = FieldBounds(least: 1, greatest: 5)
  /// A year of the calendar that dates are written in.
  static let year = FieldBounds(least: 1, greatest: 9999)

  /// Whether a value lies within; one that is no number does.
  func contain(_ value: Value) -> Bool {
    let number: DecimalNumber
    switch value {
    case .integer(let integer): number = DecimalNumber(integer)
    case .decimal(let decimal): number = decimal
    case .money(let money):
      guard
        let amount = DecimalNumber(
          mantissa: money.minorUnits, scale: UInt8(money.currency.minorDigits))
      else { return true }
      number = amount
    case .null, .bool, .text, .bytes, .date, .instant, .reference, .structure, .unknown: return true
    }
    return number >= DecimalNumber(least) && greatest.map { number <= DecimalNumber($0) } ?? true
  }
}

extension FieldBounds: CustomStringConvertible {
  /// `at least 0`, `0 to 100`.
  package var description: String {
    greatest.map { "\(least) to \($0)" } ?? "at least \(least)"
  }
}
