import CRDTCore
package import GRDB

/// How many of the deals that came into a stage got on to the next one, and to a win.
package struct ConversionReport: Report {
  package let name = "conversion"
  package let summary = "Of the deals that came into each stage, how many got on to the next one and to a win."
  package let formulas = [
    "came in = deals whose first way into the stage lies in the period",
    "reached = those that later came to the next stage, to one behind it, or to a win, whatever they skipped",
    "of decided = reached / (came in - those still open that have not got there)",
    "going back does not count, and coming again counts once; from= and to= ask about two stages of your choice",
  ]
  package let use = ReportUse(takesPeriod: true, arguments: ["process", "from", "to"])
  package let usedFields = ["stage"]

  package init() {}

  private struct Figure {
    var entered: [RecordID] = []
    var reached = 0
    var undecided = 0
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    let process = try ReportedProcess(request, in: database)
    let figures = try DealFigures(request, in: database)
    let log = try VisitLog(figures)
    let open = process.stages.filter { $0.kind == .open }
    let won = process.stages.first { $0.kind == .won }
    var rows: [ReportTable.Row] = []
    for (from, next) in try pairs(request, process, open, won) {
      let step = figure(from, next, log, process, request)
      var cells: [ReportTable.Cell] = [
        .text(from.name), .text(next.name), .count(step.entered.count), .count(step.reached),
        percent(step.reached, of: step.entered.count),
        percent(step.reached, of: step.entered.count - step.undecided),
      ]
      if let won {
        let whole = figure(from, won, log, process, request)
        cells += [
          percent(whole.reached, of: whole.entered.count),
          percent(whole.reached, of: whole.entered.count - whole.undecided),
        ]
      } else {
        cells += [.unavailable, .unavailable]
      }
      rows.append(ReportTable.Row(cells, of: step.entered))
    }
    return ReportTable(
      [
        ReportTable.Column("from", .label), ReportTable.Column("to", .label),
        ReportTable.Column("came in", .count), ReportTable.Column("reached", .count),
        ReportTable.Column("conversion", .percent, hasBar: true),
        ReportTable.Column("of decided", .percent), ReportTable.Column("won", .percent),
        ReportTable.Column("won of decided", .percent),
      ], rows)
  }

  private func percent(_ part: Int, of whole: Int) -> ReportTable.Cell {
    Fraction.percent(Int128(part), of: Int128(whole))
  }

  /// The two stages that were asked about, or each open stage with the one behind it.
  private func pairs(
    _ request: ReportRequest, _ process: ReportedProcess, _ open: [DealStages.Stage],
    _ won: DealStages.Stage?
  ) throws -> [(DealStages.Stage, DealStages.Stage)] {
    let from = try request.arguments["from"].map { try process.stage(named: $0) }
    let to = try request.arguments["to"].map { try process.stage(named: $0) }
    let steps = open + (won.map { [$0] } ?? [])
    return steps.indices.dropLast().compactMap { index in
      guard from.map({ $0 == steps[index] }) ?? true else { return nil }
      if let to, to.place <= steps[index].place { return nil }
      return (steps[index], to ?? steps[index + 1])
    }
  }

  private func figure(
    _ from: DealStages.Stage, _ to: DealStages.Stage, _ log: VisitLog,
    _ process: ReportedProcess, _ request: ReportRequest
  ) -> Figure {
    let stages = Dictionary(uniqueKeysWithValues: process.stages.map { ($0.id, $0) })
    var figure = Figure()
    for deal in log.deals {
      guard let first = deal.visits.firstIndex(where: { $0.stage == from.id }),
        request.contains(deal.visits[first].at.day(in: request.timeZone))
      else { continue }
      figure.entered.append(deal.id)
      let later = deal.visits[(first + 1)...].compactMap { stages[$0.stage] }
      if later.contains(where: { process.isReached(to, by: $0) }) {
        figure.reached += 1
      } else if let now = deal.stage.flatMap({ stages[$0] }), now.kind == .open {
        figure.undecided += 1
      }
    }
    return figure
  }
}
