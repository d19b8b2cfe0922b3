import CRDTCore
package import GRDB

/// Who rang, met and wrote to customers, how often and for how long.
package struct ActivityReport: Report {
  package let name = "activity"
  package let summary = "Calls, meetings, visits and mails of each person, and the time they took."
  package let formulas = [
    "calls, meetings, visits = engagements of these types; by default of each owner, who logged them",
    "mails out = engagements of the type mail whose direction is not in; mails in are the others",
    "other = engagements of all further types",
    "hours = the sum of durations / 60; engagements without one count as none",
    "period: by the day of the engagement",
  ]
  package let use = ReportUse(takesGroups: true, takesPeriod: true)
  package let subject = "engagement"
  package let usedFields = ["type", "date_time", "owner", "duration"]

  package init() {}

  fileprivate struct Figure {
    var counts: [String: Int] = [:]
    var minutes: Int64 = 0
    var records: [RecordID] = []
  }

  private static let columns = ["call", "meeting", "visit", "mail out", "mail in", "other"]

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    if request.groups.isEmpty { request.groups = [GroupedCount.Group(["owner"])] }
    let figures = try RecordFigures(of: subject, request, in: database)
    let (groups, whole) = try self.groups(figures)
    var table = ReportTable(
      figures.keyColumns + [
        ReportTable.Column("all", .count, hasBar: true), ReportTable.Column("calls", .count),
        ReportTable.Column("meetings", .count), ReportTable.Column("visits", .count),
        ReportTable.Column("mails out", .count), ReportTable.Column("mails in", .count),
        ReportTable.Column("other", .count), ReportTable.Column("hours", .hours),
      ],
      try figures.inOrder(groups).map { keys, figure in
        ReportTable.Row(keys + cells(of: figure), of: figure.records)
      })
    table.total = ReportTable.Row(
      [.text("all")] + Array(repeating: .text(""), count: figures.keyCount - 1)
        + cells(of: whole))
    table.recordKind = subject
    return table
  }

  private func cells(of figure: Figure) -> [ReportTable.Cell] {
    [.count(figure.records.count)] + Self.columns.map { .count(figure.counts[$0] ?? 0) } + [
      Fraction.hours(milliseconds: Int128(figure.minutes) * 60_000, over: 1)
    ]
  }

  private func groups(
    _ figures: RecordFigures
  ) throws -> ([[DatabaseValue]: Figure], whole: Figure) {
    let rows = try figures.rows.each(
      """
      t.id, t.date_time, t.direction, t.duration,
      (SELECT p.key FROM picklist p WHERE p.id = t.type)
      """, where: "t.date_time IS NOT NULL")
    var groups: [[DatabaseValue]: Figure] = [:]
    var whole = Figure()
    var seen: Set<RecordID> = []
    for row in rows {
      let place = figures.keyCount
      guard let id = RecordID(row[place]), let moment = row[place + 1].instant,
        figures.request.contains(moment.day(in: figures.request.timeZone))
      else { continue }
      let type = String.fromDatabaseValue(row[place + 4]) ?? "other"
      let isIn = String.fromDatabaseValue(row[place + 2]) == "in"
      let column =
        type == "mail"
        ? (isIn ? "mail in" : "mail out") : Self.columns.contains(type) ? type : "other"
      // A peer's number may be any.
      let minutes = min(max(0, Int64.fromDatabaseValue(row[place + 3]) ?? 0), 1_000_000)
      groups[Array(row.prefix(place)), default: Figure()].add(id, column, minutes)
      if seen.insert(id).inserted { whole.add(id, column, minutes) }
    }
    return (groups, whole)
  }
}

extension ActivityReport.Figure {
  fileprivate mutating func add(_ id: RecordID, _ column: String, _ minutes: Int64) {
    counts[column, default: 0] += 1
    self.minutes += minutes
    records.append(id)
  }
}
