import CRDTCore
package import GRDB

/// What won deals brought, by the touches that led to them.
package struct AttributionReport: Report {
  package let name = "attribution"
  package let summary = "What won deals brought, by the sources or campaigns of their touches."
  package let formulas = [
    "value = amounts of deals won with a closing date in the period, at the rate of that day",
    "first = the whole value to the first touch; last = to the last touch before the deal first stood in an opportunity, or to the first",
    "linear = the value in equal parts to every touch up to the win; parts are whole minor units and add up to the value",
    "a deal without touches counts to its own source; first, last and linear have one total",
    "of=campaign asks for campaigns in place of sources",
  ]
  package let use = ReportUse(takesPeriod: true, arguments: ["of"])
  package let usedFields = ["stage", "amount", "close_date", "source"]

  package init() {}

  /// What a touch counts to.
  private enum Label: Hashable {
    case source(RecordID)
    case campaign(String)
    case none
  }

  private struct Credit {
    let at: Int64
    let label: Label
  }

  private struct Figure {
    var records: Set<RecordID> = []
    var first: Int128 = 0
    var last: Int128 = 0
    var linear: Int128 = 0
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    request.groups = []
    if let word = request.arguments["of"], !["source", "campaign"].contains(word.lowercased()) {
      throw ReportError.noSuchWord(word, words: ["source", "campaign"])
    }
    let isByCampaign = request.arguments["of"]?.lowercased() == "campaign"
    let figures = try DealFigures(request, in: database)
    let touches = try touches(isByCampaign, request, database)
    let joined = try JoinedRecords(request.queries.catalog, in: database)
    var groups: [Label: Figure] = [:]
    var whole = Figure()
    for deal in try wonDeals(figures) {
      let own: Label =
        isByCampaign ? .none : deal.source.map { .source(joined.followed($0)) } ?? .none
      let all = touches[deal.id] ?? []
      let before = all.filter { $0.at <= deal.wonAt ?? .max }
      let credits = before.isEmpty ? [Credit(at: 0, label: own)] : before
      let last = credits.last { $0.at <= deal.convertedAt ?? .max } ?? credits[0]
      groups[credits[0].label, default: Figure()].first += deal.value
      groups[last.label, default: Figure()].last += deal.value
      let (share, rest) = deal.value.quotientAndRemainder(dividingBy: Int128(credits.count))
      for (index, credit) in credits.enumerated() {
        let part = share + (index < rest.magnitude ? rest.signum() : 0)
        groups[credit.label, default: Figure()].linear += part
        groups[credit.label]?.records.insert(deal.id)
      }
      whole.records.insert(deal.id)
      whole.first += deal.value
    }
    return try table(groups, whole, isByCampaign, figures)
  }

  private func table(
    _ groups: [Label: Figure], _ whole: Figure, _ isByCampaign: Bool, _ figures: DealFigures
  ) throws -> ReportTable {
    let names = RecordNames(figures.request.queries.catalog, in: figures.database)
    let field = figures.request.queries.catalog.entity("deal").field(named: "source")
    let rows = try groups.map { label, figure in
      let title: String
      switch label {
      case .source(let id): title = try field.map { try names.reference(id, of: $0).text } ?? ""
      case .campaign(let name): title = name
      case .none: title = "(none)"
      }
      let row = ReportTable.Row(
        [
          .text(title), .count(figure.records.count), figures.money(figure.first),
          figures.money(figure.last), figures.money(figure.linear),
        ], of: figure.records.sorted())
      return (key: (label == .none ? 1 : 0, NameFolding.folded(title), title), row: row)
    }
    var table = ReportTable(
      [
        ReportTable.Column(isByCampaign ? "campaign" : "source", .label),
        ReportTable.Column("won", .count), ReportTable.Column("first", .money),
        ReportTable.Column("last", .money), ReportTable.Column("linear", .money, hasBar: true),
      ], rows.sorted { $0.key < $1.key }.map(\.row))
    let value = figures.money(whole.first)
    table.total = ReportTable.Row(
      [.text("all"), .count(whole.records.count), value, value, value])
    table.notes = figures.notes
    return table
  }

  private struct WonDeal {
    let id: RecordID
    let value: Int128
    let source: RecordID?
    let convertedAt: Int64?
    let wonAt: Int64?
  }

  private func wonDeals(_ figures: DealFigures) throws -> [WonDeal] {
    let rows = try figures.rows.each(
      """
      t.amount_currency, t.amount, t.close_date, t.id, t.source,
      (SELECT min(v.at) FROM stage_visit v JOIN stage s ON s.id = v."to"
        WHERE v.deal = t.id AND v._hidden IS NULL AND s.phase = 'opportunity'
          AND s.kind IN ('open', 'won')),
      (SELECT max(v.at) FROM stage_visit v
        WHERE v.deal = t.id AND v._hidden IS NULL AND v."to" = t.stage)
      """,
      where: "\(figures.stage).kind = 'won' AND \(figures.isInPeriod("t.close_date"))")
    return rows.compactMap { row in
      guard let id = RecordID(row[3]), let day = row[2].day else { return nil }
      let value = figures.base(row[...], count: 1, on: day)?.minorUnits ?? 0
      return WonDeal(
        id: id, value: Int128(value), source: RecordID(row[4]),
        convertedAt: row[5].instant?.milliseconds, wonAt: row[6].instant?.milliseconds)
    }
  }

  /// The touches of each deal, by their moments.
  private func touches(
    _ isByCampaign: Bool, _ request: ReportRequest, _ database: Database
  ) throws -> [RecordID: [Credit]] {
    let joined = try JoinedRecords(request.queries.catalog, in: database)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT deal, at, source, campaign FROM touch
        WHERE deal IS NOT NULL AND at IS NOT NULL AND _hidden IS NULL ORDER BY deal, at, id
        """)
    var touches: [RecordID: [Credit]] = [:]
    while let row = try rows.next() {
      guard let deal = RecordID(row[0] as DatabaseValue) else { continue }
      var label = Label.none
      if isByCampaign {
        label = (row[3] as String?).map(Label.campaign) ?? .none
      } else if let source = RecordID(row[2] as DatabaseValue) {
        label = .source(joined.followed(source))
      }
      touches[deal, default: []].append(Credit(at: row[1], label: label))
    }
    return touches
  }
}
