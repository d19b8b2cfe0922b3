extension GlobalOptions {
  /// The formats of `--format`.
  package static let formats = [
    "table", "card", "json", "ndjson", "csv", "tsv", "md", "ids", "xlsx",
  ]

  /// The options that every command takes.
  package static let vocabulary: [Vocabulary.Option] = [
    .init("store", takesValue: true), .init("as", takesValue: true),
    .init("format", takesValue: true),
    .init("output", short: "o", takesValue: true),
    .init("color", takesValue: true), .init("no-pager"), .init("yes"), .init("dry-run"),
    .init("at", takesValue: true),
    .init("quiet"), .init("keep-going"), .init("no-input"), .init("ascii"),
    .init("timing"), .init("fail-on-conflict"), .init("help", short: "h"),
  ]

  /// Returns these options with those of a command on top.
  ///
  /// - Throws: ``ParseError`` about a value that the option does not know.
  package func overlaid(with command: Command) throws(ParseError) -> GlobalOptions {
    try overlaid(with: command.options, in: command.source)
  }

  /// Returns these options with those given to a whole session on top.
  func overlaid(
    arguments: [String], vocabulary: Vocabulary
  ) throws(ParseError) -> GlobalOptions {
    var lexer = ArgumentLexer(arguments, vocabulary: vocabulary)
    let options = try lexer.read().compactMap { token -> Option? in
      if case .option(let option) = token.kind { option } else { nil }
    }
    return try overlaid(with: options, in: lexer.source)
  }

  private func overlaid(
    with options: [Option], in source: String
  ) throws(ParseError) -> GlobalOptions {
    var result = self
    for option in options { try result.apply(option, in: source) }
    return result
  }

  private mutating func apply(_ option: Option, in source: String) throws(ParseError) {
    let value = option.value?.text
    switch option.name {
    case "format":
      format = try Self.choice(option, of: Self.formats, in: source)
    case "color":
      let word = try Self.choice(option, of: ColorChoice.allCases.map(\.rawValue), in: source)
      color = ColorChoice(rawValue: word) ?? .auto
    case "output": outputPath = value
    case "at": at = value
    case "as": user = option.value
    case "yes": isYes = true
    case "dry-run": isDryRun = true
    case "quiet": isQuiet = true
    case "keep-going": isKeepGoing = true
    case "no-input": isNoInput = true
    case "ascii": isASCII = true
    case "timing": isTimed = true
    case "no-pager": isPaged = false
    case "fail-on-conflict": isFailOnConflict = true
    default: break
    }
  }

  private static func choice(
    _ option: Option, of words: [String], in source: String
  ) throws(ParseError) -> String {
    let word = option.value?.text ?? ""
    guard !words.contains(word) else { return word }
    let problem = ParseError.Problem.rejected(
      summary: "--\(option.name) does not know \"\(word)\"",
      hint: "one of \(words.joined(separator: ", "))")
    throw ParseError(problem, in: source, at: option.value?.range ?? option.range)
  }
}
