package import CRDTCore
import CRMDomain

/// What a typed date means: a day, a span of days, or a moment.
package enum DateReading: Hashable, Sendable {
  case day(CivilDate)
  /// `this week`, `eom`: its last day where one day is asked for, the whole where days are compared.
  case span(ClosedRange<CivilDate>)
  case moment(Instant)

  /// The one day meant.
  package func day(in calendar: LocalCalendar) -> CivilDate {
    switch self {
    case .day(let day): day
    case .span(let days): days.upperBound
    case .moment(let instant): calendar.local(instant).day
    }
  }

  /// The days meant, one or several.
  package func days(in calendar: LocalCalendar) -> ClosedRange<CivilDate> {
    if case .span(let days) = self { return days }
    let day = day(in: calendar)
    return day...day
  }

  /// Its first moment: what `since` means.
  package func start(in calendar: LocalCalendar) -> Instant {
    if case .moment(let instant) = self { return instant }
    return calendar.instant(on: days(in: calendar).lowerBound)
  }

  /// Its last moment, to the millisecond: what `until` and `at` mean.
  package func end(in calendar: LocalCalendar) -> Instant {
    if case .moment(let instant) = self { return instant }
    let next = calendar.instant(on: days(in: calendar).upperBound.adding(days: 1))
    return Instant(milliseconds: next.milliseconds - 1)
  }

  /// What a value is compared with, leaving nothing open: `2026-03-13`, `2026-03-09 to 2026-03-15`.
  func text(
    comparedBy sign: Comparison, asDay: Bool, in calendar: LocalCalendar
  ) -> String {
    switch self {
    case .day(let day): return day.description
    case .span(let days):
      switch sign {
      case .less, .greaterOrEqual: return days.lowerBound.description
      case .lessOrEqual, .greater: return days.upperBound.description
      case .equal, .notEqual, .contains, .lacks:
        return "\(days.lowerBound) to \(days.upperBound)"
      }
    case .moment(let moment):
      let day = day(in: calendar).description
      return asDay ? day : "\(day) \(PeopleFormat(calendar: calendar).time(moment))"
    }
  }
}
