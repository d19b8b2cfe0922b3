package import CommandShell
import Foundation

/// What the process finds around it: terminals, variables, usual paths.
package enum ProgramEnvironment {
  private static var variables: [String: String] { ProcessInfo.processInfo.environment }

  /// Where the store is unless somebody says otherwise: `KITH_STORE`, or below `XDG_DATA_HOME`.
  package static var storePath: String {
    if let path = variables["KITH_STORE"], !path.isEmpty { return path }
    return folder("XDG_DATA_HOME", "/.local/share") + "/kith/replica.sqlite"
  }

  /// Where the configuration file is: `KITH_CONFIG`, or below `XDG_CONFIG_HOME`.
  private static var configurationPath: String {
    if let path = variables["KITH_CONFIG"], !path.isEmpty { return path }
    return folder("XDG_CONFIG_HOME", "/.config") + "/kith/config"
  }

  /// The facts that the shell is given.
  package static func shell(version: String) -> ShellEnvironment {
    var environment = ShellEnvironment(
      now: SystemEnvironment.now, random: SystemEnvironment.random,
      output: { write($0, to: FileHandle.standardOutput) },
      talk: { write($0, to: FileHandle.standardError) })
    environment.isInputTerminal = isatty(STDIN_FILENO) == 1
    environment.isOutputTerminal = isatty(STDOUT_FILENO) == 1
    environment.isErrorTerminal = isatty(STDERR_FILENO) == 1
    environment.width = { Int(terminalSize.ws_col) }
    environment.height = { Int(terminalSize.ws_row) }
    environment.configuration = Configuration(path: configurationPath)
    environment.pager = variables["KITH_PAGER"] ?? variables["PAGER"]
    environment.pagerVariable = variables["KITH_PAGER"] == nil ? "PAGER" : "KITH_PAGER"
    environment.noColor = variables["NO_COLOR"]
    environment.forceColor = variables["CLICOLOR_FORCE"]
    environment.terminalType = variables["TERM"]
    environment.timeZone = .current
    environment.historyPath = folder("XDG_STATE_HOME", "/.local/state") + "/kith/history"
    environment.home = variables["HOME"]
    environment.hostName = ProcessInfo.processInfo.hostName
    environment.loginName = NSUserName()
    environment.version = version
    environment.answer = { readAnswer() }
    environment.key = { readKey() }
    environment.keys = { PressedKeys.listen($0) }
    environment.edit = { PersonsEditor.edit($0) }
    return environment
  }

  private static func folder(_ variable: String, _ usual: String) -> String {
    if let folder = variables[variable], !folder.isEmpty { return folder }
    return (variables["HOME"] ?? NSHomeDirectory()) + usual
  }

  /// Reads a line from the terminal; `nil` at its end, or when the command that asked was stopped.
  private static func readAnswer() -> String? {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&input, 1, 50) <= 0 {
      if Task.isCancelled { return nil }
    }
    // A terminal hands out one line at a time.
    var line = [UInt8](repeating: 0, count: 4_096)
    let count = read(STDIN_FILENO, &line, line.count)
    guard count > 0 else { return nil }
    return String(decoding: line.prefix(count).filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Reads one key without its echo; `nil` at the end of the input, or when the command was stopped.
  private static func readKey() -> Character? {
    guard let mode = KeyMode() else { return nil }
    defer { mode.end() }
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&input, 1, 50) <= 0 {
      if Task.isCancelled { return nil }
    }
    var byte: UInt8 = 0
    guard read(STDIN_FILENO, &byte, 1) == 1, byte != 4 else { return nil }
    return Character(Unicode.Scalar(byte))
  }

  private static var terminalSize: winsize {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0) }
    return size
  }

  /// Writes at once; a reader that has gone ends the program as it ends others, by its signal.
  private static func write(_ text: String, to file: FileHandle) {
    try? file.write(contentsOf: Data(text.utf8))
  }
}
