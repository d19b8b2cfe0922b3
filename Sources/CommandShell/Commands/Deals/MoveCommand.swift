import CRDTCore
import CRMDomain
import ReplicaStore

/// `move REF STAGE`: `edit REF stage=STAGE`, and the like for kinds that have a status instead.
package struct MoveCommand: ShellCommand {
  package let name = "move"
  package let summary = "Moves deals to another stage, or other records to another status."
  package let syntax = [
    "move TARGET… STAGE [FIELD=VALUE …] [--override] [because \"WHY\"]"
  ]
  package let examples = [
    "move d7h2k Won purchase_order_no=4711",
    "move d7h2k Lost close_reason=price because \"two rounds too dear\"",
    "move d7h2k Negotiation --override because \"verbal yes on the phone\"",
    "move (tasks where assignees has @me and due < today) dropped --yes",
  ]
  package let use = CommandUse(
    words: nil, takesFilter: true, takesAssignments: true, clauses: [.if, .because],
    options: ["dry-run", "max", "override"], formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let stage)? = command.targets.last, command.targets.count > 1 else {
      throw RecordError.missing("a record and the stage to move it to", example: examples[0])
    }
    let targets = Array(command.targets.dropLast())
    let field = try context.read { view in
      let found = try FoundTargets(
        of: command.replacing(targets: targets, assignments: []), view, example: examples[0])
      guard let entity = found.references.first?.entity else { return "stage" }
      guard let field = entity.boardField else {
        throw RecordError.unknownWord(
          entity.plural, expected: "a kind of record with a stage or a status")
      }
      return field
    }
    let move = Assignment(
      field: FieldPath(field, range: stage.range), operation: .set, value: .one(stage),
      range: stage.range)
    let edit = command.replacing(targets: targets, assignments: [move] + command.assignments)
    return try await EditCommand().run(edit, in: context)
  }
}
