import Foundation

/// Finds names by what a person remembers of them, folding case and accents.
package struct NameMatcher: Sendable {
  /// How well a name fits, the best first.
  package enum Rank: Int, Comparable, Sendable, CaseIterable {
    /// The whole name.
    case exact
    /// Its beginning.
    case prefix
    /// The beginnings of some of its words, in order.
    case wordPrefix
    /// Its letters in order, others between them.
    case subsequence
    /// One of its words, or all of it, but for one slip.
    case typo

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
  }

  /// The fewest characters of a query for which letters in order, or a slip, mean anything.
  private static let looseLengthMin = 3

  private let query: String
  private let words: [Substring]
  private let letters: [Character]

  package init(_ query: String) {
    self.query = Self.folded(query).trimmed
    words = Self.words(self.query)
    letters = self.query.filter { !$0.isWhitespace }
  }

  /// Returns how well a name fits, `nil` if not at all; an empty query fits nothing.
  package func rank(of name: String) -> Rank? {
    guard !query.isEmpty else { return nil }
    let name = Self.folded(name)
    if name == query { return .exact }
    if name.hasPrefix(query) { return .prefix }
    let nameWords = Self.words(name)
    if beginsWords(nameWords) { return .wordPrefix }
    guard letters.count >= Self.looseLengthMin else { return nil }
    if isSubsequence(of: name) { return .subsequence }
    let wanted = Array(query)
    for candidate in [name[...]] + nameWords {
      if Nearest.editDistance(wanted, Array(candidate), limit: 1) != nil { return .typo }
    }
    return nil
  }

  /// Returns those candidates that fit best, all of one rank, in the order given.
  package func best<Candidate>(
    of candidates: some Sequence<Candidate>, named name: (Candidate) -> String
  ) -> (rank: Rank, candidates: [Candidate])? {
    var result: (rank: Rank, candidates: [Candidate])?
    for candidate in candidates {
      guard let rank = rank(of: name(candidate)) else { continue }
      if let best = result?.rank, rank > best { continue }
      if rank == result?.rank {
        result?.candidates.append(candidate)
      } else {
        result = (rank, [candidate])
      }
    }
    return result
  }

  /// The text without case and accents: `Müller` and `MULLER` are one.
  package static func folded(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
    var result = ""
    for scalar in text.decomposedStringWithCanonicalMapping.lowercased().unicodeScalars {
      if scalar.properties.generalCategory == .nonspacingMark { continue }
      switch scalar {
      case "ß": result += "ss"
      case "æ": result += "ae"
      case "œ": result += "oe"
      case "ø": result += "o"
      case "ł": result += "l"
      case "đ", "ð": result += "d"
      case "ı": result += "i"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func words(_ text: String) -> [Substring] {
    text.split { !$0.isLetter && !$0.isNumber }
  }

  private func beginsWords(_ nameWords: [Substring]) -> Bool {
    guard !words.isEmpty else { return false }
    var rest = words[...]
    for word in nameWords {
      if let wanted = rest.first, word.hasPrefix(wanted) { rest = rest.dropFirst() }
    }
    return rest.isEmpty
  }

  private func isSubsequence(of name: String) -> Bool {
    var rest = letters[...]
    for character in name where character == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty
  }
}
