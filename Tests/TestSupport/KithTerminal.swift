import Foundation
import Synchronization

/// A run of the built `kith` on a pseudo-terminal, as a person has it before them.
///
/// What it shows is read as it comes. A process that is still running when the last reference goes is
/// killed.
package final class KithTerminal: Sendable {
  private let master: FileHandle
  private let identifier: pid_t
  private let transcript = ProcessTranscript()
  /// How many of the bytes shown have been waited for.
  private let position = Mutex(0)

  /// Starts a run.
  ///
  /// - Parameters:
  ///   - arguments: The command line behind the program's name.
  ///   - environment: What differs from this process's environment, and from a plain `xterm` without
  ///     colours and pager.
  ///   - columns: How wide the terminal is.
  /// - Throws: What the system says if there is no terminal, or the program cannot be started.
  package init(
    _ arguments: [String], environment: [String: String] = [:], columns: UInt16 = 100
  ) throws {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&master, &slave, &name, nil, &size) == 0 else {
      throw SpawnedProcess.Failure(program: "a terminal", code: errno)
    }
    defer { close(slave) }
    self.master = FileHandle(fileDescriptor: master, closeOnDealloc: true)
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    var variables = KithProcess.environment
    variables.merge(["TERM": "xterm", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "KITH_PAGER": ""]) {
      $1
    }
    variables.merge(environment) { $1 }
    identifier = try SpawnedProcess.start(
      program: KithProcess.program.path, arguments: arguments, environment: variables,
      onTerminal: String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
    transcript.follow(identifier, onTerminal: self.master)
  }

  deinit {
    send(.kill)
    _ = transcript.wait(for: .seconds(5)) { $0.result }
  }

  /// Whether the terminal shows what is typed by itself, a line at a time.
  package var echoes: Bool {
    var modes = termios()
    guard tcgetattr(master.fileDescriptor, &modes) == 0 else { return false }
    return modes.c_lflag & tcflag_t(ECHO | ICANON) == tcflag_t(ECHO | ICANON)
  }

  /// Types text; a control character is what its key sends.
  package func type(_ text: String) throws { try master.write(contentsOf: Data(text.utf8)) }

  /// Pastes text, as a terminal hands it to a program that has asked to be told.
  package func paste(_ text: String) throws { try type("\u{1B}[200~\(text)\u{1B}[201~") }

  /// Waits until `text` is shown, after what was waited for before.
  ///
  /// - Returns: What was shown from there on, to the end of `text`.
  /// - Throws: ``KithProcess/TimedOut`` if the time is over or the process has ended without it.
  @discardableResult
  package func wait(for text: String, within timeout: Duration = .seconds(30)) throws -> String {
    let start = position.withLock { $0 }
    let found = transcript.wait(for: timeout) { state -> Data? in
      let shown = state.bytes(of: .output).dropFirst(start)
      if let range = shown.range(of: Data(text.utf8)) { return shown[..<range.upperBound] }
      return state.isFinished ? Data() : nil
    }
    guard let found, !found.isEmpty else { throw timedOut(waitingFor: text.debugDescription) }
    position.withLock { $0 = start + found.count }
    return String(decoding: found, as: UTF8.self)
  }

  /// Sends a signal; to a process that has ended it does nothing.
  package func send(_ signal: KithProcess.Signal) {
    transcript.send(signal.number, to: identifier)
  }

  /// Waits for the end of the run.
  ///
  /// - Throws: ``KithProcess/TimedOut``, after killing the process.
  @discardableResult
  package func result(within timeout: Duration = .seconds(30)) throws -> KithProcess.Result {
    if let result = transcript.wait(for: timeout, { $0.result }) { return result }
    send(.kill)
    throw timedOut(waitingFor: "the end")
  }

  private func timedOut(waitingFor what: String) -> KithProcess.TimedOut {
    KithProcess.TimedOut(what: what, output: transcript.text(of: .output), errors: "")
  }
}
