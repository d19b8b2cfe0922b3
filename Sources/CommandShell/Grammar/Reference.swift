/// A record, several, or one field, as a person refers to them; nothing is looked up yet.
package struct Reference: Hashable, Sendable {
  package enum Subject: Hashable, Sendable {
    /// `@3`: a row of the last listing, counted from 1.
    case row(Int)
    /// `@1-20`: rows of the last listing, the first and the last among them.
    case rows(ClosedRange<Int>)
    /// `@last`: the record last created, edited or shown.
    case last
    /// `@all`: every row of the last listing.
    case all
    /// `@marked`: the rows marked with `mark`.
    case marked
    /// `@me`: the acting user.
    case me
    /// `@node`: this node.
    case node
    /// `%name`: a saved view.
    case view(String)
    /// A word shaped like a short id. If no record has it, the word is a name after all.
    case shortID(ShortID)
    case name(Name)
  }

  /// A name, or part of one; also a business number.
  package struct Name: Hashable, Sendable {
    package let text: String
    /// The kind it was limited to, as in `account:müller`.
    package let kind: String?
    /// Whether it stood in quotes, so that only this very name is meant.
    package let isExact: Bool

    package init(text: String, kind: String?, isExact: Bool) {
      self.text = text
      self.kind = kind
      self.isExact = isExact
    }

    /// The name as the id of a record of ``kind``, whose kind has no letter: `stage:7h2k`.
    package var digits: String? { kind == nil ? nil : ShortID.digits(text) }
  }

  package let subject: Subject
  /// The whole word as typed, field and all.
  package let typed: String
  /// The field behind the dot, as in `d7h2k.value`.
  package let path: FieldPath?

  /// Reads a word.
  ///
  /// - Parameters:
  ///   - word: The word; one in quotes is an exact name.
  ///   - vocabulary: Tells which words before a colon are kinds.
  ///   - namesHaveFields: Whether `müller.phone` is a field of Müller. Where a command takes whole
  ///     records only, it is not, and `example.com` stays a name.
  ///   - readsShortIDs: Whether what is shaped like a short id is one. Where no record has it, the
  ///     word is read again as a name, whose field may begin at another dot.
  /// - Throws: ``ReadingError/unknownReference(_:nearest:)`` for an `@` that is none of these.
  package init(
    _ word: ValueText, vocabulary: Vocabulary, namesHaveFields: Bool = false,
    readsShortIDs: Bool = true
  ) throws(ReadingError) {
    typed = word.text
    let parts = Parts(word, vocabulary: vocabulary)
    var base = parts.text[...]
    var field = parts.field
    if !parts.isExact {
      let isShort = readsShortIDs && ShortID(String(base.prefix { $0 != "." })) != nil
      if base.first == "@" || isShort || namesHaveFields {
        let dot =
          base.first == "@" || isShort ? base.firstIndex(of: ".") : base.lastIndex(of: ".")
        if let dot, dot > base.startIndex, FieldPath.isName(base[dot...].dropFirst()) {
          field = base[dot...].dropFirst()
          base = base[..<dot]
        }
      }
    }
    path = field.map {
      FieldPath(String($0), range: word.range.upperBound - $0.count..<word.range.upperBound)
    }
    subject = try Self.subject(String(base), parts, readsShortIDs)
  }

  private static func subject(
    _ text: String, _ parts: Parts, _ readsShortIDs: Bool
  ) throws(ReadingError) -> Subject {
    if !parts.isExact, parts.kind == nil {
      if text.first == "@" { return try listed(text) }
      if text.first == "%", text.count > 1 { return .view(String(text.dropFirst())) }
      if readsShortIDs, let id = ShortID(text) { return .shortID(id) }
    }
    return .name(Name(text: text, kind: parts.kind, isExact: parts.isExact))
  }

  private static func listed(_ text: String) throws(ReadingError) -> Subject {
    switch text {
    case "@last": return .last
    case "@all": return .all
    case "@marked": return .marked
    case "@me": return .me
    case "@node": return .node
    default:
      if let row = Int(text.dropFirst()), row > 0 { return .row(row) }
      let ends = text.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
      if ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), 0 < first,
        first <= last
      {
        return .rows(first...last)
      }
      let known = ["@last", "@all", "@marked", "@me", "@node"]
      throw .unknownReference(text, nearest: Nearest.words(to: text, in: known))
    }
  }
}

/// A short id: a kind's letter and the first characters of the record's own part.
package struct ShortID: Hashable, Sendable {
  /// The fewest characters a short id has, letter included.
  private static let lengthMin = 4
  private static let lengthMax = 27

  package let letter: Character
  /// In Crockford's base 32, lower case, with o, i and l read as the digits they look like.
  package let digits: String
  /// As it was typed.
  package let typed: String

  package init?(_ text: String) {
    guard let letter = text.lowercased().first, letter.isASCII, letter.isLetter,
      text.count >= Self.lengthMin, let digits = Self.digits(String(text.dropFirst()))
    else { return nil }
    self.letter = letter
    self.digits = digits
    typed = text
  }

  /// The characters of an id without its letter, as they are stored; `nil` if one is not of the
  /// alphabet or there are too few.
  package static func digits(_ text: String) -> String? {
    guard (lengthMin - 1..<lengthMax).contains(text.count) else { return nil }
    var digits = ""
    for character in text.lowercased() {
      switch character {
      case "o": digits.append("0")
      case "i", "l": digits.append("1")
      case "u": return nil
      default:
        guard character.isASCII, character.isLetter || character.isNumber else { return nil }
        digits.append(character)
      }
    }
    return digits
  }
}

/// A word split at its kind, its quotes and the field behind these.
private struct Parts {
  var kind: String?
  var text: String
  var isExact: Bool
  /// What follows a closing quote and a dot: `"Müller GmbH".phone`.
  var field: Substring?

  init(_ word: ValueText, vocabulary: Vocabulary) {
    text = word.text
    isExact = word.form == .quoted
    guard !isExact else { return }
    if let colon = text.firstIndex(of: ":"), let kind = vocabulary.kind(String(text[..<colon])) {
      self.kind = kind.name
      text = String(text[colon...].dropFirst())
    }
    guard text.first == "\"", let close = text.lastIndex(of: "\""), close > text.startIndex else {
      return
    }
    let rest = text[close...].dropFirst()
    guard rest.isEmpty || (rest.first == "." && FieldPath.isName(rest.dropFirst())) else { return }
    isExact = true
    field = rest.isEmpty ? nil : rest.dropFirst()
    text = String(text[..<close].dropFirst())
  }
}
