import CRDTCore
package import GRDB

/// Open deals by the month in which they should be decided.
package struct ClosingsReport: Report {
  package let name = "closings"
  package let summary = "Open deals by the month of their target date, with those that are overdue."
  package let formulas = [
    "month = that of target_close; days before today are overdue, and deals without one come last",
    "value and weighted as in the report pipeline",
  ]
  package let use = ReportUse(takesPeriod: true)
  package let usedFields = ["stage", "amount", "target_close"]

  package init() {}

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    let figures = try DealFigures(request, in: database)
    let open = try OpenDeals(figures)
    var months: [String: OpenDeals.Figure] = [:]
    for deal in open.deals {
      guard let day = deal.targetClose else {
        if request.since == nil, request.until == nil { months["~", default: .init()].add(deal) }
        continue
      }
      guard request.contains(day) else { continue }
      let month = day < request.today ? "" : String(day.description.prefix(7))
      months[month, default: .init()].add(deal)
    }
    var table = ReportTable(
      [
        ReportTable.Column("month", .label), ReportTable.Column("deals", .count),
        ReportTable.Column("value", .money, hasBar: true), ReportTable.Column("weighted", .money),
      ],
      months.sorted { $0.key < $1.key }.map { month, figure in
        let title = month.isEmpty ? "overdue" : month == "~" ? "no date" : month
        return ReportTable.Row(
          [
            .text(title), .count(figure.count), figures.money(figure.value),
            figures.money(figure.weighted),
          ], of: figure.records)
      })
    table.notes = figures.notes
    return table
  }
}
