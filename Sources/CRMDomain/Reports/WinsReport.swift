import CRDTCore
package import GRDB

/// Deals that were won and lost: how many, what for, and in what time.
package struct WinsReport: Report {
  package let name = "wins"
  package let summary =
    "Deals won and lost: counts, values, win rates, average deal and sales cycle."
  package let formulas = [
    "win rate = won / (won + lost), by count and by value; archived deals count as neither",
    "average deal = value won / deals won, in the base currency at the rate of the closing day",
    "cycle = the day won - the first visit to an open stage of the phase opportunity, or the first visit at all; mean and median in days",
    "period: by closing date",
    "by owner: a deal that is split counts with each user who has a share, for that share of its value",
  ]
  package let use = ReportUse(takesGroups: true, takesPeriod: true)
  package let usedFields = ["stage", "amount", "close_date"]

  package init() {}

  private struct Figure {
    var won = 0
    var lost = 0
    var wonValue: Int128 = 0
    var lostValue: Int128 = 0
    var cycles = Durations()
    var unmeasured = 0
    var records: [RecordID] = []

    mutating func add(
      _ deal: RecordID, _ value: Int128, isWon: Bool, _ start: Instant?, _ end: Instant?
    ) {
      records.append(deal)
      guard isWon else {
        lost += 1
        lostValue += value
        return
      }
      won += 1
      wonValue += value
      if let start, let end {
        cycles.add(from: start, to: end)
      } else {
        unmeasured += 1
      }
    }

    mutating func add(_ other: Figure) {
      won += other.won
      lost += other.lost
      wonValue += other.wonValue
      lostValue += other.lostValue
      cycles.add(other.cycles)
      unmeasured += other.unmeasured
    }
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    let figures = try DealFigures(request, in: database)
    let groups = try self.groups(figures)
    let rows = try figures.inOrder(groups).map { keys, figure in
      ReportTable.Row(keys + cells(of: figure, figures), of: figure.records)
    }
    var whole = try self.whole(groups, figures)
    whole.records = []
    var table = ReportTable(
      figures.keyColumns + [
        ReportTable.Column("won", .count), ReportTable.Column("lost", .count),
        ReportTable.Column("win rate", .percent), ReportTable.Column("by value", .percent),
        ReportTable.Column("value won", .money, hasBar: true),
        ReportTable.Column("average deal", .money),
        ReportTable.Column("cycle mean", .days), ReportTable.Column("median", .days),
      ], rows)
    if figures.keyCount > 0 {
      table.total = ReportTable.Row(
        [.text("all")] + Array(repeating: .text(""), count: figures.keyCount - 1)
          + cells(of: whole, figures))
    }
    table.notes = figures.notes
    if whole.unmeasured > 0 {
      table.notes.append(
        "\(whole.unmeasured) won without a visit before, and so without a cycle")
    }
    if whole.cycles.negativeCount > 0 {
      table.notes.append(
        "\(whole.cycles.negativeCount) won before they began, by clocks that were wrong; counted as 0 days"
      )
    }
    return table
  }

  /// The figures of all deals of a request, as other reports use them.
  struct Whole {
    let won: Int
    let lost: Int
    /// What was won, in minor units of the base currency.
    let value: Int128
    /// The sum of the cycles of so many deals.
    let cycleMilliseconds: Int128
    let measured: Int
    let rate: ReportTable.Cell
    let average: ReportTable.Cell
    let cycle: ReportTable.Cell
  }

  func figures(for request: ReportRequest, in database: Database) throws -> Whole {
    var request = request
    request.groups = []
    let figures = try DealFigures(request, in: database)
    let figure = try groups(figures)[[]] ?? Figure()
    let cells = cells(of: figure, figures)
    return Whole(
      won: figure.won, lost: figure.lost, value: figure.wonValue,
      cycleMilliseconds: figure.cycles.sum, measured: figure.cycles.count, rate: cells[2],
      average: cells[5], cycle: cells[6])
  }

  private func cells(of figure: Figure, _ figures: DealFigures) -> [ReportTable.Cell] {
    let value = Money(
      minorUnits: Int64(clamping: figure.wonValue), currency: figures.rates.baseCurrency)
    return [
      .count(figure.won), .count(figure.lost),
      Fraction.percent(Int128(figure.won), of: Int128(figure.won + figure.lost)),
      Fraction.percent(figure.wonValue, of: figure.wonValue + figure.lostValue),
      .money(value), Fraction.share(value, among: figure.won), figure.cycles.mean,
      figure.cycles.median,
    ]
  }

  /// A deal counts once in the group of each element of a set, and once in the whole.
  private func whole(
    _ groups: [[DatabaseValue]: Figure], _ figures: DealFigures
  ) throws -> Figure {
    let isShared = figures.credit.isSplitting
    guard isShared || figures.rows.paths.contains(where: { $0.field.isSet }) else {
      return groups.values.reduce(into: Figure()) { $0.add($1) }
    }
    var request = figures.request
    request.groups = []
    return try self.groups(DealFigures(request, in: figures.database)).values.first ?? Figure()
  }

  private func groups(_ figures: DealFigures) throws -> [[DatabaseValue]: Figure] {
    let zone = figures.request.timeZone
    var groups: [[DatabaseValue]: Figure] = figures.keyCount == 0 ? [[]: Figure()] : [:]
    let rows = try figures.rows.each(
      """
      \(figures.stage).kind, t.close_date, t.amount_currency, t.amount, t.id,
      (SELECT min(v.at) FROM stage_visit v JOIN stage s ON s.id = v."to"
        WHERE v.deal = t.id AND v._hidden IS NULL AND s.phase = 'opportunity' AND s.kind = 'open'),
      (SELECT min(v.at) FROM stage_visit v JOIN stage s ON s.id = v."to"
        WHERE v.deal = t.id AND v._hidden IS NULL AND s.kind = 'open'),
      (SELECT max(v.at) FROM stage_visit v WHERE v.deal = t.id AND v._hidden IS NULL AND v."to" = t.stage)
      """,
      where: "\(figures.stage).kind IN ('won', 'lost') AND \(figures.isInPeriod("t.close_date"))")
    for row in rows {
      let key = Array(row.prefix(figures.keyCount))
      let fields = row.dropFirst(figures.keyCount)
      let place = fields.startIndex
      guard let day = fields[place + 1].day else { continue }
      let value = figures.base(fields.dropFirst(2), count: 1, on: day)?.minorUnits ?? 0
      guard let id = RecordID(fields[place + 4]) else { continue }
      let isWon = String.fromDatabaseValue(fields[place]) == "won"
      let start = (fields[place + 5].instant ?? fields[place + 6].instant)?.local(in: zone)
      let end = fields[place + 7].instant?.local(in: zone)
      for part in figures.credit.parts(of: Int128(value), deal: id, key: key) {
        groups[part.key, default: Figure()].add(id, part.minorUnits, isWon: isWon, start, end)
      }
    }
    return groups
  }
}
