import CRDTCore

/// A line that could not be parsed, or a word in it that means nothing here.
package struct ParseError: Error, Hashable, Sendable {
  package let problem: Problem
  /// The line as typed.
  package let source: String
  /// What the caret points at; empty at the end of the line.
  package let range: SourceRange

  package init(_ problem: Problem, in source: String, at range: SourceRange) {
    self.problem = problem
    self.source = source
    self.range = range
  }

  package enum Problem: Hashable, Sendable {
    case openQuote
    case openParenthesis
    case openText(tag: String)
    case openPattern
    case trailingBackslash

    case missingCommand
    case severalCommands
    case unknownCommand(String, nearest: [String])
    case missingVerb(noun: String, verbs: [String])
    case unknownVerb(String, noun: String, nearest: [String])
    case missingKind(verb: String, example: String)
    case unknownKind(String, nearest: [String])
    /// The noun stands before the verb, or the verb before the noun; `suggestion` is the command in
    /// the right order.
    case wrongOrder(suggestion: String)

    case unknownOption(String, nearest: [String])
    case missingOptionValue(String)
    case unexpectedOptionValue(String)

    case spacedAssignment(field: String)
    case repeatedClause(String)
    case notACount(String)
    case tooDeep
    /// `found` is `nil` at the end of the line.
    case unexpected(found: String?, expected: String)
    /// The line parsed, but a command cannot use this part of it, such as an unknown field.
    case rejected(summary: String, hint: String?)
  }

  /// Whether more lines could still complete the command, so that a prompt goes on reading.
  package var isIncomplete: Bool {
    switch problem {
    case .openQuote, .openParenthesis, .openText, .trailingBackslash: true
    case .openPattern, .missingCommand, .severalCommands, .unknownCommand, .missingVerb,
      .unknownVerb, .missingKind, .unknownKind, .wrongOrder, .unknownOption, .missingOptionValue,
      .unexpectedOptionValue, .spacedAssignment, .repeatedClause, .notACount, .tooDeep, .unexpected,
      .rejected:
      false
    }
  }

  /// The answer in one line, where the command itself was not understood but one other is near.
  ///
  /// Such as `Unknown command "shwo". Did you mean "show"?`
  package var answer: String? {
    guard let suggestion else { return nil }
    let question = "Did you mean \"\(suggestion)\"?"
    if case .unknownCommand(let word, _) = problem {
      return "Unknown command \"\(word)\". \(question)"
    }
    return question
  }

  /// The whole line with the one suggestion in place, for a prompt that offers to run it.
  package var correction: String? {
    suggestion.map { source.prefix(range.lowerBound) + $0 + source.dropFirst(range.upperBound) }
  }

  private var suggestion: String? {
    if case .wrongOrder(let suggestion) = problem { return suggestion }
    if case .unknownCommand(_, let nearest) = problem, nearest.count == 1 { return nearest[0] }
    return nil
  }
}

extension ParseError: UserFacingError {
  package var summary: String {
    switch problem {
    case .openQuote: "a quote is not closed"
    case .openParenthesis: "a parenthesis is not closed"
    case .openText(let tag): "the text has no closing line \(tag)"
    case .openPattern: "a regular expression is not closed"
    case .trailingBackslash: "the line ends in \\ and nothing follows"
    case .missingCommand: "there is no command"
    case .severalCommands: "there is more than one command"
    case .unknownCommand(let word, _): "unknown command \"\(word)\""
    case .missingVerb(let noun, _): "\(noun) needs a verb"
    case .unknownVerb(let word, let noun, _): "\(noun) has no verb \"\(word)\""
    case .missingKind(let verb, _): "\(verb) needs a kind of record"
    case .unknownKind(let word, _): "unknown kind \"\(word)\""
    case .wrongOrder: "the words are in the wrong order"
    case .unknownOption(let option, _): "unknown option \(option)"
    case .missingOptionValue(let option): "\(option) needs a value"
    case .unexpectedOptionValue(let option): "\(option) takes no value"
    case .spacedAssignment: "an assignment has no spaces before its value"
    case .repeatedClause(let word): "\"\(word)\" is there twice"
    case .notACount(let text): "\"\(text)\" is not a number of rows"
    case .tooDeep: "the filter is nested too deeply"
    case .unexpected(nil, _): "the line ends too early"
    case .unexpected(let found?, _): "unexpected \"\(found)\""
    case .rejected(let summary, _): summary
    }
  }

  package var hint: String? {
    switch problem {
    case .openQuote: "close it with \""
    case .openParenthesis: "close it with )"
    case .openText(let tag): "end it with a line that says only \(tag)"
    case .openPattern: "close it with /, or put the text in quotes"
    case .missingCommand, .unknownCommand(_, nearest: []): "type help"
    case .missingVerb(_, let verbs), .unknownVerb(_, _, let verbs):
      verbs.isEmpty ? nil : Self.didYouMean(verbs)
    case .unknownCommand(_, let nearest), .unknownKind(_, let nearest),
      .unknownOption(_, let nearest):
      nearest.isEmpty ? nil : Self.didYouMean(nearest)
    case .missingKind(let verb, let example): "such as: \(verb) \(example)"
    case .wrongOrder(let suggestion): Self.didYouMean([suggestion])
    case .spacedAssignment(let field): "type \(field)=value"
    case .notACount: "type limit 20"
    case .rejected(_, let hint): hint
    case .severalCommands: "put them in one argument of -c"
    case .unexpected(nil, let expected): "\(expected) is missing"
    case .unexpected(_?, let expected): "here belongs \(expected)"
    case .trailingBackslash, .tooDeep, .missingOptionValue, .unexpectedOptionValue, .repeatedClause:
      nil
    }
  }

  /// `did you mean "stage"?`, or all of several: `did you mean "lt", "le" or "lg"?`.
  package static func didYouMean(_ words: [String]) -> String {
    let quoted = words.map { "\"\($0)\"" }
    let start = quoted.dropLast().joined(separator: ", ")
    return "did you mean " + (start.isEmpty ? "" : start + " or ") + (quoted.last ?? "") + "?"
  }
}
