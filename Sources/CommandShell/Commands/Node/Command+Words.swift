extension Command {
  /// Returns the words after a command's name: as many as `names`, which say what each is.
  func words(_ names: [String]) throws(ParseError) -> [String] {
    try refuseClauses()
    let words = try targetWords()
    if words.count < names.count {
      throw rejection("\(names[words.count]) is missing", at: range.upperBound..<range.upperBound)
    }
    if words.count > names.count {
      throw rejection(
        "\"\(words[names.count].text)\" is one word too many", at: words[names.count].range)
    }
    return words.map(\.text)
  }

  /// Returns all words after a command's name, however many.
  func allWords() throws(ParseError) -> [String] {
    try refuseClauses()
    return try targetWords().map(\.text)
  }

  /// The value of an option that has to be there.
  func required(_ option: String, example: String) throws(ParseError) -> String {
    if let value = value(of: option) { return value }
    throw rejection(
      "--\(option) is missing", hint: "such as --\(option) \(example)",
      at: range.upperBound..<range.upperBound)
  }

  func rejection(_ summary: String, hint: String? = nil, at range: SourceRange) -> ParseError {
    ParseError(.rejected(summary: summary, hint: hint), in: source, at: range)
  }

  private func targetWords() throws(ParseError) -> [ValueText] {
    var words: [ValueText] = []
    for target in targets {
      guard case .word(let word) = target else {
        throw rejection("a filter means nothing here", at: target.range)
      }
      words.append(word)
    }
    return words
  }

  private func refuseClauses() throws(ParseError) {
    if let assignment = assignments.first {
      throw rejection("field=value means nothing here", at: assignment.range)
    }
    if let clause = clauses.words.first {
      throw rejection("\"\(clause.rawValue)\" means nothing here", at: range)
    }
  }
}
