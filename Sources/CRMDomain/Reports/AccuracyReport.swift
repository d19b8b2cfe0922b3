import CRDTCore
package import GRDB

/// How near forecasts came to what was won.
package struct AccuracyReport: Report {
  package let name = "accuracy"
  package let summary = "How near the forecasts kept for each month came to what it brought."
  package let formulas = [
    "forecast = the snapshot kept last by the first day of the month, else the first one within it: forecast take",
    "actual = amounts of deals won with a closing date in the month, at the rate of that day",
    "accuracy = 1 - |forecast - actual| / actual, at least 0; bias = (forecast - actual) / actual; error = |forecast - actual| / actual",
    "all: the bias of the sums, and the mean of the errors (mean absolute percentage error)",
    "months that are over; by owner alone, of each owner's deals",
  ]
  package let use = ReportUse(takesGroups: true, takesPeriod: true)
  package let usedFields = ["stage", "amount", "close_date", "owner"]

  package init() {}

  private struct Key: Hashable {
    let period: QuotaPeriod
    let owner: RecordID?
  }

  /// A month, or one owner's part of it.
  private struct Line {
    let key: Key
    let taken: CivilDate
    let forecast: Money
    let actual: Int128
    let records: [RecordID]

    var difference: Int128 { Int128(forecast.minorUnits) - actual }
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    guard request.groups.isEmpty || request.groups == [GroupedCount.Group(["owner"])] else {
      throw ReportError.groupedOnly(by: "owner", report: name)
    }
    guard request.filter == nil else { throw ReportError.unfiltered(report: name) }
    let figures = try DealFigures(request, in: database)
    let isByOwner = !request.groups.isEmpty
    let lines = try lines(figures, isByOwner: isByOwner)
    let owner = request.queries.catalog.entity("deal").field(named: "owner")
    let names = RecordNames(request.queries.catalog, in: database)
    var table = ReportTable(
      [ReportTable.Column("month", .label)]
        + (isByOwner ? [ReportTable.Column("owner", .label)] : []) + [
          ReportTable.Column("taken", .date), ReportTable.Column("forecast", .money),
          ReportTable.Column("actual", .money),
          ReportTable.Column("accuracy", .percent, hasBar: true),
          ReportTable.Column("bias", .percent), ReportTable.Column("error", .percent),
        ],
      try lines.map { line in
        var cells: [ReportTable.Cell] = [.text("\(line.key.period)")]
        if isByOwner, let owner, let user = line.key.owner {
          cells.append(.key(.reference(try names.reference(user, of: owner)), owner))
        }
        return ReportTable.Row(
          cells + [
            .date(line.taken), .money(line.forecast), figures.money(line.actual),
            Fraction.percent(max(0, line.actual - abs(line.difference)), of: line.actual),
            Fraction.percent(line.difference, of: line.actual),
            Fraction.percent(abs(line.difference), of: line.actual),
          ], of: line.records)
      })
    if !lines.isEmpty {
      let sums = lines.reduce((forecast: Int128(0), actual: Int128(0))) {
        ($0.forecast + Int128($1.forecast.minorUnits), $0.actual + $1.actual)
      }
      table.total = ReportTable.Row(
        [.text("all")] + (isByOwner ? [.text("")] : []) + [
          .text(""), figures.money(sums.forecast), figures.money(sums.actual), .text(""),
          Fraction.percent(sums.forecast - sums.actual, of: sums.actual), Self.meanError(of: lines),
        ])
    }
    table.notes = figures.notes
    return table
  }

  /// The months that are over and of which a forecast was kept.
  private func lines(_ figures: DealFigures, isByOwner: Bool) throws -> [Line] {
    let request = figures.request
    let fiscal = try WorkspaceSettings.fiscalYear(in: figures.database)
    let kept = try ForecastSnapshot.all(in: figures.database).filter {
      ($0.owner != nil) == isByOwner
    }
    return try Self.inOrder(kept).compactMap { key, snapshots in
      guard let days = key.period.days(in: fiscal), days.upperBound < request.today,
        request.since.map({ $0 <= days.upperBound }) ?? true,
        request.until.map({ days.lowerBound <= $0 }) ?? true,
        let taken = Self.first(of: snapshots, in: days),
        let forecast = figures.rates.base(taken.forecast, on: taken.day)
      else { return nil }
      let (actual, records) = try won(in: days, by: key.owner, figures)
      return Line(
        key: key, taken: taken.day, forecast: forecast, actual: actual, records: records)
    }
  }

  /// The snapshots of each month and owner, by month.
  private static func inOrder(
    _ snapshots: [ForecastSnapshot]
  ) -> [(key: Key, value: [ForecastSnapshot])] {
    var order: [Key] = []
    var groups: [Key: [ForecastSnapshot]] = [:]
    for snapshot in snapshots {
      let key = Key(period: snapshot.period, owner: snapshot.owner)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(snapshot)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  /// What was expected when the month began.
  private static func first(
    of snapshots: [ForecastSnapshot], in days: ClosedRange<CivilDate>
  ) -> ForecastSnapshot? {
    snapshots.last { $0.day <= days.lowerBound } ?? snapshots.first { days.contains($0.day) }
  }

  /// The mean of the errors of months that brought anything.
  private static func meanError(of lines: [Line]) -> ReportTable.Cell {
    let told = lines.filter { $0.actual != 0 }
    var sum = Int128(0)
    for line in told {
      guard case .percent(let error) = Fraction.percent(abs(line.difference), of: line.actual)
      else { continue }
      sum += Int128(error.mantissa)
    }
    // The errors are in hundredths of a percent.
    return Fraction.percent(sum, of: Int128(told.count) * 10_000)
  }

  private func won(
    in days: ClosedRange<CivilDate>, by owner: RecordID?, _ figures: DealFigures
  ) throws -> (Int128, [RecordID]) {
    var request = figures.request.during(days)
    request.groups = []
    if let owner {
      request.filter = .compare(["owner"], .equal, .value(.reference(owner)))
    }
    let own = try DealFigures(request, in: figures.database)
    var sum = Int128(0)
    var records: [RecordID] = []
    for row in try own.rows.each(
      "t.amount_currency, t.amount, t.close_date, t.id",
      where: "\(own.stage).kind = 'won' AND \(own.isInPeriod("t.close_date"))")
    {
      guard let day = row[2].day, let id = RecordID(row[3]) else { continue }
      sum += Int128(figures.base(row[...], count: 1, on: day)?.minorUnits ?? 0)
      records.append(id)
    }
    return (sum, records)
  }
}
