import CRDTCore
import CRMDomain
import ReplicaStore

/// `edit REF`: changes fields of one record, or of several.
package struct EditCommand: ShellCommand {
  package let name = "edit"
  package let summary = "Changes fields, and shows what was and what is."
  package let syntax = ["edit TARGET… FIELD=VALUE … [if FILTER] [because \"WHY\"]"]
  package let examples = [
    "edit d7h2k amount=17900 stage=Won because \"rebate agreed\"",
    "edit müller labels+=vip phone=", "edit @last close=\"next friday\"",
    "edit (deals where stage = Engaging) labels+=spring --yes",
  ]
  package let use = CommandUse(
    words: nil, takesFilter: true, takesAssignments: true, clauses: [.if, .because],
    options: ["dry-run", "max"], formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard !command.assignments.isEmpty else {
      throw RecordError.missing("field=value", example: examples[0])
    }
    let isBulk = try context.read { view in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      try targets.tellGuesses(in: context)
      return targets.isBulk
    }
    let previewed = isBulk ? try preview(command, context) : nil
    if isBulk, previewed == nil { return .done }
    let keys = try context.write(command) { view, transaction in
      let edits = try edits(of: command, view, previewed)
      if context.options.isDryRun {
        for edit in edits { tell(edit, context) }
        return [RecordKey]()
      }
      for edit in edits {
        try edit.plan.apply(in: transaction)
        if !isBulk, context.options.format == nil { tell(edit, context) }
        for line in edit.settled { context.talk(isBulk ? "\(edit.title): \(line)" : "  \(line)") }
        if !edit.overtaken.isEmpty {
          context.talk(
            """
            \(edit.title): \(edit.overtaken.joined(separator: ", ")) had changed since it was shown; \
            both values are kept. See: conflict list
            """)
        }
      }
      return edits.map(\.key)
    }
    guard !keys.isEmpty else { return .done }
    context.state.last = keys.last
    if context.options.format != nil {
      try context.read { view in
        try ChangeReport(verb: "Changed", action: "changed", keys: keys, view: view).write(rows: [])
      }
    } else if isBulk {
      context.output.data(
        "Changed \(keys.count) record\(keys.count == 1 ? "" : "s") in one operation.")
    }
    return .done
  }

  private struct Edit {
    let key: RecordKey
    let title: String
    let plan: EditPlan
    let rows: [CardView.Row]
    /// The fields that somebody has written to since the person saw them.
    let overtaken: [String]
    /// The conflicts that it settles.
    let settled: [String]
  }

  /// The edits that a command comes to; of several records only of those `previewed`, as they were
  /// then.
  private func edits(
    of command: Command, _ view: RecordView, _ previewed: [RecordKey: Basis]? = nil
  ) throws -> [Edit] {
    let targets = try FoundTargets(of: command, view, example: examples[0])
    let editor = try view.editor()
    let settling = SettlingEdit(view)
    return try targets.references.compactMap { reference in
      guard let entity = reference.entity,
        let state = try view.snapshot.record(entity.name, reference.id)
      else { return nil }
      guard !state.isDeleted else {
        throw try view.deletion(of: reference)
      }
      let key = RecordKey(kind: entity.name, id: state.id)
      guard previewed == nil || previewed?[key] != nil else { return nil }
      try check(command.clauses.precondition, on: reference, entity, view)
      let assignments = try AssignmentWords(view: view, entity: entity).assignments(of: command)
      let whole = try editor.plan(editing: state, assignments, in: view.snapshot)
      let plan = whole.based(on: try view.basis(of: state, previewed: previewed?[key]))
      return Edit(
        key: key, title: try view.label(reference), plan: plan,
        rows: try EditDescription(view: view, entity: entity, state: state).rows(of: plan),
        overtaken: plan.overtaken(by: state, whole: whole),
        settled: try settling.lines(of: plan, on: state))
    }
  }

  private func check(
    _ condition: Expression?, on reference: RecordReference, _ entity: Entity, _ view: RecordView
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

  /// Shows what would change, and asks.
  ///
  /// - Returns: What the records shown were based on; `nil` if nothing is to be done.
  private func preview(
    _ command: Command, _ context: CommandContext
  ) throws -> [RecordKey: Basis]? {
    let edits = try context.read { view in try self.edits(of: command, view) }
    let count = edits.count
    guard count > 0 else {
      context.talk("No record matches; nothing was changed.")
      return nil
    }
    context.talk("Would change \(count) record\(count == 1 ? "" : "s"):")
    for edit in edits.prefix(FoundTargets.previewed) {
      let changes = edit.rows.map { "\($0.label) \($0.value)" }.joined(separator: "; ")
      context.talk("  \(edit.title)  \(PlainText.oneLine(changes))")
    }
    if count > FoundTargets.previewed {
      context.talk("  … and \(count - FoundTargets.previewed) more")
    }
    let isSure = try FoundTargets.confirm(
      count, question: "Apply to \(count)?",
      countMax: try FoundTargets.countMax(of: command), typed: false, in: context)
    guard isSure else { return nil }
    return Dictionary(edits.map { ($0.key, $0.plan.basis ?? Basis()) }) { first, _ in first }
  }

  private func tell(_ edit: Edit, _ context: CommandContext) {
    let output = context.output
    let card = CardView(title: edit.title, sections: [CardView.Section(rows: edit.rows)])
    let width = output.isTerminal ? output.width : nil
    for line in card.lines(width: width, style: output.style) { output.data(line) }
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
