package import CRDTCore
package import GRDB

/// Whose a lead becomes, by which rule, and why that person.
package struct LeadRoute: Hashable, Sendable {
  package let rule: RoutingRule
  /// `nil` where it is a team's and nobody's in particular.
  package let owner: RecordID?
  package let team: RecordID?
  /// Why this one, in a few words.
  package let reason: String
}

/// Finds owners for new leads: the first rule that holds and has somebody decides.
///
/// What it decides follows from what this node holds, and from what it has decided itself since it was made:
/// whoever has fewest open deals, or has waited longest; of equals the first by name.
package final class LeadRouter {
  private let rules: [AppliedRoutingRule]
  private let matches: DraftMatches
  private let database: Database
  private let context: QueryContext
  private var openCounts: [RecordID: Int]?
  /// Per rule, each person's last turn.
  private var turns: [RecordID: [RecordID: Turn]] = [:]

  /// When somebody last got a lead of a rule, and of those that came at one moment, as in an import, how many
  /// they had by then.
  private struct Turn: Comparable {
    var moment: Int64 = .min
    var count = 0

    static func < (lhs: Self, rhs: Self) -> Bool {
      (lhs.moment, lhs.count) < (rhs.moment, rhs.count)
    }
  }

  /// How many rules are asked, the first of them: each is a column of one question.
  private static let rulesMax = 500

  package init(
    _ rules: [AppliedRoutingRule], in database: Database, _ context: QueryContext
  ) throws {
    self.rules = Array(rules.filter(\.rule.isActive).prefix(Self.rulesMax))
    self.database = database
    self.context = context
    matches = try DraftMatches(
      self.rules.map(\.filter), of: context.catalog.entity("deal"), in: database, context)
  }

  /// The same rules asked on another connection, with what has been decided so far.
  func continued(on database: Database) throws -> LeadRouter {
    let router = try LeadRouter(rules, in: database, context)
    router.openCounts = openCounts
    router.turns = turns
    return router
  }

  /// Whether it asks this connection: statements and functions belong to one.
  func asks(_ other: Database) -> Bool { database === other }

  /// Whether there are no rules.
  var isIdle: Bool { rules.isEmpty }

  /// Whose a new lead becomes; `nil` if no rule takes it.
  func route(_ draft: EditDraft) throws -> LeadRoute? {
    try first(of: matches.places(metBy: draft)) { draft[$0] }
  }

  /// Whose a lead would become if it came now; nothing is remembered of it.
  package func route(record: RecordID) throws -> LeadRoute? {
    let row = try Row.fetchOne(
      database, sql: "SELECT account, territory FROM deal WHERE id = ?",
      arguments: [record.databaseValue])
    let values: [String: Value] = [
      "account": RecordID((row?[0] as DatabaseValue?) ?? .null).map(Value.reference) ?? .null,
      "territory": RecordID((row?[1] as DatabaseValue?) ?? .null).map(Value.reference) ?? .null,
    ]
    return try first(of: matches.places(metBy: record)) { values[$0] ?? .null }
  }

  /// Takes into account that somebody got a lead.
  func remember(_ route: LeadRoute) throws {
    guard let owner = route.owner else { return }
    _ = try openCount(of: owner)
    openCounts?[owner, default: 0] += 1
    let known = try turns(of: route.rule)
    let latest = known.values.map(\.moment).max() ?? 0
    // A peer's moment may lie at the end of all numbers.
    turns[route.rule.id]?[owner] = Turn(
      moment: latest == .max ? latest : latest + 1, count: (known[owner]?.count ?? 0) + 1)
  }

  private func first(
    of places: [Int], _ value: (_ field: String) -> Value
  ) throws -> LeadRoute? {
    for place in places {
      if let route = try route(by: rules[place].rule, value) { return route }
    }
    return nil
  }

  /// `nil` where the rule has nobody.
  private func route(
    by rule: RoutingRule, _ value: (_ field: String) -> Value
  ) throws -> LeadRoute? {
    switch rule.method {
    case .user:
      guard let user = rule.user, try isActive(user) else { return nil }
      return LeadRoute(rule: rule, owner: user, team: nil, reason: "the rule names them")
    case .team:
      guard let team = rule.team else { return nil }
      return LeadRoute(
        rule: rule, owner: nil, team: team, reason: "the whole team; nobody in particular")
    case .roundRobin:
      let turns = try turns(of: rule)
      return try rule.team.flatMap { team in
        let members = try members(of: team)
        guard let next = members.min(by: { turns[$0] ?? Turn() < turns[$1] ?? Turn() }) else {
          return nil
        }
        let reason = "has waited longest of \(members.count)"
        return LeadRoute(rule: rule, owner: next, team: team, reason: reason)
      }
    case .leastLoaded:
      return try rule.team.flatMap { try leastLoaded(rule, members(of: $0), team: $0) }
    case .territory:
      guard let team = try TerritoryMatch(in: database).team(value) else { return nil }
      return try leastLoaded(rule, members(of: team), team: team)
    case .skill:
      return try rule.skill.flatMap { try leastLoaded(rule, skilled(in: $0), team: nil) }
    }
  }

  /// Of equals the first, as `min` gives it.
  private func leastLoaded(
    _ rule: RoutingRule, _ users: [RecordID], team: RecordID?
  ) throws -> LeadRoute? {
    let counts = try users.map { try openCount(of: $0) }
    guard let least = counts.min(), let place = counts.firstIndex(of: least) else { return nil }
    let reason = "has the fewest open deals, \(least), of \(users.count)"
    return LeadRoute(rule: rule, owner: users[place], team: team, reason: reason)
  }

  private func openCount(of user: RecordID) throws -> Int {
    if let openCounts { return openCounts[user] ?? 0 }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT owner, count(*) FROM deal
        WHERE _hidden IS NULL AND archived IS NOT 1 AND owner IS NOT NULL
          AND stage IN (SELECT id FROM stage WHERE kind = 'open')
        GROUP BY owner ORDER BY owner
        """)
    let counts = rows.reduce(into: [RecordID: Int]()) { counts, row in
      if let owner = RecordID(row[0] as DatabaseValue) { counts[owner] = row[1] }
    }
    openCounts = counts
    return counts[user] ?? 0
  }

  private func turns(of rule: RoutingRule) throws -> [RecordID: Turn] {
    if let known = turns[rule.id] { return known }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT d.owner, max(v.at), count(*) FROM deal d
        JOIN stage_visit v ON v.deal = d.id AND v.after IS NULL AND v._hidden IS NULL
        WHERE d.routed_by = ? AND d.owner IS NOT NULL AND d._hidden IS NULL
        GROUP BY d.owner ORDER BY d.owner
        """, arguments: [rule.id.databaseValue])
    let found = rows.reduce(into: [RecordID: Turn]()) { turns, row in
      guard let owner = RecordID(row[0] as DatabaseValue) else { return }
      turns[owner] = Turn(moment: row[1] as Int64? ?? .min, count: row[2])
    }
    turns[rule.id] = found
    return found
  }

  private func isActive(_ user: RecordID) throws -> Bool {
    try Bool.fetchOne(
      database, sql: "SELECT active IS NOT 0 FROM user WHERE id = ? AND _hidden IS NULL",
      arguments: [user.databaseValue]) ?? false
  }

  /// Those of a team who work here, by name.
  private func members(of team: RecordID) throws -> [RecordID] {
    try users(
      """
      JOIN team_members m ON m.value = u.id AND m.present = 1
      JOIN team ON team._rec = m._rec AND team.id = ?
      """, team)
  }

  /// Those who work here and have a skill, by name.
  private func skilled(in skill: RecordID) throws -> [RecordID] {
    try users("JOIN user_skills s ON s._rec = u._rec AND s.present = 1 AND s.value = ?", skill)
  }

  private func users(_ join: String, _ argument: RecordID) throws -> [RecordID] {
    let ids = try DatabaseValue.fetchAll(
      database,
      sql: """
        SELECT u.id FROM user u \(join)
        WHERE u._hidden IS NULL AND u.active IS NOT 0 ORDER BY u.name, u.id
        """, arguments: [argument.databaseValue])
    return ids.compactMap { RecordID($0) }
  }
}

/// The territories, as a lead lies in one of them.
private struct TerritoryMatch {
  private let database: Database

  init(in database: Database) { self.database = database }

  /// The team that works the territory of a lead: its own, its account's, or the one that takes in the country,
  /// postal code and industry of its account; one that asks for more comes first, then by name.
  func team(_ value: (_ field: String) -> Value) throws -> RecordID? {
    if case .reference(let territory) = value("territory") { return try team(of: territory) }
    guard case .reference(let account) = value("account"),
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT territory, coalesce(json_extract(billing_address, '$.country'), country),
            json_extract(billing_address, '$.postal_code'), industry
          FROM account WHERE id = ? AND _hidden IS NULL
          """, arguments: [account.databaseValue])
    else { return nil }
    if let territory = RecordID(row[0] as DatabaseValue) { return try team(of: territory) }
    let country = NameFolding.folded(row[1] as String? ?? "")
    let code = row[2] as String? ?? ""
    let industry = RecordID(row[3] as DatabaseValue)
    let all = try DatabaseValue.fetchAll(
      database,
      sql:
        "SELECT id FROM territory WHERE _hidden IS NULL AND owner_team IS NOT NULL ORDER BY name, id"
    )
    var best: (demands: Int, territory: RecordID)?
    for territory in all.compactMap({ RecordID($0) }) {
      let countries = try elements("countries", of: territory).compactMap {
        String.fromDatabaseValue($0).map(NameFolding.folded)
      }
      let codes = try elements("postal_codes", of: territory).compactMap {
        String.fromDatabaseValue($0)
      }
      let industries = try elements("industries", of: territory).compactMap { RecordID($0) }
      let demands = [!countries.isEmpty, !codes.isEmpty, !industries.isEmpty].count { $0 }
      guard demands > best?.demands ?? 0, countries.isEmpty || countries.contains(country),
        codes.isEmpty || codes.contains(where: code.hasPrefix),
        industries.isEmpty || industry.map(industries.contains) == true
      else { continue }
      best = (demands, territory)
    }
    return try best.flatMap { try team(of: $0.territory) }
  }

  private func team(of territory: RecordID) throws -> RecordID? {
    try DatabaseValue.fetchOne(
      database, sql: "SELECT owner_team FROM territory WHERE id = ? AND _hidden IS NULL",
      arguments: [territory.databaseValue]
    ).flatMap { RecordID($0) }
  }

  private func elements(_ set: String, of territory: RecordID) throws -> [DatabaseValue] {
    try DatabaseValue.fetchAll(
      database,
      sql: """
        SELECT s.value FROM \(SQL.name("territory_\(set)")) s JOIN territory t ON t._rec = s._rec
        WHERE t.id = ? AND s.present = 1 ORDER BY s.key
        """, arguments: [territory.databaseValue])
  }
}
