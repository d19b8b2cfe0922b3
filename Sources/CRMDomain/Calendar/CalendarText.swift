import CRDTCore

/// How iCalendar (RFC 5545) writes days and times.
enum CalendarText {
  /// Reads `20260313`, `20260313T140000`, or either with a `Z` behind it; `nil` for anything else.
  static func localTime(_ text: some StringProtocol) -> LocalTime? {
    let plain = text.hasSuffix("Z") ? String(text.dropLast()) : String(text)
    let halves = plain.split(separator: "T", omittingEmptySubsequences: false)
    guard let date = halves.first, date.utf8.count == 8, halves.count <= 2 else { return nil }
    let day = "\(date.prefix(4))-\(date.dropFirst(4).prefix(2))-\(date.suffix(2))"
    guard halves.count == 2 else { return LocalTime(day) }
    let time = halves[1]
    guard time.utf8.count == 6 else { return nil }
    return LocalTime(
      "\(day)T\(time.prefix(2)):\(time.dropFirst(2).prefix(2)):\(time.suffix(2))")
  }

  /// `20260313` or `20260313T140000`.
  static func text(of time: LocalTime) -> String {
    let day = time.day.description.replacing("-", with: "")
    guard let second = time.second else { return day }
    let parts = [second / 3_600, second / 60 % 60, second % 60]
    return day + "T" + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }
}
