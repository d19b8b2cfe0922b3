import CRDTCore
import CRMDomain
import ReplicaStore

/// The rules about leads with their conditions read.
struct LeadRules {
  /// A rule that cannot be used here, and why.
  struct Unread {
    let name: String
    let reason: String
  }

  private let view: RecordView

  init(_ view: RecordView) { self.view = view }

  /// The rules by which new leads find their owners.
  func routing() throws -> (rules: [AppliedRoutingRule], unread: [Unread]) {
    var (rules, unread) = ([AppliedRoutingRule](), [Unread]())
    for rule in try RoutingRule.all(in: view.snapshot) {
      do {
        rules.append(AppliedRoutingRule(rule, filter: try filter(rule.condition, over: "deal")))
      } catch let error as any UserFacingError {
        unread.append(Unread(name: rule.name, reason: error.summary))
      }
    }
    return (rules, unread)
  }

  /// The rules by which leads are scored, one of them as it is about to be, perhaps.
  func scoring(
    with changed: ScoreRule? = nil
  ) throws -> (scoring: LeadScoring, unread: [Unread]) {
    var all = try ScoreRule.all(in: view.snapshot).filter { $0.id != changed?.id }
    if let changed { all.append(changed) }
    all.sort { ($0.name, $0.id) < ($1.name, $1.id) }
    var (rules, unread) = ([AppliedScoreRule](), [Unread]())
    for rule in all {
      do {
        rules.append(
          AppliedScoreRule(rule, filter: try filter(rule.condition, over: rule.subject)))
      } catch let error as any UserFacingError where rule != changed {
        unread.append(Unread(name: rule.name, reason: error.summary))
      }
    }
    let scoring = try LeadScoring(rules, at: view.context.asOf, in: view.snapshot.database)
    return (scoring, unread)
  }

  /// A condition as it is kept, read as what stands behind `where`; `nil` of none.
  private func filter(_ condition: String?, over kind: String) throws -> Filter? {
    guard let condition, let entity = view.catalog[kind] else { return nil }
    let commands = try view.context.parser.parse("list \(entity.plural) where \(condition)")
    guard let command = commands.first, commands.count == 1, command.clauses.words == [.where],
      let expression = command.clauses.filter
    else { throw RecordError.unknownWord(condition, expected: "one filter") }
    try Self.check(expression, of: command)
    let filter = try FilterReader(view: view, entity: entity).filter(expression)
    // What its words name is looked up once, so that a rule about what is unknown here is left out.
    _ = try GroupedCount(entity, filter: .and([.records([]), filter])).total(
      in: view.snapshot.database, view.queries)
    return filter
  }

  /// Refuses conditions that do not say the same to everybody, on every node.
  static func check(_ expression: Expression, of command: Command) throws(ParseError) {
    switch expression {
    case .all(let parts), .any(let parts):
      for part in parts { try check(part, of: command) }
    case .not(let part): try check(part, of: command)
    case .comparison(_, _, let value): try check([value], of: command)
    case .membership(_, let values, _), .has(_, _, let values): try check(values, of: command)
    case .isSet: return
    case .flag(let flag) where Flag.standard.contains(flag.name.description.lowercased()):
      throw command.rejection(
        "a rule cannot ask for \"\(flag.name)\": it does not hold on every node alike",
        at: flag.name.range)
    case .flag: return
    }
  }

  private static func check(_ values: [ValueText], of command: Command) throws(ParseError) {
    for value in values where value.form == .bare && value.text.hasPrefix("@") {
      throw command.rejection(
        "a rule cannot ask for \(value.text): it means somebody else to others", at: value.range)
    }
  }
}

/// What a command says of a rule: its name, its fields, and a condition behind `where`.
struct RuleWords {
  let entity: Entity
  let name: String
  private let command: Command
  private let view: RecordView

  init(_ command: Command, _ entity: Entity, _ view: RecordView, example: String) throws {
    guard let name = command.allWords.first else {
      throw RecordError.missing("the rule's name", example: example)
    }
    self.name = name
    self.entity = entity
    self.command = command
    self.view = view
    for assignment in command.assignments
    where ["condition", "position"].contains(assignment.field.description.lowercased()) {
      throw command.rejection(
        "\(assignment.field) is not given like this",
        hint: "a condition stands behind where, and the order is changed with move",
        at: assignment.range)
    }
    if let expression = command.clauses.filter { try LeadRules.check(expression, of: command) }
  }

  /// The rule of that name, without regard to case and accents; `nil` if there is none.
  func state() throws -> RecordState? {
    let rows = try NameIndex(view.catalog).match(
      NameFolding.normalized(name), in: NameIndex.Scope(kind: entity.name),
      of: view.snapshot.database)
    switch rows {
    case .one(let id): return try view.snapshot.record(entity.name, id)
    case .several(let candidates):
      throw RecordError.ambiguous(name, candidates: candidates.map(\.text))
    case .none: return nil
    }
  }

  /// The rule of that name, which has to be there.
  func existing() throws -> RecordState {
    guard let state = try state() else {
      throw RecordError.noSuchRecord(name, kind: "rule", closest: [])
    }
    return state
  }

  /// What is to be written: a rule that is added, under an id of its own, or one that is changed.
  func plan(adding id: RecordID? = nil, _ further: [CRMDomain.Assignment] = []) throws -> EditPlan {
    var assignments = try AssignmentWords(view: view, entity: entity).assignments(of: command)
    func add(_ field: String, _ operand: Operand) throws {
      assignments.append(
        try CRMDomain.Assignment(field, .set, [operand], of: entity, in: view.catalog))
    }
    if let expression = command.clauses.filter { try add("condition", .text("\(expression)")) }
    let editor = try view.editor(for: command)
    guard let id else {
      return try editor.plan(editing: existing(), assignments + further, in: view.snapshot)
    }
    if let state = try state() {
      throw DealError.ruleExists(try view.name(of: state.id, entity))
    }
    try add("name", .text(name))
    if !assignments.contains(where: { $0.path.field.name == "active" }) {
      try add("active", .value(.bool(true)))
    }
    return try editor.plan(new: entity, id: id, assignments + further, in: view.snapshot)
  }
}

extension EditPlan {
  /// What a field says after the edit.
  func value(of field: String, or state: RecordState?) -> Value {
    for change in changes where change.field == field {
      if case .set(let value, _) = change.edit { return value }
    }
    return state?[field] ?? .null
  }
}
