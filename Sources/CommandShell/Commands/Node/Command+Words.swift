extension Command {
  /// Returns the words after a command's name: at least as many as `names`, which say what each is.
  func words(_ names: [String]) throws(ParseError) -> [String] {
    let words = allWords
    if words.count < names.count {
      throw rejection("\(names[words.count]) is missing", at: range.upperBound..<range.upperBound)
    }
    return words
  }

  /// All words after a command's name and kind.
  var allWords: [String] {
    targets.compactMap { target in
      if case .word(let word) = target { word.text } else { nil }
    }
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
}
