package import CRDTCore
import CRMDomain
package import Foundation

/// The moment and the time zone in which dates are read and shown; it asks no clock.
///
/// Weeks begin on Monday.
package struct LocalCalendar: Sendable {
  package static let weekdayNames = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
  package static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  package let now: Instant
  package let timeZone: TimeZone
  /// The day it is now, here.
  package let today: CivilDate

  package init(now: Instant, timeZone: TimeZone) {
    self.now = now
    self.timeZone = timeZone
    today = timeZone.clock(at: now).day
  }

  /// The day and the second of that day that a clock here showed at a moment.
  package func local(_ instant: Instant) -> (day: CivilDate, second: Int) {
    timeZone.clock(at: instant)
  }

  /// The moment at which a clock here shows this second of this day.
  ///
  /// Of two such moments, when clocks are set back, the first; a time that is skipped when they are
  /// set forward is read as if they had not been.
  package func instant(on day: CivilDate, second: Int = 0) -> Instant {
    timeZone.instant(on: day, second: second)
  }

  /// Seconds by which clocks here are ahead of UTC at a moment.
  package func offsetSeconds(at instant: Instant) -> Int {
    Int(timeZone.offset(atSecond: instant.milliseconds.flooredQuotient(1_000)))
  }
}

extension CivilDate {
  /// The day so many days later.
  package func adding(days count: Int) -> CivilDate {
    CivilDate(days: Int32(clamping: Int(days) + count))
  }

  /// The same day so many months later, or the last of a month that is too short; `nil` beyond the
  /// years 1 to 9999.
  package func adding(months count: Int) -> CivilDate? {
    let (year, month, day) = parts
    let index = year * 12 + month - 1 + count
    guard index >= 12 else { return nil }
    let (newYear, newMonth) = (index / 12, index % 12 + 1)
    let last = CivilDate.dayCount(year: newYear, month: newMonth)
    return CivilDate(year: newYear, month: newMonth, day: min(day, last))
  }
}
