import CRDTCore
import CRMDomain
import ReplicaStore

/// `report NAME`: figures over deals, and how far they can be trusted.
package struct ReportCommand: ShellCommand {
  package let name = "report"
  package let summary = "Tells figures of the pipeline, by name; without one lists the reports."
  package let syntax = [
    """
    report NAME [where FILTER] [by FIELD[:PERIOD],…] [since DAY] [until DAY] [NAME=VALUE …] \
    [--drill ROW] [at TIME]
    """, "report", "report NAME --formulas",
  ]
  package let examples = [
    "report wins by close_date:quarter",
    "report pipeline where owner.region = East by owner",
    "report conversion from=Discovery to=Negotiation since 2026-01-01",
    "report forecast since \"1 apr\" until \"30 jun\" --format json",
    "report stalled --drill 1",
  ]
  package let use = CommandUse(
    words: 1, takesAssignments: true, clauses: [.where, .by, .since, .until, .at],
    options: ["drill", "formulas"], formats: ["table", "json", "ndjson", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let word)? = command.targets.first else {
      try context.write(Self.listing)
      return .done
    }
    guard let report = Reports.all.first(where: { $0.name == word.text.lowercased() }) else {
      throw command.rejection(
        "\"\(word.text)\" is no report",
        hint: "one of \(Reports.all.map(\.name).joined(separator: ", "))", at: word.range)
    }
    if command.has("formulas") {
      context.output.data(report.summary)
      for line in report.formulas { context.output.data("  \(line)") }
      return .done
    }
    try Self.check(command, report)
    let nodes = try context.node.nodes()
    let (context, opening) = try Self.opening(of: report, command, context)
    try context.read { view in
      var request = try Self.request(command, view, report)
      request.opening = opening
      let table = try report.table(for: request, in: view.snapshot.database)
      if let row = command.value(of: "drill") {
        try Self.drill(row, into: table, view)
      } else {
        try ReportView(report: report, table: table, nodes: nodes, view: view).write()
      }
    }
    return .done
  }

  private static let listing = TableView(
    columns: [
      TableView.Column("report", importance: 9), TableView.Column("tells", importance: 8),
      TableView.Column("takes", importance: 1),
    ],
    rows: Reports.all.map { report in
      var takes = report.use.takesGroups ? ["by"] : []
      if report.use.takesPeriod { takes += ["since", "until"] }
      takes += report.use.arguments.map { "\($0)=" }
      return [
        TableView.Cell(report.name, ink: .bold), TableView.Cell(report.summary),
        TableView.Cell((["where"] + takes).joined(separator: ", ")),
      ]
    }, footer: "how a figure is reckoned: report NAME --formulas")

  /// Refuses what the report does not heed.
  private static func check(_ command: Command, _ report: any Report) throws {
    var refused: [ClauseWord] = []
    if !report.use.takesGroups { refused.append(.by) }
    if !report.use.takesPeriod { refused += [.since, .until] }
    for clause in command.clauses.words where refused.contains(clause) {
      throw command.rejection(
        "the report \(report.name) takes no \"\(clause.rawValue)\"", at: command.range(of: clause))
    }
    _ = try AssignedWords(command, allowing: report.use.arguments)
  }

  /// What was open at the beginning of the period, and the context of its end, for reports that compare.
  private static func opening(
    of report: any Report, _ command: Command, _ context: CommandContext
  ) throws -> (CommandContext, PipelineState?) {
    guard report.use.needsOpening else { return (context, nil) }
    let calendar = context.calendar
    let request = try context.read { try Self.request(command, $0, report) }
    let first = request.since ?? PipelineChangeReport.usualBeginning(before: request.today)
    let start = calendar.instant(on: first)
    let opening = try context.going(to: start).read { view in
      try PipelineState(try Self.request(command, view, report), in: view.snapshot.database)
    }
    guard let last = request.until else { return (context, opening) }
    let end = calendar.instant(on: CivilDate(days: last.days + 1))
    return (try context.going(to: end), opening)
  }

  private static func request(
    _ command: Command, _ view: RecordView, _ report: any Report
  ) throws -> ReportRequest {
    let context = view.context
    let reader = FilterReader(view: view, entity: view.catalog.entity(report.subject))
    var request = ReportRequest(
      now: context.asOf, timeZone: context.calendar.timeZone, queries: view.queries)
    request.filter = try reader.filter(of: command)
    request.groups = command.clauses.groups.map { group in
      GroupedCount.Group(
        group.path.names,
        period: group.period.flatMap { GroupedCount.Period(rawValue: $0.rawValue) })
    }
    let dates = DateReader(calendar: context.calendar)
    request.since = try command.clauses.since.map {
      try dates.read($0.text).days(in: context.calendar).lowerBound
    }
    request.until = try command.clauses.until.map {
      try dates.read($0.text).days(in: context.calendar).upperBound
    }
    let words = try AssignedWords(command, allowing: report.use.arguments)
    for name in report.use.arguments { request.arguments[name] = words[name]?.text }
    try reader.tellDates(of: command)
    return request
  }

  /// Lists the records behind a row.
  private static func drill(_ word: String, into table: ReportTable, _ view: RecordView) throws {
    guard let number = Int(word), table.rows.indices.contains(number - 1) else {
      throw RecordError.unknownWord(word, expected: "a row from 1 to \(table.rows.count)")
    }
    let behind = table.rows[number - 1]
    let entity = view.catalog.entity(behind.recordKind ?? table.recordKind)
    var query = RecordQuery(entity, filter: .records(Set(behind.records)))
    query.includesArchived = true
    query.columns = entity.columns.map { [$0] }
    let listing = try Listing(query, view)
    view.context.state.listed = listing.rows.map { RecordKey(kind: entity.name, id: $0.id) }
    try listing.write(as: view.context.format(onTerminal: "table", elsewhere: "tsv"))
  }
}
