package import CRDTCore
package import GRDB
package import ReplicaStore

/// What a month was expected to bring, as of a day: of all deals, or of those of one owner.
///
/// A month, a day and an owner are one record, on whichever node it is taken.
package struct ForecastSnapshot: Hashable, Sendable {
  package static let kind = "forecast_snapshot"

  package let period: QuotaPeriod
  /// The day on which it was expected.
  package let day: CivilDate
  /// Whose deals they are; `nil` of all.
  package let owner: RecordID?
  package let won: Money
  package let committed: Money
  package let bestCase: Money
  package let pipeline: Money
  package let forecast: Money

  /// The record that it is or will be.
  package var id: RecordID {
    RecordID(
      derivedFrom: Self.kind,
      [Array("\(period)".utf8), Array("\(day)".utf8), owner?.rawValue.bigEndianBytes ?? []])
  }

  /// What the month of a day is expected to bring, of all and of each owner.
  package static func taken(
    of month: ClosedRange<CivilDate>, _ request: ReportRequest, in database: Database
  ) throws -> [ForecastSnapshot] {
    var request = request.during(month)
    request.filter = nil
    let (year, number, _) = month.lowerBound.parts
    let period = QuotaPeriod.month(number, year: year)
    var snapshots: [ForecastSnapshot] = []
    for groups in [[], [GroupedCount.Group(["owner"])]] {
      request.groups = groups
      let figures = try DealFigures(request, in: database)
      let found = try ForecastReport().groups(figures).map { key, figure in
        func money(_ units: Int128) -> Money {
          Money(minorUnits: Int64(clamping: units), currency: figures.rates.baseCurrency)
        }
        return ForecastSnapshot(
          period: period, day: request.today, owner: key.first.flatMap { RecordID($0) },
          won: money(figure.won), committed: money(figure.committed),
          bestCase: money(figure.bestCase), pipeline: money(figure.rest),
          forecast: money(figure.forecast))
      }
      // Deals of nobody are among all, and have no line of their own.
      snapshots += found.filter { groups.isEmpty || $0.owner != nil }
    }
    return snapshots.sorted {
      ($0.owner ?? RecordID(rawValue: 0)) < ($1.owner ?? RecordID(rawValue: 0))
    }
  }

  /// Keeps it, unless there is one of that day already.
  ///
  /// - Returns: Whether it was kept.
  package func write(in transaction: Transaction) throws -> Bool {
    let state = try transaction.snapshot.record(Self.kind, id)
    guard state?.isDeleted ?? true else { return false }
    var changes = [
      FieldChange("period", .set(.text("\(period)"))), FieldChange("date", .set(.date(day))),
      FieldChange("won", .set(.money(won))), FieldChange("committed", .set(.money(committed))),
      FieldChange("best_case", .set(.money(bestCase))),
      FieldChange("pipeline", .set(.money(pipeline))),
      FieldChange("forecast", .set(.money(forecast))),
    ]
    if let owner { changes.append(FieldChange("owner", .set(.reference(owner)))) }
    if let state {
      try transaction.restore(Self.kind, id, basis: state.basis, changes)
    } else {
      try transaction.edit(Self.kind, id, basis: Basis(), changes)
    }
    return true
  }

  /// Those that were kept, by month, owner and day.
  package static func all(in database: Database) throws -> [ForecastSnapshot] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT period, date, owner, won, won_currency, committed, committed_currency,
          best_case, best_case_currency, pipeline, pipeline_currency, forecast, forecast_currency
        FROM forecast_snapshot WHERE _hidden IS NULL ORDER BY period, owner, date, id
        """)
    return rows.compactMap { row in
      func money(_ column: Int) -> Money? {
        guard let units: Int64 = row[column],
          let currency = (row[column + 1] as String?).flatMap({ CurrencyCode($0) })
        else { return nil }
        return Money(minorUnits: units, currency: currency)
      }
      guard let period = (row[0] as String?).flatMap({ QuotaPeriod($0) }),
        let day = (row[1] as String?).flatMap({ CivilDate($0) }), let won = money(3),
        let committed = money(5), let best = money(7), let rest = money(9), let sum = money(11)
      else { return nil }
      return ForecastSnapshot(
        period: period, day: day, owner: RecordID(row[2] as DatabaseValue), won: won,
        committed: committed, bestCase: best, pipeline: rest, forecast: sum)
    }
  }
}
