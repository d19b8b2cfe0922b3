package import CRDTCore
import Synchronization

/// The one line on the terminal that says how far a long command has got, redrawn in place.
///
/// Nothing is drawn in the first half second, so that what is quick stays quiet; whatever else is
/// written wipes the line first.
package final class ProgressLine: Sendable {
  private static let delayMilliseconds: UInt64 = 500
  /// Often enough to look alive.
  private static let intervalMilliseconds: UInt64 = 100
  private static let wipe = "\r\u{1B}[K"

  private struct State {
    var nextDrawing: UInt64
    var isDrawn = false
  }

  private let state: Mutex<State>
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> WallTime
  private let width: Int

  package init(
    now: @escaping @Sendable () -> WallTime, width: Int,
    write: @escaping @Sendable (String) -> Void
  ) {
    state = Mutex(State(nextDrawing: now().milliseconds + Self.delayMilliseconds))
    self.now = now
    self.width = width
    self.write = write
  }

  /// Shows a text, unless it is too early or one was shown a moment ago.
  package func show(_ text: String) {
    let time = now().milliseconds
    state.withLock { state in
      guard time >= state.nextDrawing else { return }
      state.nextDrawing = time + Self.intervalMilliseconds
      state.isDrawn = true
      write("\r" + TextWidth.cut(PlainText.oneLine(text), to: max(1, width - 1)) + "\u{1B}[K")
    }
  }

  /// Wipes the line, if one is drawn.
  package func clear() {
    state.withLock { state in
      guard state.isDrawn else { return }
      state.isDrawn = false
      write(Self.wipe)
    }
  }
}
