import Foundation
import Synchronization

/// The keys of the terminal as they are pressed, read beside whatever else the program does.
final class PressedKeys: Sendable {
  /// How often the thread that reads looks whether anybody still listens, in milliseconds.
  private static let interval: Int32 = 50

  /// `nil` when nobody listens any more.
  private let mode = Mutex<KeyMode?>(nil)

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
    guard let taken = KeyMode() else { return }
    mode.withLock { $0 = taken }
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

  private var isListening: Bool { mode.withLock { $0 != nil } }

  /// The key that is there; `nil` at the end of the input, or if nobody listens any more.
  private func next() -> Character? {
    mode.withLock { mode in
      var byte: UInt8 = 0
      guard mode != nil, read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
      return Character(Unicode.Scalar(byte))
    }
  }

  private func stop() {
    mode.withLock { mode in
      mode?.end()
      mode = nil
    }
  }
}
