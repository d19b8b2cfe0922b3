package import CRDTCore
package import Foundation

/// From when until when, by the clocks of one place: what an event says as one value.
///
/// Kept as clocks show it, so that what comes again every week stays at its hour when clocks are changed.
package struct TimeSpan: Hashable, Sendable {
  package let start: LocalTime
  /// When it ends; of whole days the last one.
  package let end: LocalTime
  /// The name of the place's time zone: `Europe/Berlin`.
  package let zone: String

  /// `nil` where it would end before it begins, mixes days and times, or there is no such zone.
  package init?(start: LocalTime, end: LocalTime, zone: String) {
    guard start <= end, (start.second == nil) == (end.second == nil),
      TimeZone(identifier: zone) != nil
    else { return nil }
    self.start = start
    self.end = end
    self.zone = Self.isUTC(zone) ? "UTC" : zone
  }

  /// Whether a zone is UTC by one of its many names.
  static func isUTC(_ zone: String) -> Bool {
    ["utc", "etc/utc", "gmt", "etc/gmt", "uct", "etc/uct", "zulu"].contains(zone.lowercased())
  }

  /// What a field of a record says; `nil` if it says nothing that can be understood.
  package init?(_ value: Value) {
    self.init(texts: StructureFormat.texts(of: value))
  }

  init?(texts: [String: String]) {
    guard let start = texts["start"].flatMap({ LocalTime($0) }) else { return nil }
    let end = texts["end"].flatMap { LocalTime($0) } ?? start
    self.init(start: start, end: end, zone: texts["time_zone"] ?? "UTC")
  }

  /// Whether it is about whole days.
  package var isAllDay: Bool { start.second == nil }

  package var timeZone: TimeZone { TimeZone(identifier: zone) ?? .gmt }

  /// The moment it begins.
  package var startInstant: Instant { start.instant(in: timeZone) }

  /// The moment it ends; of whole days the end of the last.
  package var endInstant: Instant {
    guard end.second == nil else { return end.instant(in: timeZone) }
    return timeZone.instant(on: CivilDate(days: end.day.days + 1))
  }

  /// The same, beginning on another day at the same time by the clock.
  package func moved(to day: CivilDate) -> TimeSpan? {
    let last = CivilDate(days: end.day.days + day.days - start.day.days)
    return TimeSpan(
      start: LocalTime(day, second: start.second), end: LocalTime(last, second: end.second),
      zone: zone)
  }

  /// Its parts, as a field of a record holds them.
  var texts: [String: String] {
    ["start": start.description, "end": end.description, "time_zone": zone]
  }

  /// The value of a field.
  package var value: Value { StructureFormat.timeSpan.value(of: texts) }

  /// Reads `2026-03-13T14:00/2026-03-13T15:00 Europe/Berlin`; the end and the zone may be left out.
  init?(text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard let times = words.first?.split(separator: "/"), words.count <= 2,
      (1...2).contains(times.count),
      let start = LocalTime(times[0]), let end = times.last.flatMap({ LocalTime($0) })
    else { return nil }
    self.init(start: start, end: end, zone: words.count == 2 ? words[1] : "UTC")
  }
}

extension TimeSpan: CustomStringConvertible {
  /// `2026-03-13T14:00/2026-03-13T15:00 Europe/Berlin`.
  package var description: String { "\(start)/\(end) \(zone)" }
}
