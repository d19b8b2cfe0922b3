import Foundation

/// A text that has to look a certain way: what can be told wrong at sight is refused where it is typed.
///
/// What a form accepts is kept as the person grouped it; only what means nothing is taken away.
package enum TextForm: Hashable, Sendable {
  case email
  case phone
  /// An address of the web, with or without its scheme.
  case web
  /// Days of the week, in order: `mon tue wed`.
  case weekdays
  /// From when until when: `09:00-17:30`.
  case hoursOfDay
  /// When something comes again, as a rule of RFC 5545.
  case recurrence
  /// What a clock on the wall shows: `2026-03-13T14:00`.
  case localTime
  /// What numbers look like: `{year}-DL-{node}-{number}`.
  case numberSeries
  /// A name of the palette, or `#` and six digits.
  case colour

  /// The form in which a text is stored; `nil` if it cannot be what it should.
  ///
  /// `country` is the calling code that a telephone number without one gets: `+49`.
  package func canonical(_ text: String, country: String? = nil) -> String? {
    let text = NameFolding.normalized(text.trimmed)
    return switch self {
    case .email: Self.email(text)
    case .phone: Self.phone(text, country: country)
    case .web: Self.web(text)
    case .weekdays: Self.weekdays(text)
    case .hoursOfDay: Self.hours(text)
    case .recurrence: RecurrenceRule(text)?.description
    case .localTime: LocalTime(text.replacing(" ", with: "T"))?.description
    case .numberSeries: DealNumber.isSeries(text) ? text : nil
    case .colour: Colour(text)?.text
    }
  }

  /// What it should be, in words.
  package var expected: String {
    switch self {
    case .email: "an e-mail address"
    case .phone: "a telephone number"
    case .web: "an address of the web"
    case .weekdays: "days of the week"
    case .hoursOfDay: "from when until when"
    case .recurrence: "when it comes again"
    case .localTime: "a day, or a day and a time"
    case .numberSeries: "a text with {node}, {number} and perhaps {year}"
    case .colour: "a colour"
    }
  }

  /// A text of the form.
  package var example: String {
    switch self {
    case .email: "anke@mueller.example"
    case .phone: "+49 40 555 1200"
    case .web: "www.mueller.example"
    case .weekdays: "mon tue wed thu fri"
    case .hoursOfDay: "09:00-17:30"
    case .recurrence: "weekly, every 2 weeks, every monday or FREQ=MONTHLY;BYDAY=1MO"
    case .localTime: "2026-03-13T14:00"
    case .numberSeries: "{year}-DL-{node}-{number}"
    case .colour: "orange"
    }
  }

  /// One `@`, something before it, and a host behind it; the host in lower case, for it means the same.
  private static func email(_ text: String) -> String? {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, text.utf8.count <= 254,
      !text.contains(where: { $0.isWhitespace || ",;<>()[]\"".contains($0) }),
      parts[0].first != ".", parts[0].last != ".", isHost(parts[1])
    else { return nil }
    return "\(parts[0])@\(parts[1].lowercased())"
  }

  /// Digits in groups, from `+` on where the country is known.
  ///
  /// Source: ITU-T E.123 for the spelling, E.164 for the 15 digits at most.
  private static func phone(_ text: String, country: String?) -> String? {
    var number = text[...]
    var extensionText = ""
    for sign in ["ext.", "ext", "x"] {
      guard let range = number.range(of: sign) else { continue }
      let digits = String(number[range.upperBound...]).trimmed
      guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
      extensionText = " ext. \(digits)"
      number = number[..<range.lowerBound]
      break
    }
    // The zero that is only dialled within the country.
    let plain = String(number).replacing("(0)", with: " ")
    guard plain.allSatisfy({ isDigit($0) || "+-–./() \u{A0}".contains($0) }) else { return nil }
    let groups = plain.split { !isDigit($0) && $0 != "+" }.map(String.init)
    var digits = groups.joined(separator: " ")
    if digits.hasPrefix("00") {
      digits = "+" + digits.dropFirst(2).drop { $0 == " " }
    } else if let country, digits.hasPrefix("0") {
      digits = "\(country) \(digits.dropFirst())"
    }
    let count = digits.count(where: isDigit)
    guard (1...15).contains(count), !digits.dropFirst().contains("+"), !digits.hasPrefix("+0")
    else { return nil }
    return digits + extensionText
  }

  /// A host, and perhaps a scheme before it and a path behind it.
  private static func web(_ text: String) -> String? {
    var rest = text[...]
    var scheme = ""
    if let end = rest.range(of: "://") {
      scheme = rest[..<end.lowerBound].lowercased() + "://"
      guard ["http://", "https://"].contains(scheme) else { return nil }
      rest = rest[end.upperBound...]
    }
    let host = rest.prefix { !"/?#:".contains($0) }
    guard isHost(host), !text.contains(where: \.isWhitespace) else { return nil }
    return scheme + host.lowercased() + rest[host.endIndex...]
  }

  /// Words of letters, digits and hyphens, at least two, with dots between them.
  private static func isHost(_ host: some StringProtocol) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && host.utf8.count <= 253
      && labels.allSatisfy { label in
        !label.isEmpty && label.first != "-" && label.last != "-"
          && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
      }
  }

  private static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  private static func weekdays(_ text: String) -> String? {
    var days: Set<Int> = []
    for word in text.lowercased().split(whereSeparator: { $0 == " " || $0 == "," }) {
      let ends = word.split(separator: "-", omittingEmptySubsequences: false).map {
        dayNames.firstIndex(of: String($0.prefix(3)))
      }
      guard let first = ends[0] else { return nil }
      guard ends.count > 1 else {
        days.insert(first)
        continue
      }
      guard ends.count == 2, let last = ends[1], first <= last else { return nil }
      days.formUnion(first...last)
    }
    return days.isEmpty ? nil : days.sorted().map { dayNames[$0] }.joined(separator: " ")
  }

  private static func hours(_ text: String) -> String? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      minutes(String($0).trimmed)
    }
    guard ends.count == 2, let from = ends[0], let until = ends[1], from < until else { return nil }
    func clock(_ minutes: Int) -> String {
      [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
    return "\(clock(from))-\(clock(until))"
  }

  private static func minutes(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ $0.allSatisfy(isDigit) }),
      let hours = Int(parts[0]), (0...24).contains(hours)
    else { return nil }
    let minutes = parts.count == 2 ? Int(parts[1]) : 0
    guard let minutes, (0...59).contains(minutes), hours < 24 || minutes == 0 else { return nil }
    return hours * 60 + minutes
  }

  private static func isDigit(_ character: Character) -> Bool {
    ("0"..."9").contains(character)
  }
}
