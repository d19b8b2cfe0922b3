package import CRDTCore
package import Foundation

/// The days on which a rule lets something come again, in order, the first of them on or after its start.
///
/// Its time of day is that of the start, by the clock on the wall. A day that a month lacks is left out, as RFC
/// 5545 has it: what comes on the 31st does not come in June.
package struct Occurrences: Sequence, IteratorProtocol {
  /// For how many days a next time is looked for, times the interval: no rule pauses longer.
  private static let horizon = 100 * 366

  private let rule: RecurrenceRule
  private let start: LocalTime
  private let timeZone: TimeZone
  private var period = 0
  private var pending: [CivilDate] = []
  private var given = 0
  private var last: CivilDate

  /// Times of what begins at `start`, where clocks stand as in `timeZone`.
  ///
  /// Where the rule counts no times, those long before `day` are left out.
  package init(
    of rule: RecurrenceRule, from start: LocalTime, in timeZone: TimeZone,
    skippingTo day: CivilDate? = nil
  ) {
    self.rule = rule
    self.start = start
    self.timeZone = timeZone
    last = start.day
    guard let day, rule.count == nil, day > start.day else { return }
    let length =
      switch rule.frequency {
      case .daily: 1
      case .weekly: 7
      case .monthly: 31
      case .yearly: 366
      }
    period = Swift.max(0, (Int(day.days) - Int(start.day.days)) / (length * rule.interval) - 1)
    last = day
  }

  package mutating func next() -> CivilDate? {
    if let count = rule.count, given >= count { return nil }
    while pending.isEmpty {
      guard let days = days(ofPeriod: period) else { return nil }
      pending = days.filter { $0 >= start.day }.reversed()
      period += 1
    }
    guard let day = pending.popLast(), !isPastEnd(day) else { return nil }
    given += 1
    last = day
    return day
  }

  /// The first day after another.
  package static func day(
    after day: CivilDate, of rule: RecurrenceRule, from start: LocalTime, in timeZone: TimeZone
  ) -> CivilDate? {
    Occurrences(of: rule, from: start, in: timeZone).first { $0 > day }
  }

  private func isPastEnd(_ day: CivilDate) -> Bool {
    let time = LocalTime(day, second: start.second)
    switch rule.until {
    case .local(let end) where end.second == nil: return day > end.day
    case .local(let end): return time > end
    case .utc(let end): return time.instant(in: timeZone) > end.instant(in: .gmt)
    case nil: return false
    }
  }

  /// The days of one day, week, month or year, in order; `nil` where there is none any more.
  private func days(ofPeriod index: Int) -> [CivilDate]? {
    let (year, month, day) = start.day.parts
    let step = index * rule.interval
    switch rule.frequency {
    case .daily:
      guard let date = within(Int(start.day.days) + step) else { return nil }
      return fits(date) && isMonthDay(date) && isWeekday(date) ? [date] : []
    case .weekly:
      let monday = Int(start.day.days) - (start.day.weekday - 1) + 7 * step
      guard within(monday) != nil else { return nil }
      let weekdays = rule.weekdays.isEmpty ? [start.day.weekday] : rule.weekdays.map(\.day)
      return Set(weekdays).sorted().map { CivilDate(days: Int32(monday + $0 - 1)) }.filter(fits)
    case .monthly:
      let number = year * 12 + month - 1 + step
      guard let first = CivilDate(year: number / 12, month: number % 12 + 1, day: 1),
        within(Int(first.days)) != nil
      else { return nil }
      return rule.months.isEmpty || rule.months.contains(number % 12 + 1)
        ? days(ofMonth: number % 12 + 1, number / 12, usual: day) : []
    case .yearly:
      guard let first = CivilDate(year: year + step, month: 1, day: 1),
        within(Int(first.days)) != nil
      else { return nil }
      return days(ofYear: year + step, month, day)
    }
  }

  private func days(ofYear year: Int, _ month: Int, _ day: Int) -> [CivilDate] {
    if !rule.weekdays.isEmpty, rule.months.isEmpty, rule.monthDays.isEmpty {
      guard let first = CivilDate(year: year, month: 1, day: 1),
        let end = CivilDate(year: year, month: 12, day: 31)
      else { return [] }
      return weekdays(in: first...end)
    }
    let months =
      !rule.months.isEmpty ? rule.months : rule.monthDays.isEmpty ? [month] : Array(1...12)
    return months.flatMap { days(ofMonth: $0, year, usual: day) }
  }

  private func days(ofMonth month: Int, _ year: Int, usual day: Int) -> [CivilDate] {
    let length = CivilDate.dayCount(year: year, month: month)
    guard let first = CivilDate(year: year, month: month, day: 1) else { return [] }
    let all = first...CivilDate(days: first.days + Int32(length) - 1)
    if rule.monthDays.isEmpty {
      guard rule.weekdays.isEmpty else { return weekdays(in: all) }
      return CivilDate(year: year, month: month, day: day).map { [$0] } ?? []
    }
    let named = rule.monthDays.map { $0 > 0 ? $0 : length + 1 + $0 }
    let days = Set(named.filter { (1...length).contains($0) }).sorted().map {
      CivilDate(days: first.days + Int32($0) - 1)
    }
    guard !rule.weekdays.isEmpty else { return days }
    let allowed = Set(weekdays(in: all))
    return days.filter(allowed.contains)
  }

  /// The days of the week that the rule names, of a month or a year.
  private func weekdays(in span: ClosedRange<CivilDate>) -> [CivilDate] {
    let days = (span.lowerBound.days...span.upperBound.days).map { CivilDate(days: $0) }
    let found = rule.weekdays.flatMap { weekday -> [CivilDate] in
      let same = days.filter { $0.weekday == weekday.day }
      guard let place = weekday.place else { return same }
      let index = place > 0 ? place - 1 : same.count + place
      return same.indices.contains(index) ? [same[index]] : []
    }
    return Set(found).sorted()
  }

  private func isWeekday(_ day: CivilDate) -> Bool {
    rule.weekdays.isEmpty || rule.weekdays.contains { $0.day == day.weekday }
  }

  private func isMonthDay(_ date: CivilDate) -> Bool {
    guard !rule.monthDays.isEmpty else { return true }
    let (year, month, day) = date.parts
    return rule.monthDays.contains { place in
      place == day || day == CivilDate.dayCount(year: year, month: month) + 1 + place
    }
  }

  private func fits(_ day: CivilDate) -> Bool {
    rule.months.isEmpty || rule.months.contains(day.parts.month)
  }

  /// A day of the calendar that is not too far behind the last one found.
  private func within(_ days: Int) -> CivilDate? {
    guard days - Int(last.days) <= Self.horizon * rule.interval, let days = Int32(exactly: days),
      days < 2_932_897  // the first day of the year 10000
    else { return nil }
    return CivilDate(days: days)
  }
}
