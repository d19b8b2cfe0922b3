import Foundation
import Synchronization

/// The keys of the terminal as they are pressed, read beside whatever else the program does.
final class PressedKeys: Sendable {
  /// How often the thread that reads looks whether anybody still listens, in milliseconds.
  private static let interval: Int32 = 50

  private struct State {
    /// What the terminal was set to; `nil` when nobody listens any more.
    var before: termios?
  }

  private let state = Mutex(State())

  private init() {}

  /// Tells each key until the result is called; then the terminal is as it was.
  static func listen(
    _ onKey: @escaping @Sendable (Character) -> Void
  ) -> @Sendable () -> Void {
    let keys = PressedKeys()
    keys.start(onKey)
    return { keys.stop() }
  }

  private func start(_ onKey: @escaping @Sendable (Character) -> Void) {
    var before = termios()
    guard tcgetattr(STDIN_FILENO, &before) == 0 else { return }
    var raw = before
    // Ctrl-C goes on being a signal.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    state.withLock { [before] in $0.before = before }
    // A thread of its own, for none of those that run tasks may wait.
    Thread.detachNewThread { [self] in
      while isListening {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&input, 1, Self.interval) > 0 else { continue }
        guard let key = next() else { return }
        onKey(key)
      }
    }
  }

  private var isListening: Bool { state.withLock { $0.before != nil } }

  /// The key that is there; `nil` at the end of the input, or if nobody listens any more.
  private func next() -> Character? {
    state.withLock { state in
      var byte: UInt8 = 0
      guard state.before != nil, read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
      return Character(Unicode.Scalar(byte))
    }
  }

  private func stop() {
    state.withLock { state in
      guard var before = state.before else { return }
      tcsetattr(STDIN_FILENO, TCSANOW, &before)
      state.before = nil
    }
  }
}
