import CRDTCore
package import GRDB

/// Open leads that want looking after, by what is wrong with them.
package struct LeadCareReport: Report {
  package let name = "lead-care"
  package let summary =
    "Open leads that are quiet, incomplete or cannot be reached, by what is wrong."
  package let formulas = [
    "leads = deals in an open stage of the phase lead that are not archived; share = of all of them",
    "quiet = no engagement, touch, move or task done for more days than the stage's patience_days, 30 where it names none",
    "unreachable = neither a contact nor an address nor a number; bouncing = mail to the contact came back",
    "overdue = the day of the next action is over; nothing next = there is no such day",
    "a lead counts once in each row that holds, and once in all",
  ]
  package let use = ReportUse()
  package let usedFields = ["stage", "source", "owner", "next_action_on"]

  package init() {}

  private enum Problem: String, CaseIterable {
    case quiet
    case unreachable
    case bouncing
    case nameless = "no company"
    case sourceless = "no source"
    case unowned = "no owner"
    case overdue
    case idle = "nothing next"
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    request.groups = []
    let figures = try DealFigures(request, in: database)
    let leads = try leads(figures)
    var found: [Problem: [RecordID]] = [:]
    for lead in leads {
      for problem in lead.problems { found[problem, default: []].append(lead.id) }
    }
    let rows = Problem.allCases.map { problem in
      let records = found[problem] ?? []
      return ReportTable.Row(
        [
          .text(problem.rawValue), .count(records.count),
          Fraction.percent(Int128(records.count), of: Int128(leads.count)),
        ], of: records)
    }
    let any = leads.filter { !$0.problems.isEmpty }.count
    return ReportTable(
      [
        ReportTable.Column("problem", .label), ReportTable.Column("leads", .count, hasBar: true),
        ReportTable.Column("share", .percent),
      ], rows,
      total: ReportTable.Row(
        [.text("any"), .count(any), Fraction.percent(Int128(any), of: Int128(leads.count))]))
  }

  private struct Lead {
    let id: RecordID
    let problems: [Problem]
  }

  private func leads(_ figures: DealFigures) throws -> [Lead] {
    let last = try LastActivity(in: figures.database, touches: true)
    let today = figures.request.today
    let rows = try figures.rows.each(
      """
      t.id, t.next_action_on, IFNULL(\(figures.stage).patience_days, \(StalledReport.usualPatience)),
      t.primary_contact IS NULL AND t.contact_email IS NULL AND t.contact_phone IS NULL,
      EXISTS (SELECT 1 FROM contact c WHERE c.id = t.primary_contact AND c.bounced = 1),
      t.account IS NULL AND t.company_text IS NULL, t.source IS NULL,
      t.owner IS NULL
      """,
      where: """
        \(figures.stage).kind = 'open' AND \(figures.stage).phase = 'lead' AND t.archived IS NOT 1
        """)
    return rows.compactMap { row in
      guard let id = RecordID(row[0]) else { return nil }
      var problems: [Problem] = []
      let quiet = last.moment(of: id).map {
        Int64(today.days) - Int64($0.day(in: figures.request.timeZone).days)
      }
      if let quiet, quiet > Int64.fromDatabaseValue(row[2]) ?? 0 { problems.append(.quiet) }
      let flags: [Problem] = [.unreachable, .bouncing, .nameless, .sourceless, .unowned]
      for (flag, value) in zip(flags, row[3...]) where Bool.fromDatabaseValue(value) == true {
        problems.append(flag)
      }
      if let day = row[1].day {
        if day < today { problems.append(.overdue) }
      } else {
        problems.append(.idle)
      }
      return Lead(id: id, problems: problems)
    }
  }
}
