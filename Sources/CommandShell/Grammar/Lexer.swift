import CRMDomain

/// Takes a line apart into tokens.
///
/// A command has a head (verb, targets, assignments), where words run to the next space, and from
/// the first clause word on clauses, where comparison signs, commas and parentheses are tokens of
/// their own. A group in parentheses in the head is read as clauses are.
struct Lexer {
  enum Mode {
    case head
    case clauses
  }

  private let source: String
  private let characters: [Character]
  private let vocabulary: Vocabulary
  private let end: Int
  private let allowsComments: Bool
  private var mode: Mode
  private var index: Int
  private var openParentheses: [Int] = []
  /// The lines of texts begun on this line by `<<END`: they are skipped at its end.
  private var textLines: Range<Int>?
  private var tokens: [Token] = []

  /// Reads a line as typed.
  init(_ source: String, vocabulary: Vocabulary) {
    self.source = source
    characters = Array(source)
    self.vocabulary = vocabulary
    mode = .head
    allowsComments = true
    index = 0
    end = characters.count
  }

  /// Reads the clauses in some arguments of a shell's; places are columns of all `characters`.
  init(clausesIn range: SourceRange, of characters: [Character], vocabulary: Vocabulary) {
    source = String(characters)
    self.characters = characters
    self.vocabulary = vocabulary
    mode = .clauses
    allowsComments = false
    index = range.lowerBound
    end = range.upperBound
  }

  mutating func read() throws(ParseError) -> [Token] {
    while index < end { try readToken() }
    if let open = openParentheses.first { throw error(.openParenthesis, open..<open + 1) }
    return tokens
  }

  private mutating func readToken() throws(ParseError) {
    if characters[index].isNewline { return endLine() }
    if try skipBlank() { return }
    if characters[index] == ";" {
      add(.separator, length: 1)
      if openParentheses.isEmpty { mode = .head }
      return
    }
    if try readOption() { return }
    if mode == .clauses || !openParentheses.isEmpty { return try readClauseToken() }
    try readHeadToken()
  }

  /// A line's end separates commands, but not inside parentheses.
  private mutating func endLine() {
    if openParentheses.isEmpty {
      add(.separator, length: 1)
      mode = .head
    } else {
      index += 1
    }
    if let textLines {
      index = max(index, textLines.upperBound)
      self.textLines = nil
    }
  }

  /// Passes over a space, a comment, or a backslash at the end of a line, which joins the next one
  /// to it.
  private mutating func skipBlank() throws(ParseError) -> Bool {
    let start = index
    if characters[index].isWhitespace {
      index += 1
    } else if characters[index] == "#", allowsComments {
      while index < end, !characters[index].isNewline { index += 1 }
    } else if characters[index] == "\\" {
      guard index + 1 < end else { throw error(.trailingBackslash, index..<index + 1) }
      if characters[index + 1].isNewline { index += 2 }
    }
    return index > start
  }

  // MARK: Heads

  private mutating func readHeadToken() throws(ParseError) {
    if characters[index] == "(" { return addOpen() }
    if try readAssignment() { return }
    let word = try run { $0.isWhitespace || $0 == ";" }
    tokens.append(word)
    if tokens.last?.clause != nil { mode = .clauses }
  }

  private mutating func readAssignment() throws(ParseError) -> Bool {
    guard let sign = AssignmentSign(characters[index..<end]) else { return false }
    let start = index
    index = sign.end
    let value = try readAssignedValue()
    let assignment = Assignment(
      field: FieldPath(sign.field, range: start..<start + sign.field.count),
      operation: sign.operation, value: value, range: start..<index)
    var isExtensible = false
    if case .one(let value) = value { isExtensible = value.form == .bare }
    tokens.append(
      Token(
        kind: .assignment(assignment, isExtensible: isExtensible),
        text: String(characters[start..<index]), range: start..<index))
    return true
  }

  private mutating func readAssignedValue() throws(ParseError) -> Assignment.Value {
    guard index < end, !characters[index].isWhitespace, characters[index] != ";" else {
      return .empty
    }
    if characters[index] == "(" { return .list(try readList()) }
    if characters[index...].starts(with: "<<"), let text = try readText() { return .one(text) }
    return .one(try run { $0.isWhitespace || $0 == ";" }.value)
  }

  private mutating func readList() throws(ParseError) -> [ValueText] {
    let open = index
    var words: [ValueText] = []
    index += 1
    func isEnd(_ character: Character) -> Bool { character == "," || character == ")" }
    while index < end, characters[index] != ")" {
      if characters[index].isWhitespace || characters[index] == "," {
        index += 1
      } else {
        let word = try run(until: isEnd).value
        words.append(
          ValueText(
            word.form == .bare ? word.text.trimmed : word.text, form: word.form,
            range: word.range))
      }
    }
    guard index < end else { throw error(.openParenthesis, open..<open + 1) }
    index += 1
    return words
  }

  /// Reads `<<END` and finds its lines, which stand below this one.
  private mutating func readText() throws(ParseError) -> ValueText? {
    let start = index
    var tagEnd = index + 2
    while tagEnd < end, characters[tagEnd].isLetter || characters[tagEnd].isNumber { tagEnd += 1 }
    guard tagEnd > index + 2 else { return nil }
    let tag = String(characters[index + 2..<tagEnd])
    index = tagEnd

    let newline = characters[tagEnd..<end].firstIndex(where: \.isNewline)
    let first = textLines?.upperBound ?? newline.map { $0 + 1 } ?? end
    var line = first
    while line < end {
      let lineEnd = characters[line..<end].firstIndex(where: \.isNewline) ?? end
      let next = min(lineEnd + 1, end)
      if String(characters[line..<lineEnd]).trimmed == tag {
        textLines = (textLines?.lowerBound ?? first)..<next
        let text = String(characters[first..<max(first, line - 1)])
        return ValueText(text, form: .quoted, range: start..<tagEnd)
      }
      line = next
    }
    throw error(.openText(tag: tag), start..<tagEnd)
  }

  // MARK: Clauses

  private mutating func readClauseToken() throws(ParseError) {
    switch characters[index] {
    case "(": addOpen()
    case ")":
      _ = openParentheses.popLast()
      add(.close, length: 1)
    case ",": add(.comma, length: 1)
    case "/" where followsMatching: try readPattern()
    default:
      if let comparison = comparison(at: index) {
        add(.comparison(comparison), length: comparison.rawValue.count)
      } else if characters[index] == "!" {
        // Words stop at it, so one that begins no comparison is a word of its own.
        add(.word, length: 1)
      } else {
        tokens.append(try run { $0.isWhitespace || "(),;=<>~!".contains($0) })
      }
    }
  }

  /// Whether the last token asks for a match, so that a slash begins a pattern.
  private var followsMatching: Bool {
    switch tokens.last?.kind {
    case .comparison(.contains), .comparison(.lacks): true
    case .word: tokens.last?.text == "contains"
    default: false
    }
  }

  private func comparison(at index: Int) -> Comparison? {
    let two = String(characters[index..<min(index + 2, end)])
    return Comparison(rawValue: two) ?? Comparison(rawValue: String(two.prefix(1)))
  }

  private mutating func readPattern() throws(ParseError) {
    let start = index
    var text = ""
    index += 1
    while index < end, characters[index] != "/" {
      if characters[index] == "\\", index + 1 < end {
        if characters[index + 1] != "/" { text.append("\\") }
        index += 1
      }
      text.append(characters[index])
      index += 1
    }
    guard index < end else { throw error(.openPattern, start..<start + 1) }
    index += 1
    tokens.append(Token(kind: .pattern, text: text, range: start..<index))
  }

  // MARK: Options

  private mutating func readOption() throws(ParseError) -> Bool {
    guard characters[index] == "-", index + 1 < end else { return false }
    let start = index
    let word = characters[start..<end].prefix { !$0.isWhitespace && $0 != "=" && $0 != ";" }
    let spelling = String(word)
    guard let option = vocabulary.option(spelling) else {
      guard spelling.hasPrefix("--"), spelling.count > 2 else { return false }
      throw vocabulary.unknownOption(spelling, in: source, at: start..<word.endIndex)
    }
    index = word.endIndex
    var value: ValueText?
    let hasSign = index < end && characters[index] == "="
    if hasSign { index += 1 }
    if option.takesValue {
      while !hasSign, index < end, characters[index].isWhitespace, !characters[index].isNewline {
        index += 1
      }
      guard index < end, !characters[index].isWhitespace, characters[index] != ";" else {
        throw error(.missingOptionValue(spelling), start..<word.endIndex)
      }
      value = try run { $0.isWhitespace || $0 == ";" }.value
    } else if hasSign {
      throw error(.unexpectedOptionValue(spelling), start..<word.endIndex)
    }
    let given = Option(name: option.name, value: value, range: start..<index)
    tokens.append(Token(kind: .option(given), text: spelling, range: start..<index))
    return true
  }

  // MARK: Runs

  /// Reads up to a stop that is not in quotes; a run that is all in quotes comes without them.
  private mutating func run(until isStop: (Character) -> Bool) throws(ParseError) -> Token {
    let start = index
    var quotes: [String] = []
    var hasBareText = false
    while index < end, !isStop(characters[index]) {
      if characters[index] == "\"" {
        quotes.append(try readQuoted())
        continue
      }
      if characters[index] == "\\" {
        guard index + 1 < end else { throw error(.trailingBackslash, index..<index + 1) }
        if characters[index + 1].isNewline { break }
      }
      hasBareText = true
      index += 1
    }
    if !hasBareText, quotes.count == 1 {
      return Token(kind: .quoted, text: quotes[0], range: start..<index)
    }
    return Token(kind: .word, text: String(characters[start..<index]), range: start..<index)
  }

  private mutating func readQuoted() throws(ParseError) -> String {
    let start = index
    var text = ""
    index += 1
    while index < end, characters[index] != "\"" {
      if characters[index] == "\\", index + 1 < end, "\"\\".contains(characters[index + 1]) {
        index += 1
      }
      text.append(characters[index])
      index += 1
    }
    guard index < end else { throw error(.openQuote, start..<start + 1) }
    index += 1
    return text
  }

  private mutating func addOpen() {
    openParentheses.append(index)
    add(.open, length: 1)
  }

  private mutating func add(_ kind: Token.Kind, length: Int) {
    let range = index..<index + length
    tokens.append(Token(kind: kind, text: String(characters[range]), range: range))
    index += length
  }

  private func error(_ problem: ParseError.Problem, _ range: SourceRange) -> ParseError {
    ParseError(problem, in: source, at: range)
  }
}

/// The beginning of an assignment: a field's name and `=`, `+=` or `-=`.
struct AssignmentSign {
  let field: String
  let operation: Assignment.Operation
  /// The index of the first character of the value.
  let end: Int

  init?(_ characters: ArraySlice<Character>) {
    guard let sign = characters.firstIndex(of: "="), sign > characters.startIndex else {
      return nil
    }
    let before = characters[sign - 1]
    operation = before == "+" ? .add : before == "-" ? .remove : .set
    let name = operation == .set ? characters[..<sign] : characters[..<(sign - 1)]
    guard FieldPath.isName(name) else { return nil }
    field = String(name)
    end = sign + 1
  }
}
