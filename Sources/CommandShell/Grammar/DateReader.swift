import CRDTCore

/// Reads dates as people type them, relative to a given moment.
package struct DateReader: Sendable {
  /// The first year a date may lie in; an earlier one is a slip of the finger.
  private static let yearMin = 1800
  /// How many years ahead a date may lie.
  private static let yearsAheadMax = 100
  /// The greatest count of a unit, as in `+3d`.
  private static let countMax = 100_000

  private enum Unit: Hashable {
    case hour, day, week, month, quarter, year
  }

  package let calendar: LocalCalendar
  /// Whether what is dated lies in the past, so that a weekday is the last one, today included.
  private let isPast: Bool

  package init(calendar: LocalCalendar, isPast: Bool = false) {
    self.calendar = calendar
    self.isPast = isPast
  }

  /// Reads a day, a span of days or a moment.
  ///
  /// So are read: `friday`, `in 3 days`, `eom`, `13 mar`, `2026-03-13 14:30`, `last friday 17:00`.
  /// A weekday is the first after today, or of the past the last one, today included; `next` is that
  /// of next week, `last` the latest before today.
  package func read(_ text: String) throws(ReadingError) -> DateReading {
    if let instant = timestamp(text.trimmed) { return .moment(try near(instant, text)) }
    var words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    let second = words.last.flatMap(Self.secondOfDay)
    if second != nil { words.removeLast() }
    let today: DateReading? = second == nil ? nil : .day(calendar.today)
    guard let reading = words.isEmpty ? today : try read(words, text) else { throw notADate(text) }
    if case .moment(let instant) = reading {
      guard second == nil else { throw notADate(text) }
      return .moment(try near(instant, text))
    }
    let days = reading.days(in: calendar)
    try checkYear(of: days.lowerBound, text)
    try checkYear(of: days.upperBound, text)
    guard let second else { return reading }
    guard case .day(let day) = reading else { throw notADate(text) }
    return .moment(calendar.instant(on: day, second: second))
  }

  private func read(_ words: [String], _ text: String) throws(ReadingError) -> DateReading? {
    if let offset = offset(words) { return offset }
    if words.count == 1 { return try word(words[0], text) }
    if words.count == 2, let span = span(words[0], words[1]) { return span }
    return try monthDay(words, text)
  }

  private func word(_ word: String, _ text: String) throws(ReadingError) -> DateReading? {
    switch word {
    case "now": return .moment(calendar.now)
    case "today": return .day(calendar.today)
    case "tomorrow": return .day(calendar.today.adding(days: 1))
    case "yesterday": return .day(calendar.today.adding(days: -1))
    case "eow": return span(of: .week, 0)
    case "eom": return span(of: .month, 0)
    case "eoq": return span(of: .quarter, 0)
    case "eoy": return span(of: .year, 0)
    default: break
    }
    if let weekday = Self.index(of: word, in: LocalCalendar.weekdayNames) {
      if isPast {
        return .day(calendar.today.adding(days: -((calendar.today.weekday - weekday + 7) % 7)))
      }
      let ahead = (weekday - calendar.today.weekday + 7) % 7
      return .day(calendar.today.adding(days: ahead == 0 ? 7 : ahead))
    }
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, let year = Int(parts[0]),
      let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    return .day(try date(year: year, month: month, day: day, text))
  }

  /// `this week`, `last month`, `next friday`.
  private func span(_ which: String, _ what: String) -> DateReading? {
    guard let step = ["last": -1, "this": 0, "next": 1][which] else { return nil }
    if let weekday = Self.index(of: what, in: LocalCalendar.weekdayNames) {
      let today = calendar.today
      if step < 0 {
        let back = (today.weekday - weekday + 7) % 7
        return .day(today.adding(days: back == 0 ? -7 : -back))
      }
      return .day(today.adding(days: weekday - today.weekday + 7 * step))
    }
    return Self.unit(what).flatMap { span(of: $0, step) }
  }

  /// The week, month, quarter or year so many steps from the present one.
  private func span(of unit: Unit, _ step: Int) -> DateReading? {
    let today = calendar.today
    if unit == .week {
      let monday = today.adding(days: 1 - today.weekday + 7 * step)
      return .span(monday...monday.adding(days: 6))
    }
    guard let length = [.month: 1, .quarter: 3, .year: 12][unit] else { return nil }
    let (year, month, _) = today.parts
    let first = (month - 1) / length * length + 1
    guard let start = CivilDate(year: year, month: first, day: 1)?.adding(months: step * length),
      let next = start.adding(months: length)
    else { return nil }
    return .span(start...next.adding(days: -1))
  }

  /// `in 3 days`, `3 days ago`, `+3d`, `-3d`.
  private func offset(_ words: [String]) -> DateReading? {
    var text = words.joined()
    var sign = 1
    if text.hasPrefix("+") {
      text.removeFirst()
    } else if text.hasPrefix("-") {
      text.removeFirst()
      sign = -1
    } else if words[0] == "in" {
      text.removeFirst(2)
    } else if words.count > 1, words.last == "ago" {
      text.removeLast(3)
      sign = -1
    } else {
      return nil
    }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits), count <= Self.countMax,
      let unit = Self.unit(String(text.dropFirst(digits.count)))
    else { return nil }
    let today = calendar.today
    switch unit {
    case .hour:
      let moved = calendar.now.milliseconds + Int64(sign * count) * 3_600_000
      return .moment(Instant(milliseconds: moved))
    case .day: return .day(today.adding(days: sign * count))
    case .week: return .day(today.adding(days: sign * count * 7))
    case .month: return today.adding(months: sign * count).map { .day($0) }
    case .quarter: return today.adding(months: sign * count * 3).map { .day($0) }
    case .year: return today.adding(months: sign * count * 12).map { .day($0) }
    }
  }

  /// `13 mar`, `mar 13`, `13 mar 2027`; without a year, this year's.
  private func monthDay(_ words: [String], _ text: String) throws(ReadingError) -> DateReading? {
    guard words.count <= 3 else { return nil }
    for (first, second) in [(words[0], words[1]), (words[1], words[0])] {
      guard let day = Int(first), (1...31).contains(day),
        let month = Self.index(of: second, in: LocalCalendar.monthNames)
      else { continue }
      guard words.count == 3 else {
        return .day(try date(year: calendar.today.parts.year, month: month, day: day, text))
      }
      guard words[2].count == 4, let year = Int(words[2]) else { return nil }
      return .day(try date(year: year, month: month, day: day, text))
    }
    return nil
  }

  private func date(
    year: Int, month: Int, day: Int, _ text: String
  ) throws(ReadingError) -> CivilDate {
    if let date = CivilDate(year: year, month: month, day: day) { return date }
    guard (1...12).contains(month), (1...31).contains(day),
      let last = CivilDate(
        year: year, month: month, day: CivilDate.dayCount(year: year, month: month))
    else { throw notADate(text) }
    let overflow = last.adding(days: day - last.parts.day)
    let format = PeopleFormat(calendar: calendar)
    throw .notADate(text, suggestions: [last, overflow].map(format.dayAndMonth))
  }

  private func notADate(_ text: String) -> ReadingError {
    let words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    let known =
      ["today", "tomorrow", "yesterday"] + LocalCalendar.weekdayNames.map { $0.lowercased() }
    let nearest = words.count == 1 ? Nearest.words(to: words[0], in: known) : []
    return .notADate(text, suggestions: nearest)
  }

  private func checkYear(of day: CivilDate, _ text: String) throws(ReadingError) {
    let years = Self.yearMin...calendar.today.parts.year + Self.yearsAheadMax
    guard years.contains(day.parts.year) else { throw .farDate(text, year: day.parts.year) }
  }

  private func near(_ instant: Instant, _ text: String) throws(ReadingError) -> Instant {
    try checkYear(of: calendar.local(instant).day, text)
    return instant
  }
}

extension DateReader {
  private static func unit(_ word: String) -> Unit? {
    switch word {
    case "h", "hour", "hours": .hour
    case "d", "day", "days": .day
    case "w", "week", "weeks": .week
    case "mo", "month", "months": .month
    case "q", "quarter", "quarters": .quarter
    case "y", "year", "years": .year
    default: nil
    }
  }

  /// The place, from 1, of the name that a word of at least three letters begins.
  private static func index(of word: String, in names: [String]) -> Int? {
    guard word.count >= 3 else { return nil }
    return names.firstIndex { $0.lowercased().hasPrefix(word) }.map { $0 + 1 }
  }

  /// `14:30` or `14:30:05`, as seconds since midnight.
  private static func secondOfDay(_ word: String) -> Int? {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, (1...2).contains(parts[0].count),
      parts.dropFirst().allSatisfy({ $0.count == 2 }), parts.joined().allSatisfy(\.isASCII)
    else { return nil }
    let numbers = parts.compactMap { UInt8($0).map(Int.init) }
    guard numbers.count == parts.count, numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 })
    else { return nil }
    return zip(numbers, [3_600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// RFC 3339, as our own JSON prints it: `2026-03-12T18:06:00+01:00`; without an offset, local.
  private func timestamp(_ text: String) -> Instant? {
    let halves = text.split(separator: "T", omittingEmptySubsequences: false)
    guard halves.count == 2, let day = CivilDate(halves[0]) else { return nil }
    let clock = halves[1].prefix { $0.isNumber || $0 == ":" }
    var rest = halves[1].dropFirst(clock.count)
    guard let second = Self.secondOfDay(String(clock)) else { return nil }
    var milliseconds: Int64 = 0
    if rest.first == "." {
      let digits = rest.dropFirst().prefix(while: \.isNumber)
      guard let value = Int64((digits + "00").prefix(3)), !digits.isEmpty else { return nil }
      milliseconds = value
      rest = rest.dropFirst(digits.count + 1)
    }
    if rest.isEmpty {
      let local = calendar.instant(on: day, second: second)
      return Instant(milliseconds: local.milliseconds + milliseconds)
    }
    var offset = 0
    if rest != "Z" {
      guard let sign = ["+": 1, "-": -1][rest.first],
        let seconds = Self.secondOfDay(String(rest.dropFirst()))
      else { return nil }
      offset = sign * seconds
    }
    let utc = Int64(day.days) * 86_400 + Int64(second - offset)
    return Instant(milliseconds: utc * 1_000 + milliseconds)
  }
}
