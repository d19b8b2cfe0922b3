import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport
import Testing

/// Scores were reckoned on paper first; the comments say how.
@Suite("Scores of leads")
struct LeadScoringTests {
  let office: TestOffice

  init() throws { office = try TestOffice() }

  /// A rule as somebody has set it, with the filter that its condition says.
  private func rule(_ name: String, _ fields: String..., where filter: Filter? = nil) throws
    -> AppliedScoreRule
  {
    let entity = office.entity(ScoreRule.kind)
    let all = try (["name=\(name)"] + fields).map { try office.assignment($0, of: entity) }
    let editor = try office.editor()
    let id = try office.replica.write {
      try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
    }
    let rules = try office.replica.read { try ScoreRule.all(in: $0) }
    return AppliedScoreRule(try #require(rules.first { $0.id == id }), filter: filter)
  }

  private func scoring(
    _ rules: [AppliedScoreRule], hours: Int64 = 0, _ snapshot: Snapshot
  ) throws -> LeadScoring {
    try LeadScoring(
      rules, at: TestOffice.occasion(hours: hours).now, in: snapshot.database)
  }

  /// Score and grade of each open lead, by name.
  private func scores(_ rules: [AppliedScoreRule], hours: Int64 = 0) throws -> [String: String] {
    let context = try office.context
    let found = try office.replica.read { snapshot in
      let scoring = try scoring(rules, hours: hours, snapshot)
      return try scoring.scores(in: snapshot.database, context).mapValues {
        "\($0.number) \(scoring.grades.grade(of: $0))"
      }
    }
    return try Dictionary(
      uniqueKeysWithValues: found.map { (try office.text("deal", $0.key, "name"), $0.value) })
  }

  @Test("LED-06: rules about the lead add up, over its account and contact too, from 0 to 100")
  func fits() throws {
    try office.make("account", "name=Acme", "industry=pharma")
    try office.make("deal", "name=Both", "account=Acme", "source=fair")
    try office.make("deal", "name=One", "source=fair")
    try office.make("deal", "name=None")
    try office.make("deal", "name=No lead", "source=fair", "stage=Engaging")
    let rules = [
      try rule(
        "Pharma", "points=70",
        where: .compare(["account", "industry"], .equal, .text("pharma"))),
      try rule("Fair", "points=45", where: .compare(["source"], .equal, .text("fair"))),
      try rule("Everybody", "points=-5"),
      try rule("Off", "points=900", "active=no"),
    ]
    // 70 + 45 - 5 = 110, kept at 100; 45 - 5 = 40; -5, kept at 0. An opportunity has no score.
    #expect(try scores(rules) == ["Both": "100 A", "One": "40 C", "None": "0 D"])
  }

  @Test("LED-06: what happened is worth half after each half-life, alike to the hundredth")
  func halfLives() throws {
    try office.make("deal", "name=Lead")
    try office.make(
      "touch", "deal=Lead", "source=web", "text=now", "at=2027-01-15T08:00:00Z")
    let rules = [try rule("Touches", "event=touch", "points=80", "half_life=7")]
    #expect(try scores(rules) == ["Lead": "80 A"])
    // 84 hours are half of seven days: 80 × 0.5^0.5 = 56.568…; then 40, 80 × 0.5^1.5 = 28.284… and 10.
    #expect(try scores(rules, hours: 84) == ["Lead": "56.57 C"])
    #expect(try scores(rules, hours: 168) == ["Lead": "40 C"])
    #expect(try scores(rules, hours: 252) == ["Lead": "28.28 D"])
    #expect(try scores(rules, hours: 504) == ["Lead": "10 D"])
    // 80 × 0.5^(1 / 168) = 79.6706…: an hour counts; after 32 half-lives nothing is left.
    #expect(try scores(rules, hours: 1) == ["Lead": "79.67 B"])
    #expect(try scores(rules, hours: 168 * 32) == ["Lead": "0 D"])
    // What is yet to come does not count.
    #expect(try scores(rules, hours: -1) == ["Lead": "0 D"])
  }

  @Test("LED-06: engagements of the deal and touches of its contact count, each by itself")
  func events() throws {
    try office.make("contact", "name=Ute Lang")
    try office.make("deal", "name=Lead", "contact=Ute Lang")
    try office.make("deal", "name=Other")
    try office.make("touch", "contact=Ute Lang", "source=web", "at=2027-01-15T08:00:00Z")
    for (subject, type) in [("one", "visit"), ("two", "visit"), ("three", "call")] {
      try office.make(
        "engagement", "subject=\(subject)", "type=\(type)", "deals=Lead",
        "date_time=2027-01-08T08:00:00Z")
    }
    let rules = [
      try rule("Touches", "event=touch", "points=7"),
      try rule(
        "Visits", "event=engagement", "points=20", "half_life=7",
        where: .compare(["type"], .equal, .text("visit"))),
    ]
    // 7 + 2 × 20 / 2 = 27.
    #expect(try scores(rules) == ["Lead": "27 D", "Other": "0 D"])
    let context = try office.context
    let lead = try #require(try office.names("deal").firstIndex(of: "Lead"))
    var query = RecordQuery(office.entity("deal"))
    query.columns = [["name"]]
    let shown = query
    let parts = try office.replica.read { snapshot in
      let id = try shown.rows(in: snapshot.database, context)[lead].id
      let found = try scoring(rules, snapshot).explanation(of: id, in: snapshot.database, context)
      return found.map { parts, score in
        parts.map { "\($0.rule.name) \($0.points)" } + ["\(score.number)"]
      }
    }
    #expect(parts == ["Touches 7", "Visits 20", "27"])
  }

  @Test("LED-07: grades begin where the workspace says")
  func grades() throws {
    try office.make("deal", "name=Lead")
    let rules = [try rule("Everybody", "points=50")]
    #expect(try scores(rules) == ["Lead": "50 C"])
    try office.replica.write { try WorkspaceSettings.set(.leadGradeA, to: "50", in: $0) }
    #expect(try scores(rules) == ["Lead": "50 A"])
  }

  @Test("LED-16: the queue is by score, then the oldest first, then by the next action")
  func queue() throws {
    let yesterday = TestOffice.occasion(hours: -24)
    try office.make("deal", "name=Young", "next_action_on=2027-01-20")
    try office.make("deal", "name=Young and urgent", "next_action_on=2027-01-16")
    try office.make("deal", "name=Old", on: yesterday)
    try office.make("deal", "name=Good", "source=fair")
    try office.make("deal", "name=Kept", "archived=yes")
    let rules = [
      try rule("Fair", "points=45", where: .compare(["source"], .equal, .text("fair")))
    ]
    let context = try office.context
    let queues = try office.replica.read { snapshot in
      let scoring = try scoring(rules, snapshot)
      return try [10, 2].map {
        try LeadQueue(scoring, limit: $0, in: snapshot.database, context)
      }
    }
    func names(_ queue: LeadQueue) throws -> [String] {
      try queue.rows.map { try office.text("deal", $0.id, "name") }
    }
    #expect(try names(queues[0]) == ["Good", "Old", "Young and urgent", "Young"])
    #expect(try names(queues[1]) == ["Good", "Old"])
    #expect(queues[1].count == 4)
    #expect(queues[0].rows[1].since == yesterday.now)
  }

  @Test(
    "LED-08: a lead is qualified without a no and with 75 of 100, or what the workspace asks for",
    arguments: [
      (["yes", "yes", "yes", "unknown"], "75", true),
      (["yes", "yes", "partly", "partly"], "75", true),
      (["yes", "yes", "partly", "unknown"], "62.5", false),
      (["yes", "yes", "yes", "no"], "75", false), ([], "0", false),
    ] as [([String], String, Bool)])
  func qualification(answers: [String], score: String, isQualified: Bool) {
    let answered = Dictionary(uniqueKeysWithValues: zip(Qualification.fields, answers))
    let qualification = Qualification(threshold: 75) { answered[$0].map(Value.text) ?? .null }
    #expect("\(qualification.score)" == score)
    #expect(qualification.isQualified == isQualified)
    let lower = Qualification(threshold: 50) { answered[$0].map(Value.text) ?? .null }
    #expect(lower.isQualified == (isQualified || score == "62.5"))
  }
}
