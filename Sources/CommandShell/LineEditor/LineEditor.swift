import CRDTCore

/// Reads what a person, a script or a pipe says, line by line.
///
/// An editor is used from one thread at a time.
package protocol LineEditor: AnyObject {
  /// Returns what could follow, given the line and the cursor's place in it, in characters.
  typealias Completer = (_ line: String, _ cursor: Int) -> [Completion]

  /// Who knows what the Tab key offers; `nil` offers nothing.
  var completer: Completer? { get set }

  /// Reads one line, without its end.
  func readLine(prompt: String) throws(LineEditorError) -> LineEditorResult

  /// Makes a line findable with Up and Ctrl-R; one that begins with a space is not kept.
  func addToHistory(_ line: String)
}

/// How reading a line ended.
package enum LineEditorResult: Hashable, Sendable {
  case line(String)
  /// Ctrl-C: what was typed is gone.
  case interrupted
  /// Ctrl-D on an empty line, or the end of a file.
  case endOfInput
}

/// One thing the Tab key offers.
package struct Completion: Hashable, Sendable {
  /// What would stand in the line.
  package let text: String
  /// What it is, for the list.
  package let description: String
  /// How many characters before the cursor it replaces; the same for all that are offered at once.
  package let replacedCount: Int
  /// Whether a space follows it, because the word is then complete.
  package let endsWord: Bool

  package init(
    _ text: String, description: String = "", replacing replacedCount: Int, endsWord: Bool = true
  ) {
    self.text = text
    self.description = description
    self.replacedCount = replacedCount
    self.endsWord = endsWord
  }
}

/// Input that cannot be read as lines.
package enum LineEditorError: Error, Hashable, Sendable {
  case lineTooLong(bytesMax: Int)
  /// The terminal cannot be edited on.
  case noTerminal
  /// The system's error number.
  case unreadable(code: Int32)
}

extension LineEditorError: UserFacingError {
  package var summary: String {
    switch self {
    case .lineTooLong(let bytesMax): "A command is longer than \(bytesMax >> 20) MiB."
    case .noTerminal: "This terminal can't be edited on."
    case .unreadable(let code): "The input can't be read (system error \(code))."
    }
  }

  package var hint: String? {
    switch self {
    case .lineTooLong: "Import large data from a file."
    case .noTerminal: "Give the commands in a file: kith -f FILE."
    case .unreadable: nil
    }
  }
}

/// The bounds of what is read from a person or a script.
package enum LineLimits {
  /// Bytes of one command with its continuation lines, or of one paste: room for a long note, and a
  /// stop before a binary file piped in by mistake fills the memory.
  package static let commandBytesMax = 1 << 20
  /// Commands that Up and Ctrl-R find: some months of work.
  package static let historyEntriesMax = 10_000
  /// Bytes of the history file that are read, from its end.
  package static let historyBytesRead = 2 << 20
  /// Bytes at which the history file is cut down to what is read of it.
  package static let historyBytesMax = 8 << 20
  /// Offers listed below the line; more are counted only.
  package static let completionsListed = 40
}

extension LineEditor {
  /// Reads one command: a line and, while it is unfinished, those that continue it.
  ///
  /// At the end of the input an unfinished command is returned as it is, for the parser to name
  /// what it lacks.
  package func readCommand(
    prompt: String, continuationPrompt: String = "…> ", needsMore: (String) -> Bool
  ) throws(LineEditorError) -> LineEditorResult {
    let first = try readLine(prompt: prompt)
    guard case .line(var text) = first else { return first }
    while needsMore(text) {
      switch try readLine(prompt: continuationPrompt) {
      case .line(let line): text += "\n" + line
      case .interrupted: return .interrupted
      case .endOfInput: return .line(text)
      }
      guard text.utf8.count <= LineLimits.commandBytesMax else {
        throw .lineTooLong(bytesMax: LineLimits.commandBytesMax)
      }
    }
    return .line(text)
  }
}
