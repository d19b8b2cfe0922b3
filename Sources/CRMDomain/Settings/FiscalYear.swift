package import CRDTCore

/// The year that figures are counted by, which may begin in any month.
///
/// A fiscal year bears the number of the calendar year in which it ends: one that begins in April 2026
/// is 2027. One that begins in January is the calendar's.
package struct FiscalYear: Hashable, Sendable {
  /// The month it begins in, 1 to 12.
  package let startMonth: Int

  /// - Precondition: `startMonth` is a month.
  package init(startMonth: Int) {
    precondition((1...12).contains(startMonth), "A fiscal year begins in a month.")
    self.startMonth = startMonth
  }

  /// The number of the year that a day lies in, and its quarter, 1 to 4.
  package func place(of day: CivilDate) -> (year: Int, quarter: Int) {
    let (year, month, _) = day.parts
    let monthsIn = (month - startMonth + 12) % 12
    let isNext = startMonth > 1 && month >= startMonth
    return (isNext ? year + 1 : year, monthsIn / 3 + 1)
  }

  /// The days of a year, or of one of its quarters; `nil` beyond the calendar.
  package func days(of year: Int, quarter: Int? = nil) -> ClosedRange<CivilDate>? {
    let start = startMonth == 1 ? year : year - 1
    let months = quarter.map { ($0 - 1) * 3 } ?? 0
    guard quarter.map({ (1...4).contains($0) }) ?? true,
      let first = Self.firstDay(monthsAfter: startMonth - 1 + months, year: start),
      let next = Self.firstDay(
        monthsAfter: startMonth - 1 + months + (quarter == nil ? 12 : 3), year: start)
    else { return nil }
    return first...CivilDate(days: next.days - 1)
  }

  private static func firstDay(monthsAfter months: Int, year: Int) -> CivilDate? {
    CivilDate(year: year + months / 12, month: months % 12 + 1, day: 1)
  }
}
