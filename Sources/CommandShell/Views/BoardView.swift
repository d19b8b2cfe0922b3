/// Cards in columns side by side, or one column under the other where the terminal is narrow.
package struct BoardView: Sendable {
  package struct Card: Hashable, Sendable {
    package let id: String
    package let title: String
    /// What stands below, one thing a line.
    package let details: [String]
    package let markers: String
    /// What its first line is written in.
    package let ink: Style.Ink?

    package init(
      id: String, title: String, details: [String] = [], markers: String = "",
      ink: Style.Ink? = nil
    ) {
      self.id = id
      self.title = PlainText.oneLine(title)
      self.details = details.map(PlainText.oneLine)
      self.markers = markers
      self.ink = ink
    }
  }

  package struct Column: Hashable, Sendable {
    package let title: String
    /// What the heading says besides the title: the count, then sums.
    package let figures: [String]
    package let cards: [Card]
    /// What its heading is written in.
    package let ink: Style.Ink

    package init(
      _ title: String, figures: [String], cards: [Card], ink: Style.Ink = .bold
    ) {
      self.title = PlainText.oneLine(title)
      self.figures = figures
      self.cards = cards
      self.ink = ink
    }
  }

  private static let columnWidthMin = 22
  private static let columnWidthMax = 40
  private static let gap = 1
  private static let margin = " "

  package var columns: [Column]

  package init(columns: [Column]) {
    self.columns = columns
  }

  package func lines(width: Int, style: Style) -> [String] {
    guard !columns.isEmpty else { return [] }
    let pitch = min(Self.columnWidthMax, (width - Self.margin.count) / columns.count)
    if pitch < Self.columnWidthMin {
      let columnWidth = max(width - Self.margin.count, 1)
      let blocks = columns.map { block($0, columnWidth, style).map { Self.margin + $0.text } }
      return Array(blocks.joined(separator: [""]))
    }
    let blocks = columns.map { block($0, pitch - Self.gap, style) }
    let height = blocks.map(\.count).max() ?? 0
    return (0..<height).map { row in
      let cells = blocks.map { row < $0.count ? $0[row] : Drawn(text: "", width: 0) }
      return Self.margin + Self.joined(cells, pitch: pitch)
    }
  }

  /// A line with its width on screen, which its colours do not count in.
  private struct Drawn {
    let text: String
    let width: Int
  }

  private static func joined(_ cells: [Drawn], pitch: Int) -> String {
    var line = ""
    var owed = 0
    for cell in cells {
      if cell.width > 0 {
        line += String(repeating: " ", count: owed) + cell.text
        owed = 0
      }
      owed += pitch - cell.width
    }
    return line
  }

  private func block(_ column: Column, _ width: Int, _ style: Style) -> [Drawn] {
    let heading = ([column.title.uppercased()] + column.figures).joined(separator: style.separator)
    var lines = [drawn(heading, width, style, ink: column.ink)]
    for card in column.cards {
      let markerWidth = TextWidth.columns(of: card.markers)
      let room = markerWidth == 0 ? width : width - markerWidth - 1
      let head = TextWidth.cut("\(card.id) \(card.title)", to: room, ellipsis: style.ellipsis)
      if markerWidth == 0 {
        lines.append(drawn(head, width, style, ink: card.ink))
      } else {
        let text =
          style.paint(TextWidth.padded(head, to: room), card.ink) + " "
          + style.paint(card.markers, .yellow)
        lines.append(Drawn(text: text, width: width))
      }
      let indent = String(repeating: " ", count: TextWidth.columns(of: card.id) + 1)
      lines += card.details.map { drawn(indent + $0, width, style) }
    }
    return lines
  }

  private func drawn(
    _ text: String, _ width: Int, _ style: Style, ink: Style.Ink? = nil
  ) -> Drawn {
    let cut = TextWidth.cut(text, to: width, ellipsis: style.ellipsis)
    return Drawn(text: style.paint(cut, ink), width: TextWidth.columns(of: cut))
  }
}
