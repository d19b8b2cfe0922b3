package import CRDTCore

/// Divides a whole in proportion, so that the parts come to it exactly: by largest remainder.
package enum Apportionment {
  /// Digits behind the point of a part.
  private static let scale: UInt8 = 2

  /// The parts of `total` in the proportion of `weights`, to the hundredth; of equal remainders the first
  /// gets more.
  ///
  /// - Returns: `nil` if the weights come to nothing, or one of them is less.
  package static func shares(of total: Int64, in weights: [DecimalNumber]) -> [DecimalNumber]? {
    let weights = weights.map(\.billionths)
    let whole = Int128(total) * 100
    // A weight is below 2^94, and a whole of a few digits fits beside it.
    guard weights.reduce(0, +) > 0, weights.allSatisfy({ $0 >= 0 }), let most = weights.max(),
      !most.multipliedReportingOverflow(by: whole).overflow
    else { return nil }
    return parts(of: whole, by: weights).compactMap { part in
      Int64(exactly: part).flatMap { DecimalNumber(mantissa: $0, scale: scale) }
    }
  }

  /// An amount in parts that are as weights are, and that add up to it; of equal remainders the first gets more.
  ///
  /// - Precondition: An amount times a weight fits 128 bits.
  static func parts(of amount: Int128, by weights: [Int128]) -> [Int128] {
    let whole = weights.reduce(0, +)
    guard whole > 0 else { return weights.map { _ in 0 } }
    let size = amount < 0 ? -amount : amount
    var parts = weights.map { size * $0 / whole }
    let rests = weights.map { size * $0 % whole }
    let missing = Int(clamping: size - parts.reduce(0, +))
    let byRest = weights.indices.sorted { (rests[$1], $0) < (rests[$0], $1) }
    for index in byRest.prefix(missing) { parts[index] += 1 }
    return amount < 0 ? parts.map { -$0 } : parts
  }

  /// The sum in digits, without zeros at its end.
  package static func sum(of numbers: [DecimalNumber]) -> String {
    let sum = numbers.reduce(Int128(0)) { $0 + $1.billionths }
    let (whole, rest) = sum.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    var digits = String(rest)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return (sum < 0 ? "-" : "") + String(whole) + (digits.isEmpty ? "" : "." + digits)
  }
}
