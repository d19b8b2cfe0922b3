import CRDTCore
import CRMDomain
import ReplicaStore

/// `involve DEAL CONTACT roles=…`: says what part a person of the customer has in a deal.
package struct InvolveCommand: ShellCommand {
  package let name = "involve"
  package let summary =
    "Says what part a person of the customer has in a deal: who decides, who pays, who uses it."
  package let syntax = [
    "involve DEAL CONTACT [roles+=ROLE] [notes=TEXT] [because \"WHY\"]",
    "involve DEAL CONTACT none",
  ]
  package let examples = [
    "involve d7h2k anke roles+=\"decision maker\"",
    "involve d7h2k c81xq roles=(technical,\"budget holder\") notes=\"reads every page\"",
    "involve d7h2k jonas roles-=procurement", "involve d7h2k jonas none because \"he has left\"",
  ]
  package let use = CommandUse(
    words: 3, takesAssignments: true, clauses: [.because], options: ["dry-run"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.targets.compactMap { target in
      if case .word(let word) = target { word } else { nil }
    }
    guard words.count > 1 else {
      throw RecordError.missing("a deal and a contact", example: examples[0])
    }
    guard words.count == 2 || words[2].text.lowercased() == "none" else {
      throw command.rejection(
        "\"\(words[2].text)\" is one word too many", hint: "roles are given as roles+=…",
        at: words[2].range)
    }
    let deal = try context.write(command) { view, transaction in
      let finder = RecordFinder(view)
      let deal = try finder.record(named: words[0], kind: view.catalog.entity("deal"))
      let contact = try finder.record(named: words[1], kind: view.catalog.entity("contact"))
      let id = DealContacts.id(of: contact.id, in: deal.id)
      let state = try view.snapshot.record(DealContacts.kind, id)
      guard words.count == 2 else {
        if let state, !state.isDeleted, !context.options.isDryRun {
          try transaction.delete(DealContacts.kind, id, basis: state.basis)
        }
        return deal
      }
      let plan = try plan(command, deal.id, contact.id, id, state, view)
      guard !context.options.isDryRun else { return deal }
      if let state, state.isDeleted {
        for value in plan.listed { try value.ensure(in: transaction) }
        try transaction.restore(DealContacts.kind, id, basis: state.basis, plan.changes)
      } else {
        try plan.apply(in: transaction)
      }
      return deal
    }
    guard !context.options.isDryRun else {
      context.talk("Nothing was written.")
      return .done
    }
    context.state.last = RecordKey(kind: "deal", id: deal.id)
    try context.read { view in
      let people = try RecordPage(view.catalog.entity("deal"), deal.id, view).sections().filter {
        $0.heading == "People"
      }
      let card = CardView(title: "deal \(try view.label(deal))", sections: people)
      for line in card.lines(width: nil, style: context.output.style) { context.output.data(line) }
    }
    return .done
  }

  private func plan(
    _ command: Command, _ deal: RecordID, _ contact: RecordID, _ id: RecordID,
    _ state: RecordState?, _ view: RecordView
  ) throws -> EditPlan {
    let entity = view.catalog.entity(DealContacts.kind)
    var assignments = try AssignmentWords(view: view, entity: entity).assignments(of: command)
    let editor = try view.editor(for: command)
    if let state {
      return try editor.plan(editing: state, assignments, in: view.snapshot)
    }
    for (field, target) in [("deal", deal), ("contact", contact)] {
      assignments.append(
        try CRMDomain.Assignment(
          field, .set, [.value(.reference(target))], of: entity, in: view.catalog))
    }
    return try editor.plan(new: entity, id: id, assignments, in: view.snapshot)
  }
}
