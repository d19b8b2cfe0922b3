import CRDTCore
import CRMDomain
import ReplicaStore

/// `hygiene`: open deals of which something is missing or out of date.
package struct HygieneCommand: ShellCommand {
  package let name = "hygiene"
  package let summary =
    "Lists open deals of which something is missing or out of date: date, amount, next step."
  package let syntax = ["hygiene [where FILTER] [at TIME]"]
  package let examples = [
    "hygiene", "hygiene where owner = @me", "hygiene where amount > 10k --format csv",
    "hygiene where stage = Engaging",
  ]
  package let use = CommandUse(
    clauses: [.where, .at], formats: ["table", "json", "csv", "tsv", "md", "ids"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let found = try DealsInNeed(command, view)
      context.state.listed = found.findings.map { RecordKey(kind: "deal", id: $0.deal) }
      switch context.options.format {
      case "ids": for finding in found.findings { context.output.data("\(finding.deal)") }
      case "json":
        context.json([
          "schema": "kith.hygiene/1", "open": .integer(Int64(found.openCount)),
          "rows": .array(
            found.findings.map { finding in
              [
                "id": .string(finding.deal.description),
                "problems": .array(
                  finding.problems.map { .string(DealsInNeed.words($0, view)) }),
              ]
            }),
        ])
      case _: try context.write(try table(found, view))
      }
    }
    return .done
  }

  private func table(_ found: DealsInNeed, _ view: RecordView) throws -> TableView {
    let entity = view.catalog.entity("deal")
    let rows = try found.findings.enumerated().map { index, finding in
      [
        TableView.Cell("\(index + 1)", ink: .faint),
        TableView.Cell(try view.shortID(finding.deal, of: entity)),
        TableView.Cell(try view.name(of: finding.deal, entity), ink: .bold),
        TableView.Cell(
          finding.problems.map { DealsInNeed.words($0, view) }.joined(separator: "; ")),
      ]
    }
    let count = PeopleFormat.number(found.findings.count)
    return TableView(
      columns: [
        TableView.Column("", importance: 3), TableView.Column("id", importance: 8),
        TableView.Column("deal", importance: 7), TableView.Column("what", importance: 9),
      ],
      rows: rows,
      footer: "\(count) of \(PeopleFormat.number(found.openCount)) open deals · hygiene work")
  }
}

/// `hygiene work`: walks through those deals, with a key for each repair.
package struct HygieneWorkCommand: ShellCommand {
  package let name = "hygiene work"
  package let summary =
    "Walks through deals of which something is missing or out of date; a key repairs each."
  package let syntax = [
    "hygiene work [where FILTER] [because \"WHY\"]",
    "keys     d date · a amount · p chance · n next step · w when · m move · l lost · s skip",
    "         u undo the last one · q leave; each runs an edit that could have been typed",
  ]
  package let examples = [
    "hygiene work", "hygiene work where owner = @me",
    "hygiene work where owner.region = East because \"monday's round\"",
    "hygiene work where target_close < today",
  ]
  package let use = CommandUse(clauses: [.where, .because], changes: true)

  package init() {}

  private static func edit(_ character: Character, _ label: String, _ field: String) -> DealWalk.Key
  {
    DealWalk.Key(character: character, label: label, question: label) {
      "edit \($0) \(field)=\($1)"
    }
  }

  private static let keys = [
    edit("d", "date", "target_close"), edit("a", "amount", "amount"),
    edit("p", "chance", "probability_override"), edit("n", "next step", "next_action"),
    edit("w", "when", "next_action_on"),
    edit("m", "move", "stage"),
  ]

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let key = context.output.key else {
      throw RecordError.needsAnswer(what: "Each deal", command: "hygiene")
    }
    let deals = try context.read { try DealsInNeed(command, $0).findings.map(\.deal) }
    guard !deals.isEmpty else {
      context.output.data("Nothing is missing or out of date.")
      return .done
    }
    let keys = Self.keys(lostIn: try context.read(Self.lostStage))
    let walk = DealWalk(deals, keys: keys, because: command.clauses.reason, in: context) {
      id, view in
      let findings = try DealHygiene.findings(
        for: view.dealRequest(.records([id])), in: view.snapshot.database)
      guard let finding = findings.first, !finding.problems.isEmpty else { return nil }
      return try view.dealLines(id)
        + finding.problems.map { "  ! \(DealsInNeed.words($0, view))" }
    }
    try await walk.run(key)
    return .done
  }

  /// The keys; without a stage for lost deals, there is none for it.
  private static func keys(lostIn stage: String?) -> [DealWalk.Key] {
    guard let stage else { return keys }
    let name = ValueText(stage, form: .quoted)
    return keys + [
      DealWalk.Key(character: "l", label: "lost", question: "reason") {
        "edit \($0) stage=\(name) close_reason=\($1)"
      }
    ]
  }

  /// What the stage for lost deals is called where new deals begin.
  private static func lostStage(_ view: RecordView) throws -> String? {
    let stages = try DealStages(in: view.snapshot.database)
    return stages.defaultProcess.flatMap { process in
      stages.stages(of: process).first { $0.kind == .lost }?.name
    }
  }
}

/// The open deals that a command means and of which something is missing or out of date.
struct DealsInNeed {
  let findings: [DealHygiene.Finding]
  let openCount: Int

  init(_ command: Command, _ view: RecordView) throws {
    let reader = FilterReader(view: view, entity: view.catalog.entity("deal"))
    let all = try DealHygiene.findings(
      for: view.dealRequest(try reader.filter(of: command)), in: view.snapshot.database)
    openCount = all.count
    findings = all.filter { !$0.problems.isEmpty }
    try reader.tellDates(of: command)
  }

  static func words(_ problem: DealHygiene.Problem, _ view: RecordView) -> String {
    switch problem {
    case .datePassed(let day): "was to be decided \(view.people.day(day))"
    case .noDate: "no target date"
    case .noAmount: "no amount"
    case .noNextAction: "no next step"
    case .actionPassed(let day): "the next step was for \(view.people.day(day))"
    case .quiet(let days): "not a word for \(days) days"
    }
  }
}

extension RecordView {
  /// What is asked of deals, as of now.
  func dealRequest(_ filter: Filter?) -> ReportRequest {
    var request = ReportRequest(
      now: context.asOf, timeZone: context.calendar.timeZone, queries: queries)
    request.filter = filter
    return request
  }

  /// A deal in two lines: what it is, and where it stands.
  func dealLines(_ id: RecordID) throws -> [String] {
    let entity = catalog.entity("deal")
    guard let state = try snapshot.record(entity.name, id) else { return [] }
    let names = [
      "account", "stage", "amount", "target_close", "next_action", "next_action_on", "owner",
    ]
    let parts = try names.compactMap { name -> String? in
      guard let field = entity.field(named: name) else { return nil }
      let reading = try fields.reading(of: field, in: state)
      return reading == .empty ? nil : text(reading, of: field)
    }
    let title = "\(try shortID(id, of: entity)) \(try name(of: id, entity))"
    return [title, "  " + parts.joined(separator: context.output.style.separator)].map(
      PlainText.oneLine)
  }
}
