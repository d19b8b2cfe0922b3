import CRDTCore
import CRMDomain
import ReplicaStore

/// `nurture LEAD…`: keeps leads warm that are not ready, and gives up those that failed before.
package struct NurtureCommand: ShellCommand {
  package let name = "nurture"
  package let summary =
    "Puts leads that are not ready where they are followed up; those that failed before are archived."
  package let syntax = ["nurture LEAD… [FIELD=VALUE …] [because \"WHY\"]"]
  package let examples = [
    "nurture d7h2k because \"no budget before summer\"", "nurture @1 @2",
    "nurture d7h2k next_action=\"ring in May\"", "nurture d7h2k --dry-run",
  ]
  package let use = CommandUse(
    words: nil, takesAssignments: true, clauses: [.because], options: ["dry-run", "max"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let (moves, isBulk) = try context.read { view in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      try targets.tellGuesses(in: context)
      return (try targets.references.map { try Move(of: $0, view) }, targets.isBulk)
    }
    var chosen = moves
    if isBulk {
      let question = BulkChange(
        count: moves.count, heading: "Would move \(moves.count) leads", lines: moves.map(\.line),
        question: "Move them?", noun: "lead")
      chosen = try question.chosen(for: command, in: context).map { moves[$0] }
      guard !chosen.isEmpty else { return .done }
    }
    let keys = try context.write(command) { view, transaction in
      let entity = view.catalog.entity("deal")
      let further = try AssignmentWords(view: view, entity: entity).assignments(of: command)
      let editor = try view.editor(for: command)
      return try chosen.compactMap { move -> RecordKey? in
        guard let state = try view.snapshot.record(entity.name, move.lead) else { return nil }
        let stage = try CRMDomain.Assignment(
          "stage", .set, [.value(.reference(move.stage.id))], of: entity, in: view.catalog)
        let plan = try editor.plan(editing: state, [stage] + further, in: view.snapshot)
        if !context.options.isDryRun { try plan.apply(in: transaction) }
        return RecordKey(kind: entity.name, id: move.lead)
      }
    }
    for move in chosen where context.options.format == nil {
      let line = (context.options.isDryRun ? "Would be: " : "") + move.line
      context.output.data(PlainText.oneLine(line))
    }
    guard !context.options.isDryRun else { return .done }
    context.state.last = keys.last
    guard context.options.format != nil else { return .done }
    try context.read { view in
      try ChangeReport(verb: "Moved", action: "changed", keys: keys, view: view).write(rows: [])
    }
    return .done
  }

  /// Where one lead goes, and why.
  private struct Move {
    let lead: RecordID
    let stage: DealStages.Stage
    /// `d7h2k Pump: Nurturing`.
    let line: String

    init(of reference: RecordReference, _ view: RecordView) throws {
      guard reference.entity?.name == "deal",
        let state = try view.snapshot.record("deal", reference.id)
      else { throw RecordError.unknownWord(reference.text, expected: "a lead") }
      lead = reference.id
      let label = try view.label(reference)
      switch try NurtureRounds.next(of: state, in: view.snapshot.database) {
      case .nurture(let next):
        stage = next
        line = "\(label): \(next.name)"
      case .archive(let next):
        stage = next
        line = "\(label): \(next.name), for it was nurtured before"
      case .noLead: throw DealError.noLead(label)
      case .noStage(let isArchive):
        throw isArchive ? DealError.noArchive(label) : DealError.noNurturing(label)
      }
    }
  }
}
