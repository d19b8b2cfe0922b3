import CRDTCore
package import GRDB

/// What was brought in against what was to be.
package struct QuotaReport: Report {
  package let name = "quota"
  package let summary = "What users, teams, regions and accounts have won against their quotas."
  package let formulas = [
    "won = amounts of deals won with a closing date in the quota's period, at the rate of that day",
    "credited to the owner, to the teams and the region of the owner, and to the deal's account",
    "a deal that is split: to each user who has a share, and their teams and regions, for that share",
    "attainment = won / quota; a quota in another currency counts at the rate of its first day",
    "quotas: those whose period touches since and until, or today",
  ]
  package let use = ReportUse(takesPeriod: true)
  package let usedFields = ["stage", "amount", "owner", "close_date"]

  package init() {}

  /// A won deal, as far as quotas go.
  private struct Win {
    let id: RecordID
    let day: CivilDate
    /// What each user, team, region and account has of it, in minor units of the base currency.
    let credited: [RecordID: Int128]
  }

  package func table(for request: ReportRequest, in database: Database) throws -> ReportTable {
    var request = request
    request.groups = []
    let figures = try DealFigures(request, in: database)
    let fiscal = try WorkspaceSettings.fiscalYear(in: database)
    let wins = try self.wins(figures)
    let names = RecordNames(request.queries.catalog, in: database)
    let subject = request.queries.catalog.entity(Quota.kind).field(named: "subject")
    var rows: [ReportTable.Row] = []
    for quota in try Quota.all(in: database) {
      guard let days = quota.period.days(in: fiscal), Self.touches(days, request), let subject,
        let goal = figures.rates.base(quota.amount, on: days.lowerBound)
      else { continue }
      let own = wins.filter { days.contains($0.day) && $0.credited[quota.subject] != nil }
      let value = own.reduce(Int128(0)) { $0 + ($1.credited[quota.subject] ?? 0) }
      let who = FieldReading.reference(try names.reference(quota.subject, of: subject))
      rows.append(
        ReportTable.Row(
          [
            .text("\(quota.period)"), .key(who, subject), .money(goal), figures.money(value),
            Fraction.percent(value, of: Int128(goal.minorUnits)), .count(own.count),
          ], of: own.map(\.id)))
    }
    var table = ReportTable(
      [
        ReportTable.Column("period", .label), ReportTable.Column("who", .label),
        ReportTable.Column("quota", .money), ReportTable.Column("won", .money),
        ReportTable.Column("attainment", .percent, hasBar: true),
        ReportTable.Column("deals", .count),
      ], rows)
    table.notes = figures.notes
    return table
  }

  private static func touches(_ days: ClosedRange<CivilDate>, _ request: ReportRequest) -> Bool {
    guard request.since != nil || request.until != nil else { return days.contains(request.today) }
    return request.since.map { $0 <= days.upperBound } ?? true
      && request.until.map { days.lowerBound <= $0 } ?? true
  }

  private func wins(_ figures: DealFigures) throws -> [Win] {
    let teams = try Self.teams(in: figures.database)
    let regions = try Self.regions(in: figures.database)
    let shares = try CreditShares(in: figures.database)
    let rows = try figures.rows.each(
      "t.amount_currency, t.amount, t.close_date, t.id, t.owner, t.account",
      where: "\(figures.stage).kind = 'won' AND t.close_date IS NOT NULL")
    return rows.compactMap { row in
      guard let day = row[2].day, let id = RecordID(row[3]) else { return nil }
      let value = Int128(figures.base(row[...], count: 1, on: day)?.minorUnits ?? 0)
      var credited: [RecordID: Int128] = [:]
      if let account = RecordID(row[5]) { credited[account] = value }
      for (user, part) in shares.credited(value, of: id, owner: RecordID(row[4])) {
        guard let user else { continue }
        var subjects = teams[user] ?? []
        subjects.insert(user)
        if let region = regions[user] { subjects.insert(region) }
        for subject in subjects { credited[subject, default: 0] += part }
      }
      return Win(id: id, day: day, credited: credited)
    }
  }

  private static func regions(in database: Database) throws -> [RecordID: RecordID] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT id, region FROM user WHERE region IS NOT NULL ORDER BY id")
    return rows.reduce(into: [:]) { regions, row in
      if let user = RecordID(row[0] as DatabaseValue) {
        regions[user] = RecordID(row[1] as DatabaseValue)
      }
    }
  }

  /// The teams that each user is a member of.
  private static func teams(in database: Database) throws -> [RecordID: Set<RecordID>] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT s.value, t.id FROM team t
        JOIN team_members s ON s._rec = t._rec AND s.present = 1
        WHERE t._hidden IS NULL ORDER BY s.value, t.id
        """)
    return rows.reduce(into: [:]) { teams, row in
      guard let user = RecordID(row[0] as DatabaseValue),
        let team = RecordID(row[1] as DatabaseValue)
      else { return }
      teams[user, default: []].insert(team)
    }
  }
}
