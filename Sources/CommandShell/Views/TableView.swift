/// Rows in columns that fit the terminal: what is too wide is cut with `…`, nothing wraps.
package struct TableView: Sendable {
  package struct Column: Hashable, Sendable {
    package let title: String
    package let alignment: TextWidth.Alignment
    /// The column of least importance is cut first; among equals, the rightmost.
    package let importance: Int
    /// At least so wide even if nothing in it is.
    package let widthMin: Int
    /// Whether it says nothing unless it is whole, as an id: it is never cut, and left out last.
    package let isWhole: Bool
    /// Whether it is left out before any other column is cut.
    package let isOptional: Bool

    package init(
      _ title: String, alignment: TextWidth.Alignment = .left, importance: Int = 0,
      widthMin: Int = 0, isWhole: Bool = false, isOptional: Bool = false
    ) {
      self.title = title
      self.alignment = alignment
      self.importance = importance
      self.widthMin = widthMin
      self.isWhole = isWhole
      self.isOptional = isOptional
    }
  }

  package struct Cell: Hashable, Sendable, ExpressibleByStringInterpolation {
    package let text: String
    /// Signs after the text that are never cut: `↑` unsynced, `!` in conflict, `~` decided by rule.
    package let markers: String
    package let ink: Style.Ink?
    /// How many characters at the beginning are bold: the prefix an id needs.
    package let boldCount: Int

    package init(
      _ text: String, markers: String = "", ink: Style.Ink? = nil, boldCount: Int = 0
    ) {
      self.text = PlainText.oneLine(text)
      self.markers = markers
      self.ink = ink
      self.boldCount = boldCount
    }

    package init(stringLiteral value: String) { self.init(value) }
  }

  /// How narrow a column may be cut before another one has to give way, at first and at last.
  private static let cutWidths = [6, 3]
  private static let gap = "  "

  package var columns: [Column]
  /// One cell a column; a row that is shorter ends in empty cells.
  package var rows: [[Cell]]
  package var footer: String?
  package var hasHeader: Bool

  package init(
    columns: [Column], rows: [[Cell]], footer: String? = nil, hasHeader: Bool = true
  ) {
    self.columns = columns
    self.rows = rows
    self.footer = footer
    self.hasHeader = hasHeader
  }

  /// Draws the table for a terminal of so many columns; `nil` cuts nothing.
  package func lines(width: Int?, style: Style) -> [String] {
    var lines: [String] = []
    forEachLine(width: width, style: style, check: {}, { lines.append($0) })
    return lines
  }

  /// Hands over the lines one by one; `check` is asked for each row whether to go on, which of many takes
  /// a while.
  package func forEachLine<Failure: Error>(
    width: Int?, style: Style, check: () throws(Failure) -> Void,
    _ body: (String) throws(Failure) -> Void
  ) throws(Failure) {
    let layout = try layout(width: width, check)
    if hasHeader {
      try body(line(columns.map { Cell($0.title, ink: .bold) }, layout, style))
    }
    for row in rows {
      try check()
      try body(line(row, layout, style))
    }
    if let footer {
      let text = PlainText.oneLine(footer)
      try body(width.map { TextWidth.cut(text, to: $0, ellipsis: style.ellipsis) } ?? text)
    }
  }

  /// Where a column stands and how wide its text and its markers are.
  private struct Slot {
    let index: Int
    var textWidth: Int
    let markerWidth: Int

    var width: Int { textWidth + markerWidth }
  }

  private func layout<Failure: Error>(
    width: Int?, _ check: () throws(Failure) -> Void
  ) throws(Failure) -> [Slot] {
    var slots = try naturalSlots(check)
    guard let width else { return slots }
    let order = columns.indices.sorted {
      (columns[$0].importance, -$0) < (columns[$1].importance, -$1)
    }
    var excess = slots.reduce(0) { $0 + $1.width } + Self.gap.count * (slots.count - 1) - width
    func leaveOut(_ indices: [Int]) {
      for index in indices where excess > 0 && slots.count > 1 {
        excess -= slots.first { $0.index == index }.map { $0.width + Self.gap.count } ?? 0
        slots.removeAll { $0.index == index }
      }
    }
    leaveOut(order.filter { columns[$0].isOptional })
    for least in Self.cutWidths {
      for index in order where excess > 0 && !columns[index].isWhole {
        guard let place = slots.firstIndex(where: { $0.index == index }) else { continue }
        let cut = min(excess, max(0, slots[place].textWidth - least))
        slots[place].textWidth -= cut
        excess -= cut
      }
    }
    leaveOut(order.filter { !columns[$0].isWhole } + order.filter { columns[$0].isWhole })
    if slots.count == 1 { slots[0].textWidth = min(slots[0].textWidth, width) }
    return slots
  }

  private func naturalSlots<Failure: Error>(
    _ check: () throws(Failure) -> Void
  ) throws(Failure) -> [Slot] {
    var texts = columns.map { hasHeader ? TextWidth.columns(of: $0.title) : 0 }
    var markers = columns.map { _ in 0 }
    for row in rows {
      try check()
      for (index, cell) in row.enumerated() where columns.indices.contains(index) {
        texts[index] = max(texts[index], TextWidth.columns(of: cell.text))
        markers[index] = max(markers[index], TextWidth.columns(of: cell.markers))
      }
    }
    return columns.indices.map { index in
      Slot(
        index: index, textWidth: max(texts[index], columns[index].widthMin),
        markerWidth: markers[index] == 0 ? 0 : markers[index] + 1)
    }
  }

  private func line(_ cells: [Cell], _ layout: [Slot], _ style: Style) -> String {
    var line = ""
    /// Spaces owed before the next ink, so that no line ends in them.
    var pending = 0
    for (place, slot) in layout.enumerated() {
      if place > 0 { pending += Self.gap.count }
      let cell = slot.index < cells.count ? cells[slot.index] : ""
      let text = TextWidth.cut(cell.text, to: slot.textWidth, ellipsis: style.ellipsis)
      let space = slot.textWidth - TextWidth.columns(of: text)
      let isRight = columns[slot.index].alignment == .right
      if isRight { pending += space }
      append(painted(text, cell, style), to: &line, &pending)
      if !isRight { pending += space }
      if slot.markerWidth > 0 {
        pending += 1
        append(style.paint(cell.markers, .yellow), to: &line, &pending)
        pending += slot.markerWidth - 1 - TextWidth.columns(of: cell.markers)
      }
    }
    return line
  }

  private func append(_ text: String, to line: inout String, _ pending: inout Int) {
    guard !text.isEmpty else { return }
    line += String(repeating: " ", count: pending) + text
    pending = 0
  }

  private func painted(_ text: String, _ cell: Cell, _ style: Style) -> String {
    guard cell.boldCount > 0 else { return style.paint(text, cell.ink) }
    let bold = String(text.prefix(cell.boldCount))
    return style.paint(bold, .bold) + style.paint(String(text.dropFirst(cell.boldCount)), cell.ink)
  }
}
