/// The tokens of one command, read from left to right.
struct TokenReader {
  let source: String
  let vocabulary: Vocabulary
  private let tokens: [Token]
  private var index = 0
  /// How many parentheses and `not`s the expression being read is inside.
  var depth = 0

  init(_ tokens: [Token], source: String, vocabulary: Vocabulary) {
    self.tokens = tokens
    self.source = source
    self.vocabulary = vocabulary
  }

  var peek: Token? { peek(ahead: 0) }

  func peek(ahead count: Int) -> Token? {
    index + count < tokens.count ? tokens[index + count] : nil
  }

  mutating func next() -> Token? {
    guard let token = peek else { return nil }
    index += 1
    return token
  }

  mutating func skip() { index += 1 }

  mutating func take(_ kind: Token.Kind) -> Bool {
    guard peek?.kind == kind else { return false }
    index += 1
    return true
  }

  mutating func take(word: String) -> Bool {
    guard isNext(word) else { return false }
    index += 1
    return true
  }

  func isNext(_ word: String, ahead count: Int = 0) -> Bool {
    guard let token = peek(ahead: count) else { return false }
    return token.kind == .word && token.text == word
  }

  func unexpected(expected: String) -> ParseError {
    error(.unexpected(found: peek?.text, expected: expected), at: peek?.range)
  }

  /// An error about a range, or about the end of the command.
  func error(_ problem: ParseError.Problem, at range: SourceRange?) -> ParseError {
    let end = tokens.last?.range.upperBound ?? 0
    return ParseError(problem, in: source, at: range ?? end..<end)
  }
}

// MARK: - Values and paths

extension TokenReader {
  /// Reads a value: one in quotes, or words up to a reserved word or a sign.
  ///
  /// In a list a comma ends the value; elsewhere `6,250` is one.
  mutating func value(inList: Bool = false) throws(ParseError) -> ValueText {
    guard let first = peek else { throw unexpected(expected: "a value") }
    if first.kind == .quoted || first.kind == .pattern {
      skip()
      return first.value
    }
    guard first.kind == .word, !first.isReservedWord || isSpanOfTime else {
      throw unexpected(expected: "a value")
    }
    skip()
    var text = first.text
    var end = first.range.upperBound
    while let token = peek, (token.kind == .word && !token.isReservedWord) || joinsDigits(token) {
      if joinsDigits(token), inList { break }
      text += (token.range.lowerBound > end ? " " : "") + token.text
      end = token.range.upperBound
      skip()
    }
    return ValueText(text, range: first.range.lowerBound..<end)
  }

  /// `in 3 days`, the one value that begins with a reserved word.
  private var isSpanOfTime: Bool {
    isNext("in") && peek(ahead: 1)?.text.first?.isNumber == true
  }

  /// Whether the comma is one within a number: digits on both sides and no space.
  private func joinsDigits(_ token: Token) -> Bool {
    guard token.kind == .comma, index > 0, let after = peek(ahead: 1) else { return false }
    let before = tokens[index - 1]
    return before.range.upperBound == token.range.lowerBound
      && after.range.lowerBound == token.range.upperBound
      && before.text.last?.isNumber == true && after.text.first?.isNumber == true
  }

  /// Reads `(a, b)`.
  mutating func list() throws(ParseError) -> [ValueText] {
    guard take(.open) else { throw unexpected(expected: "a list in parentheses") }
    var values: [ValueText] = []
    repeat { values.append(try value(inList: true)) } while take(.comma)
    guard take(.close) else { throw unexpected(expected: "\")\"") }
    return values
  }

  mutating func path() throws(ParseError) -> FieldPath {
    guard let token = peek, token.kind == .word, !token.isReservedWord,
      FieldPath.isName(token.text)
    else { throw unexpected(expected: "a field") }
    skip()
    return FieldPath(token.text, range: token.range)
  }
}
