package import CRDTCore
package import Foundation

/// What the program finds around it, as values: the shell reads no clock and no variable itself.
package struct ShellEnvironment: Sendable {
  package var isInputTerminal = false
  package var isOutputTerminal = false
  package var isErrorTerminal = false
  /// The columns of the terminal, now.
  package var width: @Sendable () -> Int = { 80 }
  /// The rows of the terminal, now.
  package var height: @Sendable () -> Int = { 24 }
  /// What the configuration file says.
  package var configuration = Configuration()
  /// The value of `KITH_PAGER`, else of `PAGER`: a command for the system's shell; empty for none.
  package var pager: String?
  /// Which of the two it is.
  package var pagerVariable = "PAGER"
  /// The values of `NO_COLOR`, `CLICOLOR_FORCE` and `TERM`.
  package var noColor: String?
  package var forceColor: String?
  package var terminalType: String?
  package var timeZone = TimeZone.gmt
  /// Where the prompt keeps its commands; `nil` keeps none.
  package var historyPath: String?
  /// Where a tilde at the beginning of a file's name leads; `nil` for nowhere.
  package var home: String?
  /// What a personal workspace is named after when there is no store yet.
  package var hostName = ""
  package var loginName = ""
  /// `0.1`.
  package var version = ""
  package var now: @Sendable () -> WallTime
  package var random: @Sendable (_ byteCount: Int) -> [UInt8]
  /// Writes text as it is to standard output, at once.
  package var output: @Sendable (String) -> Void
  /// Writes text as it is to standard error, at once.
  package var talk: @Sendable (String) -> Void
  /// Reads the answer to a question from the terminal; `nil` at its end.
  package var answer: @Sendable () -> String? = { nil }
  /// Waits for one key of the terminal, which shows nothing of it; `nil` at its end.
  package var key: @Sendable () -> Character? = { nil }
  /// Listens to the keys of the terminal.
  package var keys = Screen.noKeys
  /// Opens the person's editor on a text; `nil` if it failed.
  package var edit: @Sendable (_ text: String) -> String? = { _ in nil }

  package init(
    now: @escaping @Sendable () -> WallTime,
    random: @escaping @Sendable (_ byteCount: Int) -> [UInt8],
    output: @escaping @Sendable (String) -> Void, talk: @escaping @Sendable (String) -> Void
  ) {
    self.now = now
    self.random = random
    self.output = output
    self.talk = talk
  }

  /// The variable that decides about colour, and how.
  var colorVariable: (name: String, choice: ColorChoice)? {
    if let noColor, !noColor.isEmpty { return ("NO_COLOR", .never) }
    if let forceColor, !forceColor.isEmpty, forceColor != "0" { return ("CLICOLOR_FORCE", .always) }
    return nil
  }

  /// What variables, the file and custom settle.
  var settings: Settings { Settings(self) }

  func style(_ options: GlobalOptions, isTerminal: Bool) -> Style {
    let settled =
      colorVariable == nil ? configuration[.color].flatMap { ColorChoice(rawValue: $0.value) } : nil
    return Style(
      isColored: Style.usesColor(
        options.color ?? settled ?? .auto, noColor: noColor, forceColor: forceColor,
        term: terminalType,
        isTerminal: isTerminal),
      isASCII: options.isASCII || configuration[.ascii]?.value == "yes")
  }
}
