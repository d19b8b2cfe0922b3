import Foundation

/// What texts come to when two records are compared: spelling, legal forms and punctuation apart.
enum LikenessText {
  /// How many digits of a telephone number tell it from others, the area's and the country's apart.
  private static let phoneDigits = 8
  private static let phoneDigitsMin = 6

  /// What companies put behind their names, in the spelling that ``words(_:)`` gives.
  private static let legalForms: Set<String> = [
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "cv", "eg", "ev", "gbr",
    "gmbh", "inc", "incorporated", "kg", "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "mbh",
    "nv", "ohg", "oy", "oyj", "plc", "pte", "pty", "sa", "sarl", "sas", "se", "spa", "srl", "ug",
  ]

  /// The words of a text without case, accents and punctuation; `S.A.` is one word.
  static func words(_ text: String) -> [String] {
    NameFolding.folded(text).filter { $0 != "." && $0 != "'" && $0 != "’" }
      .split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  /// A company's name without its legal form, in one word: `Müller GmbH & Co. KG` is `muller`.
  static func company(_ text: String) -> String {
    var words = words(text)
    while words.count > 1, let last = words.last, legalForms.contains(last) { words.removeLast() }
    return words.joined()
  }

  /// The host of an address of the web: `https://www.acme.example/en` is `acme.example`.
  static func host(_ text: String) -> String {
    var rest = Substring(text.trimmed.lowercased())
    if let scheme = rest.range(of: "://") { rest = rest[scheme.upperBound...] }
    rest = rest.prefix { !"/?#:".contains($0) }
    if rest.hasPrefix("www.") { rest = rest.dropFirst(4) }
    return rest.contains(".") ? String(rest) : ""
  }

  /// An e-mail address without regard to case; empty for what is none.
  static func email(_ text: String) -> String {
    let address = text.trimmed.lowercased()
    return address.contains("@") ? address : ""
  }

  /// The last digits of a telephone number; empty for what has too few to tell numbers apart.
  static func phone(_ text: String) -> String {
    let digits = text.filter { ("0"..."9").contains($0) }
    return digits.count < phoneDigitsMin ? "" : String(digits.suffix(phoneDigits))
  }

  /// The words of a person's name, in an order that does not depend on which stands first.
  static func person(_ given: String, _ family: String) -> String {
    (words(given) + words(family)).sorted().joined(separator: " ")
  }

  /// How alike two words are, of 100: by the pairs of letters that they share.
  ///
  /// Source: Dice's coefficient over bigrams, each counted as often as it occurs.
  static func likeness(_ one: String, _ other: String) -> Int {
    let (first, second) = (pairs(one), pairs(other))
    guard !first.isEmpty, !second.isEmpty else { return one == other ? 100 : 0 }
    var counts: [String: Int] = [:]
    for pair in first { counts[pair, default: 0] += 1 }
    var shared = 0
    for pair in second where counts[pair, default: 0] > 0 {
      counts[pair, default: 0] -= 1
      shared += 1
    }
    return 200 * shared / (first.count + second.count)
  }

  private static func pairs(_ word: String) -> [String] {
    let letters = Array(word)
    return letters.indices.dropFirst().map { String(letters[($0 - 1)...$0]) }
  }
}
