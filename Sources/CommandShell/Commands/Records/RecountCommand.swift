import CRDTCore
import CRMDomain
import ReplicaStore

/// `recount REF FIELD=NUMBER`: makes a counter say what was counted.
package struct RecountCommand: ShellCommand {
  package let name = "recount"
  package let summary = "Makes a counter say what was counted; what other nodes add is added to it."
  package let syntax = ["recount REF FIELD=NUMBER … [because \"WHY\"]"]
  package let examples = [
    "recount P-220 stock=38 because \"counted on Friday\"",
    "recount \"Seal kit\" stock=0",
    "recount @1 stock=120 --dry-run",
    "recount p5tz1 stock=38 --format json",
  ]
  package let use = CommandUse(
    words: 1, takesAssignments: true, clauses: [.because], options: ["dry-run"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard !command.assignments.isEmpty else {
      throw RecordError.missing("field=number", example: examples[0])
    }
    let (key, card) = try context.write(command) { view, transaction in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      try targets.tellGuesses(in: context)
      guard let reference = targets.references.first, !targets.isBulk,
        let entity = reference.entity,
        let state = try view.snapshot.record(entity.name, reference.id)
      else { throw RecordError.missing("one record", example: examples[0]) }
      guard !state.isDeleted else { throw try view.deletion(of: reference) }
      let assignments = try AssignmentWords(view: view, entity: entity).assignments(of: command)
      let plan = try view.editor().plan(recounting: state, assignments, in: view.snapshot)
      let rows = try EditDescription(view: view, entity: entity, state: state).rows(of: plan)
      if !context.options.isDryRun { try plan.apply(in: transaction) }
      return (
        RecordKey(kind: entity.name, id: state.id),
        CardView(title: try view.label(reference), sections: [CardView.Section(rows: rows)])
      )
    }
    if context.options.isDryRun || context.options.format == nil {
      let width = context.output.isTerminal ? context.output.width : nil
      for line in card.lines(width: width, style: context.output.style) {
        context.output.data(line)
      }
    }
    guard !context.options.isDryRun else {
      context.talk("Nothing was written.")
      return .done
    }
    context.state.last = key
    if context.options.format != nil {
      try context.read { view in
        try ChangeReport(verb: "Changed", action: "changed", keys: [key], view: view)
          .write(rows: [])
      }
    }
    return .done
  }
}
