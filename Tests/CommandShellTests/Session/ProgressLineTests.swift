import CRDTCore
import CommandShell
import Synchronization
import Testing

@Suite("ProgressLine")
struct ProgressLineTests {
  /// A clock moved by hand, and what was drawn.
  private final class Screen: Sendable {
    let time = Mutex<UInt64>(1_000)
    let text = Mutex("")

    var now: WallTime { WallTime(milliseconds: time.withLock { $0 }) }
    var drawn: String { text.withLock { $0 } }

    func line() -> ProgressLine {
      ProgressLine(now: { self.now }, width: 12) { text in self.text.withLock { $0 += text } }
    }

    func wait(_ milliseconds: UInt64) { time.withLock { $0 += milliseconds } }
  }

  @Test("what takes less than half a second draws nothing, and wipes nothing")
  func quick() {
    let screen = Screen()
    let line = screen.line()
    line.show("1 of 2")
    screen.wait(499)
    line.show("2 of 2")
    line.clear()
    #expect(screen.drawn.isEmpty)
  }

  @Test(
    "the line is redrawn in place, ten times a second at most, cut to the width, and wiped once")
  func slow() {
    let screen = Screen()
    let line = screen.line()
    screen.wait(500)
    line.show("hamburg   120 of 300")
    line.show("hamburg   121 of 300")
    screen.wait(100)
    line.show("done")
    line.clear()
    line.clear()
    #expect(screen.drawn == "\rhamburg   …\u{1B}[K\rdone\u{1B}[K\r\u{1B}[K")
  }
}
