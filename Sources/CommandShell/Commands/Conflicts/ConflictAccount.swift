import CRDTCore
import CRMDomain
import ReplicaStore

/// What is to be told of a conflict: why it shows what it shows, and every fact behind that.
struct ConflictAccount {
  let conflict: ConflictDescription
  let origin: ConflictOrigin
  /// `nil` where no clock could have decided anything.
  let clocks: ClockEvidence?
  private let style: Style
  var view: RecordView { conflict.view }

  init(_ conflict: ConflictDescription) throws {
    self.conflict = conflict
    origin = try ConflictOrigin(conflict)
    style = conflict.view.context.output.style
    let isAboutTime: Bool
    switch conflict.conflict.kind {
    case .field: isAboutTime = conflict.rule?.isDecidedByTime ?? false
    case .lifecycle: isAboutTime = true
    case .unique, .constraint, .transition, .held, .clock, .fork: isAboutTime = false
    }
    clocks = isAboutTime ? try ClockEvidence(conflict) : nil
  }

  /// The facts below the sentence or the title, in columns.
  func lines() throws -> [String] {
    if conflict.conflict.kind == .clock { return try clockLines() }
    var rows = try origin.ancestors.map { try row(ofAncestor: $0) }
    if conflict.conflict.kind == .field, rows.isEmpty {
      rows = [Row("base", ["(empty)", "nobody had written it before"])]
    }
    let columns = columnWidth
    for (index, side) in conflict.conflict.sides.enumerated() where columns == nil {
      rows.append(try row(of: side, at: index))
    }
    var facts: [Row] = []
    if let merging = merging() { facts.append(Self.row(of: merging)) }
    if let seen = try seen() { facts.append(Row("seen", [seen])) }
    if let rule = conflict.rule, conflict.conflict.kind == .field {
      let place = "\(rule.entity.name).\(rule.field.name)"
      facts.append(Row("rule", ["\(place): \(try view.words(of: rule))"]))
    }
    if let clocks {
      facts.append(Row("clocks", [clocks.sentence]))
    } else if conflict.conflict.kind == .field {
      facts.append(
        Row("clocks", ["the rule compares the values; times would count only between equal ones"]))
    }
    guard let columns else { return Row.lines(rows, facts, style) }
    return try Row.lines(rows, [], style) + [""] + sidesInColumns(of: columns)
      + Row.lines(facts, [], style)
  }

  // MARK: - Rows

  private func row(ofAncestor entry: ReplicaStore.HistoryEntry) throws -> Row {
    let said = try entry.writes.map(text).joined(separator: " | ")
    var row = Row(
      "base",
      [
        isText ? "" : said, try conflict.names.author(entry.member, view),
        try conflict.names.node(entry.stamp.dot, view), view.people.stamp(Self.time(entry.stamp)),
        "", reason(of: entry),
      ])
    if isText { row.below = [PlainText.oneLine(said)] }
    return row
  }

  private func row(of side: ConflictSide, at index: Int) throws -> Row {
    let entry = origin.entry(of: side)
    let what = [try conflict.place(ofSideAt: index), isText ? "" : try conflict.text(of: side)]
    var row = Row(
      ConflictDescription.letter(index),
      [
        what.filter { !$0.isEmpty }.joined(separator: "  "),
        try conflict.names.author(side.member, view),
        try conflict.names.node(side.stamp.dot, view),
        view.people.stamp(ConflictDescription.time(of: side)), state(of: side),
        entry.map(reason) ?? "",
      ])
    if isText { row.below = [try difference(of: side).text(style: style)] }
    if side.act == .edited, let entry {
      row.below = try edits(in: entry).map { $0.text(style: style) }
    }
    return row
  }

  /// What an edit of a deleted record changed, word by word where it changed words.
  func edits(in entry: ReplicaStore.HistoryEntry) throws -> [WordDiff] {
    guard let entity = conflict.entity else { return [] }
    return try entry.writes.compactMap { write in
      guard let field = entity.field(named: write.field) else { return nil }
      let new = PlainText.oneLine(try text(write))
      let before = write.replaces.compactMap(origin.entry).flatMap(\.writes)
        .first { $0.field == write.field }
      let old = if let before, !field.isSet { PlainText.oneLine(try text(before)) } else { new }
      return WordDiff(from: "\(field.label)  \(old)", to: "\(field.label)  \(new)")
    }
  }

  func state(of side: ConflictSide) -> String {
    switch conflict.conflict.kind {
    case .field, .lifecycle: side.isShowing ? "showing" : "kept"
    case .unique, .constraint, .transition, .held, .clock: ""
    case .fork: side.isShowing ? "kept the name" : "goes on beside it"
    }
  }

  private func reason(of entry: ReplicaStore.HistoryEntry) -> String {
    entry.reason.map { "\"\($0)\"" } ?? ""
  }

  /// Whether the values are prose, which stands below the line that says who wrote it.
  var isText: Bool { conflict.conflict.kind == .field && conflict.field?.format == .longText }

  /// A side's text against the common ancestor's, word by word.
  func difference(of side: ConflictSide) throws -> WordDiff {
    let new = PlainText.oneLine(try conflict.text(of: side))
    guard origin.ancestors.count == 1, let old = Self.prose(of: origin.ancestors[0]) else {
      return WordDiff(from: new, to: new)
    }
    return WordDiff(from: PlainText.oneLine(old), to: new)
  }

  /// What a write of a text says; of an emptied one nothing.
  private static func prose(of entry: ReplicaStore.HistoryEntry) -> String? {
    switch entry.writes.first?.change {
    case .register(.text(let text)): text
    case .register(.null): ""
    case .register, .sides, .counter, .element, .delete, .restore, .unknown, nil: nil
    }
  }

  /// What the sides' edits of one text come to together; `nil` of what is no text, or where the sides do
  /// not have one common ancestor.
  func merging() -> WordMerge? {
    guard isText, origin.ancestors.count < 2 else { return nil }
    guard let base = origin.ancestors.first.map(Self.prose) ?? "" else { return nil }
    let sides = conflict.conflict.sides.compactMap { side -> String? in
      switch side.value {
      case .text(let text): text
      case .null: ""
      case _: nil
      }
    }
    return sides.count == conflict.conflict.sides.count ? WordMerge(base: base, sides: sides) : nil
  }

  private static func row(of merging: WordMerge) -> Row {
    switch merging {
    case .merged(let text):
      var row = Row("merge", [text])
      row.below = ["The edits touch different words, so they fit together."]
      return row
    case .overlapping(let overlaps):
      var row = Row("merge", ["the edits overlap, so a person has to choose the words:"])
      row.below = overlaps.map(\.sentence)
      return row
    }
  }

  /// What each side's author had seen of the field, and that it was not the other sides.
  private func seen() throws -> String? {
    guard conflict.conflict.kind == .field else { return nil }
    let sides = conflict.conflict.sides
    let base = Set(origin.ancestors.map(\.stamp.dot))
    if sides.allSatisfy({ Set(origin.seen(by: $0).map(\.stamp.dot)) == base }) {
      let seen = base.isEmpty ? "an empty field" : "the base"
      return sides.count == 2
        ? "both had seen \(seen), neither the other's value"
        : "all had seen \(seen), none another's value"
    }
    var parts: [String] = []
    for (index, side) in sides.enumerated() {
      let values = try origin.seen(by: side).map { entry in
        let said = try entry.writes.map(text).joined(separator: " | ")
        return "\(try conflict.names.author(entry.member, view))'s \(Self.cut(said))"
      }
      let what = values.isEmpty ? "an empty field" : values.joined(separator: " and ")
      parts.append("\(ConflictDescription.letter(index)) had seen \(what)")
    }
    return parts.joined(separator: "; ") + "; none had seen another's value"
  }

  private static let seenLengthMax = 40

  private static func cut(_ text: String) -> String {
    TextWidth.cut(PlainText.oneLine(text), to: seenLengthMax)
  }

  func text(_ write: ReplicaStore.HistoryEntry.Write) throws -> String {
    guard let entity = conflict.entity else { return "" }
    return try ChangeText(view: view, entity: entity).text(write)
  }

  static func time(_ stamp: Stamp) -> Instant {
    Instant(milliseconds: Int64(clamping: stamp.time.wallMilliseconds))
  }

  /// A label, cells that stand below those of the other rows, and lines below them.
  struct Row {
    let label: String
    let cells: [String]
    var below: [String] = []

    init(_ label: String, _ cells: [String]) {
      self.label = label
      self.cells = cells.map(PlainText.oneLine)
    }

    static func lines(_ rows: [Row], _ facts: [Row], _ style: Style) -> [String] {
      let labelWidth = (rows + facts).map(\.label.count).max() ?? 0
      let count = rows.map(\.cells.count).max() ?? 0
      let widths = (0..<count).map { column in
        rows.filter { $0.cells.indices.contains(column) && $0.cells.count == count }
          .map { TextWidth.columns(of: $0.cells[column]) }.max() ?? 0
      }
      return (rows + facts).flatMap { row -> [String] in
        let cells = row.cells.enumerated().map { index, cell in
          index < widths.count && row.cells.count == count
            ? TextWidth.padded(cell, to: widths[index]) : cell
        }.enumerated().filter { row.cells.count != count || widths[$0.offset] > 0 }
        let text = cells.map(\.element).joined(separator: "  ")
        let label = style.paint(TextWidth.padded(row.label, to: labelWidth), .faint)
        let indent = String(repeating: " ", count: labelWidth + 4)
        return ["  \(label)  \(text)".trimmedRight] + row.below.map { indent + $0 }
      }
    }
  }
}

extension WordMerge.Overlap {
  /// `"alone": "with Ute" or "with the CFO"`.
  var sentence: String {
    let texts = texts.map { "\"\(PlainText.oneLine($0))\"" }.joined(separator: " or ")
    return "\(base.isEmpty ? "added" : "\"\(PlainText.oneLine(base))\""): \(texts)"
  }
}

extension String {
  /// The text without the spaces at its end.
  fileprivate var trimmedRight: String { String(reversed().drop { $0 == " " }.reversed()) }
}
