import CRDTCore
import CRMDomain
import ReplicaStore

/// `split DEAL USER=PERCENT …`: credits a deal to several users.
package struct SplitCommand: ShellCommand {
  package let name = "split"
  package let summary =
    "Credits a deal to several users; the shares, together 100 %, count in reports."
  package let syntax = [
    "split DEAL USER=PERCENT … [because \"WHY\"]", "split DEAL none", "split DEAL",
  ]
  package let examples = [
    "split d7h2k anna=60 ben=40 because \"ben opened the door\"",
    "split d7h2k anna=33.3 u81xq=66.7",
    "split d7h2k none", "split d7h2k",
  ]
  package let use = CommandUse(
    words: 2, takesAssignments: true, clauses: [.because], options: ["dry-run"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let word)? = command.targets.first else {
      throw RecordError.missing("a deal", example: examples[0])
    }
    let isClearing = command.allWords.dropFirst().first?.lowercased() == "none"
    guard command.targets.count == 1 || (isClearing && command.assignments.isEmpty) else {
      throw command.rejection(
        "a split names users and their shares", hint: "such as anna=60 ben=40, or none",
        at: command.targets[1].range)
    }
    let deal = try context.read { view in
      try RecordFinder(view).record(named: word, kind: view.catalog.entity("deal"))
    }
    if isClearing || !command.assignments.isEmpty {
      try context.write(command) { view, transaction in
        let shares = try command.assignments.map { try share($0, command, view) }
        guard Set(shares.map(\.user)).count == shares.count else {
          throw command.rejection("a user is named twice", at: command.range)
        }
        if context.options.isDryRun {
          guard shares.isEmpty || CreditShares.areWhole(shares) else {
            throw CreditError.notWhole(shares.map(\.percent))
          }
        } else {
          try CreditShares.set(shares, of: deal.id, in: transaction)
        }
      }
      guard !context.options.isDryRun else {
        context.talk("Nothing was written.")
        return .done
      }
    }
    context.state.last = RecordKey(kind: "deal", id: deal.id)
    try tell(deal, context)
    return .done
  }

  private func share(
    _ assignment: Assignment, _ command: Command, _ view: RecordView
  ) throws -> CreditShares.Share {
    guard assignment.operation == .set, case .one(let value) = assignment.value else {
      throw command.rejection("a share is one number of percent", at: assignment.range)
    }
    let user = try RecordFinder(view).record(
      named: ValueText(assignment.field.description, range: assignment.field.range),
      kind: view.catalog.entity("user"))
    let percent = try AmountReader.percent(value.text)
    guard percent > DecimalNumber(0), percent <= DecimalNumber(100) else {
      throw command.rejection(
        "\(value.text) is no share", hint: "it is more than 0 and at most 100", at: value.range)
    }
    return CreditShares.Share(user: user.id, percent: percent)
  }

  /// Says whose the deal is, and what that is of its amount.
  private func tell(_ deal: RecordReference, _ context: CommandContext) throws {
    try context.read { view in
      let shares = try CreditShares(of: deal.id, in: view.snapshot.database)
      let label = try view.label(deal)
      guard let state = try view.snapshot.record("deal", deal.id), !shares.isEmpty else {
        context.output.data(PlainText.oneLine("\(label) is credited to its owner alone."))
        return
      }
      var amounts: [Int128] = []
      var currency: CurrencyCode?
      if case .money(let money) = state["amount"] {
        currency = money.currency
        amounts = shares.credited(Int128(money.minorUnits), of: deal.id, owner: nil).map(
          \.minorUnits)
      }
      let rows = try shares[deal.id].enumerated().map { index, share in
        let amount = currency.map {
          PeopleFormat.money(Money(minorUnits: Int64(clamping: amounts[index]), currency: $0))
        }
        return CardView.Row(
          try view.name(of: share.user, view.catalog.entity("user")),
          [PeopleFormat.number(share.percent) + "%", amount].compactMap(\.self).joined(
            separator: view.context.output.style.separator))
      }
      let card = CardView(title: "Credit of \(label)", sections: [CardView.Section(rows: rows)])
      for line in card.lines(width: nil, style: context.output.style) { context.output.data(line) }
    }
  }
}
