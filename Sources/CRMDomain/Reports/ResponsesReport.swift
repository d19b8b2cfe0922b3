import CRDTCore
package import GRDB

/// How soon people who turned to us heard from us, in hours of work.
package struct ResponsesReport: Report {
  package let name = "responses"
  package let summary =
    "How soon inbound engagements, new leads and cases were answered, in hours of work."
  package let formulas = [
    "came in = inbound engagements, deals whose first stage has the phase lead, cases; by the day of it",
    "answered = by the first outbound engagement behind it: with the same account, contact or deal",
    "a lead: one about the deal or with its account; a case: responded_at",
    "time = working hours from one to the other, by the workspace's days and hours; mean and median",
    "in time = within sla.lead_response, of a case by its response_due; of what was answered or is late",
    "--drill ROW lists what still waits for an answer",
  ]
  package let use = ReportUse(takesPeriod: true)
  package let subject = "engagement"
  package let usedFields = ["date_time", "direction", "account"]

  package init() {}

  /// Something that came in, and when it was answered.
  private struct Arrival {
    let id: RecordID
    let at: Instant
    let answer: Instant?
    /// By when it should have been answered.
    let due: Instant
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    let time = try WorkingTime(of: nil, in: database)
    let target = try WorkspaceSettings.value(of: .leadResponse, in: database).flatMap { Int($0) }
    let answers = try Answers(in: database)
    func due(_ at: Instant) -> Instant { time.moment(target ?? 8, hoursAfter: at) }
    let inbound = try self.inbound(request, in: database).map { engagement in
      Arrival(
        id: engagement.id, at: engagement.at,
        answer: answers.first(after: engagement.at, with: engagement.people),
        due: due(engagement.at))
    }
    let leads = try Self.leads(in: database).map { lead in
      Arrival(
        id: lead.id, at: lead.at, answer: answers.first(after: lead.at, with: lead.people),
        due: due(lead.at))
    }
    let kinds: [(String, String, [Arrival])] = [
      ("inbound engagements", "engagement", inbound), ("new leads", "deal", leads),
      ("cases", "case", try Self.cases(in: database)),
    ]
    var all: [Arrival] = []
    var rows: [ReportTable.Row] = []
    for (title, kind, arrivals) in kinds {
      let own = arrivals.filter { request.contains($0.at.day(in: request.timeZone)) }
      all += own
      var row = ReportTable.Row(
        [.text(title)] + cells(of: own, time, request.now),
        of: own.filter { $0.answer == nil }.map(\.id).sorted())
      row.recordKind = kind
      rows.append(row)
    }
    var table = ReportTable(
      [
        ReportTable.Column("what", .label), ReportTable.Column("came in", .count),
        ReportTable.Column("answered", .count), ReportTable.Column("waiting", .count),
        ReportTable.Column("mean hours", .hours), ReportTable.Column("median", .hours),
        ReportTable.Column("in time", .percent, hasBar: true),
      ], rows)
    table.total = ReportTable.Row([.text("all")] + cells(of: all, time, request.now))
    return table
  }

  private func cells(
    of arrivals: [Arrival], _ time: WorkingTime, _ now: Instant
  ) -> [ReportTable.Cell] {
    let lengths = arrivals.compactMap { arrival in
      arrival.answer.map { max(0, time.milliseconds(from: arrival.at, to: $0)) }
    }.sorted()
    let sum = lengths.reduce(Int128(0)) { $0 + Int128($1) }
    let inTime = arrivals.filter { arrival in arrival.answer.map { $0 <= arrival.due } ?? false }
    let judged = arrivals.filter { $0.answer != nil || $0.due < now }
    return [
      .count(arrivals.count), .count(lengths.count), .count(arrivals.count - lengths.count),
      Fraction.hours(milliseconds: sum, over: lengths.count), Self.median(of: lengths),
      Fraction.percent(Int128(inTime.count), of: Int128(judged.count)),
    ]
  }

  private static func median(of sorted: [Int64]) -> ReportTable.Cell {
    guard !sorted.isEmpty else { return .unavailable }
    let middle = sorted.count / 2
    guard sorted.count.isMultiple(of: 2) else {
      return Fraction.hours(milliseconds: Int128(sorted[middle]), over: 1)
    }
    return Fraction.hours(
      milliseconds: Int128(sorted[middle - 1]) + Int128(sorted[middle]), over: 2)
  }

  // MARK: - What came in

  private struct Coming {
    let id: RecordID
    let at: Instant
    /// Whom and what an answer would be with: account, contacts, deals.
    let people: Set<RecordID>
  }

  private func inbound(_ request: ReportRequest, in database: Database) throws -> [Coming] {
    var request = request
    request.groups = []
    let figures = try RecordFigures(of: subject, request, in: database)
    let links = try Answers.links(in: database)
    return try figures.rows.each(
      "t.id, t.date_time, t.account", where: "t.direction = 'in' AND t.date_time IS NOT NULL"
    ).compactMap { row in
      guard let id = RecordID(row[0]), let at = row[1].instant else { return nil }
      let people = Set([RecordID(row[2])].compactMap(\.self) + (links[id] ?? []))
      return Coming(id: id, at: at, people: people)
    }
  }

  private static func leads(in database: Database) throws -> [Coming] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT d.id, v.at, d.account, s.phase, v.after FROM deal d
        JOIN stage_visit v ON v.deal = d.id AND v._hidden IS NULL AND v.at IS NOT NULL
        JOIN stage s ON s.id = v."to"
        WHERE d._hidden IS NULL AND v.after IS NULL ORDER BY d.id, v.at, v.id
        """)
    var seen: Set<RecordID> = []
    return rows.compactMap { row in
      guard let id = RecordID(row[0] as DatabaseValue), seen.insert(id).inserted,
        (row[3] as String?) == "lead"
      else { return nil }
      let account = RecordID(row[2] as DatabaseValue)
      return Coming(
        id: id, at: Instant(milliseconds: row[1]), people: Set([id, account].compactMap(\.self)))
    }
  }

  private static func cases(in database: Database) throws -> [Arrival] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, opened_at, responded_at, response_due FROM "case"
        WHERE _hidden IS NULL AND opened_at IS NOT NULL ORDER BY id
        """)
    return rows.compactMap { row in
      guard let id = RecordID(row[0] as DatabaseValue), let at = (row[1] as DatabaseValue).instant
      else { return nil }
      return Arrival(
        id: id, at: at, answer: (row[2] as DatabaseValue).instant,
        due: (row[3] as DatabaseValue).instant ?? at)
    }
  }

  // MARK: - Answers

  /// The outbound engagements, by whom and what they were with.
  private struct Answers {
    /// In the order of their moments.
    private var moments: [RecordID: [Instant]] = [:]

    init(in database: Database) throws {
      let links = try Self.links(in: database)
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, date_time, account FROM engagement
          WHERE _hidden IS NULL AND direction = 'out' AND date_time IS NOT NULL
          ORDER BY date_time, id
          """)
      for row in rows {
        guard let id = RecordID(row[0] as DatabaseValue) else { continue }
        let people = Set([RecordID(row[2] as DatabaseValue)].compactMap(\.self) + (links[id] ?? []))
        for person in people {
          moments[person, default: []].append(Instant(milliseconds: row[1]))
        }
      }
    }

    func first(after start: Instant, with people: Set<RecordID>) -> Instant? {
      people.compactMap { moments[$0]?.first { $0 > start } }.min()
    }

    /// The contacts and deals of each engagement.
    static func links(in database: Database) throws -> [RecordID: [RecordID]] {
      var links: [RecordID: [RecordID]] = [:]
      for field in ["contacts", "deals"] {
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT e.id, s.value FROM engagement e
            JOIN engagement_\(field) s ON s._rec = e._rec AND s.present = 1 ORDER BY e.id, s.value
            """)
        for row in rows {
          guard let id = RecordID(row[0] as DatabaseValue),
            let other = RecordID(row[1] as DatabaseValue)
          else { continue }
          links[id, default: []].append(other)
        }
      }
      return links
    }
  }
}
