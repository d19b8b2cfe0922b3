import CRDTCore

/// When something comes again: the part of RFC 5545, section 3.3.10, that counts in days.
///
/// `FREQ` from `DAILY` on, `INTERVAL`, `COUNT`, `UNTIL`, `BYDAY`, `BYMONTHDAY`, `BYMONTH` and weeks that
/// begin on Monday. A rule that asks for more is refused as a whole, never followed in part.
package struct RecurrenceRule: Hashable, Sendable {
  package enum Frequency: String, Hashable, Sendable {
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"
    case yearly = "YEARLY"
  }

  /// A day of the week, of a month or year perhaps the first, the second or the last one.
  package struct Weekday: Hashable, Sendable {
    /// 1 for Monday to 7 for Sunday.
    package let day: Int
    /// Which one, from the end if less than 0; `nil` for each.
    package let place: Int?
  }

  /// The last time at which it may come.
  package enum End: Hashable, Sendable {
    case local(LocalTime)
    case utc(LocalTime)
  }

  package let frequency: Frequency
  package var interval = 1
  /// How often it comes in all.
  package var count: Int?
  package var until: End?
  package var weekdays: [Weekday] = []
  /// Days of the month, from its end if less than 0.
  package var monthDays: [Int] = []
  package var months: [Int] = []

  package init(_ frequency: Frequency) { self.frequency = frequency }

  /// Reads a rule, or words such as `weekly`, `every 2 weeks` and `every monday`; `nil` for anything else.
  package init?(_ text: String) {
    if let rule = Self.spoken(text.lowercased()) {
      self = rule
      return
    }
    var parts: [String: String] = [:]
    for piece in text.uppercased().split(separator: ";") {
      let sides = piece.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, parts.updateValue(sides[1], forKey: sides[0]) == nil else {
        return nil
      }
    }
    guard let frequency = parts.removeValue(forKey: "FREQ").flatMap(Frequency.init(rawValue:))
    else { return nil }
    self.init(frequency)
    for (name, value) in parts {
      guard read(name, value) else { return nil }
    }
    guard count == nil || until == nil else { return nil }
    if frequency == .daily || frequency == .weekly {
      guard weekdays.allSatisfy({ $0.place == nil }), frequency == .daily || monthDays.isEmpty
      else { return nil }
    }
  }

  private mutating func read(_ name: String, _ value: String) -> Bool {
    func numbers(_ range: ClosedRange<Int>) -> [Int]? {
      let items = value.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      let known = items.compactMap(\.self)
      guard known.count == items.count, known.allSatisfy({ range.contains($0) && $0 != 0 }) else {
        return nil
      }
      return Set(known).sorted()
    }
    switch name {
    case "INTERVAL": interval = numbers(1...1_000)?.first ?? 0
    case "COUNT": count = numbers(1...10_000)?.first ?? 0
    case "BYMONTHDAY": monthDays = numbers(-31...31) ?? []
    case "BYMONTH": months = numbers(1...12) ?? []
    case "BYDAY": weekdays = Self.weekdays(value) ?? []
    case "WKST": return value == "MO"
    case "UNTIL": until = Self.end(value)
    case _: return false
    }
    switch name {
    case "INTERVAL": return interval > 0
    case "COUNT": return count != 0
    case "BYMONTHDAY": return !monthDays.isEmpty
    case "BYMONTH": return !months.isEmpty
    case "BYDAY": return !weekdays.isEmpty
    case _: return until != nil
    }
  }

  static let dayCodes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

  private static func weekdays(_ text: String) -> [Weekday]? {
    let items = text.split(separator: ",", omittingEmptySubsequences: false)
    let days = items.compactMap { item -> Weekday? in
      guard let day = dayCodes.firstIndex(of: String(item.suffix(2))) else { return nil }
      let digits = item.dropLast(2)
      if digits.isEmpty { return Weekday(day: day + 1, place: nil) }
      guard let place = Int(digits), place != 0, (-53...53).contains(place) else { return nil }
      return Weekday(day: day + 1, place: place)
    }
    var seen: Set<Weekday> = []
    return days.count == items.count ? days.filter { seen.insert($0).inserted } : nil
  }

  /// `20260313`, `20260313T140000` or `20260313T130000Z`.
  private static func end(_ text: String) -> End? {
    CalendarText.localTime(text).map { text.hasSuffix("Z") ? .utc($0) : .local($0) }
  }

  /// `daily`, `weekly`, `every month`, `every 2 weeks`, `every monday`.
  private static func spoken(_ text: String) -> RecurrenceRule? {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let simple: [String: Frequency] = [
      "daily": .daily, "weekly": .weekly, "monthly": .monthly, "yearly": .yearly,
    ]
    let units: [String: Frequency] = [
      "day": .daily, "week": .weekly, "month": .monthly, "year": .yearly,
    ]
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    guard let last = words.last else { return nil }
    if words.count == 1 { return simple[last].map { RecurrenceRule($0) } }
    guard words[0] == "every" else { return nil }
    if words.count == 2, let unit = units[last] { return RecurrenceRule(unit) }
    if words.count == 2, last.count >= 3, let day = days.firstIndex(where: { $0.hasPrefix(last) }) {
      var rule = RecurrenceRule(.weekly)
      rule.weekdays = [Weekday(day: day + 1, place: nil)]
      return rule
    }
    guard words.count == 3, let interval = Int(words[1]), (1...1_000).contains(interval),
      last.hasSuffix("s"), let unit = units[String(last.dropLast())]
    else { return nil }
    var rule = RecurrenceRule(unit)
    rule.interval = interval
    return rule
  }
}

extension RecurrenceRule: CustomStringConvertible {
  /// The rule as RFC 5545 writes it: `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR`.
  package var description: String {
    var parts = ["FREQ=\(frequency.rawValue)"]
    if interval != 1 { parts.append("INTERVAL=\(interval)") }
    if let count { parts.append("COUNT=\(count)") }
    switch until {
    case .local(let time): parts.append("UNTIL=\(CalendarText.text(of: time))")
    case .utc(let time): parts.append("UNTIL=\(CalendarText.text(of: time))Z")
    case nil: break
    }
    func add(_ name: String, _ items: [String]) {
      if !items.isEmpty { parts.append("\(name)=\(items.joined(separator: ","))") }
    }
    add("BYMONTH", months.map(String.init))
    add("BYMONTHDAY", monthDays.map(String.init))
    add("BYDAY", weekdays.map { ($0.place.map(String.init) ?? "") + Self.dayCodes[$0.day - 1] })
    return parts.joined(separator: ";")
  }
}
