import CRDTCore
import CRMDomain
import ReplicaStore

/// `answer EVENT yes`: what one says to an invitation.
package struct AnswerCommand: ShellCommand {
  package let name = "answer"
  package let summary = "Says whether you, or somebody else who was invited, take part in an event."
  package let syntax = ["answer EVENT yes|no|maybe|open [PERSON] [because \"WHY\"]"]
  package let examples = [
    "answer v4k2p yes", "answer \"Kick-off\" no because \"on leave\"",
    "answer v4k2p maybe contact:anke", "answer @1 open",
  ]
  package let use = CommandUse(
    words: 3, clauses: [.because], formats: CommandUse.changeFormats, changes: true)

  private static let answers = ["yes", "no", "maybe", "open"]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["an event", "an answer"])
    let answer = words[1].lowercased()
    guard case .word(let event)? = command.targets.first, Self.answers.contains(answer) else {
      throw RecordError.unknownWord(words[1], expected: "yes, no, maybe or open")
    }
    let key = try context.write(command) { view, transaction in
      let finder = RecordFinder(view)
      let reference = try finder.record(named: event, kind: view.catalog["event"])
      var who = try view.actingUser()
      if command.targets.count > 2, case .word(let person) = command.targets[2] {
        let found = try finder.record(named: person)
        guard ["user", "contact"].contains(found.entity?.name) else {
          throw EngagementError.wrongKind(try view.label(found), wanted: "contact")
        }
        who = found.id
      }
      guard let who else {
        throw RecordError.noSuchRecord("@me", kind: "user", closest: [])
      }
      try EventAnswer.write(answer, of: who.description, to: reference.id, in: transaction)
      return RecordKey(kind: "event", id: reference.id)
    }
    context.state.last = key
    try context.read { view in
      try ChangeReport(verb: "Answered", action: "changed", keys: [key], view: view)
        .write(rows: [])
    }
    return .done
  }
}
