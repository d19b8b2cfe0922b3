package import CRDTCore

/// The time for which a quota holds: a fiscal year, one of its quarters, or a month of the calendar.
package enum QuotaPeriod: Hashable, Sendable {
  case year(Int)
  case quarter(Int, year: Int)
  case month(Int, year: Int)

  /// Reads `2026`, `2026-Q2` or `2026-05`; before the year may stand `FY`.
  package init?(_ text: String) {
    var rest = text.uppercased()[...]
    if rest.hasPrefix("FY") { rest = rest.dropFirst(2) }
    let parts = rest.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].utf8.count == 4, let year = Int(parts[0]),
      (1...9999).contains(year)
    else { return nil }
    guard parts.count == 2 else {
      self = .year(year)
      return
    }
    if parts[1].hasPrefix("Q") {
      guard parts[1].utf8.count == 2, let quarter = Int(parts[1].dropFirst()),
        (1...4).contains(quarter)
      else { return nil }
      self = .quarter(quarter, year: year)
    } else {
      guard parts[1].utf8.count == 2, let month = Int(parts[1]), (1...12).contains(month) else {
        return nil
      }
      self = .month(month, year: year)
    }
  }

  /// The days of it; `nil` beyond the calendar.
  package func days(in fiscal: FiscalYear) -> ClosedRange<CivilDate>? {
    switch self {
    case .year(let year): return fiscal.days(of: year)
    case .quarter(let quarter, let year): return fiscal.days(of: year, quarter: quarter)
    case .month(let month, let year):
      let count = CivilDate.dayCount(year: year, month: month)
      guard let first = CivilDate(year: year, month: month, day: 1),
        let last = CivilDate(year: year, month: month, day: count)
      else { return nil }
      return first...last
    }
  }
}

extension QuotaPeriod: CustomStringConvertible {
  /// As it is stored: `2026-Q2`.
  package var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
    }
    return switch self {
    case .year(let year): padded(year, 4)
    case .quarter(let quarter, let year): "\(padded(year, 4))-Q\(quarter)"
    case .month(let month, let year): "\(padded(year, 4))-\(padded(month, 2))"
    }
  }
}
