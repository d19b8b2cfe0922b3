import CRDTCore
package import GRDB

/// How much of what was to be done was done, and in time.
package struct CompletionReport: Report {
  package let name = "completion"
  package let summary = "Tasks that were due: how many were done, how many of them in time."
  package let formulas = [
    "due = tasks whose due moment lies in the period and is past, those that were dropped left out",
    "in time = done, completed_at not behind due; what is due at no hour of a day has all of it",
    "completion rate = in time / due; late = done, but not in time; open = not done by now",
    "by default by who does it; a task of two people counts for each, and once in all",
  ]
  package let use = ReportUse(takesGroups: true, takesPeriod: true)
  package let subject = "task"
  package let usedFields = ["due", "status", "completed_at"]

  package init() {}

  fileprivate struct Figure {
    var due = 0
    var inTime = 0
    var late = 0
    var records: [RecordID] = []
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    if request.groups.isEmpty { request.groups = [GroupedCount.Group(["assignees"])] }
    let figures = try RecordFigures(of: subject, request, in: database)
    var groups: [[DatabaseValue]: Figure] = [:]
    var whole = Figure()
    var seen: Set<RecordID> = []
    for row in try figures.rows.each(
      "t.id, t.due, t.completed_at, t.status",
      where: "t.due IS NOT NULL AND IFNULL(t.status, 'open') != 'dropped'")
    {
      let place = figures.keyCount
      guard let id = RecordID(row[place]), let due = row[place + 1].instant,
        request.contains(due.day(in: request.timeZone)), Self.end(of: due, request) <= request.now
      else { continue }
      let isDone = String.fromDatabaseValue(row[place + 3]) == "done"
      // What says that it is done and not when, as of a file, was done in time.
      let completed = row[place + 2].instant ?? due
      let isInTime = isDone && completed <= Self.end(of: due, request)
      groups[Array(row.prefix(place)), default: Figure()].add(id, isDone, isInTime)
      if seen.insert(id).inserted { whole.add(id, isDone, isInTime) }
    }
    var table = ReportTable(
      figures.keyColumns + [
        ReportTable.Column("due", .count), ReportTable.Column("in time", .count),
        ReportTable.Column("late", .count), ReportTable.Column("open", .count),
        ReportTable.Column("completion rate", .percent, hasBar: true),
      ],
      try figures.inOrder(groups).map { keys, figure in
        ReportTable.Row(keys + figure.cells, of: figure.records)
      })
    table.total = ReportTable.Row(
      [.text("all")] + Array(repeating: .text(""), count: figures.keyCount - 1) + whole.cells)
    table.recordKind = subject
    return table
  }

  /// The last moment that is in time.
  private static func end(of due: Instant, _ request: ReportRequest) -> Instant {
    let day = due.day(in: request.timeZone)
    guard request.timeZone.instant(on: day) == due else { return due }
    let next = request.timeZone.instant(on: CivilDate(days: day.days &+ 1))
    return Instant(milliseconds: next.milliseconds - 1)
  }
}

extension CompletionReport.Figure {
  fileprivate mutating func add(_ id: RecordID, _ isDone: Bool, _ isInTime: Bool) {
    due += 1
    if isInTime { inTime += 1 } else if isDone { late += 1 }
    records.append(id)
  }

  fileprivate var cells: [ReportTable.Cell] {
    [
      .count(due), .count(inTime), .count(late), .count(due - inTime - late),
      Fraction.percent(Int128(inTime), of: Int128(due)),
    ]
  }
}
