import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict policy`: shows what becomes of concurrent values of each field, and changes it.
package struct ConflictPolicyCommand: ShellCommand {
  package let name = "conflict policy"
  package let summary =
    "Shows or changes the rule by which concurrent values of a field are judged."
  package let syntax = [
    "conflict policy [KIND | KIND.FIELD]",
    "conflict policy set KIND.FIELD RULE [because \"WHY\"] [--dry-run]",
    "RULE     review, hold, latest, first, max, min, precedence, default",
  ]
  package let examples = [
    "conflict policy deal",
    "conflict policy deal.probability --format json",
    "conflict policy set deal.probability max because \"the optimist is right more often\"",
    "conflict policy set deal.probability default --dry-run",
  ]
  package let use = CommandUse(
    words: 3, clauses: [.because], options: ["dry-run"],
    formats: ["table", "json", "ndjson", "csv", "tsv", "md"], changes: true)

  package init() {}

  /// Without `set` it shows.
  package func use(of command: Command) -> CommandUse {
    guard !Self.sets(command) else { return use }
    return CommandUse(words: use.words, formats: use.formats)
  }

  private static func sets(_ command: Command) -> Bool {
    command.allWords.first?.lowercased() == "set"
  }

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    guard Self.sets(command) else {
      guard words.count < 2 else {
        throw command.rejection(
          "\"\(words[1])\" is one word too many", hint: "to change a rule: \(examples[2])",
          at: command.targets[1].range)
      }
      try context.read { try PolicyListing(of: command, $0).write() }
      return .done
    }
    guard words.count > 1 else { throw RecordError.missing("a field", example: examples[2]) }
    guard words.count > 2 else { throw RecordError.missing("a rule", example: examples[2]) }
    let change = try context.read { try PolicyChange(command, $0) }
    guard try change.confirm(command, context) else { return .done }
    try context.write(command) { _, transaction in
      try ConflictPolicy.set(
        change.word, for: change.field, of: change.entity, basis: change.basis, in: transaction)
    }
    try context.read { try change.tell(as: command.text, $0) }
    return .done
  }
}

/// The rules, as each format writes them.
private struct PolicyListing {
  private struct Row {
    let rule: FieldRule
    /// Who set it, when and why; `nil` where the built-in rule holds.
    let entry: ReplicaStore.HistoryEntry?
  }

  private let view: RecordView
  private var rows: [Row] = []

  init(of command: Command, _ view: RecordView) throws {
    self.view = view
    let entities = view.catalog.entities.filter { $0.role != .system }
    var fields = entities.flatMap { entity in entity.fields.map { (entity, $0) } }
    if case .word(let word)? = command.targets.first {
      if let entity = view.catalog.kind(named: word.text)?.entity, entity.role != .system {
        fields = entity.fields.map { (entity, $0) }
      } else {
        fields = [try PolicyChange.place(word, command, view)]
      }
    }
    for (entity, field) in fields {
      let rule = try view.rule(of: field, in: entity)
      let entry =
        rule.isSet ? try ConflictPolicy.latestEntry(for: field, of: entity, in: view.snapshot) : nil
      rows.append(Row(rule: rule, entry: entry))
    }
  }

  func write() throws {
    let context = view.context
    switch context.options.format {
    case "json":
      context.json([
        "schema": "kith.policies/1", "count": .integer(Int64(rows.count)),
        "rows": .array(try rows.map(json)),
      ])
    case "ndjson": for row in rows { context.json(try json(row)) }
    case _: try context.write(table())
    }
  }

  private func json(_ row: Row) throws -> JSONValue {
    [
      "kind": .string(row.rule.entity.name), "field": .string(row.rule.field.name),
      "rule": .string(row.rule.name), "text": .string(row.rule.words()),
      "confirmed": .bool(row.rule.isConfirmed), "holds": .bool(row.rule.isHeld),
      "built_in": .bool(row.entry == nil),
      "set_by": try row.entry.map { .string(try view.authorName($0.member)) } ?? .null,
      "set_at": row.entry.map { .string(view.people.timestamp(ConflictAccount.time($0.stamp))) }
        ?? .null,
      "because": row.entry?.reason.map(JSONValue.string) ?? .null,
    ]
  }

  private func table() throws -> TableView {
    let columns = [
      TableView.Column("kind", importance: 6), TableView.Column("field", importance: 9),
      TableView.Column("rule", importance: 8), TableView.Column("says", importance: 4),
      TableView.Column("set by", importance: 7), TableView.Column("when", importance: 3),
      TableView.Column("why", importance: 5),
    ]
    let set = rows.count { $0.entry != nil }
    return TableView(
      columns: columns,
      rows: try rows.map { row in
        let time = row.entry.map { ConflictAccount.time($0.stamp) }
        let isForPeople = view.context.isForPeople
        return [
          TableView.Cell(row.rule.entity.name), TableView.Cell(row.rule.field.name, ink: .bold),
          TableView.Cell(row.rule.name), TableView.Cell(row.rule.words()),
          TableView.Cell(try row.entry.map { try view.authorName($0.member) } ?? "built in"),
          TableView.Cell(
            time.map { isForPeople ? view.people.stamp($0) : view.people.timestamp($0) } ?? ""),
          TableView.Cell(row.entry?.reason.map { "\"\($0)\"" } ?? ""),
        ]
      }, footer: "\(rows.count) fields · \(set) set by people")
  }
}

/// Another rule for a field, and what it would do to the conflicts of the moment.
private struct PolicyChange {
  /// The word for the rule that is built in.
  private static let builtInWord = "default"

  let entity: Entity
  let field: Field
  /// The rule's word; `nil` for the one built in.
  let word: String?
  /// What the person was shown of the rule there was.
  let basis: Basis
  private let before: FieldRule
  private let after: FieldRule
  /// How many conflicts that a person would have to look at no longer would, and the other way round.
  private let settledCount: Int
  private let reopenedCount: Int
  /// What becomes of each of them, and of those that would show something else.
  private let lines: [String]

  init(_ command: Command, _ view: RecordView) throws {
    guard case .word(let place) = command.targets[1], case .word(let rule) = command.targets[2]
    else { throw RecordError.missing("a field and a rule", example: "deal.amount review") }
    try Self.checkRights(view)
    (entity, field) = try Self.place(place, command, view)
    guard ConflictPolicy.allows(field, of: entity) else {
      throw ConflictError.withoutRule("\(entity.name).\(field.name)")
    }
    let words = ConflictPolicy.words(for: field) + [Self.builtInWord]
    let typed = rule.text.lowercased()
    guard words.contains(typed) else {
      throw command.rejection(
        "\"\(rule.text)\" is no rule for \(entity.name).\(field.name)",
        hint: "one of \(words.joined(separator: ", "))", at: rule.range)
    }
    word = typed == Self.builtInWord ? nil : typed
    basis = try ConflictPolicy.basis(for: field, of: entity, in: view.snapshot)
    before = try view.rule(of: field, in: entity)
    after = FieldRule(
      field: field, entity: entity, rule: ConflictPolicy.rule(word, for: field))
    let changes = try Self.changes(from: before, to: after, view)
    settledCount = changes.count { $0.before.isOpen && !$0.after.isOpen }
    reopenedCount = changes.count { !$0.before.isOpen && $0.after.isOpen }
    lines = try changes.map { try Self.line($0, view) }
  }

  /// The field that `deal.amount` names.
  static func place(
    _ word: ValueText, _ command: Command, _ view: RecordView
  ) throws -> (Entity, Field) {
    let parts = word.text.split(separator: ".", maxSplits: 1).map(String.init)
    guard let kind = parts.first, let entity = view.catalog.kind(named: kind)?.entity,
      entity.role != .system
    else {
      throw command.rejection(
        "\"\(word.text)\" names no field", hint: "write KIND.FIELD, such as deal.amount",
        at: word.range)
    }
    guard parts.count == 2, let field = entity.field(named: parts[1]) else {
      let nearest = parts.count == 2 ? entity.closestField(to: parts[1]) : nil
      throw command.rejection(
        "a \(entity.name) has no field \"\(parts.dropFirst().first ?? "")\"",
        hint: nearest.map { "did you mean \"\(entity.name).\($0)\"?" }
          ?? "see them with: conflict policy \(entity.name)", at: word.range)
    }
    return (entity, field)
  }

  private static func checkRights(_ view: RecordView) throws {
    guard try view.isAdministrator() else { throw ConflictError.notAdministrator }
  }

  private static func changes(
    from before: FieldRule, to after: FieldRule, _ view: RecordView
  ) throws -> [(before: Conflict, after: Conflict)] {
    guard let old = before.rule, let new = after.rule, old != new else { return [] }
    func conflicts(_ rule: RegisterRule) throws -> [Conflict] {
      try view.snapshot.conflicts(
        of: before.entity.name, field: before.field.name, under: rule)
    }
    return try zip(conflicts(old), conflicts(new)).filter { $0 != $1 }.map { ($0, $1) }
  }

  /// `x7m2q  Pump retrofit  €17,900 → €18,000, settled by the rule`.
  private static func line(
    _ change: (before: Conflict, after: Conflict), _ view: RecordView
  ) throws -> String {
    let names = ConflictNames()
    let old = try ConflictDescription(change.before, view, names, [:])
    let new = try ConflictDescription(change.after, view, names, [:])
    func shown(_ conflict: ConflictDescription) throws -> String {
      try conflict.conflict.sides.last(where: \.isShowing).map(conflict.text) ?? ""
    }
    let (from, to) = (try shown(old), try shown(new))
    let fate =
      old.conflict.isOpen == new.conflict.isOpen
      ? "" : new.conflict.isOpen ? ", listed for a person" : ", settled by the rule"
    let values = from == to ? "stays \(to)" : "\(from) → \(to)"
    return "\(new.shortID)  \(try new.recordName())  \(values)\(fate)"
  }

  private var summary: String {
    var parts: [String] = []
    if settledCount > 0 { parts.append("settles \(settledCount) open") }
    if reopenedCount > 0 { parts.append("lists \(reopenedCount) for a person again") }
    let others = lines.count - settledCount - reopenedCount
    if others > 0 { parts.append("shows another value in \(others)") }
    return parts.isEmpty ? "changes no conflict of now" : parts.joined(separator: ", ")
  }

  /// Shows what the change would do, and asks.
  func confirm(_ command: Command, _ context: CommandContext) throws -> Bool {
    let place = "\(entity.name).\(field.name)"
    guard before.rule != after.rule else {
      context.talk("\(place) has that rule already: \(before.words()). Nothing was changed.")
      return false
    }
    context.talk(PlainText.oneLine("\(place)  \(before.words()) → \(after.words())"))
    for line in lines.prefix(BulkChange.previewed) { context.talk("  " + PlainText.oneLine(line)) }
    if lines.count > BulkChange.previewed {
      context.talk("  … and \(PeopleFormat.number(lines.count - BulkChange.previewed)) more")
    }
    let question = BulkChange(
      count: 1, heading: nil, lines: lines,
      question: "It \(summary), on every node. Change the rule?", noun: "rule")
    if context.options.isDryRun { context.talk("It \(summary).") }
    return try !question.chosen(for: command, in: context).isEmpty
  }

  /// Says what holds now.
  func tell(as command: String, _ view: RecordView) throws {
    let context = view.context
    let place = "\(entity.name).\(field.name)"
    if context.isJSON {
      context.json([
        "schema": "kith.policy/1", "kind": .string(entity.name), "field": .string(field.name),
        "rule": .string(after.name), "before": .string(before.name),
        "settled": .integer(Int64(settledCount)), "reopened": .integer(Int64(reopenedCount)),
      ])
      return
    }
    let operation = try OperationView(view).lastID(of: command)
    context.output.data(
      PlainText.oneLine("\(place): \(after.words()). Reverse with: undo \(operation)"))
    context.talk("  \(summary) · goes to every other node at its next sync")
  }
}
