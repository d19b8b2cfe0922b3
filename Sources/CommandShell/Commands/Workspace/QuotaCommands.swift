import CRDTCore
import CRMDomain
import ReplicaStore

/// `quota set who=… period=… amount=…`: what somebody is to bring in.
package struct QuotaSetCommand: ShellCommand {
  package let name = "quota set"
  package let summary = "Sets what a user, team, region or account is to bring in a period."
  package let syntax = [
    "quota set who=WHO period=PERIOD amount=AMOUNT [because \"WHY\"]",
    "PERIOD     2026 (a fiscal year), 2026-Q2 (its quarter), 2026-05 (a month)",
  ]
  package let examples = [
    "quota set who=lena period=2026-Q2 amount=250k", "quota set who=@me period=2026 amount=1m",
    "quota set who=team:north period=2026-05 amount=80000",
    "quota set who=region:hamburg period=2026 amount=4m because \"agreed in January\"",
  ]
  package let use = CommandUse(
    takesAssignments: true, clauses: [.because], formats: ["json"], changes: true,
    exits: [.noSuchRecord, .ambiguous])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let (quota, record) = try context.read { view in
      let (record, subject) = try subject(of: command, view)
      let text = try text("period", of: command)
      guard let period = QuotaPeriod(text.text) else {
        throw command.rejection(
          "\"\(text.text)\" is no period", hint: "such as 2026, 2026-Q2 or 2026-05", at: text.range)
      }
      let amount = try AmountReader(currency: view.currency).money(
        try self.text("amount", of: command).text)
      return (Quota(subject: subject, period: period, amount: amount), record)
    }
    try context.write(command) { view, transaction in
      try view.checkMayChangeSettings()
      try quota.write(in: transaction)
    }
    try context.read { view in
      guard !context.isJSON else { return context.json(try view.json(quota)) }
      let operation = try OperationView(view).lastID(of: command.text)
      context.output.data(
        PlainText.oneLine(
          """
          \(record.text) is to bring \(PeopleFormat.money(quota.amount)) in \(quota.period). \
          Reverse with: undo \(operation)
          """))
    }
    return .done
  }

  private func text(_ field: String, of command: Command) throws -> ValueText {
    for assignment in command.assignments
    where !["who", "period", "amount"].contains(assignment.field.description) {
      throw command.rejection(
        "quota set takes no \(assignment.field)", hint: "it takes who, period and amount",
        at: assignment.range)
    }
    let found = command.assignments.last { $0.field.description == field }
    guard case .one(let text)? = found?.value else {
      throw RecordError.missing("\(field)=…", example: examples[0])
    }
    return text
  }

  /// The one user, team, region or account that is named.
  private func subject(
    of command: Command, _ view: RecordView
  ) throws -> (RecordReference, RecordID) {
    let text = try text("who", of: command)
    let finder = RecordFinder(view)
    var found: [RecordReference] = []
    for kind in Quota.subjectKinds.compactMap({ view.catalog[$0] }) {
      guard let record = try finder.recordIfAny(text, kind: kind), record.entity?.name == kind.name
      else { continue }
      found.append(record)
    }
    guard let first = found.first else {
      throw RecordError.noSuchRecord(text.text, kind: "user, team, region or account", closest: [])
    }
    guard found.count == 1 else {
      throw RecordError.ambiguous(text.text, candidates: try found.map(view.label))
    }
    return (first, first.id)
  }
}

/// `quota list`: what everybody is to bring in.
package struct QuotaListCommand: ShellCommand {
  package let name = "quota list"
  package let summary = "Lists quotas: who is to bring what in which period."
  package let syntax = ["quota list [PERIOD] [at TIME]"]
  package let examples = [
    "quota list", "quota list 2026-Q2", "quota list 2026 --format json",
    "quota list at last friday",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let wanted = try command.targets.first.map { target in
      guard case .word(let word) = target, let period = QuotaPeriod(word.text) else {
        throw command.rejection(
          "this is no period", hint: "such as 2026, 2026-Q2 or 2026-05", at: target.range)
      }
      return period
    }
    try context.read { view in
      let quotas = try Quota.all(in: view.snapshot.database).filter {
        wanted == nil || $0.period == wanted
      }
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.quotas/1", "quotas": .array(try quotas.map(view.json)),
        ])
      }
      let fiscal = try WorkspaceSettings.fiscalYear(in: view.snapshot.database)
      let columns = [
        TableView.Column("period", importance: 5), TableView.Column("who", importance: 4),
        TableView.Column("amount", alignment: .right, importance: 3),
        TableView.Column("from", importance: 2), TableView.Column("to", importance: 2),
      ]
      let rows = try quotas.map { quota in
        let days = quota.period.days(in: fiscal)
        return [
          TableView.Cell("\(quota.period)", ink: .bold),
          TableView.Cell(try view.subjectText(quota)),
          TableView.Cell(PeopleFormat.money(quota.amount)),
          TableView.Cell(days.map { "\($0.lowerBound)" } ?? ""),
          TableView.Cell(days.map { "\($0.upperBound)" } ?? ""),
        ]
      }
      try context.write(TableView(columns: columns, rows: rows, footer: "\(quotas.count) quotas"))
    }
    return .done
  }
}

extension RecordView {
  fileprivate func subjectText(_ quota: Quota) throws -> String {
    guard let record = try lookup.record(quota.subject) else { return "(unknown here)" }
    return "\(record.entity?.name ?? "") \(record.text)"
  }

  fileprivate func json(_ quota: Quota) throws -> JSONValue {
    let record = try lookup.record(quota.subject)
    return [
      "period": .string("\(quota.period)"), "subject": .string(quota.subject.description),
      "kind": (record?.entity?.name).map(JSONValue.string) ?? .null,
      "name": (record?.name).map(JSONValue.string) ?? .null,
      "amount": [
        "amount": .string(quota.amount.amountText),
        "currency": .string(quota.amount.currency.description),
      ],
    ]
  }
}
