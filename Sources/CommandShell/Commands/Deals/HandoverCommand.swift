import CRDTCore
import CRMDomain
import ReplicaStore

/// `handover DEAL to USER`: gives deals to somebody else, with their open tasks and a sheet to begin with.
package struct HandoverCommand: ShellCommand {
  package let name = "handover"
  package let summary =
    "Gives deals to somebody else, with their open tasks, and keeps a sheet of what to know."
  package let syntax = ["handover DEAL… to USER [because \"WHY\"]"]
  package let examples = [
    "handover d7h2k to anna because \"she knows the plant\"", "handover @1 @2 to ben",
    "handover (deals where owner = ben and stage.kind = open) to anna because \"ben has left\"",
    "handover d7h2k to anna --dry-run",
  ]
  package let use = CommandUse(
    words: nil, takesFilter: true, clauses: [.because], options: ["dry-run", "max"],
    changes: true)

  package init() {}

  /// A hand-over with its sheet.
  private struct Sheet {
    let handover: DealHandover
    let title: String
    let subject: String
    let lines: [String]
  }

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard command.targets.count > 2,
      case .word(let to) = command.targets[command.targets.count - 2],
      case .word(let receiver)? = command.targets.last, to.text.lowercased() == "to"
    else { throw RecordError.missing("deals, to, and a user", example: examples[0]) }
    let deals = command.replacing(
      targets: Array(command.targets.dropLast(2)), assignments: [])
    let (sheets, user, isBulk) = try context.read { view in
      let targets = try FoundTargets(of: deals, view, example: examples[0])
      try targets.tellGuesses(in: context)
      let user = try RecordFinder(view).record(
        named: receiver, kind: view.catalog.entity("user"))
      let finding = try ConflictFinding(view)
      let sheets = try targets.references.compactMap {
        try sheet(of: $0, to: user, command, finding)
      }
      return (sheets, user, targets.isBulk)
    }
    guard !sheets.isEmpty else {
      context.talk("\(user.text) has them already; nothing was changed.")
      return .done
    }
    var chosen = sheets
    if isBulk {
      let change = BulkChange(
        count: sheets.count, heading: "Would hand over to \(user.text)",
        lines: sheets.map(\.title), question: "Hand over \(sheets.count)?", noun: "deal")
      chosen = try change.chosen(for: command, in: context).map { sheets[$0] }
      guard !chosen.isEmpty else { return .done }
    } else if context.options.isDryRun {
      for line in sheets[0].lines { context.output.data(line) }
      context.talk("Nothing was written.")
      return .done
    }
    let written = try write(chosen, to: user, command, context)
    chosen = chosen.filter { written.contains($0.handover.deal.id) }
    guard !chosen.isEmpty else {
      context.talk("Somebody has given them away meanwhile; nothing was changed.")
      return .done
    }
    if !isBulk {
      for line in chosen[0].lines { context.output.data(line) }
    }
    try context.read { view in
      let operation = try OperationView(view).lastID(of: command.text)
      let what = chosen.count == 1 ? chosen[0].title : "\(chosen.count) deals to \(user.text)"
      context.output.data(
        PlainText.oneLine("Handed over \(what). Reverse with: undo \(operation)"))
    }
    return .done
  }

  private func write(
    _ sheets: [Sheet], to user: RecordReference, _ command: Command, _ context: CommandContext
  ) throws -> Set<RecordID> {
    var size = WriteSize()
    for sheet in sheets { size += sheet.handover.size }
    var moved: Set<RecordID> = []
    let written = try SplitWriting(
      context: context, reason: command.clauses.reason?.text, size: size
    ).run(sheets, preparing: { _ in }) { _, view, transaction in
      let finding = try ConflictFinding(view)
      return { planned -> SplitWriting.Written<RecordID> in
        let deal = planned.handover.deal.id
        // Somebody may have given it away while the question stood.
        guard let reference = try view.lookup.record(deal, of: view.catalog.entity("deal")),
          let sheet = try sheet(of: reference, to: user, command, finding)
        else { return (nil, WriteSize()) }
        try sheet.handover.apply(
          subject: sheet.subject, brief: sheet.lines.joined(separator: "\n"), without: moved,
          in: transaction)
        moved.formUnion(sheet.handover.tasks)
        return (deal, sheet.handover.size)
      }
    }
    return Set(written)
  }

  /// What is handed over; `nil` of what the user has already.
  private func sheet(
    of reference: RecordReference, to user: RecordReference, _ command: Command,
    _ finding: ConflictFinding
  ) throws -> Sheet? {
    let view = finding.view
    let entity = view.catalog.entity("deal")
    guard reference.entity?.name == entity.name,
      let state = try view.snapshot.record(entity.name, reference.id)
    else { throw RecordError.unknownWord(reference.text, expected: "a deal") }
    guard !state.isDeleted else { throw try view.deletion(of: reference) }
    var occasion = EditOccasion(
      now: view.context.calendar.now, timeZone: view.context.calendar.timeZone)
    occasion.reason = command.clauses.reason?.text
    let handover = try DealHandover(
      of: state, to: user.id, by: try view.actingUser(), on: occasion, in: view.snapshot)
    guard handover.isNeeded else { return nil }
    let people = view.catalog.entity("user")
    let from = try handover.from.map { try view.name(of: $0, people) } ?? "nobody"
    let name = try view.name(of: state.id, entity)
    let subject = "Hand-over of \(name) from \(from) to \(user.text)"
    let card = CardView(
      title: "\(subject), \(view.people.resolved(view.context.calendar.today))",
      sections: [try about(state, entity, command, finding)]
        + (try RecordPage(entity, state.id, view).sections()))
    let count = handover.tasks.count
    return Sheet(
      handover: handover,
      title: "\(try view.label(reference)) from \(from) to \(user.text), "
        + "\(count) open \(count == 1 ? "task" : "tasks")",
      subject: PlainText.oneLine(subject), lines: card.lines(width: 90, style: .plain))
  }

  private static let fields = [
    "account", "primary_contact", "stage", "amount", "probability_override", "target_close",
    "next_action", "next_action_on", "assignees", "competitors", "budget", "schedule",
    "buying_process", "notes",
  ]

  /// What the deal says, and what is missing or in dispute.
  private func about(
    _ state: RecordState, _ entity: Entity, _ command: Command, _ finding: ConflictFinding
  ) throws -> CardView.Section {
    let view = finding.view
    var rows = try Self.fields.compactMap { name -> CardView.Row? in
      guard let field = entity.field(named: name) else { return nil }
      let reading = try view.fields.reading(of: field, in: state)
      return reading == .empty ? nil : CardView.Row(field.label, view.text(reading, of: field))
    }
    if let reason = command.clauses.reason { rows.append(CardView.Row("why", reason.text)) }
    let conflicts = finding.conflicts(
      of: RecordKey(kind: entity.name, id: state.id))
    if !conflicts.isEmpty {
      rows.append(CardView.Row("conflicts", conflicts.map(\.shortID).joined(separator: ", ")))
    }
    return CardView.Section(rows: rows)
  }
}
