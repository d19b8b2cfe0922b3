/// What the words after the program's name ask for, before any command is parsed.
package struct ProgramArguments: Hashable, Sendable {
  /// Where the commands come from.
  package enum Source: Hashable, Sendable {
    /// The words of one command, options among them.
    case command([String])
    /// `-c 'CMD; CMD'`.
    case line(String)
    /// `-f FILE`; `-` is standard input.
    case script(path: String)
    /// The prompt, or standard input where that is no terminal.
    case session
    case version
  }

  package let source: Source
  /// `--store PATH`.
  package let storePath: String?
  /// The options given to a whole session, as one command's.
  package let sessionOptions: [String]

  /// Reads the words; `--store`, `-c` and `-f` are taken out, what belongs to a command stays.
  ///
  /// - Throws: ``ParseError`` if one of them lacks its value or is unknown before any command.
  package init(_ arguments: [String]) throws(ParseError) {
    var storePath: String?
    var command: [String] = []
    var source: Source?
    var hasCommand = false
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      let next = index + 1 < arguments.count ? arguments[index + 1] : nil
      if argument.hasPrefix("--store=") {
        storePath = String(argument.dropFirst("--store=".count))
      } else if argument == "--store" {
        storePath = try Self.value(of: argument, next, arguments, index)
        index += 1
      } else if !hasCommand, argument == "-c" {
        source = .line(try Self.value(of: argument, next, arguments, index))
        index += 1
      } else if !hasCommand, argument == "-f" {
        source = .script(path: try Self.value(of: argument, next, arguments, index))
        index += 1
      } else if !hasCommand, argument == "--version" {
        source = .version
      } else if !hasCommand, argument == "--help" || argument == "-h" {
        command.append("help")
        hasCommand = true
      } else {
        command.append(argument)
        if argument.hasPrefix("-") {
          if Self.takesValue(argument), let next {
            command.append(next)
            index += 1
          }
        } else {
          hasCommand = true
        }
      }
      index += 1
    }
    self.storePath = storePath
    self.source = source ?? (hasCommand ? .command(command) : .session)
    sessionOptions = self.source == .command(command) ? [] : command
  }

  /// The first word of the command that is no option; `nil` where there is no command.
  package var verb: String? {
    guard case .command(let words) = source else { return nil }
    var isValue = false
    return words.first { word in
      guard !isValue, !word.hasPrefix("-") else {
        isValue = !isValue && Self.takesValue(word)
        return false
      }
      return true
    }
  }

  private static func takesValue(_ spelling: String) -> Bool {
    GlobalOptions.vocabulary.contains { $0.takesValue && $0.spellings.contains(spelling) }
  }

  private static func value(
    of option: String, _ next: String?, _ arguments: [String], _ index: Int
  ) throws(ParseError) -> String {
    if let next { return next }
    let source = arguments.joined(separator: " ")
    let end = source.count
    throw ParseError(.missingOptionValue(option), in: source, at: end - option.count..<end)
  }
}
