import CRDTCore
import CRMDomain
import ReplicaStore

/// `verify REF…`: says that what is known of records is still so.
package struct VerifyCommand: ShellCommand {
  package let name = "verify"
  package let summary = "Notes that the data of accounts or contacts were confirmed just now."
  package let syntax = ["verify REF… [because \"WHY\"]"]
  package let examples = [
    "verify müller", "verify c81xq because \"called her\"", "verify @1 @2 @3",
    "verify contact:anke --dry-run",
  ]
  package let use = CommandUse(
    words: nil, clauses: [.because], options: ["dry-run"], formats: CommandUse.changeFormats,
    changes: true)

  /// The field that says when data were last confirmed.
  static let field = "verified_at"

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let now = Operand.value(.instant(context.calendar.now))
    let keys = try context.write(command) { view, transaction in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      try targets.tellGuesses(in: context)
      return try targets.references.map { reference in
        guard let entity = reference.entity, entity.field(named: Self.field) != nil,
          let state = try view.snapshot.record(entity.name, reference.id)
        else {
          throw RecordError.unknownWord(reference.text, expected: "an account or a contact")
        }
        guard !state.isDeleted else { throw try view.deletion(of: reference) }
        let assignment = try CRMDomain.Assignment(
          Self.field, .set, [now], of: entity, in: view.catalog)
        let plan = try view.editor(for: command).plan(
          editing: state, [assignment], in: view.snapshot)
        if !context.options.isDryRun { try plan.apply(in: transaction) }
        return RecordKey(kind: entity.name, id: state.id)
      }
    }
    guard !context.options.isDryRun else {
      let count = keys.count
      context.talk("Would confirm \(count) record\(count == 1 ? "" : "s"). Nothing was written.")
      return .done
    }
    context.state.last = keys.last
    try context.read { view in
      try ChangeReport(verb: "Confirmed", action: "verified", keys: keys, view: view)
        .write(rows: [])
    }
    return .done
  }
}
