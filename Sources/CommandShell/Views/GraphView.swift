/// A small causal graph, newest on top: who wrote after having seen what.
package struct GraphView: Sendable {
  /// A part of a node's text; parts stand below each other in columns.
  package struct Cell: Hashable, Sendable, ExpressibleByStringInterpolation {
    package let text: String
    /// How many columns it reaches over.
    package let span: Int

    package init(_ text: String, span: Int = 1) {
      self.text = PlainText.oneLine(text)
      self.span = max(1, span)
    }

    package init(stringLiteral value: String) { self.init(value) }
  }

  package struct Node: Hashable, Sendable {
    package let id: String
    /// The nodes it had seen and builds on; unknown ones are left out.
    package let parents: [String]
    /// `o` for a value, `x` where values meet.
    package let glyph: Character
    package let cells: [Cell]

    package init(id: String, parents: [String], glyph: Character = "o", cells: [Cell]) {
      self.id = id
      self.parents = parents
      self.glyph = glyph
      self.cells = cells
    }
  }

  private static let gap = 3
  private static let cellGap = 2

  /// Every node stands before its parents.
  package let nodes: [Node]

  package init(nodes: [Node]) {
    self.nodes = nodes
  }

  package func lines(style: Style) -> [String] {
    let rows = rows()
    let graphWidth = rows.map(\.drawing.count).max() ?? 0
    let widths = cellWidths()
    return rows.map { row in
      let drawing = style.isASCII ? Self.ascii(row.drawing) : row.drawing
      guard let node = row.node else { return drawing }
      let text = Self.text(of: node, widths)
      return TextWidth.padded(drawing, to: graphWidth + Self.gap) + text
    }.map { String($0.reversed().drop { $0 == " " }.reversed()) }
  }

  // MARK: Lanes

  private struct Row {
    let drawing: String
    let node: Node?
  }

  /// Each lane is a line running down to the node it waits for.
  private func rows() -> [Row] {
    let known = Set(nodes.map(\.id))
    var lanes: [String?] = []
    var rows: [Row] = []
    for node in nodes {
      let waiting = lanes.indices.filter { lanes[$0] == node.id }
      let lane = waiting.first ?? Self.freeLane(in: &lanes, from: 0)
      if waiting.count > 1 {
        let closing = Array(waiting.dropFirst())
        rows.append(Row(drawing: Self.link(lanes, lane, closing, corner: "╯", tee: "┴"), node: nil))
        for index in closing { lanes[index] = nil }
      }
      lanes[lane] = node.id
      rows.append(Row(drawing: Self.line(lanes, lane, node.glyph), node: node))

      let parents = node.parents.filter(known.contains)
      lanes[lane] = parents.first
      var opened: [Int] = []
      for parent in parents.dropFirst() {
        let new = Self.freeLane(in: &lanes, from: lane + 1)
        lanes[new] = parent
        opened.append(new)
      }
      if !opened.isEmpty {
        rows.append(Row(drawing: Self.link(lanes, lane, opened, corner: "╮", tee: "┬"), node: nil))
      }
      while lanes.last == .some(nil) { lanes.removeLast() }
    }
    return rows
  }

  private static func freeLane(in lanes: inout [String?], from start: Int) -> Int {
    if let free = lanes.indices.first(where: { $0 >= start && lanes[$0] == nil }) { return free }
    while lanes.count < start { lanes.append(nil) }
    lanes.append(nil)
    return lanes.count - 1
  }

  private static func line(_ lanes: [String?], _ lane: Int, _ glyph: Character) -> String {
    lanes.indices.map { $0 == lane ? String(glyph) : lanes[$0] == nil ? " " : "│" }
      .joined(separator: " ")
  }

  /// The line that ties lanes to the one on their left, passing over those between.
  private static func link(
    _ lanes: [String?], _ lane: Int, _ tied: [Int], corner: String, tee: String
  ) -> String {
    let last = tied.max() ?? lane
    var drawing = ""
    for index in lanes.indices {
      if index > 0 { drawing += index > lane && index <= last ? "─" : " " }
      if index == lane {
        drawing += "├"
      } else if tied.contains(index) {
        drawing += index == last ? corner : tee
      } else if lanes[index] == nil {
        drawing += index > lane && index < last ? "─" : " "
      } else {
        drawing += index > lane && index < last ? "┼" : "│"
      }
    }
    return drawing
  }

  private static func ascii(_ drawing: String) -> String {
    String(
      drawing.map { character in
        switch character {
        case "│", "├": "|"
        case "╮": "\\"
        case "╯": "/"
        case "─", "┬", "┴": "-"
        case "┼": "+"
        default: character
        }
      })
  }

  // MARK: Texts

  /// The width of each column, as far as cells need it that stand in it alone and not at the end.
  private func cellWidths() -> [Int] {
    var widths: [Int] = []
    for node in nodes {
      var column = 0
      for (index, cell) in node.cells.enumerated() {
        while widths.count < column + cell.span { widths.append(0) }
        if cell.span == 1, index < node.cells.count - 1 {
          widths[column] = max(widths[column], TextWidth.columns(of: cell.text))
        }
        column += cell.span
      }
    }
    return widths
  }

  private static func text(of node: Node, _ widths: [Int]) -> String {
    var text = ""
    var column = 0
    for cell in node.cells {
      let spanned = widths[column..<column + cell.span]
      let width = spanned.reduce(0, +) + cellGap * (cell.span - 1)
      text += TextWidth.padded(cell.text, to: width + cellGap)
      column += cell.span
    }
    return text
  }
}
