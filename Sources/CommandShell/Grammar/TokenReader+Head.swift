extension TokenReader {
  /// Reads the verb, or the noun and its verb.
  mutating func action() throws(ParseError) -> (Command.Action, Vocabulary.Verb.KindUse) {
    guard let first = next() else { throw error(.missingCommand, at: nil) }
    let second = peek.flatMap { $0.kind == .word ? $0 : nil }
    if first.kind == .word, let noun = vocabulary.noun(first.text) {
      if let verb = second?.text.lowercased(), noun.verbs.contains(verb) {
        skip()
        return (.subsystem(noun: noun.name, verb: verb), .none)
      }
      if !noun.isVerbOptional { throw wrongNounUse(noun, first, second) }
      return (.subsystem(noun: noun.name, verb: nil), .none)
    }
    if first.kind == .word, let verb = vocabulary.verb(first.text) {
      if let second, vocabulary.kind(second.text) == nil,
        let noun = noun(second.text, with: verb.name)
      {
        throw wrongOrder("\(noun) \(verb.name)", first, second)
      }
      return (.record(verb: verb.name), verb.kindUse)
    }
    throw unknown(first, second)
  }

  private func wrongNounUse(
    _ noun: Vocabulary.Noun, _ first: Token, _ second: Token?
  ) -> ParseError {
    guard let second, second.clause == nil else {
      return error(.missingVerb(noun: noun.name, verbs: noun.verbs), at: first.range)
    }
    if let kind = vocabulary.kind(first.text), let verb = vocabulary.verb(second.text) {
      return wrongOrder("\(verb.name) \(verb.takesPlural ? kind.plural : kind.name)", first, second)
    }
    let nearest = Nearest.words(to: second.text, in: noun.verbs)
    return error(
      .unknownVerb(second.text, noun: noun.name, nearest: nearest), at: second.range)
  }

  /// What to say about a first word that is neither verb nor noun.
  private func unknown(_ first: Token, _ second: Token?) -> ParseError {
    if let kind = vocabulary.kind(first.text) {
      if let second, let verb = vocabulary.verb(second.text),
        verb.kindUse == .optional || verb.kindUse == .required
      {
        let word = verb.takesPlural ? kind.plural : kind.name
        return wrongOrder("\(verb.name) \(word)", first, second)
      }
      let namesOne = second.map { $0.clause == nil } ?? false
      return wrongOrder(namesOne ? "show \(kind.name)" : "list \(kind.plural)", first, first)
    }
    if let second, let noun = noun(second.text, with: first.text.lowercased()) {
      return wrongOrder("\(noun) \(first.text.lowercased())", first, second)
    }
    let words = vocabulary.verbs.map(\.name) + vocabulary.nouns.map(\.name)
    let nearest = Nearest.words(to: first.text, in: words)
    return error(.unknownCommand(first.text, nearest: nearest), at: first.range)
  }

  /// The subsystem meant by a word, in singular or plural, if it has this verb.
  private func noun(_ word: String, with verb: String) -> String? {
    let singular = word.hasSuffix("s") ? String(word.dropLast()) : word
    guard let noun = vocabulary.noun(word) ?? vocabulary.noun(singular),
      noun.verbs.contains(verb)
    else { return nil }
    return noun.name
  }

  private func wrongOrder(_ suggestion: String, _ first: Token, _ last: Token) -> ParseError {
    error(
      .wrongOrder(suggestion: suggestion), at: first.range.lowerBound..<last.range.upperBound)
  }
}

// MARK: - Kinds, targets, assignments

extension TokenReader {
  /// Reads the kind that the verb takes; where one has to be there, a view or a filter will do.
  mutating func kind(
    _ use: Vocabulary.Verb.KindUse, verb: String
  ) throws(ParseError) -> KindWord? {
    guard use == .optional || use == .required else { return nil }
    if let kind = takeKind() { return kind }
    guard use == .required else { return nil }
    guard let token = peek, token.clause == nil else {
      let example = vocabulary.kinds.first.map {
        vocabulary.verb(verb)?.takesPlural == true ? $0.plural : $0.name
      }
      throw error(.missingKind(verb: verb, example: example ?? ""), at: peek?.range)
    }
    if token.kind == .word, let first = token.text.first, !"%@".contains(first) {
      let words = vocabulary.kinds.flatMap { [$0.name, $0.plural] + $0.aliases }
      let nearest = Nearest.words(to: token.text, in: words)
      throw error(.unknownKind(token.text, nearest: nearest), at: token.range)
    }
    return nil
  }

  private mutating func takeKind() -> KindWord? {
    guard let token = peek, token.kind == .word, let kind = vocabulary.kind(token.text) else {
      return nil
    }
    skip()
    return KindWord(name: kind.name, typed: token.text, range: token.range)
  }

  /// Reads the rest of the head, up to the first clause.
  mutating func targetsAndAssignments() throws(ParseError) -> ([Target], [Assignment]) {
    var targets: [Target] = []
    var assignments: [Assignment] = []
    while let token = peek, token.clause == nil {
      switch token.kind {
      case .word:
        try checkSpacing(of: token, after: targets.last)
        skip()
        targets.append(.word(token.value))
      case .quoted:
        skip()
        targets.append(.word(token.value))
      case .open:
        targets.append(try filterTarget())
      case .assignment(let assignment, let isExtensible):
        skip()
        assignments.append(isExtensible ? try extended(assignment) : assignment)
      case .pattern, .comparison, .close, .comma, .option, .separator:
        throw unexpected(expected: "a record or field=value")
      }
    }
    return (targets, assignments)
  }

  /// Reads `NAME = COMMAND`, where the command is everything up to `end`, as it was typed.
  mutating func definition(upTo end: Int) throws(ParseError) -> (name: ValueText, text: ValueText) {
    let name: ValueText
    let start: Int
    switch peek?.kind {
    case .assignment(let assignment, _) where assignment.operation == .set:
      name = ValueText(assignment.field.description, range: assignment.field.range)
      start = assignment.field.range.upperBound + 1
      skip()
    case .word, .quoted:
      guard let first = next(), let sign = peek, sign.text.first == "=" else {
        throw unexpected(expected: "\"=\" and a command")
      }
      name = first.value
      start = sign.range.lowerBound + 1
    case .assignment, .pattern, .comparison, .open, .close, .comma, .option, .separator, nil:
      throw unexpected(expected: "a name, \"=\" and a command")
    }
    let text = source.characters(in: start..<end).trimmed
    guard !text.isEmpty else {
      throw error(.unexpected(found: nil, expected: "a command"), at: nil)
    }
    return (name, ValueText(text, form: .quoted, range: start..<end))
  }

  /// `value = 3` reads as three words; say what was meant.
  private func checkSpacing(of token: Token, after last: Target?) throws(ParseError) {
    guard ["=", "+=", "-="].contains(where: { token.text.hasPrefix($0) }) else { return }
    guard case .word(let field) = last, FieldPath.isName(field.text) else { return }
    let range = field.range.lowerBound..<token.range.upperBound
    throw error(.spacedAssignment(field: field.text), at: range)
  }

  /// Adds the words that follow a bare value: `name=Pump retrofit value=3`.
  private mutating func extended(_ assignment: Assignment) throws(ParseError) -> Assignment {
    guard case .one(let first) = assignment.value else { return assignment }
    var text = first.text
    var end = assignment.range.upperBound
    while let token = peek, token.kind == .word, token.clause == nil {
      guard !token.isReservedWord else {
        throw unexpected(expected: "field=value; put a value with this word in quotes")
      }
      text += " " + token.text
      end = token.range.upperBound
      skip()
    }
    return Assignment(
      field: assignment.field, operation: assignment.operation,
      value: .one(ValueText(text, range: first.range.lowerBound..<end)),
      range: assignment.range.lowerBound..<end)
  }

  /// `(deals where …)`, or `(where …)` where the subsystem knows what it means.
  private mutating func filterTarget() throws(ParseError) -> Target {
    let start = peek?.range.lowerBound ?? 0
    skip()
    let kind = takeKind()
    let filter = take(word: ClauseWord.where.rawValue) ? try expression() : nil
    guard kind != nil || filter != nil else {
      throw unexpected(expected: "a kind of record or \"where\"")
    }
    let end = peek?.range.upperBound ?? start
    guard take(.close) else { throw unexpected(expected: "\")\"") }
    return .filter(kind: kind, filter, start..<end)
  }
}
