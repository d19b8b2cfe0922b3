import CRDTCore
package import GRDB

/// What meetings lead to: opportunities that began soon after one with the same account.
package struct MeetingsReport: Report {
  package let name = "meetings"
  package let summary = "Meetings held, and the opportunities that began within 30 days after one."
  package let formulas = [
    "meetings = engagements of the types meeting and visit, on days of the period",
    "opened = deals that first came into a stage of the phase opportunity in the period",
    "after a meeting = those of them with a meeting of the same account in the 30 days before; days= asks for others",
    "a meeting brings = after a meeting / meetings",
  ]
  package let use = ReportUse(takesPeriod: true, arguments: ["days"])
  package let usedFields = ["stage", "account"]

  /// Within how many days an opportunity counts as a meeting's.
  private static let daysUsual = 30

  package init() {}

  private struct Meeting {
    let account: RecordID?
    let at: Instant
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    let days = try Self.days(request)
    let figures = try DealFigures(request, in: database)
    let accounts = try figures.rows.each("t.id, t.account").reduce(
      into: [RecordID: RecordID]()
    ) { accounts, row in
      if let id = RecordID(row[0]) { accounts[id] = RecordID(row[1]) }
    }
    let meetings = try Self.meetings(in: database)
    let isOpportunity = try Self.opportunityStages(in: database)
    var opened: [RecordID] = []
    var met: [RecordID] = []
    for deal in try VisitLog(figures).deals {
      guard let first = deal.visits.first(where: { isOpportunity.contains($0.stage) }),
        request.contains(first.at.day(in: request.timeZone))
      else { continue }
      opened.append(deal.id)
      guard let account = accounts[deal.id] else { continue }
      let start = Instant(milliseconds: first.at.milliseconds &- Int64(days) &* 86_400_000)
      let isAfter = meetings.contains {
        $0.account == account && $0.at >= start && $0.at <= first.at
      }
      if isAfter { met.append(deal.id) }
    }
    let held = meetings.filter { request.contains($0.at.day(in: request.timeZone)) }.count
    return ReportTable(
      [
        ReportTable.Column("meetings", .count), ReportTable.Column("opened", .count),
        ReportTable.Column("after a meeting", .count),
        ReportTable.Column("a meeting brings", .percent),
      ],
      [
        ReportTable.Row(
          [
            .count(held), .count(opened.count), .count(met.count),
            Fraction.percent(Int128(met.count), of: Int128(held)),
          ], of: met)
      ])
  }

  private static func days(_ request: ReportRequest) throws(ReportError) -> Int {
    guard let text = request.arguments["days"] else { return daysUsual }
    guard let days = Int(text), (1...3_660).contains(days) else {
      throw .unreadable(text, example: "days=30")
    }
    return days
  }

  private static func meetings(in database: Database) throws -> [Meeting] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT e.account, e.date_time FROM engagement e JOIN picklist p ON p.id = e.type
        WHERE e._hidden IS NULL AND e.date_time IS NOT NULL AND p.key IN ('meeting', 'visit')
        ORDER BY e.date_time, e.id
        """)
    return rows.map {
      Meeting(account: RecordID($0[0] as DatabaseValue), at: Instant(milliseconds: $0[1]))
    }
  }

  private static func opportunityStages(in database: Database) throws -> Set<RecordID> {
    let rows = try DatabaseValue.fetchAll(
      database,
      sql: """
        SELECT id FROM stage WHERE IFNULL(phase, 'opportunity') = 'opportunity'
          AND IFNULL(kind, 'open') IN ('open', 'won') ORDER BY id
        """)
    return Set(rows.compactMap { RecordID($0) })
  }
}
