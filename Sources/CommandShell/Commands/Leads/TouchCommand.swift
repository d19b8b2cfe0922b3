import CRDTCore
import CRMDomain
import ReplicaStore

/// `touch REF SOURCE "WHAT"`: notes by what a lead or a contact came nearer.
package struct TouchCommand: ShellCommand {
  package let name = "touch"
  package let summary = "Notes by what a lead or a contact came to know us, or showed interest."
  package let syntax = [
    "touch REF SOURCE [\"WHAT\"] [campaign=NAME] [kind=KIND] [at=TIME] [because \"WHY\"]"
  ]
  package let examples = [
    "touch d7h2k website \"downloaded the price list\"",
    "touch @1 \"trade fair\" campaign=\"Hannover 2026\" at=yesterday",
    "touch anke website kind=download", "touch d7h2k referral --dry-run",
  ]
  package let use = CommandUse(
    words: nil, takesAssignments: true, clauses: [.because], options: ["dry-run"],
    formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let word)? = command.targets.first, command.targets.count > 1 else {
      throw RecordError.missing("a lead or a contact, and a source", example: examples[0])
    }
    let words = Array(command.allWords.dropFirst())
    let key = try context.write(command) { view, transaction in
      let subject = try RecordFinder(view).record(named: word, kind: view.entity(command.kind))
      guard let kind = subject.entity?.name, ["deal", "contact"].contains(kind) else {
        throw RecordError.unknownWord(subject.text, expected: "a lead or a contact")
      }
      let entity = view.catalog.entity(Touch.kind)
      var assignments = try AssignmentWords(view: view, entity: entity).assignments(of: command)
      func add(_ field: String, _ operand: Operand) throws {
        let new = try CRMDomain.Assignment(field, .set, [operand], of: entity, in: view.catalog)
        if !assignments.contains(where: { $0.path == new.path }) { assignments.append(new) }
      }
      try add(kind, .value(.reference(subject.id)))
      try add("source", .text(words[0]))
      if words.count > 1 { try add("text", .text(words.dropFirst().joined(separator: " "))) }
      try add("at", .value(.instant(context.calendar.now)))
      let plan = try view.editor(for: command).plan(new: entity, assignments, in: view.snapshot)
      guard !context.options.isDryRun else { return RecordKey?.none }
      return RecordKey(kind: entity.name, id: try plan.apply(in: transaction))
    }
    guard let key else {
      context.talk("Nothing was written.")
      return .done
    }
    context.state.last = key
    try context.read { view in
      try ChangeReport(verb: "Noted", action: "created", keys: [key], view: view).write(rows: [])
    }
    return .done
  }
}
