import CRDTCore
package import GRDB

/// What the pipeline brings in a day.
package struct VelocityReport: Report {
  package let name = "velocity"
  package let summary =
    "What the pipeline brings in a day, by its size, win rate, deal size and cycle."
  package let formulas = [
    "velocity = open opportunities × win rate by count × average deal / mean cycle in days",
    "win rate, average deal and cycle are those of the period; of the 365 days up to today unless since or until say otherwise",
  ]
  package let use = ReportUse(takesPeriod: true)
  package let usedFields = ["stage", "amount", "close_date"]

  package init() {}

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    request.groups = []
    let figures = try DealFigures(request, in: database)
    let open = try OpenDeals(figures, where: "\(figures.stage).phase = 'opportunity'").whole
    if request.since == nil, request.until == nil {
      request = request.during(CivilDate(days: request.today.days - 364)...request.today)
    }
    let wins = try WinsReport().figures(for: request, in: database)
    var table = ReportTable(
      [
        ReportTable.Column("open", .count), ReportTable.Column("win rate", .percent),
        ReportTable.Column("average deal", .money), ReportTable.Column("cycle mean", .days),
        ReportTable.Column("a day", .money),
      ],
      [
        ReportTable.Row(
          [
            .count(open.count), wins.rate, wins.average, wins.cycle,
            velocity(open.count, wins, figures),
          ],
          of: open.records)
      ])
    table.notes = figures.notes
    return table
  }

  /// open × won / (won + lost) × value / won ÷ (milliseconds / measured / a day), in one quotient.
  private func velocity(
    _ openCount: Int, _ wins: WinsReport.Whole, _ figures: DealFigures
  ) -> ReportTable.Cell {
    guard wins.won > 0, wins.cycleMilliseconds > 0 else { return .unavailable }
    // Amounts that only a hostile member writes have no velocity.
    let days = Int128(openCount) * Int128(wins.measured) * 86_400_000
    let (numerator, isTooMuch) = wins.value.multipliedReportingOverflow(by: days)
    guard !isTooMuch else { return .unavailable }
    let denominator = Int128(wins.won + wins.lost) * wins.cycleMilliseconds
    return figures.money(Fraction.rounded(numerator, by: denominator))
  }
}
