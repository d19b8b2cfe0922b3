import Dispatch
import Foundation
import Synchronization

/// The terminal handing over each key at once, without showing it; it is given back at the end of this, of
/// the program, or at a signal that ends the program.
final class KeyMode: Sendable {
  /// Signals that end a program which does not care for them; Ctrl-C is the shell's.
  private static let signals = [SIGTERM, SIGHUP, SIGQUIT]
  /// What the terminal was set to; `nil` while it is so.
  private static let before = Mutex<termios?>(nil)
  private static let restoresAtExit: Void = { _ = atexit { KeyMode.restore() } }()

  private let sources: Mutex<[any DispatchSourceSignal]>

  /// - Returns: `nil` if the input is no terminal, or its keys are handed over already.
  init?() {
    var modes = termios()
    guard tcgetattr(STDIN_FILENO, &modes) == 0 else { return nil }
    let isFree = Self.before.withLock { [modes] before in
      guard before == nil else { return false }
      before = modes
      return true
    }
    guard isFree else { return nil }
    _ = Self.restoresAtExit
    sources = Mutex(Self.signals.compactMap(Self.guarding))
    modes.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &modes)
  }

  /// Gives the terminal back.
  func end() {
    Self.restore()
    sources.withLock { sources in
      for source in sources {
        signal(Int32(source.handle), SIG_DFL)
        source.cancel()
      }
      sources = []
    }
  }

  private static func restore() {
    before.withLock { before in
      guard var modes = before else { return }
      tcsetattr(STDIN_FILENO, TCSANOW, &modes)
      before = nil
    }
  }

  /// Gives the terminal back before a signal ends the program; `nil` of one that is handled or ignored.
  private static func guarding(_ number: Int32) -> (any DispatchSourceSignal)? {
    var present = sigaction()
    guard sigaction(number, nil, &present) == 0, present.__sigaction_handler.sa_handler == nil
    else { return nil }
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      restore()
      signal(number, SIG_DFL)
      kill(getpid(), number)
    }
    source.activate()
    return source
  }
}
