import CommandShell
import Testing

@Suite("GraphView")
struct GraphViewTests {
  private let conflict = GraphView(nodes: [
    .init(
      id: "x", parents: ["a", "b"], glyph: "x",
      cells: [.init("x7m2 open", span: 4), "met here Thu 18:06"]),
    .init(
      id: "b", parents: ["base"],
      cells: ["B", "€18,000", "Tom", "hamburg", "Thu 14:20:45", "showing"]
    ),
    .init(
      id: "a", parents: ["base"],
      cells: ["A", "€17,900", "Lena", "lena-x1", "Thu 09:52:07", "kept"]
    ),
    .init(
      id: "base", parents: [],
      cells: ["", "€18,400", "Priya", "hamburg", "Mon 10:11:31", "both started here"]),
  ])

  @Test("two values that met are drawn as in the design")
  func unicode() {
    #expect(
      conflict.lines(style: .plain) == [
        "x     x7m2 open                   met here Thu 18:06",
        "├─╮",
        "│ o   B  €18,000  Tom    hamburg  Thu 14:20:45  showing",
        "o │   A  €17,900  Lena   lena-x1  Thu 09:52:07  kept",
        "├─╯",
        "o        €18,400  Priya  hamburg  Mon 10:11:31  both started here",
      ])
  }

  @Test("in ASCII too")
  func ascii() {
    let lines = conflict.lines(style: Style(isColored: false, isASCII: true))
    #expect(
      lines.map { String($0.prefix(3)) } == ["x  ", "|-\\", "| o", "o |", "|-/", "o  "])
  }

  private func drawing(_ nodes: [(String, [String])]) -> [String] {
    GraphView(nodes: nodes.map { .init(id: $0.0, parents: $0.1, cells: [.init($0.0)]) })
      .lines(style: .plain)
  }

  @Test("a history is one line, and unknown parents are left out")
  func chain() {
    #expect(drawing([("c", ["b"]), ("b", ["a"]), ("a", ["gone"])]) == ["o   c", "o   b", "o   a"])
    #expect(drawing([]) == [])
  }

  @Test("three sides open three lanes and close them")
  func threeSides() {
    #expect(
      drawing([
        ("x", ["a", "b", "c"]), ("c", ["base"]), ("b", ["base"]), ("a", ["base"]), ("base", []),
      ]) == [
        "o       x",
        "├─┬─╮",
        "│ │ o   c",
        "│ o │   b",
        "o │ │   a",
        "├─┴─╯",
        "o       base",
      ])
  }

  @Test("a lane that goes on is passed over")
  func crossing() {
    #expect(
      drawing([
        ("x", ["a", "b", "c"]), ("c", ["a"]), ("a", []), ("b", []),
      ]) == [
        "o       x",
        "├─┬─╮",
        "│ │ o   c",
        "├─┼─╯",
        "o │     a",
        "  o     b",
      ])
  }

  @Test("separate heads begin lanes of their own")
  func heads() {
    #expect(
      drawing([("h1", ["r"]), ("h2", ["r"]), ("r", [])]) == [
        "o     h1", "│ o   h2", "├─╯", "o     r",
      ])
  }
}
