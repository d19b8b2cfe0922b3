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
    words: nil, takesAssignments: true, clauses: [.because], options: ["dry-run"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let outcome = try context.write(command) { view, transaction in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      try targets.tellGuesses(in: context)
      let entity = view.catalog.entity("deal")
      let further = try AssignmentWords(view: view, entity: entity).assignments(of: command)
      let editor = try view.editor(for: command)
      var lines: [String] = []
      let keys = try targets.references.map { lead in
        guard lead.entity?.name == entity.name,
          let state = try view.snapshot.record(entity.name, lead.id)
        else { throw RecordError.unknownWord(lead.text, expected: "a lead") }
        let label = try view.label(lead)
        let decision = try NurtureRounds.next(of: state, in: view.snapshot.database)
        let stage: DealStages.Stage
        switch decision {
        case .nurture(let next): stage = next
        case .archive(let next): stage = next
        case .noLead: throw DealError.noLead(label)
        case .noStage(let isArchive):
          throw isArchive ? DealError.noArchive(label) : DealError.noNurturing(label)
        }
        let move = try CRMDomain.Assignment(
          "stage", .set, [.value(.reference(stage.id))], of: entity, in: view.catalog)
        let plan = try editor.plan(editing: state, [move] + further, in: view.snapshot)
        if !context.options.isDryRun { try plan.apply(in: transaction) }
        lines.append(
          "\(label): \(stage.name)\(stage.kind == .archived ? ", for it was nurtured before" : "")")
        return RecordKey(kind: entity.name, id: lead.id)
      }
      return (keys: keys, lines: lines)
    }
    for line in outcome.lines where context.options.format == nil {
      context.output.data(PlainText.oneLine((context.options.isDryRun ? "Would be: " : "") + line))
    }
    guard !context.options.isDryRun else { return .done }
    context.state.last = outcome.keys.last
    guard context.options.format != nil else { return .done }
    try context.read { view in
      try ChangeReport(verb: "Moved", action: "changed", keys: outcome.keys, view: view)
        .write(rows: [])
    }
    return .done
  }
}
