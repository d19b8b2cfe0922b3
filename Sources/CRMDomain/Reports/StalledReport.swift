import CRDTCore
package import GRDB

/// Open deals that nobody has touched for longer than their stage is patient.
package struct StalledReport: Report {
  package let name = "stalled"
  package let summary = "Open deals without a word for longer than their stage is patient."
  package let formulas = [
    "quiet = today - the last of: engagement, move of stage, task done",
    "stalled = quiet for more days than the stage's patience_days, 30 where it names none",
  ]
  package let use = ReportUse()
  package let usedFields = ["stage"]

  /// The patience of stages that name none, in days.
  static let usualPatience = 30

  package init() {}

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    request.groups = [GroupedCount.Group(["name"]), .init(["stage"]), .init(["owner"])]
    let figures = try DealFigures(request, in: database)
    let open = try OpenDeals(figures)
    let last = try LastActivity(in: database)
    let patience = try Self.patience(in: database)
    let names = RecordNames(request.queries.catalog, in: database)
    var rows: [(quiet: Int, row: ReportTable.Row)] = []
    for deal in open.deals {
      guard let moment = last.moment(of: deal.id) else { continue }
      let day = moment.day(in: request.timeZone)
      let quiet = Int(request.today.days) - Int(day.days)
      let limit = RecordID(deal.key[1]).flatMap { patience[$0] } ?? Self.usualPatience
      guard quiet > limit else { continue }
      let keys = zip(try figures.rows.readings(of: deal.key, names), figures.rows.paths)
      let value = deal.value.map { figures.money($0) } ?? .text("")
      rows.append(
        (
          quiet,
          ReportTable.Row(
            keys.map { ReportTable.Cell.key($0, $1.field) } + [
              value, .date(day), .count(quiet), .count(limit),
            ], of: [deal.id])
        ))
    }
    var table = ReportTable(
      figures.keyColumns + [
        ReportTable.Column("value", .money), ReportTable.Column("last", .date),
        ReportTable.Column("quiet", .count, hasBar: true),
        ReportTable.Column("patience", .count),
      ],
      rows.sorted { ($1.quiet, $0.row.records[0]) < ($0.quiet, $1.row.records[0]) }.map(\.row))
    table.notes = figures.notes
    return table
  }

  /// The patience of the stages that name one, in days.
  static func patience(in database: Database) throws -> [RecordID: Int] {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT id, patience_days FROM stage WHERE patience_days IS NOT NULL ORDER BY id")
    return rows.reduce(into: [:]) { patience, row in
      if let id = RecordID(row[0] as DatabaseValue) { patience[id] = row[1] }
    }
  }
}

/// When something last happened to each deal: an engagement, a move, a task done, a touch where they count.
struct LastActivity {
  private var moments: [RecordID: Int64] = [:]

  init(in database: Database, touches: Bool = false) throws {
    let touch = """
      SELECT deal, max(at) FROM touch
      WHERE _hidden IS NULL AND at IS NOT NULL AND deal IS NOT NULL GROUP BY deal ORDER BY deal
      """
    for sql in (touches ? [touch] : []) + [
      """
      SELECT deal, max(at) FROM stage_visit
      WHERE _hidden IS NULL AND at IS NOT NULL GROUP BY deal ORDER BY deal
      """,
      """
      SELECT s.value, max(e.date_time) FROM engagement e
      JOIN engagement_deals s ON s._rec = e._rec AND s.present = 1
      WHERE e._hidden IS NULL AND e.date_time IS NOT NULL GROUP BY s.value ORDER BY s.value
      """,
      """
      SELECT s.value, max(k.completed_at) FROM task k
      JOIN task_about s ON s._rec = k._rec AND s.present = 1
      WHERE k._hidden IS NULL AND k.completed_at IS NOT NULL GROUP BY s.value ORDER BY s.value
      """,
    ] {
      let rows = try Row.fetchCursor(database, sql: sql)
      while let row = try rows.next() {
        guard let id = RecordID(row[0] as DatabaseValue) else { continue }
        moments[id] = max(moments[id] ?? .min, row[1])
      }
    }
  }

  /// The last moment; `nil` of a deal of which nothing is known.
  func moment(of deal: RecordID) -> Instant? {
    moments[deal].map { Instant(milliseconds: $0) }
  }
}
