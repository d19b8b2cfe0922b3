import CRDTCore
import CRMDomain
import ReplicaStore

/// `history REF[.FIELD]`: who changed what, when and why.
package struct HistoryCommand: ShellCommand {
  package let name = "history"
  package let summary = "Shows every change of a record or of one of its fields, newest first."
  package let syntax = ["history REF[.FIELD] [at TIME] [--graph]"]
  package let examples = [
    "history d7h2k",
    "history @1.amount",
    "history d7h2k.amount --graph",
    "history müller --format json",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], options: ["graph"], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let subject = try FieldSubject(of: command, view, example: examples[1])
      let entries = try view.snapshot.history(
        subject.entity.name, subject.state.id, field: subject.field?.name)
      let lines = HistoryLines(subject: subject, entries: entries, view: view)
      if context.options.format == "json" {
        context.json(try lines.document())
      } else if command.has("graph"), context.options.format == nil {
        for line in try lines.graph().lines(style: context.output.style) {
          context.output.data(line)
        }
        context.writeMoment()
      } else {
        if context.isForPeople {
          context.output.data(PlainText.oneLine(try view.label(subject.reference)))
        }
        try context.write(lines.table())
        if context.isForPeople { try lines.tellJoined() }
      }
    }
    return .done
  }
}

/// The record, and perhaps the field, that a command is about.
struct FieldSubject {
  let reference: RecordReference
  let entity: Entity
  let state: RecordState
  let field: Field?

  init(of command: Command, _ view: RecordView, example: String) throws {
    guard case .word(let word)? = command.targets.first else {
      throw RecordError.missing("a record", example: example)
    }
    let path: FieldPath?
    (reference, path) = try RecordFinder(view).field(
      named: word, kind: view.entity(command.kind))
    guard let entity = reference.entity,
      let state = try view.snapshot.record(entity.name, reference.id)
    else { throw RecordError.noSuchRecord(word.text, kind: nil, closest: []) }
    self.entity = entity
    self.state = state
    field = try path.map {
      try CRMDomain.FieldPath(Array($0.names.prefix(1)), from: entity, in: view.catalog).field
    }
    view.context.state.last = RecordKey(kind: entity.name, id: state.id)
  }
}

/// The changes of a record in lines, documents and a graph.
struct HistoryLines {
  let subject: FieldSubject
  let entries: [ReplicaStore.HistoryEntry]
  let view: RecordView

  func table() throws -> TableView {
    var rows: [[TableView.Cell]] = []
    for entry in entries {
      for write in entry.writes {
        let before = try subject.field == nil ? "" : previous(write)
        let change = try text(write)
        rows.append([
          TableView.Cell(
            view.context.isForPeople
              ? view.people.stamp(time(entry)) : view.people.timestamp(time(entry))),
          TableView.Cell(try view.authorName(entry.member)),
          TableView.Cell(try view.nodeName(entry.stamp.dot)),
          TableView.Cell(label(write)),
          TableView.Cell(before.isEmpty ? change : "\(before) → \(change)"),
          TableView.Cell(entry.reason.map { "\"\($0)\"" } ?? ""),
        ])
      }
    }
    let columns = [
      TableView.Column("when", importance: 8), TableView.Column("who", importance: 7),
      TableView.Column("node", importance: 4), TableView.Column("field", importance: 6),
      TableView.Column("change", importance: 5), TableView.Column("why", importance: 3),
    ]
    return TableView(columns: columns, rows: rows)
  }

  /// Says where the history of what was joined into the record is told.
  func tellJoined() throws {
    guard let field = subject.entity.field(named: JoinedRecords.field) else { return }
    for case .reference(let id) in subject.state.elements(of: field.name) {
      let joined = try view.fields.names.reference(id, of: field)
      view.context.talk(
        "  with \(joined.name ?? "") joined into it: history \(try view.shortID(id, of: subject.entity))"
      )
    }
  }

  func graph() throws -> GraphView {
    let nodes = try entries.map { entry in
      GraphView.Node(
        id: id(entry.stamp.dot), parents: entry.writes.flatMap(\.replaces).map(id),
        cells: [
          TableText(try entry.writes.map(text).joined(separator: "; ")),
          TableText(try view.authorName(entry.member)),
          TableText(try view.nodeName(entry.stamp.dot)),
          TableText(view.people.stamp(time(entry))),
          TableText(entry.reason.map { "\"\($0)\"" } ?? ""),
        ])
    }
    return GraphView(nodes: nodes)
  }

  func document() throws -> JSONValue {
    [
      "schema": "kith.history/1", "kind": .string(subject.entity.name),
      "id": .string(subject.state.id.description),
      "field": subject.field.map { .string($0.name) } ?? .null,
      "entries": .array(
        try entries.map { entry in
          [
            "time": .string(view.people.timestamp(time(entry))),
            "user": .string(try view.authorName(entry.member)),
            "node": .string(try view.nodeName(entry.stamp.dot)),
            "reason": entry.reason.map(JSONValue.string) ?? .null,
            "command": entry.command.map(JSONValue.string) ?? .null,
            "writes": .array(
              try entry.writes.map { write in
                [
                  "field": .string(write.field), "change": .string(try text(write)),
                  "id": .string(id(entry.stamp.dot)),
                  "replaces": .array(write.replaces.map { .string(id($0)) }),
                ]
              }),
          ]
        }),
    ]
  }

  private typealias TableText = GraphView.Cell

  private func id(_ dot: Dot) -> String {
    "\(Base32.text(of: dot.replica.rawValue))/\(dot.sequence)"
  }

  private func time(_ entry: ReplicaStore.HistoryEntry) -> Instant {
    Instant(milliseconds: Int64(clamping: entry.stamp.time.wallMilliseconds))
  }

  private func label(_ write: ReplicaStore.HistoryEntry.Write) -> String {
    subject.entity.field(named: write.field)?.label ?? write.field
  }

  /// What the writes said that a write replaced.
  private func previous(_ write: ReplicaStore.HistoryEntry.Write) throws -> String {
    guard case .some = subject.field else { return "" }
    let replaced = entries.filter { write.replaces.contains($0.stamp.dot) }.flatMap(\.writes)
    switch write.change {
    case .register, .sides: return try replaced.map(text).joined(separator: " | ")
    case .counter, .element, .delete, .restore, .unknown: return ""
    }
  }

  private func text(_ write: ReplicaStore.HistoryEntry.Write) throws -> String {
    try ChangeText(view: view, entity: subject.entity).text(write)
  }
}

/// One write of the log in words.
struct ChangeText {
  let view: RecordView
  let entity: Entity

  func text(_ write: ReplicaStore.HistoryEntry.Write) throws -> String {
    let field = entity.field(named: write.field)
    func said(_ value: Value) throws -> String {
      try field.map { try view.text(value, of: $0) } ?? "(of a later version)"
    }
    switch write.change {
    case .register(let value): return try said(value)
    case .sides(let sides): return try sides.map { try said($0.value) }.joined(separator: " | ")
    case .counter(let number): return number < 0 ? "− \(number.magnitude)" : "+ \(number)"
    case .element(_, let isPresent, let value): return "\(isPresent ? "+" : "−") \(try said(value))"
    case .delete: return "deleted"
    case .restore: return "restored"
    case .unknown: return "(of a later version)"
    }
  }
}
