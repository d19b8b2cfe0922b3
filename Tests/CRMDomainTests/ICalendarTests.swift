import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import TestSupport
import Testing

/// Events that go to other calendars and come back from them.
@Suite("iCalendar")
struct ICalendarTests {
  private let office: TestOffice
  private let folder: TemporaryDirectory

  init() throws {
    office = try TestOffice()
    folder = try TemporaryDirectory()
  }

  private func exported() throws -> String {
    var bytes: [UInt8] = []
    let query = RecordQuery(office.entity("event"))
    let export = ICalendarExport(
      query, try office.context, at: Instant(milliseconds: 1_800_000_000_000))
    _ = try office.replica.read { try export.write(in: $0.database) { bytes += $0 } }
    return String(decoding: bytes, as: UTF8.self)
  }

  @discardableResult
  private func take(_ text: String) throws -> ICalendarImport.Outcome {
    var chunks = [Array(text.utf8)]
    let editor = try office.editor()
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    let calendar = try ICalendarImport(
      reading: { chunks.popLast() ?? [] }, usualZone: berlin, editor: editor, office.catalog)
    return try office.replica.write { try calendar.run(in: $0) }
  }

  private func calendar(_ lines: String...) -> String {
    (["BEGIN:VCALENDAR", "VERSION:2.0"] + lines + ["END:VCALENDAR"]).joined(separator: "\r\n")
      + "\r\n"
  }

  /// When an event takes place in the weeks around the change of clocks of March 2030, in UTC.
  private func starts(of id: RecordID) throws -> [String] {
    let berlin = TimeZone.gmt
    func instant(_ text: String) throws -> Instant {
      try #require(LocalTime(text)).instant(in: berlin)
    }
    let (from, until) = (try instant("2030-03-01"), try instant("2030-05-01"))
    let events = try office.replica.read { try CalendarEvents(of: nil, in: $0.database).events }
    let event = try #require(events.first { $0.id == id })
    return event.spans(from: from, until: until).map {
      LocalTime($0.startInstant, in: .gmt).description
    }
  }

  /// Nine o'clock in Berlin every Thursday of four, but not on 4 April.
  private func makeSeries() throws -> RecordID {
    try office.make("contact", "name=Anke Dörr", "primary_email=anke@mueller.example")
    return try office.make(
      "event", "title=Kick-off; really, now",
      "span=2030-03-21T09:00/2030-03-21T10:30 Europe/Berlin",
      "recurrence=FREQ=WEEKLY;COUNT=4", "exceptions=2030-04-04T09:00", "contacts=Anke Dörr",
      "guests=guest@weber.example", "place=Bremen, hall 3", "reminder_offsets=15",
      "notes=Bring the drawings.\nAll of them, please: there are many and the line is long enough to fold."
    )
  }

  @Test(
    "ACT-19: a recurring event over a clock change with exceptions goes out, comes back changed, and is one event"
  )
  func roundTrip() throws {
    let id = try makeSeries()
    // The clocks go forward on 31 March: 08:00 UTC before, 07:00 after.
    let expected = ["2030-03-21T08:00", "2030-03-28T08:00", "2030-04-11T07:00"]
    #expect(try starts(of: id) == expected)
    let file = try exported()
    for line in [
      "UID:\(id)@kith", "DTSTART;TZID=Europe/Berlin:20300321T090000",
      "DTEND;TZID=Europe/Berlin:20300321T103000", "RRULE:FREQ=WEEKLY;COUNT=4",
      "EXDATE;TZID=Europe/Berlin:20300404T090000", "SUMMARY:Kick-off\\; really\\, now",
      "ATTENDEE;CN=Anke Dörr;PARTSTAT=NEEDS-ACTION:mailto:anke@mueller.example",
      "TRIGGER:-PT15M", "TZID:Europe/Berlin", "DTSTART:20300331T020000",
    ] {
      #expect(file.contains("\r\n\(line)\r\n"), "\(line) is not in\n\(file)")
    }
    #expect(file.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 75 })
    let same = try take(file)
    #expect(same.unchanged == 1 && same.created.isEmpty && same.changed.isEmpty)

    // Elsewhere it was renamed, accepted, and another day was left out.
    let changed = file.replacing("SUMMARY:Kick-off\\; really\\, now", with: "SUMMARY:Start")
      .replacing("PARTSTAT=NEEDS-ACTION:mailto:anke", with: "PARTSTAT=ACCEPTED:mailto:anke")
      .replacing(
        "EXDATE;TZID=Europe/Berlin:20300404T090000",
        with: "EXDATE;TZID=Europe/Berlin:20300404T090000\r\nEXDATE:20300411T070000Z")
    #expect(try take(changed).changed == [id])
    #expect(try office.names("event") == ["Start"])
    #expect(try starts(of: id) == ["2030-03-21T08:00", "2030-03-28T08:00"])
    #expect(try exported().contains("PARTSTAT=ACCEPTED:mailto:anke"))
    #expect(try take(try exported()).unchanged == 1)
  }

  @Test(
    "ACT-19: a time that was moved elsewhere leaves the series and stands where it was moved to")
  func movedTime() throws {
    let id = try makeSeries()
    let moved = calendar(
      "BEGIN:VEVENT", "UID:\(id)@kith", "RECURRENCE-ID;TZID=Europe/Berlin:20300328T090000",
      "DTSTART;TZID=Europe/Berlin:20300329T140000", "DURATION:PT45M", "SUMMARY:Kick-off, moved",
      "END:VEVENT")
    #expect(try take(moved).created.count == 1)
    #expect(try take(moved).unchanged == 1)
    #expect(try starts(of: id) == ["2030-03-21T08:00", "2030-04-11T07:00"])
    let other = try #require(
      try office.replica.read { snapshot in
        try CalendarEvents(of: nil, in: snapshot.database).events.first { $0.id != id }
      })
    #expect(other.span.description == "2030-03-29T14:00/2030-03-29T14:45 Europe/Berlin")
    let file = try exported()
    #expect(file.contains("RECURRENCE-ID;TZID=Europe/Berlin:20300328T090000"))
    #expect(file.components(separatedBy: "UID:\(id)@kith").count == 3)
    #expect(try take(file).unchanged == 2)
  }

  @Test(
    "ACT-19: an invitation is one event on every node that takes it, and is called off by another")
  func invitation() throws {
    try office.make("contact", "name=Anke Dörr", "primary_email=anke@mueller.example")
    let lines = [
      "BEGIN:VEVENT", "UID:4711@mueller.example", "DTSTART;VALUE=DATE:20300401",
      "DTEND;VALUE=DATE:20300403", "SUMMARY:Fair",
      "ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:Anke@Mueller.Example",
      "ATTENDEE:mailto:guest@weber.example",
    ]
    func file(_ more: String...) -> String {
      (["BEGIN:VCALENDAR"] + lines + more + ["END:VEVENT", "END:VCALENDAR"])
        .joined(separator: "\n")
    }
    let id = DerivedRecord.id(kind: "event", field: "uid", key: "4711@mueller.example")
    #expect(try take(file()).created == [id])
    #expect(try office.text("event", id, "span") == "2030-04-01/2030-04-02 Europe/Berlin")
    #expect(try office.text("event", id, "contacts") == "Anke Dörr")
    #expect(try office.text("event", id, "guests") == "guest@weber.example")
    #expect(try office.list(RecordQuery(office.entity("event_answer"))).count == 1)
    #expect(try take(file()).unchanged == 1)
    #expect(try exported().contains("DTEND;VALUE=DATE:20300403"))
    #expect(try take(file("STATUS:CANCELLED")).changed == [id])
    #expect(try office.text("event", id, "archived") == "yes")
  }

  @Test(
    "what would take place at another time than meant is refused with the reason; the rest is taken",
    arguments: [
      ("RRULE:FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO", "its rule"),
      ("RDATE:20300405T090000Z", "days of a list"), ("DTEND:20300301T080000Z", ""),
      ("DURATION:soon", "its length"), ("EXDATE:never", "its EXDATE"),
    ])
  func refused(line: String, reason: String) throws {
    let text = calendar(
      "BEGIN:VEVENT", "UID:1", "DTSTART:20300401T090000Z", "SUMMARY:One", line, "END:VEVENT",
      "BEGIN:VEVENT", "UID:2", "DTSTART;TZID=Mars/Olympus:20300401T090000", "END:VEVENT",
      "BEGIN:VEVENT", "UID:3", "DTSTART:20300401T090000", "SUMMARY:Three", "END:VEVENT")
    let outcome = try take(text)
    // An end before the beginning is taken for none.
    #expect(outcome.created.count == (reason.isEmpty ? 2 : 1))
    if !reason.isEmpty {
      #expect(outcome.refused.first?.line == 3 && outcome.refused[0].reason.contains(reason))
    }
    #expect(outcome.refused.last?.reason == "its time zone mars/olympus is not known")
    #expect(try office.names("event").contains("Three"))
  }

  @Test("a file that is no calendar says so")
  func noCalendar() throws {
    for (text, error) in [
      ("", ICalendarError.empty), ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", .unfinished),
      ("BEGIN:VCALENDAR\nnonsense\n", .wrongLine(line: 2)),
      ("BEGIN:VCALENDAR\nEND:VEVENT\n", .wrongLine(line: 2)),
    ] {
      #expect(throws: error) { try take(text) }
    }
  }
}
