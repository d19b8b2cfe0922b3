import CRDTCore
import Foundation

/// Reads the events of an iCalendar file.
///
/// Source: RFC 5545. What an event of ours has no field for is left alone; what would make it take place at
/// another time than meant is refused with the reason.
struct ICalendarReader {
  /// One event of the file.
  struct Event {
    /// The line in which it begins.
    let line: Int
    let uid: String
    let title: String
    let span: TimeSpan
    let place: String?
    let notes: String?
    let rule: RecurrenceRule?
    let exceptions: [LocalTime]
    /// The time of a series that it takes the place of.
    let occurrence: LocalTime?
    let isCancelled: Bool
    let attendees: [(address: String, answer: String)]
    let reminders: [Int64]
  }

  /// An event that cannot be taken, and why.
  struct Refusal: Error {
    let line: Int
    let reason: String
  }

  /// The events, and those that cannot be taken, in the order of the file.
  private(set) var events: [Event] = []
  private(set) var refusals: [Refusal] = []

  /// Reads a file; times without a zone are those of `usualZone`.
  ///
  /// - Throws: ``ICalendarError``.
  init(_ bytes: [UInt8], usualZone: TimeZone) throws(ICalendarError) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
    var path: [String] = []
    var begin = 0
    var properties: [VCard.Property] = []
    var alarms: [VCard.Property] = []
    var isCancelled = false
    for line in VCardReader.unfolded(text) {
      guard let property = VCardReader.property(of: line.text) else {
        throw .wrongLine(line: line.number)
      }
      switch property.name {
      case "BEGIN":
        path.append(property.value.uppercased())
        if path == ["VCALENDAR", "VEVENT"] { (begin, properties, alarms) = (line.number, [], []) }
      case "END":
        guard path.popLast() == property.value.uppercased() else {
          throw .wrongLine(line: line.number)
        }
        guard path == ["VCALENDAR"], property.value.uppercased() == "VEVENT" else { continue }
        do throws(Refusal) {
          events.append(
            try Self.event(
              EventLines(line: begin, properties: properties, usualZone: usualZone), alarms,
              isCancelled))
        } catch {
          refusals.append(error)
        }
      case "METHOD" where path == ["VCALENDAR"]:
        isCancelled = property.value.uppercased() == "CANCEL"
      case _:
        if path == ["VCALENDAR", "VEVENT"] { properties.append(property) }
        if path == ["VCALENDAR", "VEVENT", "VALARM"] { alarms.append(property) }
      }
    }
    guard path.isEmpty else { throw .unfinished }
    guard !events.isEmpty || !refusals.isEmpty else { throw .empty }
  }

  private static func event(
    _ lines: EventLines, _ alarms: [VCard.Property], _ isCancelled: Bool
  ) throws(Refusal) -> Event {
    let span = try lines.span()
    guard let uid = lines.text("UID") else { throw lines.refusal("it has no UID") }
    var rule: RecurrenceRule?
    if let text = lines.text("RRULE") {
      rule = RecurrenceRule(text)
      if rule == nil { throw lines.refusal("its rule \(text) is not understood") }
    }
    guard lines.text("RDATE") == nil else {
      throw lines.refusal("it takes place on days of a list (RDATE)")
    }
    var occurrence: LocalTime?
    if let property = lines.first("RECURRENCE-ID") {
      occurrence = try lines.times(of: property, in: span).first
    }
    var exceptions: [LocalTime] = []
    for property in lines.all("EXDATE") { exceptions += try lines.times(of: property, in: span) }
    let answers = ["ACCEPTED": "yes", "DECLINED": "no", "TENTATIVE": "maybe"]
    let attendees = lines.all("ATTENDEE").compactMap { property -> (String, String)? in
      let value = property.value
      guard value.lowercased().hasPrefix("mailto:"),
        let address = TextForm.email.canonical(String(value.dropFirst(7)))
      else { return nil }
      let state = property.parameters["partstat"]?.first?.uppercased() ?? ""
      return (address, answers[state] ?? "open")
    }
    return Event(
      line: lines.line, uid: uid, title: lines.text("SUMMARY") ?? "(untitled)", span: span,
      place: lines.text("LOCATION"), notes: lines.text("DESCRIPTION"), rule: rule,
      exceptions: exceptions, occurrence: occurrence,
      isCancelled: isCancelled || lines.text("STATUS")?.uppercased() == "CANCELLED",
      attendees: attendees,
      reminders: alarms.filter { $0.name == "TRIGGER" }.compactMap { minutes(ahead: $0.value) })
  }

  /// `-PT15M`: how many minutes ahead; `nil` of what is not counted from the beginning.
  private static func minutes(ahead text: String) -> Int64? {
    guard text.hasPrefix("-") else { return nil }
    return EventLines.seconds(text.dropFirst()).map { Int64($0 / 60) }
  }
}

/// The properties of one event.
private struct EventLines {
  let line: Int
  let properties: [VCard.Property]
  let usualZone: TimeZone

  func all(_ name: String) -> [VCard.Property] { properties.filter { $0.name == name } }

  func first(_ name: String) -> VCard.Property? { properties.first { $0.name == name } }

  /// The value of a property; `nil` if it has none.
  func text(_ name: String) -> String? {
    first(name).map(\.value).flatMap { $0.isEmpty ? nil : $0 }
  }

  func refusal(_ reason: String) -> ICalendarReader.Refusal {
    ICalendarReader.Refusal(line: line, reason: reason)
  }

  /// From when until when it takes place.
  func span() throws(ICalendarReader.Refusal) -> TimeSpan {
    guard let property = first("DTSTART"), let start = CalendarText.localTime(property.value) else {
      throw refusal("it does not say when it begins")
    }
    let zone = try self.zone(of: property)
    var end = start
    if let property = first("DTEND") {
      guard let time = CalendarText.localTime(property.value) else {
        throw refusal("its end is no time")
      }
      // The end may be by other clocks, of a flight for one.
      let there = try self.zone(of: property)
      end = time.second == nil ? time : LocalTime(time.instant(in: there), in: zone)
      if time.second == nil { end = LocalTime(CivilDate(days: time.day.days - 1)) }
    } else if let length = text("DURATION") {
      guard let seconds = Self.seconds(length[...]) else { throw refusal("its length is no time") }
      end = Self.end(start, seconds, zone)
    }
    guard let span = TimeSpan(start: start, end: max(start, end), zone: zone.identifier) else {
      throw refusal("its end and its beginning do not fit")
    }
    return span
  }

  private static func end(_ start: LocalTime, _ seconds: Int, _ zone: TimeZone) -> LocalTime {
    guard start.second != nil else {
      return LocalTime(CivilDate(days: start.day.days + Int32(max(0, seconds / 86_400 - 1))))
    }
    let moment = start.instant(in: zone).milliseconds + Int64(seconds) * 1_000
    return LocalTime(Instant(milliseconds: moment), in: zone)
  }

  /// Times of a series, as its own clocks show them.
  func times(
    of property: VCard.Property, in span: TimeSpan
  ) throws(ICalendarReader.Refusal) -> [LocalTime] {
    var times: [LocalTime] = []
    for text in property.value.split(separator: ",") {
      guard let time = CalendarText.localTime(text) else {
        throw refusal("its \(property.name) is no time")
      }
      guard time.second != nil, !span.isAllDay else {
        times.append(LocalTime(time.day, second: span.start.second))
        continue
      }
      let zone = text.hasSuffix("Z") ? TimeZone.gmt : try self.zone(of: property)
      times.append(LocalTime(time.instant(in: zone), in: span.timeZone))
    }
    return times
  }

  /// Where the clocks are by which a time is told.
  private func zone(of property: VCard.Property) throws(ICalendarReader.Refusal) -> TimeZone {
    if property.value.hasSuffix("Z") { return TimeZone(identifier: "UTC") ?? .gmt }
    guard let name = property.parameters["tzid"]?.first else { return usualZone }
    let plain = name.filter { $0 != "\"" }
    let known = TimeZone.knownTimeZoneIdentifiers.first { $0.lowercased() == plain }
    guard
      let zone = known.flatMap({ TimeZone(identifier: $0) }) ?? (TimeSpan.isUTC(plain) ? .gmt : nil)
    else { throw refusal("its time zone \(plain) is not known") }
    return zone
  }

  /// The longest duration that is taken: ten years.
  private static let secondsMax = 3_660 * 86_400

  /// `PT1H30M`, `P1D`, `P2W`; `nil` for anything else.
  static func seconds(_ text: Substring) -> Int? {
    guard text.first == "P" else { return nil }
    var rest = text.dropFirst()
    var isTime = false
    var sum = 0
    while let first = rest.first {
      if first == "T" {
        isTime = true
        rest = rest.dropFirst()
        continue
      }
      let digits = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(digits.count)
      guard digits.count <= 6, let count = Int(digits), let unit = rest.popFirst() else {
        return nil
      }
      switch (unit, isTime) {
      case ("W", false): sum += count * 604_800
      case ("D", false): sum += count * 86_400
      case ("H", true): sum += count * 3_600
      case ("M", true): sum += count * 60
      case ("S", true): sum += count
      case (_, _): return nil
      }
      guard sum <= secondsMax else { return nil }
    }
    return sum
  }
}

/// A file that holds no iCalendar; nothing was stored.
package enum ICalendarError: Error, Hashable, Sendable {
  case empty
  case notUTF8
  case wrongLine(line: Int)
  case unfinished
  case tooLong
}

extension ICalendarError: UserFacingError {
  package var summary: String {
    switch self {
    case .empty: "The file holds no event."
    case .notUTF8: "The file is not UTF-8 text."
    case .wrongLine(let line): "Line \(line) of the file is no line of iCalendar."
    case .unfinished: "The file breaks off in the middle of an event."
    case .tooLong: "The file is longer than \(ICalendarImport.bytesMax >> 20) MiB."
    }
  }

  package var hint: String? {
    switch self {
    case .empty, .wrongLine, .unfinished: "An event is between BEGIN:VEVENT and END:VEVENT."
    case .notUTF8: "Export it in UTF-8 and import that."
    case .tooLong: "Import it in parts."
    }
  }
}
