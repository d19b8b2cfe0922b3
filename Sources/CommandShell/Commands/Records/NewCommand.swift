import CRDTCore
import CRMDomain
import ReplicaStore

/// `new KIND`: makes a record.
package struct NewCommand: ShellCommand {
  package let name = "new"
  package let summary = "Makes a record; asks for what is missing, one field a line."
  package let syntax = ["new KIND [NAME] FIELD=VALUE … [because \"WHY\"]", "new KIND"]
  package let examples = [
    "new contact",
    "new account name=\"Müller GmbH\" city=Bremen",
    "new deal name=\"Pump retrofit\" account=müller amount=18400 close=\"next friday\"",
    "new call subject=\"Asked for a quote\" account=@1",
  ]
  package let use = CommandUse(
    words: nil, takesAssignments: true, clauses: [.because], options: ["dry-run"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let entity = command.kind.flatMap({ context.catalog[$0.name] }) else {
      throw RecordError.missing("a kind of record", example: examples[1])
    }
    var command = command
    var line: String?
    if let openEditor = context.output.openEditor, !context.options.isDryRun, !context.isJSON,
      let spoken = try spoken(by: command, entity, context)
    {
      let editor = try openEditor()
      var form = try FormDialog(
        completing: command, entity, spoken: spoken, editor: editor, in: context)
      command = try form.run()
      line = form.typed
      let alike = LookAlikeQuestion(command: command, entity: entity, context: context)
      if let other = try await alike.ask(editor) {
        context.state.last = other
        return .done
      }
    }
    return try write(command, entity, line, context)
  }

  /// The fields that a command speaks of, if a form is to ask for others; `nil` if it is whole.
  ///
  /// A form is for a command that says nothing but the kind, or leaves out what a record must have.
  private func spoken(
    by command: Command, _ entity: Entity, _ context: CommandContext
  ) throws -> Set<String>? {
    try context.read { view in
      let new = NewRecord(command: command, entity: entity, view: view)
      let isBare = command.assignments.isEmpty && command.targets.isEmpty
      do {
        if !isBare { _ = try new.plan() }
        return isBare ? Set(try new.assignments().map(\.path.field.name)) : nil
      } catch EditError.missingFields {
        return Set(try new.assignments().map(\.path.field.name))
      }
    }
  }

  private func write(
    _ command: Command, _ entity: Entity, _ line: String?, _ context: CommandContext
  ) throws -> ExitCode {
    let (key, rows) = try context.write(command) { view, transaction in
      let plan = try NewRecord(command: command, entity: entity, view: view).plan()
      let rows = try EditDescription(view: view, entity: entity, state: nil).rows(of: plan)
      if context.options.isDryRun { return (RecordKey?.none, rows) }
      let id = try plan.apply(in: transaction)
      return (RecordKey(kind: entity.name, id: id), rows)
    }
    guard let key else {
      for row in rows { context.output.data(PlainText.oneLine("  \(row.label)  \(row.value)")) }
      context.talk("Nothing was written.")
      return .done
    }
    context.state.last = key
    try context.read { view in
      try ChangeReport(verb: "Added", action: "created", keys: [key], view: view).write(rows: [])
    }
    if let line { context.talk("  same in one line: \(line)") }
    return .done
  }
}

/// A record as a `new` command describes it.
struct NewRecord {
  let command: Command
  let entity: Entity
  let view: RecordView

  /// When something happened that says nothing else.
  static let moment = (field: "date_time", text: "now")

  /// What is to be written.
  func plan() throws -> EditPlan {
    var assignments = try assignments()
    if entity.field(named: Self.moment.field)?.format == .instant {
      let now = try CRMDomain.Assignment(
        Self.moment.field, .set, [.text(Self.moment.text)], of: entity, in: view.catalog)
      if !assignments.contains(where: { $0.path == now.path }) { assignments.append(now) }
    }
    let editor = try view.editor(for: command)
    editor.newDealPhase = view.dealPhase(of: command.kind)
    return try editor.plan(new: entity, assignments, in: view.snapshot)
  }

  /// What was typed, what the kind's word means, and the words that name the record.
  func assignments() throws -> [CRMDomain.Assignment] {
    var assignments = try AssignmentWords(view: view, entity: entity).assignments(of: command)
    func add(_ words: String, _ text: String) throws {
      let new = try CRMDomain.Assignment(
        words, .set, [.text(text)], of: entity, in: view.catalog)
      if !assignments.contains(where: { $0.path == new.path }) { assignments.append(new) }
    }
    if let subtype = command.kind.flatMap({ view.catalog.kind(named: $0.typed)?.subtype }),
      subtype.path.count == 1
    {
      try add(subtype.path[0], subtype.value)
    }
    let words = command.targets.compactMap { target in
      if case .word(let word) = target { word.text } else { nil }
    }
    if !words.isEmpty { try add(entity.nameFields[0], words.joined(separator: " ")) }
    return assignments
  }
}

/// Tells which records a command changed.
struct ChangeReport {
  /// What was done, for people, such as `Added`.
  let verb: String
  /// What was done, for programs, such as `created`.
  let action: String
  let keys: [RecordKey]
  let view: RecordView

  func write(rows: [CardView.Row]) throws {
    let context = view.context
    switch context.options.format {
    case "json", "ndjson":
      context.json([
        "schema": "kith.change/1", "action": .string(action),
        "records": .array(
          try keys.map { key in
            [
              "kind": .string(key.kind), "id": .string(key.id.description),
              "short": .string(try view.shortID(key)),
            ]
          }),
      ])
    case "ids": for key in keys { context.output.data(key.id.description) }
    default:
      for key in keys { context.output.data(PlainText.oneLine("\(verb) \(try line(for: key))")) }
    }
  }

  /// Id, name and what else a list would show.
  private func line(for key: RecordKey) throws -> String {
    guard let entity = view.catalog[key.kind] else { return key.id.description }
    var query = RecordQuery(
      entity, filter: .and([.records([key.id]), .or([.deleted, .not(.deleted)])]))
    query.includesArchived = true
    let paths = try query.paths(in: view.catalog)
    let row = try query.rows(in: view.snapshot.database, view.queries).first
    var parts = zip(row?.cells ?? [], paths).filter { $0.0 != .empty }.map {
      view.text($0.0, of: $0.1.field)
    }
    let id = try view.shortID(key)
    if row?.cells.first == .empty, paths[0].field.name == entity.nameFields[0] {
      let name = try view.name(of: key.id, entity)
      if name != id { parts.insert(name, at: 0) }
    }
    return "\(id)  \(parts.joined(separator: view.context.output.style.separator))"
  }
}
