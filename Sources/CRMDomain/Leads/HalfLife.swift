/// What is left of something that halves again and again: 0.5 to the power of age / half-life, the same to the
/// last bit on every node.
///
/// No floating point: whole halvings are shifts, and the rest of the exponent is taken to 32 binary digits. For
/// each digit that is set the result is multiplied by 2^(-1/2), 2^(-1/4) and so on, in 62 binary digits, each
/// product cut off. What has halved 32 times is nothing.
enum HalfLife {
  /// What a whole is: results are so many 2^32nds.
  static let whole: Int64 = 1 << 32
  /// After so many halvings nothing is left.
  static let halvingsMax: Int64 = 32

  private static let precision: UInt128 = 62
  private static let millisecondsOfDay: UInt128 = 86_400_000

  /// 2^(-1/2), 2^(-1/4), …, in 2^62nds: each is the square root of the one before, cut off.
  private static let roots: [UInt128] = {
    var root: UInt128 = 1 << (precision - 1)
    return (0..<halvingsMax).map { _ in
      root = squareRoot(root << precision)
      return root
    }
  }()

  /// What is left after an age, in 2^32nds; an age below nothing, by clocks that were wrong, is none.
  static func left(ageMilliseconds: Int64, halfLifeDays: Int64) -> Int64 {
    let halfLife = UInt128(max(1, halfLifeDays)) * millisecondsOfDay
    let (halvings, rest) = UInt128(max(0, ageMilliseconds))
      .quotientAndRemainder(dividingBy: halfLife)
    guard halvings < UInt128(halvingsMax) else { return 0 }
    let digits = (rest << 32) / halfLife
    var value: UInt128 = 1 << precision
    for (index, root) in roots.enumerated() {
      let isSet = digits >> UInt128(31 - index) & 1 == 1
      if isSet { value = (value * root) >> precision }
    }
    return Int64(value >> (precision - 32 + halvings))
  }

  /// The greatest whole number whose square is no more.
  ///
  /// Source: Newton's method from above, which falls until it is there.
  private static func squareRoot(_ number: UInt128) -> UInt128 {
    var root: UInt128 = 1 << precision
    while true {
      let next = (root + number / root) / 2
      guard next < root else { return root }
      root = next
    }
  }
}
