import CRDTCore
package import GRDB

/// Where the deals of a request stood at one moment, and what they were worth then.
package struct PipelineState: Sendable {
  struct Deal: Sendable {
    let kind: DealStages.Kind
    /// In minor units of the base currency; nothing of one without an amount, or without a rate for it.
    let value: Int128
  }

  /// Every deal that was not deleted.
  let deals: [RecordID: Deal]
  /// What is to be said of amounts that were left out.
  let notes: [String]

  package init(_ request: ReportRequest, in database: Database) throws {
    var request = request
    request.groups = []
    let figures = try DealFigures(request, in: database)
    let today = request.today
    var deals: [RecordID: Deal] = [:]
    for row in try figures.rows.each(
      "t.amount_currency, t.amount, t.id, \(figures.stage).kind")
    {
      guard let id = RecordID(row[2]) else { continue }
      let kind = String.fromDatabaseValue(row[3]).flatMap { DealStages.Kind(rawValue: $0) }
      let isOpen = (kind ?? .open) == .open
      deals[id] = Deal(
        kind: kind ?? .open,
        value: isOpen
          ? Int128(figures.base(row[...], count: 1, on: today)?.minorUnits ?? 0) : 0)
    }
    self.deals = deals
    notes = figures.notes
  }

  /// The value of the open deals.
  var open: Int128 { deals.values.reduce(0) { $1.kind == .open ? $0 + $1.value : $0 } }
}
