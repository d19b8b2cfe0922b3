import CRDTCore
import Foundation

/// What the value of a setting may be, and how it is stored.
package enum SettingFormat: Hashable, Sendable {
  /// Any text.
  case text
  /// An ISO 4217 code.
  case currency
  /// A month, by number or English name; stored as its number.
  case month
  /// A name of the time zone database.
  case timeZone
  /// A country's calling code: `+49`.
  case callingCode
  /// A text of a certain form, such as an e-mail address.
  case form(TextForm)
  /// An international bank account number.
  case iban
  /// A bank's identifier code.
  case bic
  /// A whole number of something.
  case count(ClosedRange<Int>, unit: String)
  /// An amount of the workspace's currency, or with one of its own.
  case amount
  case flag
  /// Days and titles of tasks: `14 Ask how it runs; 90 Ask for a reference`.
  case followUp
  /// What has to be done, and by whom: `Plan the work: Tom Hale; Send the invoice`.
  case steps

  /// The form in which a text is stored; `nil` if it is no value of the format.
  package func canonical(_ text: String, reader: ValueReader) -> String? {
    let text = NameFolding.normalized(text.trimmed)
    guard !text.isEmpty, !text.contains(where: \.isNewline) else { return nil }
    switch self {
    case .text: return text
    case .currency: return CurrencyCode(text.uppercased())?.description
    case .month: return Self.month(text)
    case .timeZone:
      return TimeZone.knownTimeZoneIdentifiers.contains(text) || text == "UTC" ? text : nil
    case .callingCode:
      let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
      let isCode = (1...3).contains(digits.count) && digits.allSatisfy(Self.isDigit)
      return isCode && digits.first != "0" ? "+\(digits)" : nil
    case .form(let form): return form.canonical(text)
    case .iban: return Self.iban(text)
    case .bic: return Self.bic(text)
    case .count(let range, _):
      guard let number = Int(text), range.contains(number) else { return nil }
      return String(number)
    case .amount: return reader.money(text).flatMap { $0.minorUnits > 0 ? $0.description : nil }
    case .flag:
      guard case .bool(let flag)? = reader.value(of: text, as: .bool) else { return nil }
      return flag ? "yes" : "no"
    case .followUp: return FollowUpPlan(text)?.description
    case .steps: return HandoverPlan(text)?.description
    }
  }

  /// What its value may be, in words.
  package var expected: String {
    switch self {
    case .text: "a text"
    case .currency: "a currency's code"
    case .month: "a month"
    case .timeZone: "a time zone"
    case .callingCode: "a country's calling code"
    case .form(let form): form.expected
    case .iban: "an IBAN"
    case .bic: "a BIC"
    case .count(let range, let unit): "\(unit), \(range.lowerBound) to \(range.upperBound)"
    case .amount: "an amount"
    case .flag: "yes or no"
    case .followUp: "days and titles, parted by semicolons"
    case .steps: "steps, each with who does it behind a colon, parted by semicolons"
    }
  }

  /// A value that it takes.
  package var example: String {
    switch self {
    case .text: "Müller Pumps"
    case .currency: "EUR"
    case .month: "april"
    case .timeZone: "Europe/Berlin"
    case .callingCode: "+49"
    case .form(let form): form.example
    case .iban: "DE89 3704 0044 0532 0130 00"
    case .bic: "COBADEFFXXX"
    case .count(let range, _): String(min(range.upperBound, 12))
    case .amount: "50000"
    case .flag: "yes"
    case .followUp: "14 Ask how it runs; 90 Ask for a reference"
    case .steps: "Plan the work: Tom Hale; Send the invoice: Anna Berg"
    }
  }

  private static let monthNames = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  private static func isDigit(_ character: Character) -> Bool {
    ("0"..."9").contains(character)
  }

  private static func month(_ text: String) -> String? {
    if let number = Int(text) { return (1...12).contains(number) ? String(number) : nil }
    let word = text.lowercased()
    guard word.count >= 3, let index = monthNames.firstIndex(where: { $0.hasPrefix(word) }) else {
      return nil
    }
    return String(index + 1)
  }

  /// Source: ISO 13616; the letters count as 10 to 35, and the whole leaves 1 when divided by 97.
  private static func iban(_ text: String) -> String? {
    let letters = text.uppercased().filter { $0 != " " }
    guard (15...34).contains(letters.count), letters.allSatisfy({ $0.isASCII }),
      letters.prefix(2).allSatisfy(\.isLetter)
    else { return nil }
    var rest = 0
    for character in letters.dropFirst(4) + letters.prefix(4) {
      guard let digit = Int(String(character), radix: 36) else { return nil }
      rest = (rest * (digit < 10 ? 10 : 100) + digit) % 97
    }
    guard rest == 1 else { return nil }
    let places = Array(letters)
    return stride(from: 0, to: places.count, by: 4).map {
      String(places[$0..<min($0 + 4, places.count)])
    }.joined(separator: " ")
  }

  /// Source: ISO 9362; six letters, two letters or digits, and three more of a branch.
  private static func bic(_ text: String) -> String? {
    let letters = text.uppercased()
    guard letters.count == 8 || letters.count == 11, letters.prefix(6).allSatisfy(\.isLetter),
      letters.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
    else { return nil }
    return letters
  }
}
