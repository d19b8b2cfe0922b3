package import CRDTCore
package import GRDB

/// From what scores leads are an A, a B and a C.
package struct LeadGrades: Hashable, Sendable {
  /// The grades, best first.
  package static let all = ["A", "B", "C", "D"]

  private let bounds: [Int]

  package init(in database: Database) throws {
    bounds = try [SettingKey.leadGradeA, .leadGradeB, .leadGradeC].map {
      let bound = try WorkspaceSettings.value(of: $0, in: database).flatMap { Int($0) } ?? 0
      return min(max(bound, 0), 100)
    }
  }

  /// The best grade whose bound a score reaches.
  package func grade(of score: LeadScore) -> String {
    let place = bounds.firstIndex { score.hundredths >= $0 * 100 } ?? bounds.count
    return Self.all[place]
  }
}

/// What a lead is worth looking at, from 0 to 100.
package struct LeadScore: Hashable, Sendable, Comparable {
  /// Hundredths of a point.
  package let hundredths: Int

  /// A sum of points in 2^32nds, rounded once, half to even, and kept within 0 and 100.
  init(_ sum: Int128) {
    let rounded = Fraction.rounded(sum * 100, by: Int128(HalfLife.whole))
    hundredths = Int(min(max(rounded, 0), 10_000))
  }

  /// `72.5`.
  package var number: DecimalNumber { Self.number(ofHundredths: Int64(hundredths)) }

  package static func < (lhs: Self, rhs: Self) -> Bool { lhs.hundredths < rhs.hundredths }

  static func number(ofHundredths hundredths: Int64) -> DecimalNumber {
    var (mantissa, scale) = (hundredths, UInt8(2))
    while scale > 0, mantissa % 10 == 0 { (mantissa, scale) = (mantissa / 10, scale - 1) }
    return DecimalNumber(mantissa: mantissa, scale: scale) ?? DecimalNumber(0)
  }
}
