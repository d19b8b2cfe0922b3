import CRDTCore
import CRMDomain
import ReplicaStore

/// `merge A into B`: makes one record of two.
package struct MergeCommand: ShellCommand {
  package let name = "merge"
  package let summary =
    "Makes one record of two that are the same: one stays, and what refers to the other leads to it."
  package let syntax = [
    "merge [KIND] REF into REF [--take FIELD,…] [because \"WHY\"]", "merge [KIND] REF REF",
  ]
  package let examples = [
    "merge a8c3x into a2mv7 because \"same company, entered twice\"",
    "merge c81xq into \"Anke Dörr\" --take job_title,primary_phone",
    "merge @1 into @2 --dry-run",
    "merge accounts \"Acme Ltd\" into Acme --yes",
  ]
  package let use = CommandUse(
    words: 3, clauses: [.because], options: ["dry-run", "take"], formats: CommandUse.changeFormats,
    changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let pair = try context.read { try JoinPair(of: command, $0, example: examples[0]) }
    guard let pair else {
      context.talk("Nothing was changed.")
      return .done
    }
    return try Join(pair, command).run(in: context)
  }
}

/// The two records that a command names.
struct JoinPair {
  let joined: RecordKey
  let staying: RecordKey
  /// Whether the one that stays is the one that somebody had joined into the other.
  let isTurned: Bool

  init(joined: RecordKey, staying: RecordKey, isTurned: Bool = false) {
    self.joined = joined
    self.staying = staying
    self.isTurned = isTurned
  }

  /// Returns `nil` where a person was asked which one stays, and did not say.
  init?(of command: Command, _ view: RecordView, example: String) throws {
    var words = command.targets.compactMap { target in
      if case .word(let word) = target { word } else { nil }
    }
    let isOrdered = words.count == 3 && words[1].text.lowercased() == "into"
    if isOrdered { words.remove(at: 1) }
    guard words.count == 2 else {
      throw RecordError.missing("two records", example: example)
    }
    let finder = RecordFinder(view)
    let kind = view.entity(command.kind)
    let found = try zip(words, [RecordFinder.Standing.any, .live]).map { word, standing in
      try finder.find(try finder.reference(word), kind: kind, standing)
    }
    // What was joined before may be joined again, with what somebody has written to it since.
    let first = found[0].joined ?? found[0].record
    if case .deleted = first.state, found[0].joined == nil { throw try view.deletion(of: first) }
    if let named = found[1].joined {
      view.context.talk(try view.joinedText(named, into: found[1].record))
    }
    let keys = [first, found[1].record].map {
      RecordKey(kind: $0.entity?.name ?? "", id: $0.id)
    }
    guard let stays = isOrdered ? 1 : try Self.chosen(keys, view) else { return nil }
    self.init(joined: keys[1 - stays], staying: keys[stays])
  }

  /// Asks which of two stays; `nil` is the answer of somebody who names none.
  private static func chosen(_ keys: [RecordKey], _ view: RecordView) throws -> Int? {
    let labels = try keys.map { key in
      let entity = view.catalog[key.kind]
      let name = try entity.map { try view.name(of: key.id, $0) } ?? ""
      return "\(try view.shortID(key)) \(name)"
    }
    guard let ask = view.context.output.ask else {
      let ids = try keys.map(view.shortID)
      throw JoinQuestion.whichStays(ids[0], ids[1])
    }
    let text = labels.enumerated().map { "[\($0 + 1)] \($1)" }.joined(separator: "  ")
    switch ask(PlainText.oneLine("Which one stays? \(text)") + " > ")?.trimmed {
    case "1": return 0
    case "2": return 1
    case _: return nil
    }
  }
}

/// A question about a join that nobody is there to answer.
private enum JoinQuestion: Error, Hashable, Sendable {
  case whichStays(String, String)
}

extension JoinQuestion: NodeError {
  var exitCode: Int32 { ExitCode.needsAnswer.rawValue }

  var summary: String {
    switch self {
    case .whichStays: "Which of the two stays needs an answer; nothing was changed."
    }
  }

  var hint: String? {
    switch self {
    case .whichStays(let one, let other): "Say it: merge \(one) into \(other)"
    }
  }
}

/// Joins one record into another, after showing what that comes to.
struct Join {
  private let pair: JoinPair
  private let command: Command

  init(_ pair: JoinPair, _ command: Command) {
    self.pair = pair
    self.command = command
  }

  func run(in context: CommandContext) throws -> ExitCode {
    let preview = try context.read { try JoinPreview(pair, command, $0) }
    guard let preview else {
      context.talk("They are joined already; nothing was changed.")
      return .done
    }
    let isShown = !context.options.isYes || context.options.isDryRun
    if isShown, !context.isJSON {
      for line in preview.lines { context.talk(PlainText.oneLine(line)) }
    }
    let change = BulkChange(
      count: 1, heading: nil, lines: [], question: "Join them?", noun: "record")
    guard try !change.chosen(for: command, in: context).isEmpty else { return .done }
    _ = try context.write(command) { _, transaction in
      try preview.plan.apply(in: transaction)
    }
    context.state.last = pair.staying
    try context.read { try tell(preview, $0) }
    return .done
  }

  private func tell(_ preview: JoinPreview, _ view: RecordView) throws {
    let context = view.context
    guard context.options.format == nil else {
      return try ChangeReport(
        verb: "Joined", action: "joined", keys: [pair.staying, pair.joined], view: view
      ).write(rows: [])
    }
    let operation = try OperationView(view).lastID(of: context.commandText)
    context.output.data(
      PlainText.oneLine("Joined \(preview.joined) into \(preview.staying)"))
    let sign = context.output.style.separator
    context.talk("  both histories stay\(sign)apart again: undo \(operation)")
  }
}

/// What a join comes to, in lines for people.
struct JoinPreview {
  let plan: JoinPlan
  /// Id and name of each.
  let joined: String
  let staying: String
  let lines: [String]

  /// Returns `nil` where the one stands for the other already and nothing has come in since.
  init?(_ pair: JoinPair, _ command: Command, _ view: RecordView) throws {
    guard let entity = view.catalog[pair.joined.kind],
      let state = try view.snapshot.record(entity.name, pair.joined.id),
      let stayingEntity = view.catalog[pair.staying.kind],
      let other = try view.snapshot.record(stayingEntity.name, pair.staying.id)
    else { throw JoinError.sameRecord }
    let written = try view.snapshot.fieldsWrittenUnseen(of: state)
    if state.isDeleted, let survivor = try view.fields.names.joined().survivor(of: state.id) {
      guard survivor == other.id else {
        throw JoinError.joinedElsewhere(
          id: try view.shortID(pair.joined), into: try view.shortID(survivor, of: entity))
      }
      let isDisputed = try view.snapshot.conflicts().contains {
        $0.kind == .lifecycle && $0.records.contains(pair.joined)
      }
      guard isDisputed else { return nil }
    }
    var taken = written
    for word in (command.value(of: "take") ?? "").split(separator: ",") {
      let path = try CRMDomain.FieldPath([String(word).trimmed], from: entity, in: view.catalog)
      taken.insert(path.field.name)
    }
    plan = try JoinPlan(
      of: state, basis: try view.basis(of: state), into: other,
      basis: try view.basis(of: other), taking: taken,
      open: try view.snapshot.openFields(of: [pair.joined, pair.staying]),
      restoring: pair.isTurned, entity)
    joined = "\(try view.shortID(pair.joined)) \(try view.name(of: state.id, entity))"
    staying = "\(try view.shortID(pair.staying)) \(try view.name(of: other.id, stayingEntity))"
    lines = try Self.lines(plan, joined, staying, from: state, to: other, entity, view)
  }

  private static func lines(
    _ plan: JoinPlan, _ joined: String, _ staying: String, from state: RecordState,
    to other: RecordState, _ entity: Entity, _ view: RecordView
  ) throws -> [String] {
    let labels = plan.outcomes.map(\.field.label)
    let width = labels.map(TextWidth.columns).max() ?? 0
    let rows = try zip(plan.outcomes, labels).map { outcome, label in
      "  \(TextWidth.padded(label, to: width))  \(try text(outcome, other, view))"
    }
    let counts = try JoinedRecords.referenceCounts(
      to: state.id, entity, in: view.snapshot.database, view.queries)
    let references = counts.map { kind, count in
      "\(PeopleFormat.number(count)) \(count == 1 ? kind.name : kind.plural)"
    }
    let following =
      references.isEmpty
      ? [] : ["  \(references.joined(separator: ", ")) will lead to \(staying)"]
    return ["Would join \(joined) into \(staying):"]
      + (rows.isEmpty ? ["  nothing comes over: it says nothing of its own"] : rows) + following
  }

  /// How much of a long text is said.
  private static let textLengthMax = 60

  private static func text(
    _ outcome: (field: Field, outcome: JoinPlan.Outcome), _ other: RecordState, _ view: RecordView
  ) throws -> String {
    func said(_ value: Value) throws -> String {
      TextWidth.cut(PlainText.oneLine(try view.text(value, of: outcome.field)), to: textLengthMax)
    }
    let own = try said(other[outcome.field.name])
    switch outcome.outcome {
    case .taken(let value): return "\(own) → \(try said(value))"
    case .kept(let value): return "\(own) stays; \(try said(value)) is kept in history"
    case .added(let values): return try values.map { "+ \(try said($0))" }.joined(separator: ", ")
    }
  }
}
