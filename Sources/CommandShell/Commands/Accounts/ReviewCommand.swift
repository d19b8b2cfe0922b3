import CRDTCore
import CRMDomain
import ReplicaStore

/// `review ACCOUNT`: a sheet to go through a customer with.
package struct ReviewCommand: ShellCommand {
  package let name = "review"
  package let summary =
    "Prints a sheet to review an account with: standing, people, work, plan, what is open."
  package let syntax = [
    "review ACCOUNT [at TIME]",
    "review pipeline [where FILTER] [because \"WHY\"]   walks through open deals, keeps decisions",
  ]
  package let examples = [
    "review müller", "review @1", "review \"Müller GmbH\" at last friday",
    "review müller -o review.txt", "review pipeline where owner = anna",
  ]
  package let use = CommandUse(words: 1, clauses: [.at, .where, .because])

  package init() {}

  package func use(of command: Command) -> CommandUse {
    isOfPipeline(command)
      ? CommandUse(clauses: [.where, .because], changes: true)
      : CommandUse(words: 1, clauses: [.at])
  }

  /// Whether the open deals are meant: the word is one for processes.
  private func isOfPipeline(_ command: Command) -> Bool {
    command.kind?.name == "process" && command.targets.isEmpty
  }

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    if isOfPipeline(command) { return try await PipelineReview(command, in: context).run() }
    guard case .word(let word)? = command.targets.first else {
      throw RecordError.missing("an account", example: examples[0])
    }
    try context.read { view in
      guard let entity = view.catalog["account"] else { return }
      let account = try RecordFinder(view).record(named: word, kind: entity)
      guard let state = try view.snapshot.record(entity.name, account.id) else { return }
      context.state.last = RecordKey(kind: entity.name, id: account.id)
      let sheet = ReviewSheet(entity, state, view)
      let id = try view.shortID(account.id, of: entity)
      let name = try view.name(of: account.id, entity)
      let card = CardView(
        title:
          "Review of \(try view.label(account)), \(view.people.resolved(view.people.calendar.today))",
        sections: [try sheet.standing()]
          + (try RecordPage(entity, account.id, view).sections())
          + [try sheet.texts(), try sheet.open()],
        closing: [
          "When it is done: verify \(id)",
          "For the next one: new task \"Review \(name)\" about+=\"account:\(name)\" due=\"in 3 months\"",
        ])
      let output = context.output
      let width = output.isTerminal ? output.width : nil
      for line in card.lines(width: width, style: output.style) { output.data(line) }
      context.writeMoment()
    }
    return .done
  }
}

/// The parts of a review that are about the account itself.
private struct ReviewSheet {
  private static let standingFields = [
    "status", "type", "segment", "priority", "owner", "support_team", "territory",
    "annual_potential", "payment_terms", "customer_since", "verified_at",
  ]
  private static let textFields = ["profile", "structure_notes", "requirements", "plan"]
  /// What every account should say.
  private static let neededFields = [
    "type", "industry", "segment", "owner", "territory", "website", "billing_address",
    "payment_terms", "plan",
  ]
  /// After so many days without an engagement an account is quiet.
  private static let quietDays: Int64 = 90

  private let entity: Entity
  private let state: RecordState
  private let view: RecordView

  init(_ entity: Entity, _ state: RecordState, _ view: RecordView) {
    self.entity = entity
    self.state = state
    self.view = view
  }

  func standing() throws -> CardView.Section {
    CardView.Section("Standing", rows: try rows(Self.standingFields))
  }

  func texts() throws -> CardView.Section {
    CardView.Section("Notes and plan", rows: try rows(Self.textFields))
  }

  private func rows(_ names: [String]) throws -> [CardView.Row] {
    try names.compactMap { name in
      guard let field = entity.field(named: name) else { return nil }
      let reading = try view.fields.reading(of: field, in: state)
      return reading == .empty ? nil : CardView.Row(field.label, view.text(reading, of: field))
    }
  }

  /// What is missing, old or in dispute.
  func open() throws -> CardView.Section {
    var rows: [CardView.Row] = []
    let missing = try Self.neededFields.compactMap { entity.field(named: $0) }.filter {
      try view.fields.reading(of: $0, in: state) == .empty
    }
    if !missing.isEmpty {
      rows.append(CardView.Row("missing", missing.map(\.label).joined(separator: ", ")))
    }
    if state[VerifyCommand.field].isNull {
      rows.append(CardView.Row("confirmed", "never"))
    }
    let own = Operand.value(.reference(state.id))
    if let contact = view.catalog["contact"] {
      let unverified = try FlagReader(view: view, entity: contact).unverified()
      let filter = Filter.and([.compare(["account"], .equal, own), unverified])
      let count = try GroupedCount(contact, filter: filter).total(
        in: view.snapshot.database, view.queries
      ).count
      if count > 0 { rows.append(CardView.Row("people", "\(count) not confirmed for long")) }
    }
    if let engagement = view.catalog["engagement"] {
      let start = view.context.asOf.milliseconds - Self.quietDays * 86_400_000
      let recent = Filter.and([
        .compare(["account"], .equal, own),
        .compare(["date_time"], .greaterOrEqual, .value(.instant(Instant(milliseconds: start)))),
      ])
      let count = try GroupedCount(engagement, filter: recent).total(
        in: view.snapshot.database, view.queries
      ).count
      if count == 0 {
        rows.append(CardView.Row("quiet", "no engagement in \(Self.quietDays) days"))
      }
    }
    let conflicts = try ConflictFinding(view).conflicts(
      of: RecordKey(kind: entity.name, id: state.id))
    if !conflicts.isEmpty {
      rows.append(CardView.Row("conflicts", conflicts.map(\.shortID).joined(separator: ", ")))
    }
    return CardView.Section("To settle", rows: rows)
  }
}
