import CRDTCore
import CRMDomain
import Foundation
import Testing

/// When tasks and events come again.
///
/// What the rules come to was reckoned with another program, python-dateutil.
@Suite("Recurrence")
struct RecurrenceTests {
  private func days(_ start: String, _ rule: String, zone: String = "UTC") throws -> [String] {
    let start = try #require(LocalTime(start))
    let zone = try #require(TimeZone(identifier: zone))
    let rule = try #require(RecurrenceRule(rule))
    return Occurrences(of: rule, from: start, in: zone).prefix(6).map {
      String($0.description.dropFirst(2))
    }
  }

  @Test(
    "what lies long before a day is left out, and nothing else",
    arguments: [
      "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR,MO",
      "FREQ=MONTHLY;BYDAY=1MO,-1FR", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;INTERVAL=4",
      "FREQ=DAILY;COUNT=40",
    ])
  func skipping(_ rule: String) throws {
    let rule = try #require(RecurrenceRule(rule))
    let start = try #require(LocalTime("2004-02-29"))
    for offset in [-400, 0, 1, 30, 366, 4_000] as [Int32] {
      let day = CivilDate(days: start.day.days + offset)
      func next(_ times: Occurrences) -> [CivilDate] {
        Array(times.lazy.filter { $0 >= day }.prefix(4))
      }
      #expect(
        next(Occurrences(of: rule, from: start, in: .gmt, skippingTo: day))
          == next(Occurrences(of: rule, from: start, in: .gmt)))
    }
    // From the first year on, only what is asked for is walked through.
    let first = try #require(LocalTime("0001-01-01"))
    let late = Occurrences(of: rule, from: first, in: .gmt, skippingTo: start.day).first { _ in true
    }
    #expect(rule.count != nil || late.map { $0.days > start.day.days - 20_000 } == true)
  }

  @Test(
    "ACT-16: a rule comes to the days that RFC 5545 means",
    arguments: [
      ("2026-01-31", "FREQ=MONTHLY", "26-01-31 26-03-31 26-05-31 26-07-31 26-08-31 26-10-31"),
      (
        "2026-01-30", "FREQ=MONTHLY;BYMONTHDAY=-1",
        "26-01-31 26-02-28 26-03-31 26-04-30 26-05-31 26-06-30"
      ),
      ("2024-02-29", "FREQ=YEARLY;COUNT=3", "24-02-29 28-02-29 32-02-29"),
      (
        "2026-03-02", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
        "26-03-02 26-03-06 26-03-16 26-03-20 26-03-30 26-04-03"
      ),
      (
        "2026-03-04", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR",
        "26-03-06 26-03-16 26-03-20 26-03-30 26-04-03 26-04-13"
      ),
      (
        "2026-01-01", "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        "26-01-05 26-01-30 26-02-02 26-02-27 26-03-02 26-03-27"
      ),
      (
        "2026-01-01", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "26-02-13 26-03-13 26-11-13 27-08-13 28-10-13 29-04-13"
      ),
      (
        "2026-01-01", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
        "26-03-29 26-10-25 27-03-28 27-10-31 28-03-26 28-10-29"
      ),
      (
        "2026-01-01", "FREQ=YEARLY;BYDAY=20MO",
        "26-05-18 27-05-17 28-05-15 29-05-14 30-05-20 31-05-19"
      ),
      (
        "2026-01-01", "FREQ=YEARLY;BYMONTHDAY=15",
        "26-01-15 26-02-15 26-03-15 26-04-15 26-05-15 26-06-15"
      ),
      (
        "2026-02-26", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "26-02-26 26-02-27 26-03-02 26-03-03 26-03-04 26-03-05"
      ),
      (
        "2026-02-26", "FREQ=DAILY;INTERVAL=3;UNTIL=20260307T000000",
        "26-02-26 26-03-01 26-03-04 26-03-07"
      ),
      (
        "2026-01-28", "FREQ=DAILY;BYMONTHDAY=-1,1;BYMONTH=1,2,3",
        "26-01-31 26-02-01 26-02-28 26-03-01 26-03-31 27-01-01"
      ),
      (
        "2026-01-01", "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31",
        "26-01-31 28-07-31 28-12-31 29-05-31 29-10-31 30-03-31"
      ),
      (
        "2026-01-01", "FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=29",
        "32-02-29 44-02-29 56-02-29 68-02-29 80-02-29 92-02-29"
      ),
      (
        "2026-03-01", "FREQ=WEEKLY;COUNT=4;BYDAY=SU,TU", "26-03-01 26-03-03 26-03-08 26-03-10"
      ),
    ])
  func rule(start: String, rule: String, expected: String) throws {
    let found = try days("\(start)T00:00", rule)
    #expect(found.joined(separator: " ") == expected)
    let read = try #require(RecurrenceRule(rule))
    #expect(RecurrenceRule(read.description) == read)
  }

  @Test("a rule that means nothing ends, and one that asks for more is refused as a whole")
  func refused() throws {
    #expect(try days("2026-01-01", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30").isEmpty)
    for text in [
      "FREQ=HOURLY", "FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO", "FREQ=WEEKLY;BYDAY=1MO",
      "FREQ=DAILY;COUNT=0",
      "FREQ=DAILY;COUNT=2;UNTIL=20260101", "FREQ=WEEKLY;WKST=SU",
      "FREQ=DAILY;INTERVAL=1;INTERVAL=2",
      "BYDAY=MO", "every blue moon", "FREQ=DAILY;BYMONTHDAY=0", "",
    ] {
      #expect(RecurrenceRule(text) == nil, "\(text) was taken")
    }
  }

  @Test("people say when something comes again in words")
  func words() {
    #expect(RecurrenceRule("weekly")?.description == "FREQ=WEEKLY")
    #expect(RecurrenceRule("every 2 weeks")?.description == "FREQ=WEEKLY;INTERVAL=2")
    #expect(RecurrenceRule("Every Monday")?.description == "FREQ=WEEKLY;BYDAY=MO")
    #expect(RecurrenceRule("every month")?.description == "FREQ=MONTHLY")
  }

  @Test("ACT-19: what comes again every week stays at its hour when clocks are changed")
  func clockChange() throws {
    // In Berlin clocks go forward on 2026-03-29 and back on 2026-10-25.
    let start = try #require(LocalTime("2026-03-26T09:00"))
    let end = try #require(LocalTime("2026-03-26T10:00"))
    let span = try #require(TimeSpan(start: start, end: end, zone: "Europe/Berlin"))
    let rule = try #require(RecurrenceRule("FREQ=WEEKLY;UNTIL=20260402T070000Z"))
    let spans = Occurrences(of: rule, from: span.start, in: span.timeZone).compactMap {
      span.moved(to: $0)
    }
    #expect(spans.map(\.start.description) == ["2026-03-26T09:00", "2026-04-02T09:00"])
    // 09:00 is 08:00 UTC before and 07:00 UTC after, which is just the end.
    #expect(
      spans.map(\.startInstant.milliseconds) == [1_774_512_000_000, 1_775_113_200_000])
  }

  @Test("an hour that is skipped or comes twice is one moment")
  func skippedHour() throws {
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    let skipped = try #require(LocalTime("2026-03-29T02:30"))
    #expect(skipped.instant(in: berlin).milliseconds == 1_774_747_800_000)
    let twice = try #require(LocalTime("2026-10-25T02:30"))
    #expect(twice.instant(in: berlin).milliseconds == 1_792_888_200_000)
  }
}
