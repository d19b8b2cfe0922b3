import CRDTCore
import CRMDomain
import ReplicaStore

/// `score add`: a rule that gives leads points.
package struct ScoreAddCommand: ShellCommand {
  package let name = "score add"
  package let summary =
    "Adds a rule that gives leads points; shows first how their grades would shift."
  package let syntax = [
    "score add NAME points=N [where FILTER] [because \"WHY\"]",
    "score add NAME event=touch|engagement points=N [half_life=DAYS] [where FILTER]",
  ]
  package let examples = [
    "score add Pharma points=30 where account.industry = pharmaceuticals",
    "score add \"Came by the fair\" points=20 where source = \"trade fair\" --yes",
    "score add Visits event=engagement points=15 half_life=30 where type = visit",
    "score add \"No budget\" points=-40 where bant_budget = no --dry-run",
  ]
  package let use = ScoreChange.use

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try ScoreChange(command, isNew: true, example: examples[0]).make(in: context)
  }
}

/// `score set`: another condition or number of points for a rule.
package struct ScoreSetCommand: ShellCommand {
  package let name = "score set"
  package let summary =
    "Changes a rule that gives leads points; shows first how grades would shift."
  package let syntax = [
    "score set NAME [points=N] [half_life=DAYS] [active=yes|no] [where FILTER] [because \"WHY\"]"
  ]
  package let examples = [
    "score set Pharma points=25", "score set Visits half_life=14 --yes",
    "score set Pharma active=no because \"we left that market\"",
    "score set Pharma where account.industry in (pharmaceuticals, biotechnology) --dry-run",
  ]
  package let use = ScoreChange.use

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try ScoreChange(command, isNew: false, example: examples[0]).make(in: context)
  }
}

/// A rule that is added or changed.
private struct ScoreChange {
  static let use = CommandUse(
    words: 1, takesAssignments: true, clauses: [.where, .because], options: ["dry-run"],
    changes: true)

  private let command: Command
  private let isNew: Bool
  private let example: String

  init(_ command: Command, isNew: Bool, example: String) {
    self.command = command
    self.isNew = isNew
    self.example = example
  }

  func make(in context: CommandContext) throws -> ExitCode {
    let shift = try context.read { view in
      try view.checkMayChangeScoring()
      let (_, changed) = try plan(view)
      return try GradeShift(to: changed, view)
    }
    for line in shift.lines { context.talk(line) }
    guard !context.options.isDryRun else {
      context.talk("Nothing was written.")
      return .done
    }
    guard try shift.count == 0 || isWanted(shift, context) else {
      context.talk("Nothing was changed.")
      return .done
    }
    let rule = try context.write(command) { view, transaction in
      try view.checkMayChangeScoring()
      let (plan, rule) = try plan(view)
      try plan.apply(in: transaction)
      return rule
    }
    context.output.data(PlainText.oneLine("\(isNew ? "Added" : "Changed") \(rule.text)"))
    return .done
  }

  private func plan(_ view: RecordView) throws -> (EditPlan, ScoreRule) {
    let words = try RuleWords(
      command, view.catalog.entity(ScoreRule.kind), view, example: example)
    let id = try ScoreRule.newID(of: words.name, in: view.snapshot)
    let plan = try words.plan(adding: isNew ? id : nil)
    let state = isNew ? nil : try words.existing()
    guard
      let rule = ScoreRule(state?.id ?? id, { field in plan.value(of: field, or: state) })
    else { throw RecordError.missing("points=…", example: example) }
    if rule.event == nil, rule.halfLifeDays != nil {
      throw RecordError.missing(
        "event=touch or event=engagement beside half_life", example: example)
    }
    // As it was typed, so that what is wrong with it is pointed at.
    if let expression = command.clauses.filter {
      let entity = view.catalog.entity(rule.subject)
      let filter = try FilterReader(view: view, entity: entity).filter(expression)
      _ = try GroupedCount(entity, filter: .and([.records([]), filter])).total(
        in: view.snapshot.database, view.queries)
    }
    return (plan, rule)
  }

  private func isWanted(_ shift: GradeShift, _ context: CommandContext) throws -> Bool {
    if context.options.isYes { return true }
    guard let ask = context.output.ask else {
      throw RecordError.needsAnswer(
        what: "A rule that changes \(shift.count) grades", command: context.commandText)
    }
    let answer = ask("Save the rule? [y]es [n]o > ")
    try Task.checkCancellation()
    return ["y", "yes"].contains(answer?.trimmingPrefix(" ").lowercased() ?? "")
  }
}

/// How many open leads have which grade, before and after a rule is changed.
private struct GradeShift {
  /// How many leads change their grade.
  let count: Int
  let lines: [String]

  init(to changed: ScoreRule, _ view: RecordView) throws {
    let rules = LeadRules(view)
    let before = try Self.scores(rules.scoring().scoring, view)
    let after = try Self.scores(rules.scoring(with: changed).scoring, view)
    let moved = after.filter { before[$0.key]?.grade != $0.value.grade }
    let shifted = after.count { before[$0.key]?.score != $0.value.score }
    count = moved.count
    func number(_ grade: String, in scores: [RecordID: (score: LeadScore, grade: String)]) -> String
    {
      PeopleFormat.number(scores.values.count { $0.grade == grade })
    }
    lines =
      LeadGrades.all.map {
        "  \($0)  \(number($0, in: before)) → \(number($0, in: after))"
      } + [
        """
        Of \(PeopleFormat.number(after.count)) open leads \(PeopleFormat.number(shifted)) change \
        their score and \(PeopleFormat.number(moved.count)) their grade.
        """
      ]
  }

  private static func scores(
    _ scoring: LeadScoring, _ view: RecordView
  ) throws -> [RecordID: (score: LeadScore, grade: String)] {
    try scoring.scores(in: view.snapshot.database, view.queries).mapValues {
      ($0, scoring.grades.grade(of: $0))
    }
  }
}

extension RecordView {
  /// Refuses those who have no right to say what leads are worth: marketing has it besides.
  fileprivate func checkMayChangeScoring() throws { try checkMayChangeSettings(orHas: .marketing) }
}

extension ScoreRule {
  /// `Visits: 15 points for each engagement where type = visit, half after 30 days`.
  var text: String {
    var text = "\(name): \(points) points"
    if let event { text += " for each \(event.rawValue)" }
    if let condition { text += " where \(condition)" }
    if let halfLifeDays { text += ", half after \(halfLifeDays) days" }
    return isActive ? text : text + " (not in use)"
  }
}

/// `score list`: the rules that give leads points.
package struct ScoreListCommand: ShellCommand {
  package let name = "score list"
  package let summary = "Lists the rules that give leads points, and from what score grades begin."
  package let syntax = ["score list [at TIME]"]
  package let examples = [
    "score list", "score list --format json", "score list --format csv",
    "score list at last friday",
  ]
  package let use = CommandUse(clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let rules = try ScoreRule.all(in: view.snapshot)
      let (_, unread) = try LeadRules(view).scoring()
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.score_rules/1", "rules": .array(rules.map(\.json)),
        ])
      }
      let columns = [
        TableView.Column("rule", importance: 9),
        TableView.Column("points", alignment: .right, importance: 8),
        TableView.Column("for each", importance: 5),
        TableView.Column("half after", alignment: .right, importance: 4),
        TableView.Column("where", importance: 6), TableView.Column("in use", importance: 3),
      ]
      let rows = rules.map { rule in
        [
          TableView.Cell(rule.name, ink: rule.isActive ? .bold : .faint),
          TableView.Cell("\(rule.points)"), TableView.Cell(rule.event?.rawValue ?? "lead"),
          TableView.Cell(rule.halfLifeDays.map { "\($0) d" } ?? ""),
          TableView.Cell(rule.condition ?? ""), TableView.Cell(rule.isActive ? "yes" : "no"),
        ]
      }
      let bounds = try [SettingKey.leadGradeA, .leadGradeB, .leadGradeC].map {
        try WorkspaceSettings.value(of: $0, in: view.snapshot.database) ?? ""
      }
      try context.write(
        TableView(
          columns: columns, rows: rows,
          footer: "A from \(bounds[0]), B from \(bounds[1]), C from \(bounds[2]), else D"))
      for rule in unread { context.talk("\(rule.name) is left out here: \(rule.reason)") }
    }
    return .done
  }
}

extension ScoreRule {
  fileprivate var json: JSONValue {
    [
      "id": .string(id.description), "name": .string(name), "points": .integer(points),
      "event": event.map { .string($0.rawValue) } ?? .null,
      "half_life": halfLifeDays.map(JSONValue.integer) ?? .null,
      "condition": condition.map(JSONValue.string) ?? .null, "active": .bool(isActive),
    ]
  }
}

/// `score explain LEAD`: what points a lead has, and for what.
package struct ScoreExplainCommand: ShellCommand {
  package let name = "score explain"
  package let summary = "Shows what points a lead has by which rule, its grade and qualification."
  package let syntax = ["score explain LEAD [at TIME]"]
  package let examples = [
    "score explain d7h2k", "score explain @1", "score explain d7h2k --format json",
    "score explain d7h2k at last friday",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let word)? = command.targets.first else {
      throw RecordError.missing("a lead", example: examples[0])
    }
    try context.read { view in
      let entity = view.catalog.entity("deal")
      let lead = try RecordFinder(view).record(named: word, kind: entity)
      guard let state = try view.snapshot.record(entity.name, lead.id) else { return }
      context.state.last = RecordKey(kind: entity.name, id: lead.id)
      let (scoring, unread) = try LeadRules(view).scoring()
      guard
        let (parts, score) = try scoring.explanation(
          of: lead.id, in: view.snapshot.database, view.queries)
      else { throw DealError.noLead(try view.label(lead)) }
      let grade = scoring.grades.grade(of: score)
      let threshold = try Qualification.threshold(in: view.snapshot.database)
      let qualification = Qualification(threshold: threshold) { state[$0] }
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.score/1", "lead": .string(lead.id.description),
          "score": .string("\(score.number)"), "grade": .string(grade),
          "bant": .string("\(qualification.score)"), "qualified": .bool(qualification.isQualified),
          "parts": .array(
            parts.map { ["rule": .string($0.rule.name), "points": .string("\($0.points)")] }),
        ])
      }
      let rows = parts.map { part in
        [
          TableView.Cell(part.rule.name, ink: .bold), TableView.Cell("\(part.points)"),
          TableView.Cell(part.rule.text),
        ]
      }
      try context.write(
        TableView(
          columns: [
            TableView.Column("rule", importance: 9),
            TableView.Column("points", alignment: .right, importance: 8),
            TableView.Column("gives", importance: 3),
          ], rows: rows,
          footer: "\(try view.label(lead)) · score \(score.number) · grade \(grade)"))
      context.talk(
        "\(qualification.text) · \(qualification.isQualified ? "qualified" : "not qualified")")
      for rule in unread { context.talk("\(rule.name) is left out here: \(rule.reason)") }
    }
    return .done
  }
}
