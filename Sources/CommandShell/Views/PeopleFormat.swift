package import CRDTCore
import CRMDomain
import Foundation

/// Writes dates, moments, ages and amounts the way people say them.
package struct PeopleFormat: Sendable {
  package let calendar: LocalCalendar

  package init(calendar: LocalCalendar) {
    self.calendar = calendar
  }

  /// `today`, `tomorrow`, `yesterday`, else ``weekdayAndDate(_:)``.
  package func day(_ day: CivilDate) -> String {
    switch Int(day.days) - Int(calendar.today.days) {
    case 0: "today"
    case 1: "tomorrow"
    case -1: "yesterday"
    default: weekdayAndDate(day)
    }
  }

  /// `Fri 13 Mar`; with the year if it is not this one.
  package func weekdayAndDate(_ day: CivilDate) -> String {
    "\(weekday(day)) \(dayAndMonth(day))"
  }

  /// `Fri 2026-03-13`: how a reading is echoed, leaving nothing open.
  package func resolved(_ day: CivilDate) -> String { "\(weekday(day)) \(day)" }

  /// `13 Mar`; with the year if it is not this one.
  package func dayAndMonth(_ day: CivilDate) -> String {
    let (year, month, number) = day.parts
    let text = "\(number) \(LocalCalendar.monthNames[month - 1].prefix(3))"
    return year == calendar.today.parts.year ? text : "\(text) \(year)"
  }

  /// As ``moment(_:)``; at midnight the day alone, for that is what somebody typed.
  package func dayOrMoment(_ instant: Instant) -> String {
    let (day, _) = calendar.local(instant)
    return calendar.instant(on: day) == instant ? self.day(day) : moment(instant)
  }

  /// `today 09:40`, `yesterday 18:42`, `Thu 12 Mar 14:20`.
  package func moment(_ instant: Instant) -> String {
    let (day, second) = calendar.local(instant)
    return "\(self.day(day)) \(Self.time(second))"
  }

  /// `Thu 12 Mar 14:20:45`: as precise as a comparison of two acts needs.
  package func stamp(_ instant: Instant) -> String {
    let (day, second) = calendar.local(instant)
    return "\(weekdayAndDate(day)) \(Self.time(second, withSeconds: true))"
  }

  /// `Thu 12 Mar 14:00–15:30`, by the clocks of its own place, which is named where it is another.
  func span(_ span: TimeSpan) -> String {
    func text(_ time: LocalTime) -> String { time.second.map { Self.time($0) } ?? "" }
    let isHere =
      span.timeZone.offset(atSecond: span.startInstant.milliseconds / 1_000)
      == Int64(calendar.offsetSeconds(at: span.startInstant))
    let zone = isHere ? "" : " \(span.zone)"
    let isOneDay = span.start.day == span.end.day
    guard !span.isAllDay else {
      return day(span.start.day) + (isOneDay ? "" : " – \(day(span.end.day))")
    }
    let end = isOneDay ? "–\(text(span.end))" : " – \(day(span.end.day)) \(text(span.end))"
    return "\(day(span.start.day)) \(text(span.start))\(end)\(zone)"
  }

  /// `14:20`.
  package func time(_ instant: Instant) -> String { Self.time(calendar.local(instant).second) }

  /// `14:20:45`.
  func timeWithSeconds(_ instant: Instant) -> String {
    Self.time(calendar.local(instant).second, withSeconds: true)
  }

  /// RFC 3339 with the offset here, for machines: `2026-03-12T18:06:00+01:00`.
  package func timestamp(_ instant: Instant) -> String {
    let (day, second) = calendar.local(instant)
    let offset = calendar.offsetSeconds(at: instant) / 60
    let sign = offset < 0 ? "-" : "+"
    let zone = "\(Self.twoDigits(abs(offset) / 60)):\(Self.twoDigits(abs(offset) % 60))"
    return "\(day)T\(Self.time(second, withSeconds: true))\(sign)\(zone)"
  }

  /// RFC 3339 in UTC, to the millisecond: `2026-03-12T17:06:00.004Z`.
  package static func utcTimestamp(_ instant: Instant) -> String {
    let utc = PeopleFormat(calendar: LocalCalendar(now: instant, timeZone: .gmt))
    let second = instant.milliseconds.flooredQuotient(1_000) * 1_000
    let milliseconds = "\(1_000 + instant.milliseconds - second)".dropFirst()
    return utc.timestamp(instant).prefix(19) + ".\(milliseconds)Z"
  }

  /// How long ago a moment was, in its largest unit: `20 min`, `15 h`, `3 d`; a moment ahead of now
  /// is `now`.
  package func age(of instant: Instant) -> String {
    Self.age(milliseconds: calendar.now.milliseconds - instant.milliseconds)
  }

  /// A length of time in its largest unit, rounded down.
  package static func age(milliseconds: Int64) -> String {
    let seconds = milliseconds / 1_000
    switch seconds {
    case ..<1: return "now"
    case ..<60: return "\(seconds) s"
    case ..<3_600: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3_600) h"
    default: return "\(seconds / 86_400) d"
    }
  }

  /// A length of time in its two largest units: `4 h 28 min`, `2 s`.
  package static func duration(milliseconds: Int64) -> String {
    let seconds = milliseconds.magnitude / 1_000
    let units: [(UInt64, String)] = [
      (31_536_000, "y"), (86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"),
    ]
    let first = units.firstIndex { seconds >= $0.0 } ?? units.count - 1
    var parts = ["\(seconds / units[first].0) \(units[first].1)"]
    if first + 1 < units.count {
      let rest = seconds % units[first].0 / units[first + 1].0
      if rest > 0 { parts.append("\(rest) \(units[first + 1].1)") }
    }
    return parts.joined(separator: " ")
  }

  /// How long something took, as exactly as matters: `12 ms`, `3.2 s`, `2 min 5 s`.
  static func elapsed(milliseconds: Int64) -> String {
    switch milliseconds {
    case ..<1_000: "\(milliseconds) ms"
    case ..<60_000: "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    default: duration(milliseconds: milliseconds)
    }
  }

  private func weekday(_ day: CivilDate) -> String {
    String(LocalCalendar.weekdayNames[day.weekday - 1].prefix(3))
  }

  private static func time(_ second: Int, withSeconds: Bool = false) -> String {
    let minutes = "\(twoDigits(second / 3_600)):\(twoDigits(second / 60 % 60))"
    return withSeconds ? "\(minutes):\(twoDigits(second % 60))" : minutes
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

// MARK: - Numbers

extension PeopleFormat {
  /// `€18,400`, `€6,250.50`, `CHF 1,200`, `-€3`; minor digits only where there are any.
  package static func money(_ money: Money) -> String {
    let parts = money.amountText.split(separator: ".")
    let isNegative = money.minorUnits < 0
    let whole = grouped(parts[0].drop { $0 == "-" })
    let fraction = parts.count > 1 && parts[1].contains { $0 != "0" } ? ".\(parts[1])" : ""
    let code = money.currency.description
    let marker = Currencies.symbolByCode[code] ?? "\(code) "
    return (isNegative ? "-" : "") + marker + whole + fraction
  }

  /// `1,250.5`: all digits of a number, in groups of three.
  package static func number(_ number: DecimalNumber) -> String {
    let parts = number.description.split(separator: ".")
    let whole = grouped(parts[0].drop { $0 == "-" })
    return (number.mantissa < 0 ? "-" : "") + whole + (parts.count > 1 ? ".\(parts[1])" : "")
  }

  /// `8,800`.
  package static func number(_ number: some BinaryInteger) -> String {
    (number < 0 ? "-" : "") + grouped(String(number.magnitude)[...])
  }

  private static func grouped(_ digits: Substring) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
