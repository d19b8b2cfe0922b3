import CRDTCore
import CRMDomain
import ReplicaStore

/// `convert LEAD`: makes an opportunity of a lead, with an account and a contact.
package struct ConvertCommand: ShellCommand {
  package let name = "convert"
  package let summary =
    "Makes an opportunity of a qualified lead; its account and contact are matched or made."
  package let syntax = [
    """
    convert LEAD [process=PROCESS] [stage=STAGE] [account=REF] [contact=REF] [amount=AMOUNT] \
    [FIELD=VALUE …] [--override] [because \"WHY\"]
    """
  ]
  package let examples = [
    "convert d7h2k amount=18400 probability=40",
    "convert @1 process=classic account=müller contact=anke",
    "convert d7h2k bant_budget=yes bant_need=yes bant_authority=yes amount=5000",
    "convert d7h2k --override because \"the boss knows them\"",
  ]
  package let use = CommandUse(
    words: 1, takesAssignments: true, clauses: [.because], options: ["dry-run", "override"],
    formats: CommandUse.changeFormats, changes: true)

  private static let own = ["process", "stage", "account", "contact", "primary_contact"]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let word)? = command.targets.first else {
      throw RecordError.missing("a lead", example: examples[0])
    }
    var command = command
    try context.read { view in _ = try conversion(of: word, command, view) }
    if let amount = try askedAmount(word, command, context) {
      command = command.replacing(
        targets: command.targets, assignments: command.assignments + [amount])
    }
    let lines = try context.write(command) { view, transaction in
      let (key, conversion) = try conversion(of: word, command, view)
      let lines = try Self.lines(of: conversion, view)
      guard !context.options.isDryRun else { return (keys: [RecordKey](), lines: lines) }
      try conversion.apply(in: transaction)
      let parties = [("account", conversion.account), ("contact", conversion.contact)]
      return (
        [key]
          + parties.compactMap { kind, party in party.id.map { RecordKey(kind: kind, id: $0) } },
        lines
      )
    }
    if context.options.format == nil {
      for line in lines.lines { context.talk(PlainText.oneLine("  " + line)) }
    }
    guard let deal = lines.keys.first else {
      context.talk("Nothing was written.")
      return .done
    }
    context.state.last = deal
    try context.read { view in
      let keys = context.options.format == nil ? [deal] : lines.keys
      try ChangeReport(verb: "Converted", action: "converted", keys: keys, view: view)
        .write(rows: [])
    }
    return .done
  }

  private func conversion(
    of word: ValueText, _ command: Command, _ view: RecordView
  ) throws -> (RecordKey, LeadConversion) {
    let entity = view.catalog.entity("deal")
    let lead = try RecordFinder(view).record(named: word, kind: entity)
    guard let state = try view.snapshot.record(entity.name, lead.id) else {
      throw RecordError.noSuchRecord(word.text, kind: entity.name, closest: [])
    }
    var request = LeadConversion.Request()
    let places = command.assignments.filter { Self.own.contains($0.field.description.lowercased()) }
    let words = try AssignedWords(
      command.replacing(targets: [], assignments: places), allowing: Self.own)
    if let name = words["process"] {
      guard let outline = try ProcessOutline(named: name.text, in: view.snapshot.database) else {
        throw DealError.noSuchProcess(
          name.text, names: try ProcessOutline.names(in: view.snapshot.database))
      }
      request.process = outline.id
    }
    request.stage = words["stage"]?.text
    let finder = RecordFinder(view)
    request.account = try words["account"].map {
      try finder.record(named: $0, kind: view.catalog["account"]).id
    }
    request.contact = try (words["contact"] ?? words["primary_contact"]).map {
      try finder.record(named: $0, kind: view.catalog["contact"]).id
    }
    let rest = command.assignments.filter { !Self.own.contains($0.field.description.lowercased()) }
    request.assignments = try AssignmentWords(view: view, entity: entity).assignments(
      of: command.replacing(targets: [], assignments: rest))
    let conversion = try LeadConversion(
      of: state, request, by: try view.editor(for: command), in: view.snapshot)
    return (RecordKey(kind: entity.name, id: lead.id), conversion)
  }

  /// What it would bring, asked of a person who did not say, where the lead does not either.
  private func askedAmount(
    _ word: ValueText, _ command: Command, _ context: CommandContext
  ) throws -> Assignment? {
    guard let ask = context.output.ask, !context.options.isYes, !context.options.isDryRun,
      !command.assignments.contains(where: { ["amount", "value"].contains($0.field.description) })
    else { return nil }
    let isKnown = try context.read { view in
      let lead = try RecordFinder(view).record(named: word, kind: view.catalog["deal"])
      return try view.snapshot.record("deal", lead.id)?["amount"].isNull == false
    }
    guard !isKnown else { return nil }
    let answer = ask("What would it bring? Enter: not known yet > ")?
      .trimmingPrefix { $0.isWhitespace }
    try Task.checkCancellation()
    guard let answer, !answer.isEmpty else { return nil }
    return Assignment(
      field: FieldPath("amount"), operation: .set, value: .one(ValueText(String(answer))),
      range: command.range)
  }

  /// What becomes of the lead: where it goes, and whose it is.
  private static func lines(of conversion: LeadConversion, _ view: RecordView) throws -> [String] {
    func line(_ kind: String, _ party: LeadConversion.Party) throws -> String {
      let entity = view.catalog.entity(kind)
      func label(_ id: RecordID) throws -> String {
        "\(try view.shortID(id, of: entity)) \(try view.name(of: id, entity))"
      }
      switch party {
      case .linked(let id): return "\(kind) \(try label(id)), as it was"
      case .matched(let id): return "\(kind) \(try label(id)), found"
      case .made(let id): return "\(kind) \(try view.shortID(id, of: entity)), made"
      case .none: return "no \(kind): the lead names none"
      }
    }
    return [
      "stage \(conversion.stage.name)", try line("account", conversion.account),
      try line("contact", conversion.contact),
    ]
  }
}
