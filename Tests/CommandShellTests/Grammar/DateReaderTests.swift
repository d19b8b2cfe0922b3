import CRDTCore
import CommandShell
import Foundation
import Testing

extension LocalCalendar {
  /// Thursday 12 March 2026, 09:40 in Berlin: the day of the design's examples.
  static func sample() throws -> LocalCalendar {
    LocalCalendar(
      now: Instant(milliseconds: 1_773_304_800_000),
      timeZone: try #require(TimeZone(identifier: "Europe/Berlin")))
  }
}

@Suite("DateReader")
struct DateReaderTests {
  private func shown(_ text: String) throws -> String {
    let calendar = try LocalCalendar.sample()
    switch try DateReader(calendar: calendar).read(text) {
    case .day(let day): return "\(day)"
    case .span(let days): return "\(days.lowerBound)…\(days.upperBound)"
    case .moment(let instant): return PeopleFormat(calendar: calendar).timestamp(instant)
    }
  }

  @Test(
    "dates mean what the table of the design says",
    arguments: [
      ("today", "2026-03-12"), ("tomorrow", "2026-03-13"), ("yesterday", "2026-03-11"),
      ("now", "2026-03-12T09:40:00+01:00"),
      ("friday", "2026-03-13"), ("fri", "2026-03-13"), ("thursday", "2026-03-19"),
      ("Monday", "2026-03-16"), ("next friday", "2026-03-20"), ("next monday", "2026-03-16"),
      ("this friday", "2026-03-13"), ("this monday", "2026-03-09"),
      ("last friday", "2026-03-06"), ("last thursday", "2026-03-05"),
      ("last wednesday", "2026-03-11"),
      ("in 3 days", "2026-03-15"), ("+3d", "2026-03-15"), ("3 days ago", "2026-03-09"),
      ("-3d", "2026-03-09"), ("3d ago", "2026-03-09"), ("in 2 weeks", "2026-03-26"),
      ("+1mo", "2026-04-12"), ("+1q", "2026-06-12"), ("-1y", "2025-03-12"),
      ("in 3 hours", "2026-03-12T12:40:00+01:00"), ("-10h", "2026-03-11T23:40:00+01:00"),
      ("eow", "2026-03-09…2026-03-15"), ("eom", "2026-03-01…2026-03-31"),
      ("eoq", "2026-01-01…2026-03-31"), ("eoy", "2026-01-01…2026-12-31"),
      ("this week", "2026-03-09…2026-03-15"), ("last month", "2026-02-01…2026-02-28"),
      ("next quarter", "2026-04-01…2026-06-30"), ("last year", "2025-01-01…2025-12-31"),
      ("13 mar", "2026-03-13"), ("mar 13", "2026-03-13"), ("1 january 2027", "2027-01-01"),
      ("2026-03-13", "2026-03-13"), ("29 feb 2028", "2028-02-29"),
      ("2026-03-13 14:30", "2026-03-13T14:30:00+01:00"), ("14:30", "2026-03-12T14:30:00+01:00"),
      ("last friday 17:00", "2026-03-06T17:00:00+01:00"),
      ("1 jul 8:05:09", "2026-07-01T08:05:09+02:00"),
      ("2026-03-12T18:06:00+01:00", "2026-03-12T18:06:00+01:00"),
      ("2026-03-12T17:06:00.250Z", "2026-03-12T18:06:00+01:00"),
      ("2026-03-12T18:06:00", "2026-03-12T18:06:00+01:00"),
    ])
  func table(text: String, expected: String) throws {
    #expect(try shown(text) == expected)
  }

  @Test(
    "a weekday of what is past is the last one, today included",
    arguments: [
      ("thursday", "2026-03-12"), ("friday", "2026-03-06"), ("monday", "2026-03-09"),
      ("last thursday", "2026-03-05"), ("tomorrow", "2026-03-13"),
    ])
  func past(text: String, expected: String) throws {
    let reading = try DateReader(calendar: try .sample(), isPast: true).read(text)
    #expect(try reading == .day(#require(CivilDate(expected))))
  }

  @Test(
    "what is no date is answered with one that is near",
    arguments: [
      ("31 feb", "\"31 feb\" is not a date.", "Did you mean 28 Feb or 3 Mar?"),
      ("2027-02-30", "\"2027-02-30\" is not a date.", "Did you mean 28 Feb 2027 or 2 Mar 2027?"),
      ("fridya", "\"fridya\" is not a date.", "Did you mean friday?"),
      ("1 jan 3026", "\"1 jan 3026\" is in the year 3026.", "Check the year."),
      ("0206-03-13", "\"0206-03-13\" is in the year 206.", "Check the year."),
    ])
  func impossible(text: String, summary: String, hint: String) throws {
    let error = try #require(throws: ReadingError.self) { try shown(text) }
    #expect(error.summary == summary)
    #expect(error.hint == hint)
  }

  @Test(
    "nonsense is refused",
    arguments: [
      "", " ", "25:00", "12:60", "next", "in", "in days", "+3", "+3x", "+999999999999d",
      "99999y ago",
      "13", "13 foo", "32 mar", "now 12:00", "this week 12:00", "2026-3", "2026-13-01", "T",
      "١٢:٠٠",
      "2026-03-12T18:06:00+1", "a b c d", "in 3 days ago",
    ])
  func nonsense(text: String) throws {
    let error = #expect(throws: ReadingError.self) { try shown(text) }
    #expect(error?.hint != nil)
  }

  @Test("a span has one day where one is asked for, and moments at both ends")
  func spans() throws {
    let calendar = try LocalCalendar.sample()
    let reading = try DateReader(calendar: calendar).read("this week")
    let format = PeopleFormat(calendar: calendar)
    #expect(reading.day(in: calendar).description == "2026-03-15")
    #expect(format.timestamp(reading.start(in: calendar)) == "2026-03-09T00:00:00+01:00")
    #expect(format.timestamp(reading.end(in: calendar)) == "2026-03-15T23:59:59+01:00")
  }

  @Test("times that are skipped or come twice when clocks change are read to the hour they mean")
  func clockChanges() throws {
    let calendar = try LocalCalendar.sample()
    let format = PeopleFormat(calendar: calendar)
    let spring = try #require(CivilDate("2026-03-29"))
    let autumn = try #require(CivilDate("2026-10-25"))
    func stamp(_ day: CivilDate, _ hour: Int) -> String {
      format.timestamp(calendar.instant(on: day, second: hour * 3_600 + 1_800))
    }
    #expect(stamp(spring, 1) == "2026-03-29T01:30:00+01:00")
    #expect(stamp(spring, 2) == "2026-03-29T03:30:00+02:00")
    #expect(stamp(spring, 3) == "2026-03-29T03:30:00+02:00")
    #expect(stamp(autumn, 2) == "2026-10-25T02:30:00+02:00")
    #expect(stamp(autumn, 3) == "2026-10-25T03:30:00+01:00")
  }
}
