import CRMDomain
import ReplicaStore

/// `setup`: what a new workspace still lacks, and the command that fills it.
package struct SetupCommand: ShellCommand {
  package let name = "setup"
  package let summary = "Shows what is set up, what is still empty, and the command that fills it."
  package let syntax = ["setup"]
  package let examples = ["setup", "setup --format json"]
  package let use = CommandUse(formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let steps = try Step.all(view)
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.setup/1",
          "steps": .array(
            steps.map { step in
              [
                "step": .string(step.name), "done": .bool(step.isDone),
                "state": .string(step.state), "command": .string(step.command),
              ]
            }),
        ])
      }
      let columns = [
        TableView.Column("step", importance: 3), TableView.Column("state", importance: 2),
        TableView.Column("command", importance: 1),
      ]
      let rows = steps.map { step in
        [
          TableView.Cell(step.name, ink: step.isDone ? .faint : .bold),
          TableView.Cell(step.state), TableView.Cell(step.isDone ? "" : step.command),
        ]
      }
      let done = steps.count { $0.isDone }
      let next = steps.first { !$0.isDone }.map { " · next: \($0.command)" } ?? ""
      try context.write(
        TableView(
          columns: columns, rows: rows, footer: "\(done) of \(steps.count) done\(next)"))
    }
    return .done
  }
}

/// One thing that a workspace needs before people can work in it.
private struct Step {
  let name: String
  /// What there is, in words.
  let state: String
  let isDone: Bool
  /// What fills it.
  let command: String

  /// In the order in which people go through them: configure, build the catalogue, bring in accounts,
  /// start working.
  static func all(_ view: RecordView) throws -> [Step] {
    [
      try settings([.companyName, .companyAddress], "company", view),
      try settings([.timeZone, .fiscalYearStart], "calendar", view),
      try settings([.companyIBAN], "bank account", view),
      try records("user", "colleagues", beside: 1, "peer invite NODE", view),
      try records("team", "teams", "new team name=north members+=@me", view),
      try records(
        "territory", "territories", "new territory name=north countries+=Germany", view),
      try records("process", "processes", "new process name=sales", view),
      try records("payment_terms", "payment terms", "new terms name=\"net 30\" due_days=30", view),
      try records("tax", "tax rates", "new tax name=standard rate=19 valid_from=2026-01-01", view),
      try records("policy", "policies", "new policy name=numbering text=…", view),
      try records("product", "catalogue", "import products products.csv --key code", view),
      try records("account", "accounts", "import accounts accounts.csv --key name", view),
      try records("contact", "contacts", "import contacts contacts.csv", view),
      try records("engagement", "engagements", "new call account=@1 note=…", view),
      try records("deal", "deals", "new deal name=… account=@1 amount=10k", view),
    ]
  }

  private static func settings(
    _ keys: [SettingKey], _ name: String, _ view: RecordView
  ) throws -> Step {
    let missing = try keys.filter {
      try WorkspaceSettings.set($0, in: view.snapshot.database) == nil
    }
    let command = missing.first.map {
      "setting set \($0.rawValue) \"\($0.format.example)\""
    }
    return Step(
      name: name,
      state: missing.isEmpty ? "set" : "lacks \(missing.map(\.rawValue).joined(separator: ", "))",
      isDone: missing.isEmpty, command: command ?? "setting list")
  }

  /// Whether there are records of a kind beside those that every workspace begins with.
  private static func records(
    _ kind: String, _ name: String, beside given: Int = 0, _ command: String, _ view: RecordView
  ) throws -> Step {
    let count = try view.catalog[kind].map {
      try GroupedCount($0, filter: nil).total(in: view.snapshot.database, view.queries).count
    }
    let isDone = (count ?? 0) > given
    return Step(
      name: name, state: isDone ? PeopleFormat.number(count ?? 0) : "empty", isDone: isDone,
      command: command)
  }
}
