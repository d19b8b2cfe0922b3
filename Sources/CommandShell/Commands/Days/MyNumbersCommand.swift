import CRDTCore
import CRMDomain
import ReplicaStore

/// `my numbers`: how one is doing, on one page.
package struct MyNumbersCommand: ShellCommand {
  package let name = "my numbers"
  package let summary =
    "Shows your own figures: pipeline, wins, quota, activity, tasks done in time."
  package let syntax = ["my numbers [since DAY] [until DAY] [at TIME]"]
  package let examples = [
    "my numbers", "my numbers since 2026-01-01", "my numbers since \"1 mar\" until \"31 mar\"",
    "my numbers --format json",
  ]
  package let use = CommandUse(
    clauses: [.since, .until, .at], formats: ["card", "table", "json"])

  /// The period, unless told otherwise.
  private static let periodUsual = "this month"

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let nodes = try context.node.nodes()
    try context.read { view in
      guard let user = try view.actingUser() else {
        throw RecordError.noSuchRecord("@me", kind: "user", closest: [])
      }
      let days = try Self.days(of: command, view)
      var figures: [(report: any Report, view: ReportView, cells: [(String, ReportTable.Cell)])] =
        []
      for report in Self.reports {
        let table = try report.table(
          for: Self.request(report, user, days, view), in: view.snapshot.database)
        let shown = ReportView(report: report, table: table, nodes: nodes, view: view)
        guard let row = Self.row(of: table, user) else { continue }
        let cells = zip(table.columns, row.cells).filter { $0.0.kind != .label }
        figures.append((report, shown, cells.map { ($0.0.title, $0.1) }))
      }
      if context.isJSON {
        return context.json([
          "schema": "kith.my-numbers/1", "since": .string(days.lowerBound.description),
          "until": .string(days.upperBound.description),
          "figures": .object(
            figures.map { item in
              JSONValue.Member(
                item.report.name,
                .object(item.cells.map { JSONValue.Member($0.0, item.view.json($0.1)) }))
            }),
        ])
      }
      let sections = figures.map { item in
        CardView.Section(
          item.report.name,
          rows: item.cells.map { CardView.Row($0.0, item.view.text($0.1)) })
      }
      let name = try view.name(of: user, view.catalog.entity("user"))
      let period = "\(view.people.day(days.lowerBound)) to \(view.people.day(days.upperBound))"
      let card = CardView(
        title: "\(name), \(period)", sections: sections,
        closing: ["How a figure is reckoned: report NAME --formulas"])
      let output = context.output
      for line in card.lines(width: output.isTerminal ? output.width : nil, style: output.style) {
        output.data(line)
      }
    }
    return .done
  }

  private static let reports: [any Report] = [
    PipelineReport(), WinsReport(), QuotaReport(), ActivityReport(), CompletionReport(),
  ]

  /// The figures of all that is the user's; of quotas the user's own.
  private static func row(of table: ReportTable, _ user: RecordID) -> ReportTable.Row? {
    let own = table.rows.first { row in
      row.cells.contains { cell in
        if case .key(.reference(let reference), let field) = cell {
          reference.id == user && field.name == "subject"
        } else {
          false
        }
      }
    }
    let isQuota = table.columns.contains { $0.title == "quota" }
    return isQuota ? own : table.total ?? table.rows.first
  }

  private static func days(
    of command: Command, _ view: RecordView
  ) throws -> ClosedRange<CivilDate> {
    let calendar = view.context.calendar
    let dates = DateReader(calendar: calendar)
    let usual = try dates.read(periodUsual).days(in: calendar)
    let since = try command.clauses.since.map { try dates.read($0.text).days(in: calendar) }
    let until = try command.clauses.until.map { try dates.read($0.text).days(in: calendar) }
    let first = since?.lowerBound ?? min(usual.lowerBound, until?.lowerBound ?? usual.lowerBound)
    let last = until?.upperBound ?? max(usual.upperBound, first)
    guard first <= last else {
      throw RecordError.unknownWord("\(first) to \(last)", expected: "a span of days")
    }
    return first...last
  }

  private static func request(
    _ report: any Report, _ user: RecordID, _ days: ClosedRange<CivilDate>, _ view: RecordView
  ) -> ReportRequest {
    let context = view.context
    var request = ReportRequest(
      now: context.asOf, timeZone: context.calendar.timeZone, queries: view.queries)
    let me = Operand.value(.reference(user))
    switch report.subject {
    case "task":
      request.filter = .or([
        .has(["assignees"], all: false, [me]),
        .and([.isEmpty(["assignees"]), .compare(["owner"], .equal, me)]),
      ])
    case "engagement": request.filter = .has(["users"], all: false, [me])
    // A quota is the user's by whom it was set for, not by whose deals count.
    case _: request.filter = report is QuotaReport ? nil : .compare(["owner"], .equal, me)
    }
    guard report.use.takesPeriod else { return request }
    request.since = days.lowerBound
    request.until = days.upperBound
    return request
  }
}
