/// Turns the words after `kith` in a shell into the tokens of one command.
///
/// The shell has taken quotes away, so what an argument is follows from where it stands: options and
/// their values come out first, verbatim; before the first clause word every argument is one
/// assignment, one target or one word, spaces included; what is left is read as a typed line is.
struct ArgumentLexer {
  /// The arguments as one line, for messages.
  let source: String
  private let arguments: [String]
  private let ranges: [SourceRange]
  private let characters: [Character]
  private let vocabulary: Vocabulary
  private var tokens: [Token] = []

  init(_ arguments: [String], vocabulary: Vocabulary) {
    self.arguments = arguments
    self.vocabulary = vocabulary
    var characters: [Character] = []
    var ranges: [SourceRange] = []
    for argument in arguments {
      if !characters.isEmpty { characters.append(" ") }
      ranges.append(characters.count..<characters.count + argument.count)
      characters += argument
    }
    self.ranges = ranges
    self.characters = characters
    source = String(characters)
  }

  mutating func read() throws(ParseError) -> [Token] {
    var index = 0
    var isHead = true
    /// Whether `because` has been read, and its text is to come.
    var expectsReason = false
    /// The arguments of the clause text not yet read.
    var pending: Range<Int>?
    while index < arguments.count {
      let argument = arguments[index]
      if let option = try option(at: index) {
        try readClauses(&pending)
        tokens.append(option.token)
        index += option.argumentCount
        continue
      }
      if expectsReason {
        try readClauses(&pending)
        tokens.append(Token(kind: .quoted, text: argument, range: ranges[index]))
        expectsReason = false
      } else if !isHead || ClauseWord(rawValue: argument) != nil {
        isHead = false
        expectsReason = argument == ClauseWord.because.rawValue
        pending = (pending?.lowerBound ?? index)..<index + 1
      } else {
        try readHead(index)
      }
      index += 1
    }
    try readClauses(&pending)
    return tokens
  }

  private mutating func readClauses(_ pending: inout Range<Int>?) throws(ParseError) {
    guard let arguments = pending else { return }
    pending = nil
    let range =
      ranges[arguments.lowerBound].lowerBound..<ranges[arguments.upperBound - 1].upperBound
    var lexer = Lexer(clausesIn: range, of: characters, vocabulary: vocabulary)
    tokens += try lexer.read()
  }

  private mutating func readHead(_ index: Int) throws(ParseError) {
    let argument = arguments[index]
    let range = ranges[index]
    if argument.hasPrefix("(") {
      var lexer = Lexer(clausesIn: range, of: characters, vocabulary: vocabulary)
      tokens += try lexer.read()
    } else if let sign = AssignmentSign(characters[range]) {
      let value = ValueText(
        String(characters[sign.end..<range.upperBound]), range: sign.end..<range.upperBound)
      let field = range.lowerBound..<range.lowerBound + sign.field.count
      let assignment = Assignment(
        field: FieldPath(sign.field, range: field), operation: sign.operation,
        value: value.text.isEmpty ? .empty : .one(value), range: range)
      tokens.append(
        Token(
          kind: .assignment(assignment, isExtensible: false), text: argument, range: range))
    } else if argument.count > 1, argument.hasPrefix("\""), argument.hasSuffix("\"") {
      let text = String(argument.dropFirst().dropLast())
      tokens.append(Token(kind: .quoted, text: text, range: range))
    } else {
      tokens.append(Token(kind: .word, text: argument, range: range))
    }
  }

  private func option(
    at index: Int
  ) throws(ParseError) -> (token: Token, argumentCount: Int)? {
    let argument = arguments[index]
    guard argument.hasPrefix("-") else { return nil }
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let spelling = String(parts[0])
    let range = ranges[index]
    guard let option = vocabulary.option(spelling) else {
      guard spelling.hasPrefix("--"), spelling.count > 2 else { return nil }
      throw vocabulary.unknownOption(spelling, in: source, at: range)
    }
    guard option.takesValue else {
      guard parts.count == 1 else {
        throw ParseError(.unexpectedOptionValue(spelling), in: source, at: range)
      }
      return (token(option, nil, range), 1)
    }
    if parts.count > 1 {
      let value = range.lowerBound + spelling.count + 1..<range.upperBound
      return (token(option, ValueText(String(parts[1]), range: value), range), 1)
    }
    guard index + 1 < arguments.count else {
      throw ParseError(.missingOptionValue(spelling), in: source, at: range)
    }
    let value = ValueText(arguments[index + 1], range: ranges[index + 1])
    return (token(option, value, range.lowerBound..<ranges[index + 1].upperBound), 2)
  }

  private func token(
    _ option: Vocabulary.Option, _ value: ValueText?, _ range: SourceRange
  ) -> Token {
    let given = Option(name: option.name, value: value, range: range)
    return Token(kind: .option(given), text: option.name, range: range)
  }
}
