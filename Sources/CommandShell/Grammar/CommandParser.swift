/// Reads commands, typed as a line or given as a shell's arguments, into the same value.
package struct CommandParser: Sendable {
  package let vocabulary: Vocabulary

  package init(vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
  }

  /// Reads a line, with what continues it; a line that is blank or a comment holds no command.
  package func parse(_ line: String) throws(ParseError) -> [Command] {
    var lexer = Lexer(line, vocabulary: vocabulary)
    return try commands(from: try lexer.read(), source: line)
  }

  /// Reads the words after the program's name.
  package func parse(arguments: [String]) throws(ParseError) -> Command {
    var lexer = ArgumentLexer(arguments, vocabulary: vocabulary)
    let commands = try commands(from: try lexer.read(), source: lexer.source)
    guard let command = commands.first else {
      throw ParseError(.missingCommand, in: lexer.source, at: 0..<0)
    }
    if commands.count > 1 {
      throw ParseError(.severalCommands, in: lexer.source, at: commands[1].range)
    }
    return command
  }

  /// Whether the text so far ends within quotes, parentheses, a `<<END` text or after a backslash.
  package func needsMore(_ text: String) -> Bool {
    var lexer = Lexer(text, vocabulary: vocabulary)
    do {
      _ = try lexer.read()
      return false
    } catch {
      return error.isIncomplete
    }
  }

  private func commands(
    from tokens: [Token], source: String
  ) throws(ParseError) -> [Command] {
    var result: [Command] = []
    for tokens in tokens.split(whereSeparator: { $0.kind == .separator }) {
      result.append(try command(from: Array(tokens), source: source))
    }
    return result
  }

  private func command(from tokens: [Token], source: String) throws(ParseError) -> Command {
    var options: [Option] = []
    var words: [Token] = []
    for token in tokens {
      if case .option(let option) = token.kind {
        options.append(option)
      } else {
        words.append(token)
      }
    }
    let start = tokens.first?.range.lowerBound ?? 0
    let range = start..<(tokens.map(\.range.upperBound).max() ?? start)
    if options.contains(where: { $0.name == "help" }) {
      return help(on: words, source: source, range: range)
    }
    var reader = TokenReader(words, source: source, vocabulary: vocabulary)
    guard reader.peek != nil else { throw ParseError(.missingCommand, in: source, at: range) }
    let (action, kindUse) = try reader.action()
    if case .subsystem(let noun, let verb) = action,
      vocabulary.noun(noun)?.definingVerb == verb ?? ""
    {
      let (name, text) = try reader.definition(upTo: range.upperBound)
      return Command(
        action: action, kind: nil, targets: [.word(name), .word(text)], assignments: [],
        clauses: Clauses(), options: options.filter { $0.range.lowerBound < text.range.lowerBound },
        source: source, range: range)
    }
    if kindUse == .command {
      return try outer(action, tokens, source: source, range: range)
    }
    let kind = try reader.kind(kindUse, verb: action.verb)
    let (targets, assignments) = try reader.targetsAndAssignments()
    let clauses = try reader.clauses()
    return Command(
      action: action, kind: kind, targets: targets, assignments: assignments, clauses: clauses,
      options: options, source: source, range: range)
  }

  /// `watch 5 COMMAND`: whatever follows is the inner command's, options too.
  private func outer(
    _ action: Command.Action, _ tokens: [Token], source: String, range: SourceRange
  ) throws(ParseError) -> Command {
    let verb = tokens.firstIndex { $0.kind == .word } ?? 0
    var rest = tokens
    rest.remove(at: verb)
    var words: [Target] = []
    if let number = rest.first(where: { $0.kind == .word }), Int(number.text) != nil {
      words = [.word(number.value)]
      rest.removeAll { $0 == number }
    }
    let inner =
      rest.contains { $0.kind == .word } ? [try command(from: rest, source: source)] : []
    return Command(
      action: action, kind: nil, targets: words, assignments: [], clauses: Clauses(), options: [],
      inner: inner, source: source, range: range)
  }

  /// `COMMAND … --help` is `help COMMAND`, whatever else was typed.
  private func help(on words: [Token], source: String, range: SourceRange) -> Command {
    var topic = Array(words.prefix(1))
    if let first = topic.first, let noun = vocabulary.noun(first.text), !noun.isVerbOptional {
      topic = words.prefix(2).filter { $0 == first || noun.verbs.contains($0.text.lowercased()) }
    } else if let first = topic.first, let verb = vocabulary.verb(first.text) {
      topic = [Token(kind: first.kind, text: verb.name, range: first.range)]
    }
    return Command(
      action: .record(verb: "help"), kind: nil, targets: topic.map { .word($0.value) },
      assignments: [], clauses: Clauses(), options: [], source: source, range: range)
  }
}

extension Command.Action {
  fileprivate var verb: String {
    switch self {
    case .record(let verb): verb
    case .subsystem(let noun, _): noun
    }
  }
}
