import CRDTCore
import CRMDomain
import ReplicaStore

/// `edit REF`: changes fields of one record, or of several.
package struct EditCommand: ShellCommand {
  package let name = "edit"
  package let summary = "Changes fields, and shows what was and what is."
  package let syntax = [
    "edit TARGET… FIELD=VALUE … [if FILTER] [--override] [because \"WHY\"]",
    "edit REF --editor FIELD",
  ]
  package let examples = [
    "edit d7h2k amount=17900 stage=Won because \"rebate agreed\"",
    "edit müller labels+=vip phone=", "edit @last close=\"next friday\"",
    "edit (deals where stage = Engaging) labels+=spring --yes", "edit müller --editor notes",
  ]
  package let use = CommandUse(
    words: nil, takesFilter: true, takesAssignments: true, clauses: [.if, .because],
    options: ["dry-run", "editor", "max", "override"], formats: CommandUse.changeFormats,
    changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    if command.has("editor") {
      try editText(command, context)
      return .done
    }
    guard !command.assignments.isEmpty else {
      throw RecordError.missing("field=value", example: examples[0])
    }
    let isBulk = try context.read { view in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      try targets.tellGuesses(in: context)
      return targets.isBulk
    }
    if isBulk { return try editSeveral(command, context) }
    try editOne(command, context)
    return .done
  }

  private func editText(_ command: Command, _ context: CommandContext) throws {
    let text = try context.read {
      try EditedText(command, $0, example: "edit d7h2k --editor notes")
    }
    guard let edited = try text.edited(with: context.output.edit) else {
      return context.talk("It was saved as it was; nothing was changed.")
    }
    try editOne(edited, context, [text.key: text.basis])
  }

  private func editOne(
    _ command: Command, _ context: CommandContext, _ bases: [RecordKey: Basis]? = nil
  ) throws {
    let edits = try context.write(command) { view, transaction in
      let edits = try RecordEdits(command, view, example: examples[0], bases).edits()
      if !context.options.isDryRun {
        for edit in edits { try edit.plan.apply(in: transaction) }
      }
      return edits
    }
    for edit in edits where context.options.isDryRun || context.options.format == nil {
      edit.tell(context)
    }
    guard !context.options.isDryRun else { return context.talk("Nothing was written.") }
    for edit in edits { edit.tellConsequences(context, isBulk: false) }
    try finish(edits, context)
  }

  /// - Returns: Whether every record could be edited.
  private func editSeveral(
    _ command: Command, _ context: CommandContext
  ) throws -> ExitCode {
    let (edits, refusals) = try context.read {
      try RecordEdits(command, $0, example: examples[0]).outcomes()
    }
    tell(refusals, context)
    let code = refusals.isEmpty ? ExitCode.done : .refused
    let changed = edits.filter { !$0.plan.changes.isEmpty }
    if !edits.isEmpty, changed.isEmpty {
      context.talk("All \(edits.count) records say so already; nothing was changed.")
      return code
    }
    let change = RecordEdits.bulkChange(changed, context)
    let chosen = try change.chosen(for: command, in: context).map { changed[$0] }
    guard !chosen.isEmpty else { return code }
    let bases = Dictionary(chosen.map { ($0.key, $0.plan.basis ?? Basis()) }) { first, _ in first }
    let written = try SplitWriting(
      context: context, reason: command.clauses.reason?.text,
      size: chosen.reduce(into: WriteSize()) { $0 += $1.plan.size }
    ).run(
      chosen.map(\.key),
      preparing: { view in
        // What has come to match since the question was not asked about, and what no longer does is
        // left alone.
        let targets = try FoundTargets(of: command, view, example: examples[0])
        return Dictionary(
          targets.references.map { (RecordKey(kind: $0.entity?.name ?? "", id: $0.id), $0) }
        ) { first, _ in first }
      }
    ) { references, view, transaction in
      let edits = try RecordEdits(command, view, example: examples[0], bases)
      return { key -> SplitWriting.Written<RecordEdits.Edit> in
        guard let edit = try references[key].flatMap(edits.edit) else { return (nil, WriteSize()) }
        try edit.plan.apply(in: transaction)
        return (edit, edit.plan.size)
      }
    }
    for edit in written { edit.tellConsequences(context, isBulk: true) }
    try finish(written, context, isBulk: true)
    return code
  }

  /// How many records that refuse are told one by one.
  private static let refusalsShown = 20

  /// Says which records stay as they are, and why.
  private func tell(_ refusals: [RecordEdits.Refusal], _ context: CommandContext) {
    guard !refusals.isEmpty else { return }
    let count = PeopleFormat.number(refusals.count)
    context.output.talk("\(count) \(refusals.count == 1 ? "record is" : "records are") left as is:")
    for refusal in refusals.prefix(Self.refusalsShown) {
      let hint = refusal.error.hint.map { " \($0)" } ?? ""
      context.output.talk(
        PlainText.oneLine("  \(refusal.title)  \(refusal.error.summary)\(hint)"))
    }
    if refusals.count > Self.refusalsShown {
      context.output.talk("  … and \(refusals.count - Self.refusalsShown) more")
    }
  }

  private func finish(
    _ edits: [RecordEdits.Edit], _ context: CommandContext, isBulk: Bool = false
  ) throws {
    guard let last = edits.last else { return }
    context.state.last = last.key
    try context.read { view in
      for edit in edits where edit.plan.isWin {
        context.talk(try WonDealLine(edit.key.id, view).text)
      }
      if context.options.format != nil {
        let report = ChangeReport(
          verb: "Changed", action: "changed", keys: edits.map(\.key), view: view)
        try report.write(rows: [])
      } else if isBulk {
        let records = RecordCounts(edits.map(\.key)).text(view.catalog)
        let operation = try OperationView(view).lastID(of: context.commandText)
        context.output.data("Changed \(records) in one operation. Reverse with: undo \(operation)")
      } else if let offer = try view.offerOfConversion(after: last) {
        context.talk("  " + offer)
      }
    }
  }
}
