import CRDTCore
package import GRDB

/// How long deals stand in each stage.
package struct StageTimeReport: Report {
  package let name = "stage-time"
  package let summary = "How long deals stood in each stage, and how long those have that still stand there."
  package let formulas = [
    "stood = leaving - coming in, of visits left in the period; mean, median and 90th percentile (nearest rank) in days",
    "per deal = the visits of one deal to the stage, added up; the mean",
    "standing = now - coming in, of visits that go on; a visit of a deal's last stage goes on while it is open",
  ]
  package let use = ReportUse(takesPeriod: true, arguments: ["process"])
  package let usedFields = ["stage"]

  package init() {}

  private struct Figure {
    var left = Durations()
    var standing = Durations()
    var dealCount = 0
    var records: [RecordID] = []
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    let process = try ReportedProcess(request, in: database)
    let log = try VisitLog(DealFigures(request, in: database))
    var figures: [RecordID: Figure] = [:]
    for deal in log.deals { add(deal, to: &figures, request) }
    let stages = process.stages.filter { $0.kind == .open }
    var table = ReportTable(
      [
        ReportTable.Column("stage", .label), ReportTable.Column("left", .count),
        ReportTable.Column("mean", .days, hasBar: true), ReportTable.Column("median", .days),
        ReportTable.Column("90 %", .days), ReportTable.Column("per deal", .days),
        ReportTable.Column("standing", .count), ReportTable.Column("mean age", .days),
      ],
      stages.map { stage in
        let figure = figures[stage.id] ?? Figure()
        return ReportTable.Row(
          [
            .text(stage.name), .count(figure.left.count), figure.left.mean, figure.left.median,
            figure.left.percentile(90),
            Fraction.days(milliseconds: figure.left.sum, over: figure.dealCount),
            .count(figure.standing.count), figure.standing.mean,
          ], of: figure.records)
      })
    let negative = figures.values.reduce(0) { $0 + $1.left.negativeCount + $1.standing.negativeCount }
    if negative > 0 {
      table.notes.append(
        "\(negative) visits ended before they began, by clocks that were wrong; counted as 0 days")
    }
    return table
  }

  private func add(_ deal: VisitLog.Deal, to figures: inout [RecordID: Figure], _ request: ReportRequest) {
    var left: Set<RecordID> = []
    for (index, visit) in deal.visits.enumerated() {
      let start = visit.at.local(in: request.timeZone)
      guard index + 1 < deal.visits.count else {
        if visit.stage == deal.stage {
          figures[visit.stage, default: Figure()].standing.add(
            from: start, to: request.now.local(in: request.timeZone))
          figures[visit.stage]?.records.append(deal.id)
        }
        continue
      }
      let end = deal.visits[index + 1].at
      guard request.contains(end.day(in: request.timeZone)) else { continue }
      figures[visit.stage, default: Figure()].left.add(
        from: start, to: end.local(in: request.timeZone))
      if left.insert(visit.stage).inserted { figures[visit.stage]?.dealCount += 1 }
    }
  }
}
