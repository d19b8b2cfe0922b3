package import CRDTCore
package import GRDB

/// What became of the pipeline between two days: it balances to the cent.
package struct PipelineChangeReport: Report {
  package let name = "change"
  package let summary =
    "What became of the pipeline between two days: new, grown, shrunk, won, lost, reopened."
  package let formulas = [
    "opening + new + reopened + grown - shrunk - won - lost - archived - removed = closing",
    "opening and closing: open deals at the beginning of since and the end of until, as this node knew them, in the base currency at the newest rate of that day",
    "won, lost, archived, removed: at what they were worth in the opening; grown and shrunk: closing - opening of deals open in both, rates included",
    "removed = deleted meanwhile, or no longer what the filter lets through",
    "period: this month, unless since and until say otherwise",
  ]
  package let use = ReportUse(takesPeriod: true, needsOpening: true)
  package let usedFields = ["stage", "amount"]

  package init() {}

  /// The first day of a period that nobody named.
  package static func usualBeginning(before day: CivilDate) -> CivilDate {
    ForecastReport.month(of: day).lowerBound
  }

  private struct Figure {
    var value: Int128 = 0
    var records: [RecordID] = []

    mutating func add(_ id: RecordID, _ value: Int128) {
      self.value += value
      records.append(id)
    }
  }

  private enum Step: String, CaseIterable {
    case new, reopened, grown, shrunk, won, lost, archived, removed

    /// Whether it makes the pipeline smaller.
    var isLess: Bool {
      switch self {
      case .new, .reopened, .grown: false
      case .shrunk, .won, .lost, .archived, .removed: true
      }
    }
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    let figures = try DealFigures(request, in: database)
    let closing = try PipelineState(request, in: database)
    let opening = request.opening ?? closing
    let steps = Self.steps(from: opening, to: closing)
    var rows = [row("opening", Self.whole(opening), figures)]
    for step in Step.allCases {
      var figure = steps[step] ?? Figure()
      if step.isLess { figure.value = -figure.value }
      rows.append(row(step.rawValue, figure, figures))
    }
    let end = Self.whole(closing)
    let sum = steps.reduce(opening.open) { $0 + ($1.key.isLess ? -$1.value.value : $1.value.value) }
    precondition(sum == end.value, "What came and went is the difference of the two.")
    var table = ReportTable(
      [
        ReportTable.Column("change", .label), ReportTable.Column("deals", .count),
        ReportTable.Column("value", .money),
      ], rows, total: row("closing", end, figures))
    table.notes = closing.notes
    return table
  }

  private func row(
    _ title: String, _ figure: Figure, _ figures: DealFigures
  ) -> ReportTable.Row {
    ReportTable.Row(
      [.text(title), .count(figure.records.count), figures.money(figure.value)],
      of: figure.records.sorted())
  }

  private static func whole(_ state: PipelineState) -> Figure {
    state.deals.reduce(into: Figure()) { figure, deal in
      if deal.value.kind == .open { figure.add(deal.key, deal.value.value) }
    }
  }

  private static func steps(
    from opening: PipelineState, to closing: PipelineState
  ) -> [Step: Figure] {
    var steps: [Step: Figure] = [:]
    for (id, deal) in closing.deals where deal.kind == .open {
      switch opening.deals[id] {
      case nil: steps[.new, default: Figure()].add(id, deal.value)
      case let before? where before.kind != .open:
        steps[.reopened, default: Figure()].add(id, deal.value)
      case let before?:
        if deal.value > before.value {
          steps[.grown, default: Figure()].add(id, deal.value - before.value)
        } else if deal.value < before.value {
          steps[.shrunk, default: Figure()].add(id, before.value - deal.value)
        }
      }
    }
    for (id, deal) in opening.deals where deal.kind == .open {
      let step: Step? =
        switch closing.deals[id]?.kind {
        case .won: .won
        case .lost: .lost
        case .archived: .archived
        case .open: nil
        case nil: .removed
        }
      if let step { steps[step, default: Figure()].add(id, deal.value) }
    }
    return steps
  }
}
