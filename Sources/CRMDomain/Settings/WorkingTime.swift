package import CRDTCore
import Foundation
package import GRDB

/// When people work: what service levels are counted in.
package struct WorkingTime: Hashable, Sendable {
  /// The days of the week, 1 for Monday to 7 for Sunday.
  let weekdays: Set<Int>
  /// From which second of the day until which.
  let hours: Range<Int>
  let holidays: Set<CivilDate>
  let timeZone: TimeZone

  /// How long is counted at most, in days; what lies further apart is a clock that was wrong.
  private static let daysMax: Int32 = 20 * 366

  private static let hoursMax = 100_000

  /// The moments of the years 1 to 9999; a peer's may lie at the ends of all numbers.
  private static let years: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  init(weekdays: Set<Int>, hours: Range<Int>, holidays: Set<CivilDate>, timeZone: TimeZone) {
    self.weekdays = weekdays
    self.hours = hours
    self.holidays = holidays
    self.timeZone = timeZone
  }

  /// As a region says, else as the workspace does.
  package init(of region: RecordID?, in database: Database) throws {
    func setting(_ key: SettingKey) throws -> String {
      try WorkspaceSettings.value(of: key, in: database) ?? ""
    }
    var (days, hours) = (try setting(.workingDays), try setting(.workingHours))
    var zone = try setting(.timeZone)
    var holidays: Set<CivilDate> = []
    if let region {
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT working_days, working_hours, time_zone FROM region
          WHERE id = ? AND _hidden IS NULL
          """, arguments: [region.databaseValue])
      days = row?[0] ?? days
      hours = row?[1] ?? hours
      zone = row?[2] ?? zone
      let found = try String.fetchAll(
        database,
        sql: """
          SELECT h.value FROM region_holidays h JOIN region r ON r._rec = h._rec
          WHERE r.id = ? AND h.present = 1 AND h.value IS NOT NULL ORDER BY h.value
          """, arguments: [region.databaseValue])
      holidays = Set(found.compactMap { CivilDate($0) })
    }
    self.init(
      weekdays: Self.weekdays(days), hours: Self.hours(hours), holidays: holidays,
      timeZone: TimeZone(identifier: zone) ?? .gmt)
  }

  /// The moment at which so many hours of work have passed since another one.
  package func moment(_ count: Int, hoursAfter start: Instant) -> Instant {
    guard Self.years.contains(start.milliseconds) else { return start }
    var left = Int64(min(max(count, 0), Self.hoursMax)) * 3_600_000
    var (day, _) = timeZone.clock(at: start)
    let end = day.days &+ Self.daysMax
    while day.days < end {
      if let span = span(of: day) {
        let from = max(span.lowerBound, start.milliseconds)
        if from + left <= span.upperBound { return Instant(milliseconds: from + left) }
        left -= max(0, span.upperBound - from)
      }
      day = CivilDate(days: day.days + 1)
    }
    return start
  }

  /// How much work time lies between two moments, in milliseconds; less than nothing if the second is earlier.
  package func milliseconds(from start: Instant, to end: Instant) -> Int64 {
    guard start <= end else { return -milliseconds(from: end, to: start) }
    let (first, last) = (timeZone.clock(at: start).day, timeZone.clock(at: end).day)
    // Where clocks are set back at midnight, the later moment may lie on the earlier day.
    let days = min(first, last).days...max(first, last).days
    guard Self.years.contains(start.milliseconds), Self.years.contains(end.milliseconds),
      days.count < Self.daysMax
    else { return .max }
    return days.reduce(0) { sum, number in
      guard let span = span(of: CivilDate(days: number)) else { return sum }
      let from = max(span.lowerBound, start.milliseconds)
      return sum + max(0, min(span.upperBound, end.milliseconds) - from)
    }
  }

  /// The moments between which people work on a day, in milliseconds; `nil` of a day off.
  private func span(of day: CivilDate) -> Range<Int64>? {
    guard weekdays.contains(day.weekday), !holidays.contains(day) else { return nil }
    let from = timeZone.instant(on: day, second: hours.lowerBound)
    let until = timeZone.instant(on: day, second: hours.upperBound)
    return from.milliseconds..<max(from.milliseconds, until.milliseconds)
  }

  private static func weekdays(_ text: String) -> Set<Int> {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    let days = text.split(separator: " ").compactMap { names.firstIndex(of: String($0)) }
    // Another program may have written anything.
    return days.isEmpty ? Set(1...5) : Set(days.map { $0 + 1 })
  }

  /// Reads `09:00-17:30`.
  private static func hours(_ text: String) -> Range<Int> {
    let ends = text.split(separator: "-").map { end in
      end.split(separator: ":").compactMap { Int($0) }
    }
    guard ends.count == 2, ends.allSatisfy({ $0.count == 2 && $0.allSatisfy((0...1_440).contains) })
    else { return 32_400..<61_200 }
    let seconds = ends.map { min(86_400, max(0, $0[0] * 3_600 + $0[1] * 60)) }
    return seconds[0] < seconds[1] ? seconds[0]..<seconds[1] : 32_400..<61_200
  }
}
