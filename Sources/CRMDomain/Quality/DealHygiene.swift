package import CRDTCore
package import GRDB

/// Open deals of which something is missing or out of date.
package enum DealHygiene {
  /// What is wrong with a deal, the worst first.
  package enum Problem: Hashable, Sendable {
    /// The target date has passed.
    case datePassed(CivilDate)
    case noDate
    case noAmount
    /// Nothing says what is next.
    case noNextAction
    /// What was to be next was to be done by then.
    case actionPassed(CivilDate)
    /// So many days without a word, of which the stage grants fewer.
    case quiet(days: Int)
  }

  package struct Finding: Hashable, Sendable {
    package let deal: RecordID
    package let problems: [Problem]
  }

  /// The open deals of a request, each with what is wrong; those with nothing are among them.
  package static func findings(
    for request: ReportRequest, in database: Database
  ) throws -> [Finding] {
    var request = request
    request.groups = []
    let figures = try DealFigures(request, in: database)
    let last = try LastActivity(in: database)
    let patience = try StalledReport.patience(in: database)
    let today = request.today
    let rows = try figures.rows.each(
      "t.id, t.target_close, t.amount, t.next_action, t.next_action_on, t.stage",
      where: "\(figures.stage).kind = 'open'")
    return rows.compactMap { row in
      guard let id = RecordID(row[0]) else { return nil }
      var problems: [Problem] = []
      if let day = row[1].day {
        if day < today { problems.append(.datePassed(day)) }
      } else {
        problems.append(.noDate)
      }
      if row[2].isNull { problems.append(.noAmount) }
      if row[3].isNull {
        problems.append(.noNextAction)
      } else if let day = row[4].day, day < today {
        problems.append(.actionPassed(day))
      }
      if let moment = last.moment(of: id) {
        let quiet = Int(today.days) - Int(moment.day(in: request.timeZone).days)
        let limit = RecordID(row[5]).flatMap { patience[$0] } ?? StalledReport.usualPatience
        if quiet > limit { problems.append(.quiet(days: quiet)) }
      }
      return Finding(deal: id, problems: problems)
    }
  }
}
