import CRDTCore
import CRMDomain
import ReplicaStore

/// `show REF`: one record as a card.
package struct ShowCommand: ShellCommand {
  package let name = "show"
  package let summary = "Shows one record: its fields, who changed it last, its conflicts."
  package let syntax = ["show [KIND] REF [--full] [at TIME]"]
  package let examples = [
    "show d7h2k", "show account müller at last friday", "show @1", "show @last --format json",
    "show müller --full",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], options: ["full"], formats: ["card", "json", "ids"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      guard case .word(let word)? = command.targets.first else {
        throw RecordError.missing("a record", example: "show @1")
      }
      let reference = try RecordFinder(view).record(
        named: word, kind: view.entity(command.kind), deleted: true)
      guard let entity = reference.entity,
        let state = try view.snapshot.record(entity.name, reference.id)
      else { throw RecordError.noSuchRecord(word.text, kind: nil, closest: []) }
      let key = RecordKey(kind: entity.name, id: reference.id)
      context.state.last = key
      // What is edited next replaces what shows now, not what was looked up of an earlier time.
      if context.past == nil { context.state.shown[key] = state.basis }
      let card = try RecordCard(entity, state, reference, view)
      let further =
        command.has("full") ? try RecordPage(entity, reference.id, view).sections() : []
      switch context.format(onTerminal: "card", elsewhere: "card") {
      case "json", "ndjson": context.json(try card.document(and: further))
      case "ids": context.output.data(reference.id.description)
      case "card", "table":
        for line in try card.lines(and: further) { context.output.data(line) }
      case let name: throw RecordError.unknownWord(name, expected: "one of card, json, ids")
      }
    }
    return .done
  }
}

/// Everything that is to be shown of one record.
private struct RecordCard {
  private let entity: Entity
  private let state: RecordState
  private let reference: RecordReference
  private let view: RecordView
  private let conflicts: [ConflictDescription]
  private let latest: ReplicaStore.HistoryEntry?

  init(
    _ entity: Entity, _ state: RecordState, _ reference: RecordReference, _ view: RecordView
  ) throws {
    self.entity = entity
    self.state = state
    self.reference = reference
    self.view = view
    conflicts = try ConflictFinding(view).conflicts(
      of: RecordKey(kind: entity.name, id: state.id))
    latest = try view.snapshot.history(entity.name, state.id).first
  }

  func lines(and further: [CardView.Section]) throws -> [String] {
    var rows: [CardView.Row] = []
    for field in entity.fields where field.format != .bytes {
      let reading = try view.fields.reading(of: field, in: state)
      if reading == .empty { continue }
      let isConflicted = conflicts.contains { $0.conflict.field == field.name }
      rows.append(
        CardView.Row(
          field.label, try text(reading, of: field), markers: isConflicted ? "!" : "",
          ink: try view.ink(of: reading)))
    }
    let title = "\(entity.name) \(try view.label(reference))"
    let card = CardView(
      title: title, sections: [CardView.Section(rows: rows)] + further, closing: try closing())
    let output = view.context.output
    return card.lines(width: output.isTerminal ? output.width : nil, style: output.style)
  }

  /// A reading; records with the ids by which they are shown.
  private func text(_ reading: FieldReading, of field: Field) throws -> String {
    switch reading {
    case .reference(let reference) where reference.entity?.role == .business:
      try view.label(reference)
    case .elements(let elements):
      try elements.map { try text($0, of: field) }.joined(separator: ", ")
    case .empty, .value, .reference: view.text(reading, of: field)
    }
  }

  private func closing() throws -> [String] {
    let asOf = view.context.asOfText.map { [$0] } ?? []
    guard let latest else { return asOf }
    let time = Instant(milliseconds: Int64(clamping: latest.stamp.time.wallMilliseconds))
    var parts = [
      """
      \(state.isDeleted ? "deleted" : "changed") \(view.people.moment(time)) by \
      \(try view.authorName(latest.member)) on \(try view.nodeName(latest.stamp.dot))
      """
    ]
    if !conflicts.isEmpty {
      let ids = conflicts.map(\.shortID).joined(separator: ", ")
      parts.append("\(conflicts.count) conflict\(conflicts.count == 1 ? "" : "s") (\(ids))")
    }
    return [parts.joined(separator: view.context.output.style.separator)] + asOf
  }

  func document(and further: [CardView.Section]) throws -> JSONValue {
    let fields = try entity.fields.filter { $0.format != .bytes }.map { field in
      JSONValue.Member(
        field.name,
        JSONValue(try view.fields.reading(of: field, in: state).json(of: field)))
    }
    var changed = JSONValue.null
    if let latest {
      let time = Instant(milliseconds: Int64(clamping: latest.stamp.time.wallMilliseconds))
      changed = [
        "time": .string(view.people.timestamp(time)),
        "user": .string(try view.authorName(latest.member)),
        "node": .string(try view.nodeName(latest.stamp.dot)),
      ]
    }
    return [
      "schema": "kith.show/1", "kind": .string(entity.name),
      "id": .string(state.id.description),
      "short": .string(try view.shortID(state.id, of: entity)),
      "name": reference.name.map(JSONValue.string) ?? .null, "deleted": .bool(state.isDeleted),
      "fields": .object(fields), "changed": changed,
      "conflicts": .array(try conflicts.map { try $0.json() }),
      "page": .array(further.map(\.json)),
    ]
  }
}

extension CardView.Section {
  /// The rows under their heading, each with what it is labelled and what it says.
  fileprivate var json: JSONValue {
    [
      "heading": heading.map(JSONValue.string) ?? .null,
      "rows": .array(
        rows.map { ["label": .string($0.label), "value": .string($0.value)] }),
    ]
  }
}
