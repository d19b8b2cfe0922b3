import CRDTCore
import CRMDomain
import ReplicaStore

/// `route add`: a rule that finds owners for new leads.
package struct RouteAddCommand: ShellCommand {
  package let name = "route add"
  package let summary = "Adds a rule, behind the others, that says whose new leads become."
  package let syntax = [
    "route add NAME method=METHOD [user=REF] [team=TEAM] [skill=SKILL] [where FILTER] [because \"WHY\"]",
    "METHOD     user, team, round_robin or least_loaded (of a team), territory, skill",
  ]
  package let examples = [
    "route add Pharma method=user user=lena where account.industry = pharmaceuticals",
    "route add Fairs method=round_robin team=north where source = \"trade fair\"",
    "route add Territories method=territory", "route add Rest method=least_loaded team=sales",
  ]
  package let use = RouteChange.use

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try RouteChange(command, isNew: true, example: examples[0]).make(in: context)
  }
}

/// `route set`: another condition or target for a rule.
package struct RouteSetCommand: ShellCommand {
  package let name = "route set"
  package let summary = "Changes a rule that says whose new leads become."
  package let syntax = ["route set NAME [FIELD=VALUE …] [where FILTER] [because \"WHY\"]"]
  package let examples = [
    "route set Pharma user=priya", "route set Fairs active=no",
    "route set Fairs where source = \"trade fair\" and amount > 10k",
    "route set Rest method=round_robin because \"fairer\"",
  ]
  package let use = RouteChange.use

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try RouteChange(command, isNew: false, example: examples[0]).make(in: context)
  }
}

/// A rule that is added or changed.
private struct RouteChange {
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
    let line = try context.write(command) { view, transaction in
      try view.checkMayChangeSettings()
      let entity = view.catalog.entity(RoutingRule.kind)
      let words = try RuleWords(command, entity, view, example: example)
      let id = try RoutingRule.newID(of: words.name, in: view.snapshot)
      let last = try RoutingRule.all(in: view.snapshot).last?.position
      let place = try CRMDomain.Assignment(
        "position", .set, [.value(.text(PositionKey.between(last, nil)))], of: entity,
        in: view.catalog)
      let plan = try words.plan(adding: isNew ? id : nil, isNew ? [place] : [])
      let state = isNew ? nil : try words.existing()
      guard
        let rule = RoutingRule(state?.id ?? id, { field in plan.value(of: field, or: state) })
      else { throw RecordError.missing("method=…", example: example) }
      if let field = rule.missingField {
        throw DealError.ruleLacks(rule.method.rawValue, field: field)
      }
      // As it was typed, so that what is wrong with it is pointed at.
      if let expression = command.clauses.filter, let deal = view.catalog["deal"] {
        let filter = try FilterReader(view: view, entity: deal).filter(expression)
        _ = try GroupedCount(deal, filter: .and([.records([]), filter])).total(
          in: view.snapshot.database, view.queries)
      }
      if !context.options.isDryRun { try plan.apply(in: transaction) }
      return "\(rule.name): \(rule.method.rawValue)\(rule.condition.map { " where \($0)" } ?? "")"
    }
    let verb = context.options.isDryRun ? "Would be" : isNew ? "Added" : "Changed"
    context.output.data(PlainText.oneLine("\(verb) \(line)"))
    return .done
  }
}

/// `route list`: the rules, in the order in which they are tried.
package struct RouteListCommand: ShellCommand {
  package let name = "route list"
  package let summary =
    "Lists the rules that say whose new leads become, in the order they are tried."
  package let syntax = ["route list [at TIME]"]
  package let examples = [
    "route list", "route list --format json", "route list --format csv",
    "route list at last friday",
  ]
  package let use = CommandUse(clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let rules = try RoutingRule.all(in: view.snapshot)
      let targets = try rules.map { try view.target(of: $0) }
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.routing_rules/1",
          "rules": .array(
            zip(rules, targets).map { rule, target in
              [
                "id": .string(rule.id.description), "name": .string(rule.name),
                "method": .string(rule.method.rawValue), "to": .string(target),
                "condition": rule.condition.map(JSONValue.string) ?? .null,
                "active": .bool(rule.isActive),
              ]
            }),
        ])
      }
      let rows = zip(rules, targets).enumerated().map { number, pair in
        let (rule, target) = pair
        return [
          TableView.Cell("\(number + 1)", ink: .faint),
          TableView.Cell(rule.name, ink: rule.isActive ? .bold : .faint),
          TableView.Cell(rule.condition ?? "any lead"), TableView.Cell(rule.method.rawValue),
          TableView.Cell(target), TableView.Cell(rule.isActive ? "yes" : "no"),
        ]
      }
      let columns = [
        TableView.Column("", importance: 3), TableView.Column("rule", importance: 9),
        TableView.Column("where", importance: 6), TableView.Column("method", importance: 7),
        TableView.Column("to", importance: 8), TableView.Column("in use", importance: 4),
      ]
      try context.write(
        TableView(columns: columns, rows: rows, footer: "the first that holds decides"))
      for rule in try LeadRules(view).routing().unread {
        context.talk("\(rule.name) is left out here: \(rule.reason)")
      }
    }
    return .done
  }
}

extension RecordView {
  /// Who a rule names.
  fileprivate func target(of rule: RoutingRule) throws -> String {
    let named = [("user", rule.user), ("team", rule.team), ("picklist", rule.skill)]
    return try named.compactMap { kind, id in
      guard let id, let entity = catalog[kind] else { return nil }
      return try lookup.record(id, of: entity)?.name
    }.joined(separator: ", ")
  }
}

/// `route move`: puts a rule elsewhere in the order.
package struct RouteMoveCommand: ShellCommand {
  package let name = "route move"
  package let summary = "Puts a rule before or behind another one: the first that holds decides."
  package let syntax = ["route move NAME before|after NAME [because \"WHY\"]"]
  package let examples = [
    "route move Pharma before Fairs", "route move Rest after Territories",
    "route move Pharma after Fairs because \"fairs are for beginners\"",
    "route move Rest after Pharma --dry-run",
  ]
  package let use = CommandUse(
    words: 3, clauses: [.because], options: ["dry-run"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard words.count == 3, ["after", "before"].contains(words[1].lowercased()) else {
      throw RecordError.missing("a rule, after or before, and another", example: examples[0])
    }
    let names = try context.write(command) { view, transaction in
      try view.checkMayChangeSettings()
      var rules = try RoutingRule.all(in: view.snapshot)
      let moved = rules.remove(at: try Self.index(of: words[0], among: rules))
      guard NameFolding.folded(words[2]) != NameFolding.folded(moved.name) else {
        throw DealError.sameRule(moved.name)
      }
      let other = try Self.index(of: words[2], among: rules)
      let place = words[1].lowercased() == "after" ? other + 1 : other
      let position = PositionKey.between(
        place > 0 ? rules[place - 1].position : nil,
        place < rules.count ? rules[place].position : nil)
      rules.insert(moved, at: place)
      if !context.options.isDryRun,
        let state = try view.snapshot.record(RoutingRule.kind, moved.id)
      {
        try transaction.edit(
          RoutingRule.kind, moved.id, basis: state.basis,
          [FieldChange("position", .set(.text(position)))])
      }
      return rules.map(\.name)
    }
    let line = names.joined(separator: " → ")
    context.output.data(PlainText.oneLine((context.options.isDryRun ? "Would be: " : "") + line))
    return .done
  }

  private static func index(of name: String, among rules: [RoutingRule]) throws -> Int {
    let key = NameFolding.folded(name)
    guard let index = rules.firstIndex(where: { NameFolding.folded($0.name) == key }) else {
      throw RecordError.noSuchRecord(name, kind: "rule", closest: [])
    }
    return index
  }
}

/// `route test LEAD…`: whose leads would become, by which rule, and why.
package struct RouteTestCommand: ShellCommand {
  package let name = "route test"
  package let summary = "Tells whose leads would become if they came now, by which rule and why."
  package let syntax = ["route test LEAD…"]
  package let examples = [
    "route test d7h2k", "route test @1 @2", "route test (leads where owner is empty)",
    "route test d7h2k --format json",
  ]
  package let use = CommandUse(
    words: nil, takesFilter: true, formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      let (rules, unread) = try LeadRules(view).routing()
      let router = try LeadRouter(rules, in: view.snapshot.database, view.queries)
      let found = try targets.references.map { lead in
        guard lead.entity?.name == "deal" else {
          throw RecordError.unknownWord(lead.text, expected: "a lead")
        }
        return (lead: lead, route: try router.route(record: lead.id))
      }
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.routes/1",
          "rows": .array(
            try found.map { lead, route in
              [
                "lead": .string(lead.id.description),
                "rule": route.map { .string($0.rule.name) } ?? .null,
                "to": .string(try route.map { try to($0, view) } ?? ""),
                "reason": .string(route?.reason ?? "no rule takes it"),
              ]
            }),
        ])
      }
      let rows = try found.map { lead, route in
        [
          TableView.Cell(try view.label(lead), ink: .bold), TableView.Cell(route?.rule.name ?? ""),
          TableView.Cell(try route.map { try to($0, view) } ?? "whoever makes it"),
          TableView.Cell(route?.reason ?? "no rule takes it"),
        ]
      }
      let columns = [
        TableView.Column("lead", importance: 9), TableView.Column("rule", importance: 7),
        TableView.Column("to", importance: 8), TableView.Column("why", importance: 6),
      ]
      try context.write(TableView(columns: columns, rows: rows))
      for rule in unread { context.talk("\(rule.name) is left out here: \(rule.reason)") }
    }
    return .done
  }

  private func to(_ route: LeadRoute, _ view: RecordView) throws -> String {
    if let owner = route.owner { return try view.name(of: owner, view.catalog.entity("user")) }
    guard let team = route.team else { return "" }
    return "team \(try view.name(of: team, view.catalog.entity("team")))"
  }
}
