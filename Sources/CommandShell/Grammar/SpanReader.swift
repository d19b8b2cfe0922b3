import CRDTCore
import CRMDomain
import Foundation

/// Reads from when until when something takes place: `friday 14:00 to 15:30`, `tomorrow 9:00 for 90m`,
/// `13 mar to 15 mar`, `friday 14:00 Europe/Paris`.
struct SpanReader {
  /// The moment it is, and where the person is.
  let calendar: LocalCalendar

  /// How long something takes that says only when it begins, in minutes.
  private static let minutesUsual = 60

  /// The span; `nil` of a text that is to be read as records write it.
  ///
  /// - Throws: ``ReadingError``.
  func read(_ text: String) throws -> TimeSpan? {
    guard !text.contains("="), !text.contains("/2") else { return nil }
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    var calendar = calendar
    if let last = words.last, last.contains("/") || last == "UTC",
      let zone = TimeZone(identifier: last)
    {
      calendar = LocalCalendar(now: calendar.now, timeZone: zone)
      words.removeLast()
    }
    let sign = words.firstIndex { ["to", "until", "for"].contains($0.lowercased()) }
    let first = words[..<(sign ?? words.endIndex)].joined(separator: " ")
    let rest = sign.map { words[($0 + 1)...].joined(separator: " ") } ?? ""
    let reading = try DateReader(calendar: calendar).read(first)
    let isFor = sign.map { words[$0].lowercased() == "for" } ?? false
    guard case .moment(let start) = reading else {
      return try days(from: reading, isFor ? nil : rest, calendar, text)
    }
    let end: Instant
    if isFor || rest.isEmpty {
      guard let minutes = rest.isEmpty ? Self.minutesUsual : DurationReader.minutes(rest) else {
        throw ReadingError.notADate(text, suggestions: [])
      }
      end = Instant(milliseconds: start.milliseconds + Int64(minutes) * 60_000)
    } else {
      // `to 15:00` is three on the day it begins.
      let later = LocalCalendar(now: start, timeZone: calendar.timeZone)
      end = try DateReader(calendar: later).read(rest).start(in: later)
    }
    let zone = calendar.timeZone
    guard
      let span = TimeSpan(
        start: LocalTime(start, in: zone), end: LocalTime(end, in: zone), zone: zone.identifier)
    else { throw ReadingError.notADate(text, suggestions: []) }
    return span
  }

  /// Whole days.
  private func days(
    from reading: DateReading, _ rest: String?, _ calendar: LocalCalendar, _ text: String
  ) throws -> TimeSpan {
    guard let rest else { throw ReadingError.notADate(text, suggestions: []) }
    let days = reading.days(in: calendar)
    let first = calendar.instant(on: days.lowerBound)
    let later = LocalCalendar(now: first, timeZone: calendar.timeZone)
    let last =
      try rest.isEmpty ? days.upperBound : DateReader(calendar: later).read(rest).day(in: later)
    guard
      let span = TimeSpan(
        start: LocalTime(days.lowerBound), end: LocalTime(last), zone: calendar.timeZone.identifier)
    else { throw ReadingError.notADate(text, suggestions: []) }
    return span
  }
}
