import CRDTCore
import CRMDomain
import ReplicaStore

/// What an `edit` comes to, record by record.
struct RecordEdits {
  /// The edit of one record.
  struct Edit {
    let key: RecordKey
    let title: String
    let plan: EditPlan
    let rows: [CardView.Row]
    /// The fields that somebody has written to since the person saw them.
    let overtaken: [String]
    /// The conflicts that it settles.
    let settled: [String]
  }

  private let command: Command
  private let view: RecordView
  private let example: String
  /// What the records were based on when the person was asked; `nil` where nobody was.
  private let previewed: [RecordKey: Basis]?
  private let editor: RecordEditor
  private let settling: SettlingEdit

  init(
    _ command: Command, _ view: RecordView, example: String, _ previewed: [RecordKey: Basis]? = nil
  ) throws {
    self.command = command
    self.view = view
    self.example = example
    self.previewed = previewed
    editor = try view.editor(for: command)
    settling = SettlingEdit(view)
  }

  /// The edits of all records that the command names.
  func edits() throws -> [Edit] {
    try FoundTargets(of: command, view, example: example).references.compactMap { reference in
      try Task.checkCancellation()
      return try edit(of: reference)
    }
  }

  /// A record that a rule keeps from being edited as the command says.
  struct Refusal {
    let title: String
    let error: EditError
  }

  /// The edits of those records whose rules allow it, and what the others say.
  ///
  /// - Throws: What the first one says if all refuse, as when the value cannot be read.
  func outcomes() throws -> (edits: [Edit], refusals: [Refusal]) {
    var edits: [Edit] = []
    var refusals: [Refusal] = []
    for reference in try FoundTargets(of: command, view, example: example).references {
      try Task.checkCancellation()
      do {
        if let edit = try edit(of: reference) { edits.append(edit) }
      } catch let error as EditError {
        refusals.append(Refusal(title: try view.label(reference), error: error))
      }
    }
    if edits.isEmpty, let refusal = refusals.first { throw refusal.error }
    return (edits, refusals)
  }

  /// The edit of one record; `nil` if it is unknown here.
  func edit(of reference: RecordReference) throws -> Edit? {
    guard let entity = reference.entity,
      let state = try view.snapshot.record(entity.name, reference.id)
    else { return nil }
    guard !state.isDeleted else { throw try view.deletion(of: reference) }
    let key = RecordKey(kind: entity.name, id: state.id)
    try check(command.clauses.precondition, on: reference, entity)
    let assignments = try AssignmentWords(view: view, entity: entity).assignments(of: command)
    let whole = try whole(of: state, assignments)
    let plan = whole.based(on: try view.basis(of: state, previewed: previewed?[key]))
    return Edit(
      key: key, title: try view.label(reference), plan: plan,
      rows: try EditDescription(view: view, entity: entity, state: state).rows(of: plan),
      overtaken: plan.overtaken(by: state, whole: whole),
      settled: try settling.lines(of: plan, on: state))
  }

  /// The plan of an edit; of a counter that was given a number, what to type instead.
  private func whole(
    of state: RecordState, _ assignments: [CRMDomain.Assignment]
  ) throws -> EditPlan {
    do {
      return try editor.plan(editing: state, assignments, in: view.snapshot)
    } catch EditError.counterSet(let field, let present, let wanted) {
      var record = try view.shortID(RecordKey(kind: state.kind, id: state.id))
      if command.targets.count == 1, case .word(let word) = command.targets[0] {
        record = word.description
      }
      throw RecordError.counterSet(field: field, record: record, present: present, wanted: wanted)
    }
  }

  /// The question about several edits.
  static func bulkChange(_ edits: [Edit], _ context: CommandContext) -> BulkChange {
    var labels: [String] = []
    for row in edits.flatMap(\.rows) where !labels.contains(row.label) { labels.append(row.label) }
    let counts = RecordCounts(edits.map(\.key)).text(context.catalog)
    let lines = edits.prefix(BulkChange.lineCount(of: edits.count, in: context)).map { edit in
      let changes = edit.rows.map { "\($0.label) \($0.value)" }.joined(separator: "; ")
      return "\(edit.title)  \(changes)"
    }
    return BulkChange(
      count: edits.count, heading: "Would change \(counts): \(labels.joined(separator: ", "))",
      lines: lines, question: "Apply to \(PeopleFormat.number(edits.count))?")
  }

  private func check(
    _ condition: Expression?, on reference: RecordReference, _ entity: Entity
  ) throws {
    guard let condition else { return }
    let filter = try FilterReader(view: view, entity: entity).filter(condition)
    let count = GroupedCount(entity, filter: .and([.records([reference.id]), filter]))
    guard try count.total(in: view.snapshot.database, view.queries).count == 0 else { return }
    let present = GuardedFields.paths(of: condition).compactMap { names -> String? in
      var query = RecordQuery(entity, filter: .records([reference.id]))
      query.columns = [names]
      query.includesArchived = true
      guard let path = try? query.paths(in: view.catalog).first,
        let cell = try? query.rows(in: view.snapshot.database, view.queries).first?.cells.first
      else { return nil }
      return "\(path.text) = \(cell == .empty ? "(empty)" : view.text(cell, of: path.field))"
    }
    throw RecordError.guardFailed(
      condition.description, present: present.joined(separator: ", "))
  }
}

extension RecordEdits.Edit {
  /// Shows what was and what is.
  func tell(_ context: CommandContext) {
    let output = context.output
    let card = CardView(title: title, sections: [CardView.Section(rows: rows)])
    let width = output.isTerminal ? output.width : nil
    for line in card.lines(width: width, style: output.style) { output.data(line) }
  }

  /// Says what it settles, and what it stands beside.
  func tellConsequences(_ context: CommandContext, isBulk: Bool) {
    for line in settled { context.talk(isBulk ? "\(title): \(line)" : "  \(line)") }
    if !overtaken.isEmpty {
      context.talk(
        """
        \(title): \(overtaken.joined(separator: ", ")) had changed since it was shown; \
        both values are kept. See: conflict list
        """)
    }
  }
}

/// The fields that a condition speaks of.
private enum GuardedFields {
  static func paths(of condition: Expression) -> [[String]] {
    switch condition {
    case .all(let parts), .any(let parts): parts.flatMap(paths)
    case .not(let part): paths(of: part)
    case .comparison(let path, _, _), .membership(let path, _, _), .has(let path, _, _),
      .isSet(let path, _):
      [path.names]
    case .flag(let flag): [flag.name.names]
    }
  }
}
