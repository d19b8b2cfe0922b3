import CRDTCore
package import GRDB

/// Open deals by stage: how many, what they would bring, and what of that is likely.
package struct PipelineReport: Report {
  package let name = "pipeline"
  package let summary = "Open deals by stage: how many, their value, and the value weighted by its chance."
  package let formulas = [
    "value = the sum of amounts, in the base currency at the newest rate of the day",
    "weighted = the sum of amount × chance; the chance is the deal's own where it has one, else the stage's",
  ]
  package let use = ReportUse(takesGroups: true)
  package let usedFields = ["stage", "amount", "probability_override"]

  package init() {}

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    if request.groups.isEmpty { request.groups = [GroupedCount.Group(["stage"])] }
    let figures = try DealFigures(request, in: database)
    let open = try OpenDeals(figures)
    let groups = try figures.inOrder(open.groups)
    var table = ReportTable(
      figures.keyColumns + [
        ReportTable.Column("deals", .count), ReportTable.Column("value", .money, hasBar: true),
        ReportTable.Column("weighted", .money), ReportTable.Column("without amount", .count),
      ],
      groups.map { keys, figure in
        ReportTable.Row(keys + Self.cells(of: figure, figures), of: figure.records)
      })
    table.total = ReportTable.Row(
      [.text("all")] + Array(repeating: .text(""), count: figures.keyCount - 1)
        + Self.cells(of: open.whole, figures))
    table.notes = figures.notes
    return table
  }

  private static func cells(
    of figure: OpenDeals.Figure, _ figures: DealFigures
  ) -> [ReportTable.Cell] {
    [
      .count(figure.count), figures.money(figure.value), figures.money(figure.weighted),
      .count(figure.withoutAmount),
    ]
  }
}
