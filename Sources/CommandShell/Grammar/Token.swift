import CRMDomain

/// One piece of a line, with its place.
struct Token: Hashable {
  enum Kind: Hashable {
    /// A bare word; in the head of a command, possibly with a quoted part, as in `account:"A B"`.
    case word
    case quoted
    case pattern
    case comparison(Comparison)
    case open
    case close
    case comma
    case assignment(Assignment, isExtensible: Bool)
    case option(Option)
    /// `;` or the end of a line.
    case separator
  }

  let kind: Kind
  /// What the token says: without quotes or slashes.
  let text: String
  let range: SourceRange

  var value: ValueText {
    let form: ValueText.Form =
      switch kind {
      case .quoted: .quoted
      case .pattern: .pattern
      case .word, .comparison, .open, .close, .comma, .assignment, .option, .separator: .bare
      }
    return ValueText(text, form: form, range: range)
  }

  /// The clause that a bare word begins.
  var clause: ClauseWord? { kind == .word ? ClauseWord(rawValue: text) : nil }

  var isReservedWord: Bool { kind == .word && Vocabulary.reservedWords.contains(text) }
}
