import CRDTCore
package import GRDB

/// What was won month by month, and what a month of the year usually brings.
package struct TrendReport: Report {
  package let name = "trends"
  package let summary = "What was won month by month, and how each month of the year compares."
  package let formulas = [
    "won and value: deals won with a closing date in the month, at the rate of that day; months without any count as nothing",
    "index = the mean of that month of the year over the years / the mean of all months; 100 % is usual, and n/a until there are 24 months",
    "months: from the first that has a win, or since, to the last that is over, or until",
  ]
  package let use = ReportUse(takesPeriod: true)
  package let usedFields = ["stage", "amount", "close_date"]

  /// Below this many months a year has not come twice.
  private static let monthsMin = 24

  package init() {}

  private struct Month {
    var count = 0
    var value: Int128 = 0
    var records: [RecordID] = []
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    request.groups = []
    let figures = try DealFigures(request, in: database)
    var months: [Int: Month] = [:]
    for row in try figures.rows.each(
      "t.amount_currency, t.amount, t.close_date, t.id",
      where: "\(figures.stage).kind = 'won' AND \(figures.isInPeriod("t.close_date"))")
    {
      guard let day = row[2].day, let id = RecordID(row[3]) else { continue }
      var month = months[Self.number(of: day)] ?? Month()
      month.count += 1
      month.value += Int128(figures.base(row[...], count: 1, on: day)?.minorUnits ?? 0)
      month.records.append(id)
      months[Self.number(of: day)] = month
    }
    let range = Self.range(of: months.keys.min(), request)
    let index = Self.index(of: months, in: range)
    var table = ReportTable(
      [
        ReportTable.Column("month", .label), ReportTable.Column("won", .count),
        ReportTable.Column("value", .money, hasBar: true), ReportTable.Column("index", .percent),
      ],
      range.map { number in
        let month = months[number] ?? Month()
        return ReportTable.Row(
          [
            .text(Self.title(of: number)), .count(month.count), figures.money(month.value),
            index[number % 12],
          ], of: month.records)
      })
    table.notes = figures.notes
    return table
  }

  /// The months since the beginning of the calendar.
  private static func number(of day: CivilDate) -> Int {
    let (year, month, _) = day.parts
    return year * 12 + month - 1
  }

  private static func title(of number: Int) -> String {
    "\(QuotaPeriod.month(number % 12 + 1, year: number / 12))"
  }

  /// The months that are told, each whole.
  private static func range(of first: Int?, _ request: ReportRequest) -> Range<Int> {
    guard let start = request.since.map(number) ?? first else { return 0..<0 }
    let end = min(
      request.until.map { number(of: CivilDate(days: $0.days + 1)) } ?? .max,
      number(of: request.today))
    // A peer's days may lie at the ends of the calendar: a thousand months are enough to look at.
    return max(start, end - 1_000)..<max(start, end)
  }

  /// For each month of the year, the first of them January, how it compares with all.
  private static func index(
    of months: [Int: Month], in range: Range<Int>
  ) -> [ReportTable.Cell] {
    let whole = range.reduce(Int128(0)) { $0 + (months[$1]?.value ?? 0) }
    return (0..<12).map { month in
      let own = range.filter { $0 % 12 == month }
      guard range.count >= monthsMin else { return .unavailable }
      let sum = own.reduce(Int128(0)) { $0 + (months[$1]?.value ?? 0) }
      return Fraction.percent(sum * Int128(range.count), of: whole * Int128(own.count))
    }
  }
}
