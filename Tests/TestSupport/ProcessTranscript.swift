import Foundation

/// What a running process has said so far, for threads that wait for more of it.
///
/// `@unchecked Sendable`: every access to `state` is between `lock` and `unlock` of `condition`.
final class ProcessTranscript: @unchecked Sendable {
  enum Stream: Hashable {
    case output
    case errors
  }

  /// All that is known, as one value.
  struct State {
    fileprivate var bytes: [Stream: Data] = [:]
    fileprivate var openStreams = 2
    fileprivate var code: Int32?

    /// Whether the process has ended and all that it said is here.
    var isFinished: Bool { code != nil && openStreams == 0 }

    /// How it ended; `nil` before that.
    var result: KithProcess.Result? {
      guard isFinished, let code else { return nil }
      return KithProcess.Result(code: code, output: text(of: .output), errors: text(of: .errors))
    }

    /// The whole lines so far, and the rest once there will be no more.
    func lines(of stream: Stream) -> [Substring] {
      let lines = text(of: stream).split(separator: "\n", omittingEmptySubsequences: false)
      return isFinished ? lines : lines.dropLast()
    }

    func text(of stream: Stream) -> String {
      String(decoding: bytes[stream] ?? Data(), as: UTF8.self)
    }
  }

  private let condition = NSCondition()
  private var state = State()

  /// Reads both outputs to their ends and waits for the exit, each on a thread of its own.
  func follow(_ process: SpawnedProcess) {
    Thread.detachNewThread { self.collect(.output, from: process.output) }
    Thread.detachNewThread { self.collect(.errors, from: process.errors) }
    Thread.detachNewThread { self.awaitExit(of: process.identifier) }
  }

  private func collect(_ stream: Stream, from handle: FileHandle) {
    while true {
      let chunk = handle.availableData
      guard !chunk.isEmpty else { break }
      change { $0.bytes[stream, default: Data()].append(chunk) }
    }
    change { $0.openStreams -= 1 }
  }

  private func awaitExit(of identifier: pid_t) {
    // The process stays a zombie until the lock is held, so that `send` never hits a reused number.
    var information = siginfo_t()
    while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    change { state in
      var status: Int32 = 0
      waitpid(identifier, &status, 0)
      let signal = status & 0x7F
      state.code = signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }
  }

  /// Signals the process unless it has ended.
  func send(_ signal: Int32, to identifier: pid_t) {
    condition.withLock {
      if state.code == nil { kill(identifier, signal) }
    }
  }

  /// Adds a line that the process did not write to its errors.
  func note(_ line: String) {
    change { $0.bytes[.errors, default: Data()].append(Data("[\(line)]\n".utf8)) }
  }

  func text(of stream: Stream) -> String { condition.withLock { state.text(of: stream) } }

  /// Waits until `answer` has one, and returns it; `nil` when the time is over.
  func wait<Answer>(for timeout: Duration, _ answer: (State) -> Answer?) -> Answer? {
    let deadline = Date(timeIntervalSinceNow: timeout / .seconds(1))
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let found = answer(state) { return found }
      guard condition.wait(until: deadline) else { return answer(state) }
    }
  }

  private func change(_ body: (inout State) -> Void) {
    condition.withLock {
      body(&state)
      condition.broadcast()
    }
  }
}
