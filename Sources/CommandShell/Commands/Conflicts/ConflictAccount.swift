import CRDTCore
import CRMDomain
import ReplicaStore

/// What is to be told of a conflict: why it shows what it shows, and every fact behind that.
struct ConflictAccount {
  let conflict: ConflictDescription
  private let origin: ConflictOrigin
  /// `nil` where no clock could have decided anything.
  private let clocks: ClockEvidence?
  private let style: Style
  var view: RecordView { conflict.view }

  init(_ conflict: ConflictDescription) throws {
    self.conflict = conflict
    origin = try ConflictOrigin(conflict)
    style = conflict.view.context.output.style
    let isAboutTime: Bool
    switch conflict.conflict.kind {
    case .field: isAboutTime = conflict.field?.isDecidedByTime ?? false
    case .lifecycle: isAboutTime = true
    case .unique, .held, .clock, .fork: isAboutTime = false
    }
    clocks = isAboutTime ? try ClockEvidence(conflict) : nil
  }

  /// The facts below the sentence or the title, in columns.
  func lines() throws -> [String] {
    if conflict.conflict.kind == .clock { return try clockLines() }
    var rows = try origin.ancestors.map { Row("base", try cells(ofAncestor: $0)) }
    if conflict.conflict.kind == .field, rows.isEmpty {
      rows = [Row("base", ["(empty)", "nobody had written it before"])]
    }
    for (index, side) in conflict.conflict.sides.enumerated() {
      rows.append(try row(of: side, ConflictDescription.letter(index)))
    }
    var facts: [Row] = []
    if let seen = try seen() { facts.append(Row("seen", [seen])) }
    if let field = conflict.field, let entity = conflict.entity, conflict.conflict.kind == .field {
      facts.append(Row("rule", ["\(entity.name).\(field.name): \(field.ruleInWords)"]))
    }
    if let clocks {
      facts.append(Row("clocks", [clocks.sentence]))
    } else if conflict.conflict.kind == .field {
      facts.append(
        Row("clocks", ["the rule compares the values; times would count only between equal ones"]))
    }
    return Row.lines(rows, facts, style)
  }

  // MARK: - Rows

  private func cells(ofAncestor entry: ReplicaStore.HistoryEntry) throws -> [String] {
    let said = try entry.writes.map(text).joined(separator: " | ")
    return [
      said, try view.authorName(entry.member), try view.nodeName(entry.stamp.dot),
      view.people.stamp(Self.time(entry.stamp)), "", reason(of: entry),
    ]
  }

  private func row(of side: ConflictSide, _ letter: String) throws -> Row {
    let entry = origin.entry(of: side)
    let what = [try conflict.place(of: side), try conflict.text(of: side)]
    var row = Row(
      letter,
      [
        what.filter { !$0.isEmpty }.joined(separator: "  "), try view.authorName(side.member),
        try view.nodeName(side.stamp.dot), view.people.stamp(ConflictDescription.time(of: side)),
        state(of: side), entry.map(reason) ?? "",
      ])
    if let difference = try difference(of: side) { row.below = [difference] }
    if side.act == .edited, let entry, let entity = conflict.entity {
      row.below = try entry.writes.compactMap { write in
        guard let field = entity.field(named: write.field) else { return nil }
        return "\(field.label)  \(PlainText.oneLine(try text(write)))"
      }
    }
    return row
  }

  private func state(of side: ConflictSide) -> String {
    switch conflict.conflict.kind {
    case .field, .lifecycle: side.isShowing ? "showing" : "kept"
    case .unique, .held, .clock: ""
    case .fork: side.isShowing ? "kept the name" : "goes on beside it"
    }
  }

  private func reason(of entry: ReplicaStore.HistoryEntry) -> String {
    entry.reason.map { "\"\($0)\"" } ?? ""
  }

  /// A side's text against the common ancestor's, word by word; `nil` for what is no prose.
  private func difference(of side: ConflictSide) throws -> String? {
    guard conflict.field?.format == .longText, case .text(let new)? = side.value,
      origin.ancestors.count == 1,
      case .register(.text(let old))? = origin.ancestors.first?.writes.first?.change
    else { return nil }
    return WordDiff(from: PlainText.oneLine(old), to: PlainText.oneLine(new)).text(style: style)
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
        return "\(try view.authorName(entry.member))'s \(Self.cut(said))"
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

  private func text(_ write: ReplicaStore.HistoryEntry.Write) throws -> String {
    guard let entity = conflict.entity else { return "" }
    return try ChangeText(view: view, entity: entity).text(write)
  }

  private static func time(_ stamp: Stamp) -> Instant {
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

extension String {
  /// The text without the spaces at its end.
  fileprivate var trimmedRight: String { String(reversed().drop { $0 == " " }.reversed()) }
}

// MARK: - Sentences

extension ConflictAccount {
  /// Why what shows is showing.
  func sentence() throws -> String {
    switch conflict.conflict.kind {
    case .field: return try [redone(), fieldSentence()].compactMap(\.self).joined(separator: " ")
    case .lifecycle: return try lifecycleSentence()
    case .unique:
      let value = try conflict.conflict.sides.first.map(conflict.text) ?? ""
      return """
        The \(conflict.conflict.field ?? "value") \(value) is on \(conflict.conflict.records.count) \
        records, made while neither node had seen the other; all keep it until someone changes one.
        """
    case .held:
      return """
        An entry was set aside because \(conflict.reasonInWords); it changes nothing here.
        """
    case .clock:
      return """
        These entries carry times more than \(Limits.clockDriftMilliseconds / 60_000) minutes ahead \
        of the clock of somebody who had seen them; their values may show only for that.
        """
    case .fork:
      let node = try conflict.conflict.sides.first.map { try view.nodeName($0.stamp.dot) }
      return """
        Two copies of the store of \(node ?? "a node") were in use at once, and each wrote on as if it were the \
        only one. All that both wrote is kept. There is nothing to decide.
        """
    }
  }

  /// That the sides settled an earlier conflict apart from each other, if they did.
  private func redone() throws -> String? {
    let settlements = origin.settlements(among: conflict.conflict.sides)
    guard settlements.count > 1 else { return nil }
    let names = try settlements.map {
      "\(try view.authorName($0.member)) on \(try view.nodeName($0.stamp.dot))"
    }
    return """
      \(names.joined(separator: " and ")) settled an earlier conflict differently before seeing each \
      other's choice.
      """
  }

  private func fieldSentence() throws -> String {
    guard let showing = conflict.conflict.sides.first(where: \.isShowing),
      let field = conflict.field, let entity = conflict.entity
    else { return "Nothing is showing." }
    let value = try conflict.text(of: showing)
    let who = try view.authorName(showing.member)
    let isTie = conflict.conflict.sides.contains {
      $0.stamp.dot != showing.stamp.dot && $0.stamp.time == showing.stamp.time
    }
    if isTie, field.isDecidedByTime {
      return """
        \(value) is showing. Another value was written at the very same time by the clocks; the tie \
        goes to the \(field.mark == .once ? "least" : "greatest") replica id; that is the \
        same on every node and says nothing about who is right.
        """
    }
    guard field.isDecidedByTime else {
      return """
        \(value) is showing because \(entity.name).\(field.name) keeps \(field.ruleInWords); \
        neither had seen the other's value.
        """
    }
    return """
      \(value) is showing because \(who) wrote it \(field.mark == .once ? "first" : "later"), and \
      neither had seen the other's value.
      """
  }

  private func lifecycleSentence() throws -> String {
    let sides = conflict.conflict.sides
    let name = try conflict.recordName()
    guard let shown = sides.last(where: \.isShowing),
      let other = sides.last(where: { $0.act != shown.act })
    else { return "\(name) is deleted on one side and edited on the other." }
    let verb = shown.act == .deleted ? "deleted" : "showing"
    func act(_ side: ConflictSide) throws -> String {
      "\(try view.authorName(side.member))'s \(side.act == .deleted ? "delete" : "edit")"
    }
    return """
      \(name) is \(verb) because \(try act(shown)) is later than \(try act(other)), and neither had \
      seen the other's act. Both are kept until someone decides.
      """
  }
}

// MARK: - Documents

extension ConflictAccount {
  /// `kith.conflict/1`.
  func json() throws -> JSONValue {
    guard case .object(let members) = try conflict.json(sideMembers: members) else { return .null }
    let more: [JSONValue.Member] = [
      .init("sentence", .string(try sentence())),
      .init("rule", conflict.field.map { .string($0.ruleInWords) } ?? .null),
      .init("reason", conflict.conflict.reason == nil ? .null : .string(conflict.reasonInWords)),
      .init("ahead", try decisionsJSON()),
      .init("base", .array(try origin.ancestors.map(ancestor))),
      .init(
        "clock",
        clocks.map { clocks in
          [
            "gap_ms": .integer(clocks.gapMilliseconds),
            "skew_ms": clocks.skewMilliseconds.map(JSONValue.integer) ?? .null,
            "could_have_decided": clocks.couldHaveDecided.map(JSONValue.bool) ?? .null,
          ]
        } ?? .null),
      .init(
        "heads", .array(try conflict.conflict.sides.map { .string(try stamp($0.stamp)) })),
    ]
    return .object([.init("schema", "kith.conflict/1")] + members + more)
  }

  private func members(of side: ConflictSide) throws -> [JSONValue.Member] {
    let entry = origin.entry(of: side)
    return [
      .init("stamp", .string(try stamp(side.stamp))),
      .init("based_on", .array(try origin.seen(by: side).map { .string(try stamp($0.stamp)) })),
      .init("reason", entry?.reason.map(JSONValue.string) ?? .null),
    ]
  }

  private func ancestor(_ entry: ReplicaStore.HistoryEntry) throws -> JSONValue {
    [
      "stamp": .string(try stamp(entry.stamp)),
      "value": .string(try entry.writes.map(text).joined(separator: " | ")),
      "user": .string(try view.authorName(entry.member)),
      "node": .string(try view.nodeName(entry.stamp.dot)),
    ]
  }

  /// A stamp in full: time in UTC to the millisecond, counter, node.
  private func stamp(_ stamp: Stamp) throws -> String {
    let time = PeopleFormat.utcTimestamp(Self.time(stamp))
    return "\(time)/\(stamp.time.counter)/\(try view.nodeName(stamp.dot))"
  }
}
