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
    let weights = weights.map(billionths)
    let sum = weights.reduce(0, +)
    guard sum > 0, weights.allSatisfy({ $0 >= 0 }) else { return nil }
    let whole = Int128(total) * 100
    // A weight is below 2^94, and a whole of a few digits fits beside it.
    guard let most = weights.max(), !most.multipliedReportingOverflow(by: whole).overflow else {
      return nil
    }
    var parts = weights.map { $0 * whole / sum }
    let rests = weights.map { $0 * whole % sum }
    let missing = Int(whole - parts.reduce(0, +))
    let order = rests.indices.sorted { rests[$0] != rests[$1] ? rests[$0] > rests[$1] : $0 < $1 }
    for index in order.prefix(missing) { parts[index] += 1 }
    return parts.compactMap { part in
      Int64(exactly: part).flatMap { DecimalNumber(mantissa: $0, scale: scale) }
    }
  }

  /// The sum in digits, without zeros at its end.
  package static func sum(of numbers: [DecimalNumber]) -> String {
    let sum = numbers.reduce(Int128(0)) { $0 + billionths($1) }
    let (whole, rest) = sum.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    var digits = String(rest)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return (sum < 0 ? "-" : "") + String(whole) + (digits.isEmpty ? "" : "." + digits)
  }

  private static func billionths(_ number: DecimalNumber) -> Int128 {
    var value = Int128(number.mantissa)
    for _ in number.scale..<DecimalNumber.scaleMax { value *= 10 }
    return value
  }
}
