import CRDTCore
import CRMDomain
import ReplicaStore

/// `forecast take`: keeps what months are expected to bring, to be compared with what they will have brought.
package struct ForecastTakeCommand: ShellCommand {
  package let name = "forecast take"
  package let summary =
    "Keeps what months are expected to bring as of today, of all and of each owner."
  package let syntax = [
    "forecast take [MONTH…] [because \"WHY\"]", "MONTH     2026-05; this one unless told",
  ]
  package let examples = [
    "forecast take", "forecast take 2026-05 2026-06", "forecast take because \"monday's meeting\"",
    "forecast take 2026-07 --dry-run",
  ]
  package let use = CommandUse(
    words: nil, clauses: [.because], options: ["dry-run"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let (snapshots, count) = try context.write(command) { view, transaction in
      let fiscal = try WorkspaceSettings.fiscalYear(in: view.snapshot.database)
      let request = ReportRequest(
        now: context.calendar.now, timeZone: context.calendar.timeZone, queries: view.queries)
      let months = try months(command, fiscal, context.calendar.today)
      let snapshots = try months.flatMap {
        try ForecastSnapshot.taken(of: $0, request, in: view.snapshot.database)
      }
      var count = 0
      for snapshot in snapshots where !context.options.isDryRun {
        if try snapshot.write(in: transaction) { count += 1 }
      }
      return (snapshots, count)
    }
    for snapshot in snapshots where snapshot.owner == nil {
      context.output.data(
        "\(snapshot.period): \(PeopleFormat.money(snapshot.forecast)) expected, "
          + "\(PeopleFormat.money(snapshot.won)) of it won")
    }
    if context.options.isDryRun {
      context.talk("Nothing was written.")
    } else if count == 0 {
      context.talk("That was kept today already; nothing was written.")
    } else {
      context.talk("Kept \(count) \(count == 1 ? "snapshot" : "snapshots"). See: forecast list")
    }
    return .done
  }

  private func months(
    _ command: Command, _ fiscal: FiscalYear, _ today: CivilDate
  ) throws -> [ClosedRange<CivilDate>] {
    guard !command.targets.isEmpty else {
      let (year, month, _) = today.parts
      return [QuotaPeriod.month(month, year: year).days(in: fiscal)].compactMap(\.self)
    }
    return try command.targets.map { target in
      guard case .word(let word) = target, let period = QuotaPeriod(word.text),
        case .month = period, let days = period.days(in: fiscal)
      else {
        throw command.rejection("this is no month", hint: "such as 2026-05", at: target.range)
      }
      return days
    }
  }
}

/// `forecast list`: what months were expected to bring, and when.
package struct ForecastListCommand: ShellCommand {
  package let name = "forecast list"
  package let summary = "Lists what months were expected to bring, as of which day."
  package let syntax = ["forecast list [MONTH] [at TIME]"]
  package let examples = [
    "forecast list", "forecast list 2026-05", "forecast list --format csv",
    "forecast list at last friday",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let wanted = try command.targets.first.map { target in
      guard case .word(let word) = target, let period = QuotaPeriod(word.text) else {
        throw command.rejection("this is no month", hint: "such as 2026-05", at: target.range)
      }
      return period
    }
    try context.read { view in
      let user = view.catalog.entity("user")
      let snapshots = try ForecastSnapshot.all(in: view.snapshot.database).filter {
        wanted == nil || $0.period == wanted
      }
      if context.options.format == "json" {
        return context.json([
          "schema": "kith.forecasts/1",
          "rows": .array(
            snapshots.map { snapshot in
              [
                "month": .string("\(snapshot.period)"), "taken": .string("\(snapshot.day)"),
                "owner": snapshot.owner.map { .string($0.description) } ?? .null,
                "won": .money(snapshot.won), "committed": .money(snapshot.committed),
                "best_case": .money(snapshot.bestCase), "pipeline": .money(snapshot.pipeline),
                "forecast": .money(snapshot.forecast),
              ]
            }),
        ])
      }
      let titles = ["won", "committed", "best case", "pipeline", "forecast"]
      try context.write(
        TableView(
          columns: [
            TableView.Column("month", importance: 9), TableView.Column("taken", importance: 8),
            TableView.Column("owner", importance: 7),
          ]
            + titles.map {
              TableView.Column($0, alignment: .right, importance: $0 == "forecast" ? 9 : 5)
            },
          rows: try snapshots.map { snapshot in
            let owner = try snapshot.owner.map { try view.name(of: $0, user) } ?? "all"
            return [
              TableView.Cell("\(snapshot.period)", ink: .bold), TableView.Cell("\(snapshot.day)"),
              TableView.Cell(owner), TableView.Cell(PeopleFormat.money(snapshot.won)),
              TableView.Cell(PeopleFormat.money(snapshot.committed)),
              TableView.Cell(PeopleFormat.money(snapshot.bestCase)),
              TableView.Cell(PeopleFormat.money(snapshot.pipeline)),
              TableView.Cell(PeopleFormat.money(snapshot.forecast)),
            ]
          }, footer: "\(snapshots.count) snapshots"))
    }
    return .done
  }
}
