import CRDTCore
package import GRDB

/// What a period should bring: what is won, and what of the open deals is likely.
package struct ForecastReport: Report {
  package let name = "forecast"
  package let summary = "What a period should bring: won, committed, best case and the rest."
  package let formulas = [
    "won = amounts of deals won with a closing date in the period, at the rate of that day",
    "open deals with a target date in the period: committed from a chance of 80 %, best case from 50 %, the rest below",
    "forecast = won + the open amounts weighted by their chance",
    "period: this month, unless since and until say otherwise",
  ]
  package let use = ReportUse(takesGroups: true, takesPeriod: true)
  package let usedFields = [
    "stage", "amount", "target_close", "close_date", "probability_override",
  ]

  /// The chances, in thousand millionths of a percent, from which deals are committed and best case.
  private static let committed: Int128 = 80_000_000_000
  private static let bestCase: Int128 = 50_000_000_000

  package init() {}

  /// What a group should bring, in minor units of the base currency.
  struct Figure {
    var won: Int128 = 0
    var committed: Int128 = 0
    var bestCase: Int128 = 0
    var rest: Int128 = 0
    var weightedParts: Int128 = 0
    var records: [RecordID] = []

    /// What was won, and the open deals by their chance.
    var forecast: Int128 {
      won + Fraction.rounded(weightedParts, by: OpenDeals.weightScale)
    }
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    if request.since == nil, request.until == nil {
      request = request.during(Self.month(of: request.today))
    }
    let figures = try DealFigures(request, in: database)
    let groups = try groups(figures)
    var whole = request
    whole.groups = []
    let total = request.groups.isEmpty ? nil : try self.groups(DealFigures(whole, in: database))[[]]
    var table = ReportTable(
      figures.keyColumns + [
        ReportTable.Column("won", .money), ReportTable.Column("committed", .money),
        ReportTable.Column("best case", .money), ReportTable.Column("pipeline", .money),
        ReportTable.Column("forecast", .money, hasBar: true),
      ],
      try figures.inOrder(groups).map { keys, figure in
        ReportTable.Row(keys + cells(of: figure, figures), of: figure.records)
      })
    table.total = total.map {
      ReportTable.Row(
        [.text("all")] + Array(repeating: .text(""), count: figures.keyCount - 1)
          + cells(of: $0, figures))
    }
    table.notes = figures.notes
    return table
  }

  static func month(of day: CivilDate) -> ClosedRange<CivilDate> {
    let (year, month, number) = day.parts
    let first = CivilDate(days: day.days - Int32(number - 1))
    let next = CivilDate(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
    return first...(next.map { CivilDate(days: $0.days - 1) } ?? day)
  }

  private func cells(of figure: Figure, _ figures: DealFigures) -> [ReportTable.Cell] {
    [
      figures.money(figure.won), figures.money(figure.committed), figures.money(figure.bestCase),
      figures.money(figure.rest), figures.money(figure.forecast),
    ]
  }

  /// What each group should bring in the period of the request.
  func groups(_ figures: DealFigures) throws -> [[DatabaseValue]: Figure] {
    var groups: [[DatabaseValue]: Figure] = figures.keyCount == 0 ? [[]: Figure()] : [:]
    let won = try figures.rows.each(
      "t.amount_currency, t.amount, t.close_date, t.id",
      where: "\(figures.stage).kind = 'won' AND \(figures.isInPeriod("t.close_date"))")
    for row in won {
      let fields = row.dropFirst(figures.keyCount)
      guard let day = fields[fields.startIndex + 2].day else { continue }
      let key = Array(row.prefix(figures.keyCount))
      let value = figures.base(fields, count: 1, on: day)?.minorUnits ?? 0
      groups[key, default: Figure()].won += Int128(value)
      if let id = RecordID(fields[fields.startIndex + 3]) { groups[key]?.records.append(id) }
    }
    for deal in try OpenDeals(figures, where: figures.isInPeriod("t.target_close")).deals {
      var figure = groups[deal.key] ?? Figure()
      let value = deal.value ?? 0
      switch deal.chance {
      case Self.committed...: figure.committed += value
      case Self.bestCase...: figure.bestCase += value
      case _: figure.rest += value
      }
      figure.weightedParts += deal.weighted
      figure.records.append(deal.id)
      groups[deal.key] = figure
    }
    return groups
  }
}
