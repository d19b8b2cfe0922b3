import CRDTCore
import Synchronization

/// One command's output, drawn over and over: in place on a terminal, one frame after another elsewhere.
struct WatchView {
  /// A line that is too wide is cut, so that each takes one row.
  private static let noWrap = "\u{1B}[?7l"
  private static let wrap = "\u{1B}[?7h"

  private let command: Command
  private let context: CommandContext
  /// The lines of the last frame, without colours; `nil` before the first.
  private var shown: [String]?
  /// How many rows the last frame takes, and how wide the terminal was then.
  private var rows = 0
  private var width = 0

  init(_ command: Command, in context: CommandContext) {
    self.command = command
    self.context = context
  }

  /// Runs the command, and shows what it says if that is something else than before.
  mutating func draw() async throws {
    let frame = Frame()
    let output = context.output
    let isFirst = shown == nil
    let time = try await context.perform(command, frame.add) { note in
      // Where frames follow each other, what is said beside them is said once.
      if output.screen != nil { frame.add(note) } else if isFirst { output.talk(note) }
    }
    let lines = frame.lines
    let plain = lines.map(Style.uncolored)
    guard plain != shown else { return }
    if let screen = output.screen {
      draw(lines, plain, time, on: screen)
    } else {
      if !isFirst, !isJSON { output.data("") }
      for line in lines { output.data(line) }
    }
    shown = plain
  }

  private var isJSON: Bool {
    ["json", "ndjson"].contains(command.value(of: "format") ?? context.options.format)
  }

  private mutating func draw(
    _ lines: [String], _ plain: [String], _ time: Instant, on screen: Screen
  ) {
    let style = context.output.style
    let changes = shown.map { ScreenDifference(from: $0, to: plain) }
    var drawn = lines.indices.map { index in
      changes.flatMap { $0.marked(plain[index], at: index, style: style) } ?? lines[index]
    }
    // The last row is the cursor's, the first that of the heading.
    let room = max(screen.size().rows - 2, 1)
    if drawn.count > room {
      let left = PeopleFormat.number(drawn.count - room + 1)
      drawn = drawn.prefix(room - 1) + ["\(style.ellipsis) \(left) more lines"]
    }
    let heading = [command.text, context.format.timeWithSeconds(time), "q leaves"]
      .joined(separator: style.separator)
    let text = ([style.paint(PlainText.oneLine(heading), .faint)] + drawn)
      .map { $0 + "\n" }.joined()
    screen.write(Self.noWrap + start(on: screen) + "\u{1B}[J" + text + Self.wrap)
    rows = drawn.count + 1
  }

  /// What moves the cursor to where the last frame begins.
  private mutating func start(on screen: Screen) -> String {
    defer { width = screen.size().columns }
    if rows == 0 { return "" }
    // A terminal that has become narrower or wider has moved its lines.
    return screen.size().columns == width ? "\u{1B}[\(rows)A\r" : "\u{1B}[H"
  }
}

/// The lines that a command has written.
private final class Frame: Sendable {
  private let written = Mutex<[String]>([])

  var lines: [String] { written.withLock { $0 } }

  func add(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    written.withLock { $0 += lines }
  }
}
