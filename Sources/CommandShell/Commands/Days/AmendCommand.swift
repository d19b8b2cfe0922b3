import CRDTCore
import CRMDomain
import ReplicaStore

/// `amend REF "TEXT"`: adds to an engagement that is closed.
package struct AmendCommand: ShellCommand {
  package let name = "amend"
  package let summary = "Adds to an engagement that is closed; what was said before stays."
  package let syntax = ["amend REF \"TEXT\" [because \"WHY\"]"]
  package let examples = [
    "amend e3c8t \"The rebate was meant per year.\"", "amend @last \"Tom was there, too.\"",
    "amend e3c8t \"Price was net.\" because \"Anke rang back\"", "amend @1 \"See the minutes.\"",
  ]
  package let use = CommandUse(
    words: 2, clauses: [.because], formats: CommandUse.changeFormats, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["an engagement", "a text"])
    guard case .word(let word)? = command.targets.first else { return .done }
    let key = try context.write(command) { view, transaction in
      let reference = try RecordFinder(view).record(
        named: word, kind: view.catalog["engagement"])
      let label = try view.label(reference)
      guard let state = try view.snapshot.record("engagement", reference.id) else {
        throw EngagementError.wrongKind(label, wanted: "engagement")
      }
      guard state["closed"] == .bool(true) else {
        throw EngagementError.notClosed(
          label, id: try view.shortID(RecordKey(kind: "engagement", id: reference.id)))
      }
      let entity = view.catalog.entity("amendment")
      var values: [(String, Value)] = [
        ("engagement", .reference(reference.id)), ("text", .text(words[1])),
        ("date_time", .instant(context.calendar.now)),
      ]
      if let user = try view.actingUser() { values.append(("added_by", .reference(user))) }
      let assignments = try values.map {
        try CRMDomain.Assignment($0.0, .set, [.value($0.1)], of: entity, in: view.catalog)
      }
      let id = try view.editor(for: command).plan(
        new: entity, assignments, in: view.snapshot
      ).apply(in: transaction)
      return RecordKey(kind: entity.name, id: id)
    }
    try context.read { view in
      try ChangeReport(verb: "Amended", action: "created", keys: [key], view: view).write(rows: [])
    }
    return .done
  }
}
