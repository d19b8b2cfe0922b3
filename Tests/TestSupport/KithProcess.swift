package import Foundation
import Synchronization

/// A run of the built `kith`: started, watched and ended within bounded time.
///
/// Both outputs are read as they come, so a talkative process never waits for its test. A process
/// that is still running when the last reference goes is killed, so no test leaves one behind.
package final class KithProcess: Sendable {
  /// How a run ended, and what it said.
  package struct Result: Hashable, Sendable {
    /// The exit code; of a process ended by a signal, 128 and the signal's number.
    package let code: Int32
    /// Standard output.
    package let output: String
    /// Standard error.
    package let errors: String

    package init(code: Int32, output: String, errors: String) {
      self.code = code
      self.output = output
      self.errors = errors
    }
  }

  /// What a running process is sent.
  package enum Signal: Sendable {
    case interrupt
    case terminate
    case kill
    /// Freezes the process without its noticing.
    case stop
    /// Thaws it.
    case resume

    var number: Int32 {
      switch self {
      case .interrupt: SIGINT
      case .terminate: SIGTERM
      case .kill: SIGKILL
      case .stop: SIGSTOP
      case .resume: SIGCONT
      }
    }
  }

  /// What a run did not do in time.
  package struct TimedOut: Error, CustomStringConvertible {
    let what: String
    let output: String
    let errors: String

    package var description: String {
      "No \(what) in time.\nstandard output:\n\(output)\nstandard error:\n\(errors)"
    }
  }

  /// This process's environment, without the configuration of whoever runs the tests.
  static var environment: [String: String] {
    ProcessInfo.processInfo.environment.merging(["KITH_CONFIG": "/nonexistent/config"]) { $1 }
  }

  /// The program built beside this one; tests, demo and benchmarks lie in the same folder.
  package static var program: URL {
    let running = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return running.deletingLastPathComponent().appendingPathComponent("kith")
  }

  /// The system's number of the process.
  package var identifier: Int32 { spawned.identifier }

  private let spawned: SpawnedProcess
  private let input: Mutex<FileHandle?>
  private let inputQueue = DispatchQueue(label: "kith.test.input")
  private let transcript = ProcessTranscript()
  private let arguments: [String]

  /// Starts a run.
  ///
  /// - Parameters:
  ///   - arguments: The command line behind the program's name.
  ///   - environment: What differs from this process's environment.
  ///   - directory: The working folder; by default this process's.
  ///   - program: What to run; by default ``program``.
  /// - Throws: What the system says if the program cannot be started.
  package init(
    _ arguments: [String], environment: [String: String] = [:], directory: URL? = nil,
    program: URL = KithProcess.program
  ) throws {
    self.arguments = arguments
    spawned = try SpawnedProcess(
      program: program.path, arguments: arguments,
      environment: Self.environment.merging(environment) { _, mine in mine },
      directory: directory?.path)
    input = Mutex(spawned.input)
    // A process that ended before it read everything must not end this one as well.
    signal(SIGPIPE, SIG_IGN)
    transcript.follow(spawned)
  }

  deinit {
    send(.kill)
    _ = transcript.wait(for: .seconds(5)) { $0.result }
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - arguments: The command line behind the program's name.
  ///   - input: All of standard input.
  ///   - environment: What differs from this process's environment.
  ///   - directory: The working folder; by default this process's.
  ///   - timeout: How long the run may take.
  ///   - program: What to run; by default ``program``.
  /// - Returns: How the run ended, and all that it said.
  /// - Throws: ``TimedOut``, after killing the process, or what the system says.
  package static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    directory: URL? = nil, timeout: Duration = .seconds(60), program: URL = KithProcess.program
  ) throws -> Result {
    let run = try KithProcess(
      arguments, environment: environment, directory: directory, program: program)
    run.write(input)
    run.closeInput()
    return try run.result(within: timeout)
  }

  /// Writes to standard input; what a process that has ended does not read is lost.
  ///
  /// Returns at once, so that a process which does not read cannot hold up its test.
  package func write(_ text: String) {
    feed { try $0?.write(contentsOf: Data(text.utf8)) }
  }

  /// Ends standard input, once everything written has been taken.
  package func closeInput() {
    feed { handle in
      try handle?.close()
      handle = nil
    }
  }

  private func feed(_ action: @escaping @Sendable (inout FileHandle?) throws -> Void) {
    // The block keeps this object, and so the pipe, until the text has been taken.
    inputQueue.async { [self] in
      do {
        try input.withLock { try action(&$0) }
      } catch {
        transcript.note("standard input: \(error)")
      }
    }
  }

  /// Sends a signal; to a process that has ended it does nothing.
  package func send(_ signal: Signal) { transcript.send(signal.number, to: identifier) }

  /// Waits for a whole line of standard output that contains `part`, and returns the first.
  ///
  /// - Throws: ``TimedOut`` if the time is over or the process has ended without it.
  package func line(
    containing part: String, within timeout: Duration = .seconds(30)
  ) throws -> String {
    try line(of: .output, containing: part, within: timeout)
  }

  /// Waits for a whole line of standard error that contains `part`, and returns the first.
  ///
  /// - Throws: ``TimedOut`` if the time is over or the process has ended without it.
  package func logLine(
    containing part: String, within timeout: Duration = .seconds(60)
  ) throws -> String {
    try line(of: .errors, containing: part, within: timeout)
  }

  private func line(
    of stream: ProcessTranscript.Stream, containing part: String, within timeout: Duration
  ) throws -> String {
    let line = transcript.wait(for: timeout) { state in
      // After the end there is nothing to wait for; an empty line stands for none.
      state.lines(of: stream).first { $0.contains(part) } ?? (state.isFinished ? "" : nil)
    }
    guard let line, !line.isEmpty else { throw timedOut(waitingFor: "line with “\(part)”") }
    return String(line)
  }

  /// Waits until `kith serve` is ready, and returns the address it prints: `127.0.0.1:40123`.
  ///
  /// - Throws: ``TimedOut`` if the time is over or the process has ended before.
  package func listeningAddress(within timeout: Duration = .seconds(30)) throws -> String {
    let prefix = "listening on "
    let line = try line(containing: prefix, within: timeout)
    return String(line[(line.range(of: prefix)?.upperBound ?? line.startIndex)...])
  }

  /// Waits for the end of the run.
  ///
  /// - Throws: ``TimedOut``, after killing the process.
  package func result(within timeout: Duration = .seconds(60)) throws -> Result {
    let result = transcript.wait(for: timeout) { $0.result }
    if let result { return result }
    send(.kill)
    throw timedOut(waitingFor: "end")
  }

  /// What has come on both outputs so far.
  package var soFar: (output: String, errors: String) {
    (transcript.text(of: .output), transcript.text(of: .errors))
  }

  private func timedOut(waitingFor what: String) -> TimedOut {
    TimedOut(
      what: "\(what) of `kith \(arguments.joined(separator: " "))`",
      output: transcript.text(of: .output), errors: transcript.text(of: .errors))
  }
}
