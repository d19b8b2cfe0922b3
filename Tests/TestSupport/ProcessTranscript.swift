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
    fileprivate var openStreams = 0
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
      String(decoding: bytes(of: stream), as: UTF8.self)
    }

    func bytes(of stream: Stream) -> Data { bytes[stream] ?? Data() }
  }

  private let condition = NSCondition()
  private var state = State()

  /// Reads both outputs to their ends and waits for the exit, each on a thread of its own.
  func follow(_ process: SpawnedProcess) {
    change { $0.openStreams = 2 }
    Thread.detachNewThread { self.collect(.output, from: process.output) }
    Thread.detachNewThread { self.collect(.errors, from: process.errors) }
    Thread.detachNewThread { self.awaitExit(of: process.identifier) }
  }

  /// As ``follow(_:)``, of a process whose both outputs go to a terminal; `master` is its other end.
  func follow(_ identifier: pid_t, onTerminal master: FileHandle) {
    change { $0.openStreams = 1 }
    Thread.detachNewThread { self.collect(.output, fromTerminal: master) }
    Thread.detachNewThread { self.awaitExit(of: identifier) }
  }

  private func collect(_ stream: Stream, from handle: FileHandle) {
    while true {
      let chunk = handle.availableData
      guard !chunk.isEmpty else { break }
      change { $0.bytes[stream, default: Data()].append(chunk) }
    }
    change { $0.openStreams -= 1 }
  }

  /// A terminal that nobody has open any more gives an error in place of an end.
  private func collect(_ stream: Stream, fromTerminal handle: FileHandle) {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(handle.fileDescriptor, &buffer, buffer.count)
      guard count > 0 || errno == EINTR else { break }
      change { $0.bytes[stream, default: Data()].append(contentsOf: buffer.prefix(max(0, count))) }
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
