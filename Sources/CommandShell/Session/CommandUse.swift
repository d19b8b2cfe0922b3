/// What a command takes beside its name and kind; whatever else is typed is refused, never ignored.
package struct CommandUse: Sendable {
  /// How many words, such as references or files; `nil` for any number.
  package var words: Int? = 0
  /// Whether a filter in parentheses may stand for records.
  package var takesFilter = false
  package var takesAssignments = false
  package var clauses: [ClauseWord] = []
  /// Its own options; those of ``universalOptions`` go with every command.
  package var options: [String] = []
  /// What `--format` may ask of it; empty where it writes text for people alone.
  package var formats: [String] = []
  /// Whether it changes records, the store or peers, so that `--dry-run` has to mean something.
  package var changes = false
  /// Whether it says nothing of records, so that a moment asked of a session does not concern it.
  var isTimeless = false
  /// The exit codes that it has beside those of what it takes and does.
  package var exits: Set<ExitCode> = []

  /// Rows, as lists and their like write them.
  package static let rowFormats = ["table", "json", "ndjson", "csv", "tsv", "md", "ids"]
  /// What was changed.
  package static let changeFormats = ["json", "ndjson", "ids"]
  /// The options that say how any command runs and writes.
  package static let universalOptions: Set<String> = [
    "store", "as", "format", "output", "color", "no-pager", "yes", "quiet", "keep-going",
    "no-input", "ascii", "timing", "help",
  ]

  /// Refuses what the command does not take.
  ///
  /// - Parameters:
  ///   - command: What was typed.
  ///   - name: The command's name, for the error.
  ///   - session: The options that hold for it, the session's among them.
  /// - Throws: ``ParseError``, which points at what is not taken.
  package func check(
    _ command: Command, named name: String, under session: GlobalOptions
  ) throws(ParseError) {
    try checkTime(of: command, named: name, under: session)
    try checkTargets(of: command, named: name)
    if !takesAssignments, let assignment = command.assignments.first {
      throw command.rejection("\(name) takes no field=value", at: assignment.range)
    }
    for clause in command.clauses.words where !clauses.contains(clause) {
      throw command.rejection(
        "\(name) takes no \"\(clause.rawValue)\"", hint: Self.takes(clauses.map(\.rawValue)),
        at: command.range(of: clause))
    }
    let known = allOptions
    for option in command.options where !known.contains(option.name) {
      let isHarmless = option.name == "dry-run" && !changes
      guard isHarmless else {
        throw command.rejection(
          "\(name) takes no --\(option.name)", hint: Self.takes(options.map { "--" + $0 }),
          at: option.range)
      }
    }
    if session.isDryRun, changes, !options.contains("dry-run") {
      throw command.rejection(
        "\(name) cannot be tried with --dry-run; nothing was done", at: command.range)
    }
    try checkFormat(of: command, named: name, under: session)
  }

  /// The options that it takes.
  package var allOptions: Set<String> {
    Self.universalOptions.union(options).union(clauses.contains(.at) ? ["at"] : [])
  }

  /// Refuses to change what is past.
  private func checkTime(
    of command: Command, named name: String, under session: GlobalOptions
  ) throws(ParseError) {
    let typed = command.options.last { $0.name == "at" }?.range
    guard changes else {
      // One of the command's own is pointed at as any option that it does not take.
      guard session.at != nil, typed == nil, !clauses.contains(.at), !isTimeless else { return }
      throw command.rejection(
        "\(name) tells only of now, and takes no --at", at: command.range)
    }
    guard session.at != nil || command.clauses.at != nil else { return }
    throw command.rejection(
      "\(name) changes what is now; an earlier state can only be looked at", hint: nil,
      at: typed ?? (command.clauses.at == nil ? command.range : command.range(of: .at)))
  }

  private func checkTargets(of command: Command, named name: String) throws(ParseError) {
    for (index, target) in command.targets.enumerated() {
      switch target {
      case .filter where !takesFilter:
        throw command.rejection("\(name) takes no filter in parentheses", at: target.range)
      case .word(let word) where index >= words ?? .max:
        throw command.rejection("\"\(word.text)\" is one word too many", at: word.range)
      case .filter, .word: continue
      }
    }
  }

  private func checkFormat(
    of command: Command, named name: String, under session: GlobalOptions
  ) throws(ParseError) {
    let typed = command.options.last { $0.name == "format" }
    // A session's format is for what has formats; text for people stays text.
    guard let format = session.format, !formats.contains(format), typed != nil || !formats.isEmpty
    else { return }
    throw command.rejection(
      "\(name) does not write \(format)",
      hint: formats.isEmpty ? nil : "it writes \(formats.joined(separator: ", "))",
      at: typed?.value?.range ?? command.range)
  }

  /// What it takes, in lines for help.
  var facts: [String] {
    var facts: [String] = []
    if !clauses.isEmpty {
      facts.append("clauses  " + clauses.map(\.rawValue).joined(separator: ", "))
    }
    if !options.isEmpty {
      facts.append("options  " + options.map { "--" + $0 }.joined(separator: ", "))
    }
    facts.append("formats  " + (formats.isEmpty ? "text" : formats.joined(separator: ", ")))
    facts.append(
      "exits    " + exitCodes.map { "\($0.rawValue) \($0.words)" }.joined(separator: ", "))
    return facts
  }

  /// Every exit code that it can give, in order.
  private var exitCodes: [ExitCode] {
    var codes: Set<ExitCode> = [.done, .failed, .unparsable, .store, .interrupted]
    codes.formUnion(exits)
    if words != 0 || takesFilter { codes.formUnion([.noSuchRecord, .ambiguous]) }
    if options.contains("fail-on-conflict") { codes.insert(.openConflicts) }
    if changes { codes.formUnion([.needsAnswer, .refused]) }
    return codes.sorted { $0.rawValue < $1.rawValue }
  }

  private static func takes(_ words: [String]) -> String? {
    words.isEmpty ? nil : "it takes \(words.joined(separator: ", "))"
  }
}

extension Command {
  /// Where a clause begins.
  func range(of clause: ClauseWord) -> SourceRange {
    let characters = Array(source)
    let word = Array(clause.rawValue)
    let start = range.first { start in
      start + word.count <= range.upperBound
        && characters[start..<start + word.count].elementsEqual(word)
        && (start == range.lowerBound || characters[start - 1] == " ")
    }
    return start.map { $0..<$0 + word.count } ?? range
  }
}
