package import CRDTCore
package import GRDB

/// Scores open leads by the rules of the workspace; nothing of it is stored.
///
/// score = the points of the rules that the lead meets + for each event that a rule counts its points × 0.5 to
/// the power of age / half-life, kept within 0 and 100.
package struct LeadScoring {
  /// What one rule gives a lead.
  package struct Part: Sendable {
    package let rule: ScoreRule
    /// The points, rounded to hundredths.
    package let points: DecimalNumber
  }

  /// Those that count, by name.
  package let rules: [AppliedScoreRule]
  package let grades: LeadGrades
  /// The moment to which ages are reckoned.
  private let now: Instant

  /// How many rules count, the first of them: together they are one question.
  private static let rulesMax = 500

  /// Creates a scoring by the rules that are active.
  package init(_ rules: [AppliedScoreRule], at now: Instant, in database: Database) throws {
    self.rules = Array(rules.filter(\.rule.isActive).prefix(Self.rulesMax))
    grades = try LeadGrades(in: database)
    self.now = now
  }

  /// The scores of the open leads that a filter lets through.
  ///
  /// - Complexity: One pass over the leads, and one over touches or engagements for each rule that counts them.
  package func scores(
    where filter: Filter? = nil, in database: Database, _ context: QueryContext
  ) throws -> [RecordID: LeadScore] {
    var sums = try fits(rules, filter, database, context)
    for rule in rules where rule.rule.event != nil {
      try addEvents(of: rule, to: &sums, of: nil, database, context)
    }
    return sums.mapValues(LeadScore.init)
  }

  /// What each rule gives a lead, and its score; `nil` of what is no open lead.
  package func explanation(
    of lead: RecordID, in database: Database, _ context: QueryContext
  ) throws -> (parts: [Part], score: LeadScore)? {
    let filter = Filter.records([lead])
    guard try fits([], filter, database, context)[lead] != nil else { return nil }
    var whole: Int128 = 0
    let parts = try rules.map { rule in
      var sums = try fits(rule.rule.event == nil ? [rule] : [], filter, database, context)
      if rule.rule.event != nil {
        try addEvents(of: rule, to: &sums, of: lead, database, context)
      }
      let sum = sums[lead] ?? 0
      whole += sum
      let hundredths = Fraction.rounded(sum * 100, by: Int128(HalfLife.whole))
      return Part(
        rule: rule.rule, points: LeadScore.number(ofHundredths: Int64(clamping: hundredths)))
    }
    return (parts, LeadScore(whole))
  }

  /// The points of the rules about leads that each open lead meets, in 2^32nds; 0 where it meets none.
  private func fits(
    _ rules: [AppliedScoreRule], _ filter: Filter?, _ database: Database, _ context: QueryContext
  ) throws -> [RecordID: Int128] {
    let deal = context.catalog.entity("deal")
    let compiler = try QueryCompiler(deal, context: context, in: database)
    let terms = try rules.filter { $0.rule.event == nil }.map { rule in
      let condition = try compiler.condition(rule.filter, includesArchived: true)
      return "IFNULL((\(condition)), 0) * \(rule.rule.points)"
    }
    let condition = try compiler.condition(filter, includesArchived: false)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT t.id, \(terms.isEmpty ? "0" : terms.joined(separator: " + "))
        FROM \(compiler.tables) WHERE (\(condition)) AND t.stage IN (\(Self.leadStages))
        """, arguments: StatementArguments(compiler.arguments))
    var sums: [RecordID: Int128] = [:]
    while let row = try rows.next() {
      guard let id = RecordID(row[0] as DatabaseValue) else { continue }
      sums[id] = Int128(row[1] as Int64) * Int128(HalfLife.whole)
    }
    return sums
  }

  /// The stages whose deals are open leads.
  static let leadStages = "SELECT id FROM stage WHERE kind = 'open' AND phase = 'lead'"

  /// Adds what the events of leads give that have sums; of one of them alone where it is named.
  private func addEvents(
    of rule: AppliedScoreRule, to sums: inout [RecordID: Int128], of lead: RecordID?,
    _ database: Database, _ context: QueryContext
  ) throws {
    guard let event = rule.rule.event else { return }
    let (moment, links) = Self.links(of: event)
    for link in links {
      let compiler = try QueryCompiler(
        context.catalog.entity(event.rawValue), context: context, in: database)
      var conditions = [
        try compiler.condition(rule.filter, includesArchived: true),
        "t.\(moment) <= \(now.milliseconds)", "d.stage IN (\(Self.leadStages))",
      ]
      if let days = rule.rule.halfLifeDays {
        let horizon = Int128(days) * 86_400_000 * Int128(HalfLife.halvingsMax)
        let oldest = Int64(clamping: Int128(now.milliseconds) - horizon)
        conditions.append("t.\(moment) > \(oldest)")
      }
      var arguments = compiler.arguments
      if let lead {
        conditions.append("d.id = ?")
        arguments.append(lead.databaseValue)
      }
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT d.id, t.\(moment) FROM \(compiler.tables) \(link)
          WHERE \(conditions.map { "(\($0))" }.joined(separator: " AND "))
          """, arguments: StatementArguments(arguments))
      while let row = try rows.next() {
        guard let id = RecordID(row[0] as DatabaseValue), sums[id] != nil else { continue }
        sums[id, default: 0] += Int128(rule.rule.points) * Int128(left(of: rule, at: row[1]))
      }
    }
  }

  /// The column that says when an event was, and the ways from events to the deals that they are about.
  private static func links(of event: ScoreRule.Event) -> (moment: String, joins: [String]) {
    switch event {
    case .touch:
      (
        "at",
        [
          "JOIN deal d ON d.id = t.deal",
          "JOIN deal d ON t.deal IS NULL AND d.primary_contact = t.contact",
        ]
      )
    case .engagement:
      (
        "date_time",
        [
          """
          JOIN engagement_deals s ON s._rec = t._rec AND s.present = 1
          JOIN deal d ON d.id = s.value
          """
        ]
      )
    }
  }

  private func left(of rule: AppliedScoreRule, at moment: Int64) -> Int64 {
    guard let days = rule.rule.halfLifeDays else { return HalfLife.whole }
    let age = Int64(clamping: Int128(now.milliseconds) - Int128(moment))
    return HalfLife.left(ageMilliseconds: age, halfLifeDays: days)
  }
}
