/// One record: its fields in groups, then what belongs to it.
package struct CardView: Sendable {
  package struct Row: Hashable, Sendable {
    package let label: String
    package let value: String
    package let markers: String
    /// What the value is written in.
    package let ink: Style.Ink?

    package init(
      _ label: String, _ value: String, markers: String = "", ink: Style.Ink? = nil
    ) {
      self.label = label
      self.value = value
      self.markers = markers
      self.ink = ink
    }
  }

  package struct Section: Hashable, Sendable {
    package let heading: String?
    package let rows: [Row]

    package init(_ heading: String? = nil, rows: [Row]) {
      self.heading = heading
      self.rows = rows
    }
  }

  /// The widest a label makes the others' values move to the right.
  private static let labelWidthMax = 24
  private static let indent = "  "

  package var title: String
  package var sections: [Section]
  /// Lines at the end, such as who changed the record last.
  package var closing: [String]

  package init(title: String, sections: [Section], closing: [String] = []) {
    self.title = title
    self.sections = sections
    self.closing = closing
  }

  /// Draws the card; long values are wrapped under themselves.
  package func lines(width: Int?, style: Style) -> [String] {
    let labels = sections.flatMap(\.rows).map { TextWidth.columns(of: $0.label) }
    let labelWidth = min(labels.max() ?? 0, Self.labelWidthMax)
    var lines = [style.paint(PlainText.oneLine(title), .bold)]
    for section in sections where !section.rows.isEmpty {
      if let heading = section.heading { lines += ["", style.paint(heading, .faint)] }
      for row in section.rows { lines += self.lines(of: row, labelWidth, width, style) }
    }
    if !closing.isEmpty { lines.append("") }
    return lines + closing.map(PlainText.oneLine)
  }

  private func lines(
    of row: Row, _ labelWidth: Int, _ width: Int?, _ style: Style
  ) -> [String] {
    let left = TextWidth.padded(row.label, to: labelWidth) + Self.indent
    let start = Self.indent.count + TextWidth.columns(of: left)
    let value = PlainText.lines(row.value)
    var parts = TextWidth.wrapped(value, to: width.map { max($0 - start, 16) } ?? .max)
      .map { style.paint($0, row.ink) }
    if !row.markers.isEmpty {
      parts[parts.count - 1] += " " + style.paint(row.markers, .yellow)
    }
    return parts.enumerated().map { index, part in
      let before =
        index == 0
        ? Self.indent + style.paint(left, .faint) : String(repeating: " ", count: start)
      return part.isEmpty ? Self.indent + row.label : before + part
    }
  }
}
