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

  /// The pairs of neighbouring letters of a word, in order; each as often as it occurs.
  static func pairs(_ word: String) -> [UInt64] {
    let letters = word.unicodeScalars.map { UInt64($0.value) }
    return zip(letters, letters.dropFirst()).map { $0 << 32 | $1 }.sorted()
  }

  /// How alike two words are, of 100, by the pairs of letters that they share.
  ///
  /// Source: Dice's coefficient over bigrams. Complexity: O(letters).
  static func likeness(_ one: [UInt64], _ other: [UInt64]) -> Int {
    guard !one.isEmpty, !other.isEmpty else { return 0 }
    var (place, otherPlace, shared) = (0, 0, 0)
    while place < one.count, otherPlace < other.count {
      if one[place] == other[otherPlace] {
        shared += 1
        place += 1
        otherPlace += 1
      } else if one[place] < other[otherPlace] {
        place += 1
      } else {
        otherPlace += 1
      }
    }
    return 200 * shared / (one.count + other.count)
  }
}
