import Foundation
import Synchronization

/// Data on its way to the terminal: through a pager once it is taller than the screen.
///
/// Holds back a screen at most, and what is said on standard error until the data before it is out.
final class PagedOutput: Sendable {
  /// What runs where nobody has named a pager: `less`, which leaves by itself what fits, or nothing.
  private static let usualPager = """
    if command -v less >/dev/null 2>&1; then LESS="${LESS-FRX}" exec less; else exec cat; fi
    """

  /// What the system's shell ends with if there is no such command.
  private static let notFound: Int32 = 127

  /// More than a pipe holds: whoever has taken so much is there.
  private static let givenByteCountMax = 1 << 18

  private struct State: ~Copyable {
    var held: [String] = []
    var rows = 0
    var talk: [String] = []
    var pipe: UnsafeMutablePointer<FILE>?
    /// What the pager was given, as long as it may turn out that there is none.
    var given: [String] = []
    var givenByteCount = 0
    /// Whether the person has left the pager before the end.
    var isLeft = false
    /// Whether the rest goes straight to the terminal.
    var isOpen = false
  }

  private let state = Mutex(State())
  private let pager: String
  private let height: Int
  private let width: Int
  private let output: @Sendable (String) -> Void
  private let talk: @Sendable (String) -> Void

  /// Creates an output.
  ///
  /// - Parameters:
  ///   - pager: A command for the system's shell; `nil` for the usual one.
  ///   - height: The rows of the screen.
  ///   - width: Its columns.
  ///   - output: Writes text as it is to the terminal.
  ///   - talk: Writes text as it is to standard error.
  init(
    pager: String?, height: Int, width: Int, output: @escaping @Sendable (String) -> Void,
    talk: @escaping @Sendable (String) -> Void
  ) {
    self.pager = pager ?? Self.usualPager
    self.height = height
    self.width = width
    self.output = output
    self.talk = talk
  }

  /// Takes a line of data.
  func write(_ line: String) {
    state.withLock { state in
      if state.isOpen { return output(line + "\n") }
      if state.isLeft { return }
      if state.pipe != nil { return give(line, &state) }
      state.held.append(line)
      state.rows += max(1, (TextWidth.columns(of: line) + width - 1) / max(1, width))
      guard state.rows >= height else { return }
      guard let pipe = popen(pager, "w") else { return open(&state) }
      // A person who leaves the pager early has seen enough; that is no reason to end the program.
      signal(SIGPIPE, SIG_IGN)
      state.pipe = pipe
      let held = state.held
      state.held = []
      for line in held {
        if state.isOpen { output(line + "\n") } else if !state.isLeft { give(line, &state) }
      }
    }
  }

  /// Hands a line to the pager.
  private func give(_ line: String, _ state: inout State) {
    guard let pipe = state.pipe else { return }
    if state.givenByteCount <= Self.givenByteCountMax {
      state.given.append(line)
      state.givenByteCount += line.utf8.count
      if state.givenByteCount > Self.givenByteCountMax { state.given = [] }
    }
    if fputs(line + "\n", pipe) < 0 { close(pipe, &state) }
  }

  /// Waits for the pager; what one was given that could not be run is written without it.
  private func close(_ pipe: UnsafeMutablePointer<FILE>, _ state: inout State) {
    let status = pclose(pipe)
    signal(SIGPIPE, SIG_DFL)
    state.pipe = nil
    state.isLeft = status >> 8 != Self.notFound
    guard !state.isLeft else { return }
    state.talk.append("The pager can't be run: \(pager). Name another in KITH_PAGER.")
    state.held = state.given
    open(&state)
  }

  /// Takes a line for standard error.
  func say(_ line: String) {
    state.withLock { state in
      if state.held.isEmpty, state.pipe == nil {
        talk(line + "\n")
      } else {
        state.talk.append(line)
      }
    }
  }

  /// Writes what is held, and lets what follows through: a question is about to be asked.
  func open() { state.withLock { open(&$0) } }

  private func open(_ state: inout State) {
    for line in state.held { output(line + "\n") }
    for line in state.talk { talk(line + "\n") }
    state.held = []
    state.talk = []
    state.isOpen = true
  }

  /// Whether a pager shows what was written.
  var isPaging: Bool { state.withLock { $0.pipe != nil } }

  /// Writes what is held, and waits until the person has left the pager.
  func finish() {
    state.withLock { state in
      if let pipe = state.pipe { close(pipe, &state) }
      open(&state)
    }
  }
}
