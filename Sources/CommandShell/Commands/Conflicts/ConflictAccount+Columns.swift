import CRDTCore
import CRMDomain
import ReplicaStore

// MARK: - Side by side

extension ConflictAccount {
  /// From how many columns on a terminal has room for two sides beside each other.
  private static let widthMin = 120
  private static let gap = 4

  /// How wide the columns of two sides may be; `nil` where sides stand below each other.
  var columnWidth: Int? {
    let output = view.context.output
    switch conflict.conflict.kind {
    case .field, .lifecycle, .unique, .constraint, .transition: break
    case .held, .clock, .fork: return nil
    }
    guard output.isTerminal, output.width >= Self.widthMin, conflict.conflict.sides.count > 1 else {
      return nil
    }
    return (output.width - 2 - Self.gap) / 2
  }

  /// The sides, two in a row: who wrote each, where, when and why, and what it says.
  func sidesInColumns(of width: Int) throws -> [String] {
    let blocks = try conflict.conflict.sides.indices.map { try block(ofSideAt: $0, width: width) }
    return stride(from: 0, to: blocks.count, by: 2).flatMap { index -> [String] in
      let left = blocks[index]
      let right = index + 1 < blocks.count ? blocks[index + 1] : []
      let lines = (0..<max(left.count, right.count)).map { row -> String in
        let cell = row < left.count ? left[row] : Line("")
        let space = String(repeating: " ", count: max(0, width - cell.columns) + Self.gap)
        return row < right.count ? "  \(cell.text)\(space)\(right[row].text)" : "  \(cell.text)"
      }
      return lines + [""]
    }
  }

  /// A line as it is written, perhaps with colours, and how wide it shows.
  private struct Line {
    let text: String
    let columns: Int

    init(_ text: String, columns: Int? = nil) {
      self.text = text
      self.columns = columns ?? TextWidth.columns(of: text)
    }
  }

  private func block(ofSideAt index: Int, width: Int) throws -> [Line] {
    let side = conflict.conflict.sides[index]
    let style = view.context.output.style
    let entry = origin.entry(of: side)
    let head = [
      ConflictDescription.letter(index), try conflict.names.author(side.member, view),
      try conflict.names.node(side.stamp.dot, view),
      view.people.stamp(ConflictDescription.time(of: side)), state(of: side),
    ]
    let title = TextWidth.cut(
      PlainText.oneLine(head.filter { !$0.isEmpty }.joined(separator: "  ")), to: width)
    var lines = [Line(style.paint(title, .bold), columns: TextWidth.columns(of: title))]
    if let reason = entry?.reason {
      lines += TextWidth.wrapped("\"\(PlainText.oneLine(reason))\"", to: width - 2)
        .map { Line("  " + $0) }
    }
    let said: [WordDiff]
    if isText {
      said = [try difference(of: side)]
    } else if side.act == .edited, let entry {
      said = try edits(in: entry)
    } else {
      let what = [try conflict.place(ofSideAt: index), try conflict.text(of: side)]
      let text = PlainText.oneLine(what.filter { !$0.isEmpty }.joined(separator: "  "))
      said = [WordDiff(from: text, to: text)]
    }
    for difference in said {
      let plain = difference.lines(width: width - 2, style: .plain)
      for (text, shown) in zip(difference.lines(width: width - 2, style: style), plain) {
        lines.append(Line("  " + text, columns: TextWidth.columns(of: shown) + 2))
      }
    }
    return lines
  }
}

// MARK: - The fields that nobody disagrees about

extension ConflictAccount {
  /// What else the records say, for whoever needs to see the whole: of one record a line a field, of
  /// several what each says.
  func otherFields() throws -> [String] {
    guard let entity = conflict.entity else { return [] }
    let states = try conflict.conflict.records.compactMap {
      try view.snapshot.record($0.kind, $0.id)
    }
    var rows: [Row] = []
    if states.count > 1 {
      rows.append(
        Row("", try conflict.conflict.records.map { try conflict.names.record($0, view) }))
    }
    for field in entity.fields where field.name != conflict.conflict.field {
      let readings = try states.map { try view.fields.reading(of: field, in: $0) }
      guard readings.contains(where: { $0 != .empty }) else { continue }
      rows.append(
        Row(field.label, readings.map { $0 == .empty ? "(empty)" : view.text($0, of: field) }))
    }
    return Row.lines(rows, [], view.context.output.style)
  }
}
