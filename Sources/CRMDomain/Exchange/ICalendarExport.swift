package import CRDTCore
import Foundation
package import GRDB
import ReplicaStore

/// Writes events as iCalendar, which calendars of other programs read.
///
/// Source: RFC 5545; lines end in CR LF and are folded at 75 bytes. Each zone is written out with every change of
/// its clocks in the years of the events, so that a reader needs no table of its own.
package struct ICalendarExport {
  private let query: RecordQuery
  private let context: QueryContext
  private let now: Instant

  private static let columns = [
    "title", "span", "place", "notes", "recurrence", "exceptions", "users", "contacts", "guests",
    "reminder_offsets", "uid", "series", "occurrence",
  ]

  /// How many years of changes of clocks are written for what comes again and again.
  private static let yearsAhead = 10

  /// Creates an export of the events that a query is about, whatever its columns, at a moment.
  package init(_ query: RecordQuery, _ context: QueryContext, at now: Instant) {
    var query = query
    query.columns = Self.columns.map { [$0] }
    self.query = query
    self.context = context
    self.now = now
  }

  /// - Returns: How many events were written.
  @discardableResult
  package func write(in database: Database, to sink: RecordExport.Sink) throws -> Int {
    let paths = try query.paths(in: context.catalog)
    let addresses = try EventAddresses(in: database)
    var events: [ICalendarEvent] = []
    try query.forEach(in: database, context) { row in
      let readings = Dictionary(uniqueKeysWithValues: zip(Self.columns, row.cells))
      let fields = Dictionary(uniqueKeysWithValues: zip(Self.columns, paths.map(\.field)))
      if let event = ICalendarEvent(id: row.id, readings, fields) { events.append(event) }
    }
    let uids = try Self.uids(in: database)
    var lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kith//kith//EN"]
    for zone in Set(events.map(\.span.zone)).sorted() where zone != "UTC" {
      lines += Self.zoneLines(zone, events.filter { $0.span.zone == zone })
    }
    for event in events { lines += event.lines(at: now, uids, addresses) }
    for line in lines + ["END:VCALENDAR"] {
      // What somebody else wrote begins no line of its own.
      try sink(VCardExport.folded(String(line.map { $0.isNewline ? " " : $0 })))
    }
    return events.count
  }

  /// What other calendars call the events that came from there.
  private static func uids(in database: Database) throws -> [RecordID: String] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT id, uid FROM event WHERE uid IS NOT NULL ORDER BY id")
    return rows.reduce(into: [:]) { uids, row in
      if let id = RecordID(row[0] as DatabaseValue) { uids[id] = row[1] }
    }
  }

  // MARK: - Zones

  /// A zone with every change of its clocks from before the first of the events until after the last.
  private static func zoneLines(_ name: String, _ events: [ICalendarEvent]) -> [String] {
    guard let zone = TimeZone(identifier: name) else { return [] }
    let years = events.flatMap { event -> [Int] in
      let year = event.span.start.day.parts.year
      return [year, event.isRepeated ? year + yearsAhead : event.span.end.day.parts.year]
    }
    guard let first = years.min(), let last = years.max(),
      let start = CivilDate(year: max(1, first - 1), month: 1, day: 1),
      let end = CivilDate(year: min(9999, last + 1), month: 12, day: 31)
    else { return [] }
    let changes = ClockChange.all(in: zone, from: start, until: end)
    var lines = ["BEGIN:VTIMEZONE", "TZID:\(name)"]
    let beginning = ClockChange(
      second: Int64(start.days) * 86_400,
      before: zone.offset(atSecond: Int64(start.days) * 86_400),
      after: zone.offset(atSecond: Int64(start.days) * 86_400))
    for change in [beginning] + changes {
      let kind = change.after > change.before ? "DAYLIGHT" : "STANDARD"
      let local = LocalTime(
        Instant(milliseconds: (change.second + change.before) * 1_000), in: .gmt)
      lines += [
        "BEGIN:\(kind)", "DTSTART:\(CalendarText.text(of: local))",
        "TZOFFSETFROM:\(offset(change.before))", "TZOFFSETTO:\(offset(change.after))",
        "END:\(kind)",
      ]
    }
    return lines + ["END:VTIMEZONE"]
  }

  /// `+0100`.
  private static func offset(_ seconds: Int64) -> String {
    let minutes = seconds.magnitude / 60
    let parts = [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return (seconds < 0 ? "-" : "+") + parts.joined()
  }
}

/// A moment at which clocks of a place are set forward or back.
private struct ClockChange {
  /// The second of UTC.
  let second: Int64
  /// Seconds ahead of UTC.
  let before: Int64
  let after: Int64

  static func all(
    in zone: TimeZone, from first: CivilDate, until last: CivilDate
  ) -> [ClockChange] {
    var changes: [ClockChange] = []
    var before = zone.offset(atSecond: Int64(first.days) * 86_400)
    for day in first.days..<last.days {
      let (start, end) = (Int64(day) * 86_400, Int64(day + 1) * 86_400)
      let after = zone.offset(atSecond: end)
      guard after != before else { continue }
      // Between two midnights clocks are changed once.
      var (low, high) = (start, end)
      while high - low > 1 {
        let middle = (low + high) / 2
        if zone.offset(atSecond: middle) == before { low = middle } else { high = middle }
      }
      changes.append(ClockChange(second: high, before: before, after: after))
      before = after
    }
    return changes
  }
}

/// One event's lines.
private struct ICalendarEvent {
  let id: RecordID
  let span: TimeSpan
  private let readings: [String: FieldReading]
  private let fields: [String: Field]

  /// `nil` of an event without a time that can be understood.
  init?(id: RecordID, _ readings: [String: FieldReading], _ fields: [String: Field]) {
    guard case .value(let value)? = readings["span"], let span = TimeSpan(value) else { return nil }
    self.id = id
    self.span = span
    self.readings = readings
    self.fields = fields
  }

  var isRepeated: Bool { !text("recurrence").isEmpty }

  func lines(
    at now: Instant, _ uids: [RecordID: String], _ addresses: EventAddresses
  ) -> [String] {
    var master = id
    if case .reference(let series)? = readings["series"] { master = series.id }
    let stamp = CalendarText.text(of: LocalTime(now, in: .gmt))
    var lines = [
      "BEGIN:VEVENT", "UID:\(uids[master] ?? ICalendarImport.uid(of: master))",
      "DTSTAMP:\(stamp)Z", property("DTSTART", span.start), property("DTEND", end),
      "SUMMARY:\(VCard.escaped(text("title")))",
    ]
    if let occurrence = LocalTime(text("occurrence")) {
      lines.append(property("RECURRENCE-ID", occurrence))
    }
    if let rule = RecurrenceRule(text("recurrence")) { lines.append("RRULE:\(rule)") }
    for time in elements("exceptions").compactMap({ LocalTime($0) }).sorted() {
      lines.append(property("EXDATE", time))
    }
    for (name, field) in [("LOCATION", "place"), ("DESCRIPTION", "notes")]
    where !text(field).isEmpty {
      lines.append("\(name):\(VCard.escaped(text(field)))")
    }
    lines += attendees(addresses)
    for minutes in elements("reminder_offsets").compactMap({ Int($0) }).sorted() {
      lines += [
        "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:\(VCard.escaped(text("title")))",
        "TRIGGER:-PT\(minutes)M", "END:VALARM",
      ]
    }
    return lines + ["END:VEVENT"]
  }

  /// The end as iCalendar has it: of whole days the day behind the last.
  private var end: LocalTime {
    span.isAllDay ? LocalTime(CivilDate(days: span.end.day.days + 1)) : span.end
  }

  private func property(_ name: String, _ time: LocalTime) -> String {
    guard time.second != nil else { return "\(name);VALUE=DATE:\(CalendarText.text(of: time))" }
    let text = CalendarText.text(of: time)
    return span.zone == "UTC" ? "\(name):\(text)Z" : "\(name);TZID=\(span.zone):\(text)"
  }

  private func attendees(_ addresses: EventAddresses) -> [String] {
    var people: [(key: String, name: String, address: String)] = []
    for field in ["users", "contacts"] {
      guard case .elements(let elements)? = readings[field] else { continue }
      for case .reference(let reference) in elements {
        guard let address = addresses.address(of: reference.id) else { continue }
        people.append((reference.id.description, reference.text, address))
      }
    }
    people += elements("guests").map { ($0, "", $0) }
    return people.map { key, name, address in
      let answers = ["yes": "ACCEPTED", "no": "DECLINED", "maybe": "TENTATIVE"]
      let answer = addresses.answer(of: key, to: id).flatMap { answers[$0] } ?? "NEEDS-ACTION"
      let plain = name.filter { !"\";:,".contains($0) && !$0.isNewline }
      let called = plain.isEmpty ? "" : ";CN=\(plain)"
      return "ATTENDEE\(called);PARTSTAT=\(answer):mailto:\(address)"
    }
  }

  private func text(_ name: String) -> String {
    guard let field = fields[name], let reading = readings[name] else { return "" }
    return reading.text(of: field)
  }

  private func elements(_ name: String) -> [String] {
    guard case .elements(let elements)? = readings[name], let field = fields[name] else {
      return []
    }
    return elements.map { $0.text(of: field) }
  }
}
