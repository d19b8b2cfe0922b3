import CRDTCore
package import GRDB

/// Whether the stages of a process are the right ones.
package struct StageSetReport: Report {
  package let name = "stages"
  package let summary = "Whether a process has the right stages: never used, always skipped, slow."
  package let formulas = [
    "came = deals that came into the stage in the period; skipped = deals that went past it in the period without ever having come",
    "never used = nobody came, and nobody went past; always skipped = nobody came, and somebody went past",
    "slow = the median of visits left is more than twice that of all stages together, or longer than the stage's patience",
  ]
  package let use = ReportUse(takesPeriod: true, arguments: ["process"])
  package let usedFields = ["stage"]

  package init() {}

  private struct Figure {
    var came: Set<RecordID> = []
    var skipped: Set<RecordID> = []
    var left = Durations()
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    let process = try ReportedProcess(request, in: database)
    let stages = process.stages.filter { $0.kind == .open }
    let log = try VisitLog(DealFigures(request, in: database))
    var figures: [RecordID: Figure] = [:]
    for deal in log.deals { add(deal, process, stages, to: &figures, request) }
    var all = Durations()
    for stage in stages { all.add(figures[stage.id]?.left ?? Durations()) }
    let patience = try StalledReport.patience(in: database)
    return ReportTable(
      [
        ReportTable.Column("stage", .label), ReportTable.Column("came", .count),
        ReportTable.Column("skipped", .count), ReportTable.Column("share skipped", .percent),
        ReportTable.Column("median", .days), ReportTable.Column("says", .label),
      ],
      stages.map { stage in
        let figure = figures[stage.id] ?? Figure()
        let (came, skipped) = (figure.came.count, figure.skipped.count)
        return ReportTable.Row(
          [
            .text(stage.name), .count(came), .count(skipped),
            Fraction.percent(Int128(skipped), of: Int128(came + skipped)), figure.left.median,
            .text(verdict(figure, all, patience[stage.id])),
          ], of: figure.came.union(figure.skipped).sorted())
      })
  }

  private func verdict(_ figure: Figure, _ all: Durations, _ patience: Int?) -> String {
    guard !figure.came.isEmpty else {
      return figure.skipped.isEmpty ? "never used" : "always skipped"
    }
    guard case .days(let median) = figure.left.median, case .days(let usual) = all.median else {
      return ""
    }
    let isLong = DecimalNumber(mantissa: usual.mantissa * 2, scale: usual.scale).map { median > $0 }
    let isImpatient = patience.map { median > DecimalNumber(Int64($0)) }
    return isLong == true || isImpatient == true ? "slow" : ""
  }

  private func add(
    _ deal: VisitLog.Deal, _ process: ReportedProcess, _ stages: [DealStages.Stage],
    to figures: inout [RecordID: Figure], _ request: ReportRequest
  ) {
    let places = Dictionary(
      process.stages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let known = Set(deal.visits.map(\.stage))
    for (index, visit) in deal.visits.enumerated() {
      guard let stage = places[visit.stage] else { continue }
      let isIn = request.contains(visit.at.day(in: request.timeZone))
      if isIn, stage.kind == .open { figures[stage.id, default: Figure()].came.insert(deal.id) }
      if isIn, index > 0, let from = places[deal.visits[index - 1].stage], from.kind == .open,
        stage.kind == .open || stage.kind == .won
      {
        for passed in stages
        where from.place < passed.place && passed.place < stage.place && !known.contains(passed.id)
        {
          figures[passed.id, default: Figure()].skipped.insert(deal.id)
        }
      }
      guard index + 1 < deal.visits.count, stage.kind == .open else { continue }
      let end = deal.visits[index + 1].at
      guard request.contains(end.day(in: request.timeZone)) else { continue }
      figures[stage.id, default: Figure()].left.add(
        from: visit.at.local(in: request.timeZone), to: end.local(in: request.timeZone))
    }
  }
}
