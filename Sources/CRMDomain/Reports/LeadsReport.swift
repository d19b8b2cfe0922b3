import CRDTCore
package import GRDB

/// Leads: how many came, how many became opportunities, how fast, and what became of them.
package struct LeadsReport: Report {
  package let name = "leads"
  package let summary =
    "Leads that came in: how many became opportunities, how fast, and what they brought."
  package let formulas = [
    "lead = a deal whose first stage has the phase lead; it came on the day of that visit, which lies in the period",
    "converted = later came into a stage of the phase opportunity that is open or won; of decided leaves out leads still open",
    "time = the first such visit - the first visit, in days, mean and median",
    "win rate = won / (won + lost), of leads that stand there now",
    "won = converted leads that stand in a won stage; a lead brings = the value won / all leads, at the rate of the closing day",
  ]
  package let use = ReportUse(takesGroups: true, takesPeriod: true)
  package let usedFields = ["stage", "source", "amount"]

  package init() {}

  private struct Figure {
    var converted = 0
    var undecided = 0
    var won = 0
    var lost = 0
    var value: Int128 = 0
    var times = Durations()
    var records: [RecordID] = []
  }

  /// What is known of a stage, retired ones among them.
  private struct Stage {
    let phase: DealStages.Phase
    let kind: DealStages.Kind
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    if request.groups.isEmpty { request.groups = [GroupedCount.Group(["source"])] }
    let figures = try DealFigures(request, in: database)
    let groups = try groups(figures, VisitLog(figures))
    request.groups = []
    let all = try DealFigures(request, in: database)
    let whole = try self.groups(all, VisitLog(all)).values.first ?? Figure()
    var table = ReportTable(
      figures.keyColumns + [
        ReportTable.Column("leads", .count, hasBar: true),
        ReportTable.Column("converted", .count), ReportTable.Column("conversion", .percent),
        ReportTable.Column("of decided", .percent), ReportTable.Column("mean time", .days),
        ReportTable.Column("median", .days), ReportTable.Column("won", .count),
        ReportTable.Column("win rate", .percent),
        ReportTable.Column("a lead brings", .money),
      ],
      try figures.inOrder(groups).map { keys, figure in
        ReportTable.Row(keys + cells(of: figure, figures), of: figure.records)
      })
    table.total = ReportTable.Row(
      [.text("all")] + Array(repeating: .text(""), count: figures.keyCount - 1)
        + cells(of: whole, figures))
    table.notes = figures.notes
    return table
  }

  private func cells(of figure: Figure, _ figures: DealFigures) -> [ReportTable.Cell] {
    let count = figure.records.count
    let value = Money(
      minorUnits: Int64(clamping: figure.value), currency: figures.rates.baseCurrency)
    return [
      .count(count), .count(figure.converted),
      Fraction.percent(Int128(figure.converted), of: Int128(count)),
      Fraction.percent(Int128(figure.converted), of: Int128(count - figure.undecided)),
      figure.times.mean, figure.times.median, .count(figure.won),
      Fraction.percent(Int128(figure.won), of: Int128(figure.won + figure.lost)),
      Fraction.share(value, among: count),
    ]
  }

  private func groups(
    _ figures: DealFigures, _ log: VisitLog
  ) throws -> [[DatabaseValue]: Figure] {
    let stages = try Self.stages(in: figures.database)
    let won = try wonValues(figures)
    let request = figures.request
    var groups: [[DatabaseValue]: Figure] = [:]
    for deal in log.deals {
      guard let first = deal.visits.first, stages[first.stage]?.phase == .lead,
        request.contains(first.at.day(in: request.timeZone))
      else { continue }
      var figure = groups[deal.key] ?? Figure()
      figure.records.append(deal.id)
      let opportunity = deal.visits.dropFirst().first { visit in
        stages[visit.stage].map {
          $0.phase == .opportunity && ($0.kind == .open || $0.kind == .won)
        } == true
      }
      if let opportunity {
        figure.converted += 1
        figure.times.add(
          from: first.at.local(in: request.timeZone),
          to: opportunity.at.local(in: request.timeZone))
        if let value = won[deal.id] {
          figure.won += 1
          figure.value += value
        }
      } else if deal.stage.flatMap({ stages[$0] })?.kind == .open {
        figure.undecided += 1
      }
      if deal.stage.flatMap({ stages[$0] })?.kind == .lost { figure.lost += 1 }
      groups[deal.key] = figure
    }
    return groups
  }

  private static func stages(in database: Database) throws -> [RecordID: Stage] {
    let rows = try Row.fetchAll(database, sql: "SELECT id, phase, kind FROM stage ORDER BY id")
    return rows.reduce(into: [:]) { stages, row in
      guard let id = RecordID(row[0] as DatabaseValue) else { return }
      stages[id] = Stage(
        phase: DealStages.Phase(rawValue: row[1] ?? "") ?? .opportunity,
        kind: DealStages.Kind(rawValue: row[2] ?? "") ?? .open)
    }
  }

  /// What each deal that stands in a won stage has brought, in minor units of the base currency.
  private func wonValues(_ figures: DealFigures) throws -> [RecordID: Int128] {
    let rows = try figures.rows.each(
      "t.amount_currency, t.amount, t.close_date, t.id", where: "\(figures.stage).kind = 'won'")
    return rows.reduce(into: [:]) { values, row in
      let fields = row.dropFirst(figures.keyCount)
      guard let id = RecordID(fields[fields.startIndex + 3]) else { return }
      let day = fields[fields.startIndex + 2].day ?? figures.request.today
      values[id] = Int128(figures.base(fields, count: 1, on: day)?.minorUnits ?? 0)
    }
  }
}
