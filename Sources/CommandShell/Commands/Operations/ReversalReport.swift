import CRDTCore
import CRMDomain
import ReplicaStore

/// What taking an operation back comes to, planned or done.
struct ReversalReport {
  /// The last entry that was held when it was planned.
  let lastArrival: Int64
  /// What becomes of each record of which there is anything to say.
  let reversals: [RecordReversal]
  /// The records that are changed.
  var changes: [RecordReversal] { reversals.filter(\.isChange) }
  /// How much is to be written, roughly.
  var size: WriteSize { reversals.reduce(into: WriteSize()) { $0 += $1.size } }
  /// What changes of a single record, old and new.
  let rows: [CardView.Row]
  private let verb: Reversal.Verb
  private let id: String
  /// What was done to what: `labels on 2 of 3 contacts`.
  private let what: String
  /// The records that change, each in a line, as far as somebody may ask for them.
  private let changeLines: [String]
  private let keptLines: [String]
  private let keptCount: Int
  /// The nodes that have the operation.
  private let reached: [String]
  private let document: JSONValue

  /// Plans taking back what an operation did to some records.
  init(
    _ verb: Reversal.Verb, _ operation: CRMDomain.Operation, _ keys: [RecordKey],
    of view: RecordView
  ) throws {
    let index = try ReversalPlanner.Index(operation, in: view.snapshot)
    let planner = ReversalPlanner(index, view.catalog, in: view.snapshot)
    let count = PeopleFormat.number(keys.count)
    let reversals = try keys.enumerated().compactMap { number, key in
      try Task.checkCancellation()
      view.context.output.progress?(
        "looking at \(PeopleFormat.number(number)) of \(count) records")
      return try planner.reversal(of: key)
    }
    try self.init(verb, operation, reversals, of: keys.count, view)
  }

  /// Tells of what becomes of records that were `count` in all.
  init(
    _ verb: Reversal.Verb, _ operation: CRMDomain.Operation, _ reversals: [RecordReversal],
    of count: Int, _ view: RecordView
  ) throws {
    let operations = try OperationView(view)
    let words = ReversalWords(operations: operations, operation: operation)
    let changed = reversals.filter(\.isChange)
    let kept = reversals.filter { !$0.kept.isEmpty }
    lastArrival = try view.snapshot.holdings().lastArrival
    self.verb = verb
    self.reversals = reversals
    id = operations.shortID(operation.id)
    what = try words.summary(changed, of: count)
    changeLines = try changed.prefix(BulkChange.lineCount(of: changed.count, in: view.context)).map(
      words.line)
    rows = changed.count == 1 ? try words.rows(changed[0]) : []
    keptCount = kept.count
    keptLines = try kept.prefix(BulkChange.previewed).flatMap(words.keptLines)
    reached = try words.reached()
    document = [
      "schema": "kith.\(verb.rawValue)/1", "operation": .string("z" + operation.id.text),
      "records": .array(changed.map { Self.json($0.key) }),
      "kept": .array(kept.map { Self.json($0.key) }),
      "reached": .array(reached.map(JSONValue.string)),
    ]
  }

  /// What is asked before it is done.
  var bulkChange: BulkChange {
    let count = changes.count
    return BulkChange(
      count: count, heading: "Would \(verb.rawValue) \(id): \(what)", lines: changeLines,
      question: "Apply to \(PeopleFormat.number(count))?")
  }

  /// Says that all that the operation did was changed after it.
  func tellNothing(_ context: CommandContext) {
    context.talk("Nothing of \(id) can be undone; nothing was changed.")
    tellKept(context)
  }

  /// Says what was done; `rows` are what a single record said before and says now.
  func tell(rows: [CardView.Row], _ context: CommandContext) {
    switch context.options.format {
    case "json": context.json(document)
    case "ids":
      for reversal in reversals where reversal.isChange {
        context.output.data(reversal.key.id.description)
      }
    default:
      let done = verb == .undo ? "Undone" : "Redone"
      let card = CardView(
        title: "\(done) \(id): \(what).", sections: [CardView.Section(rows: rows)])
      let width = context.output.isTerminal ? context.output.width : nil
      for line in card.lines(width: width, style: context.output.style) {
        context.output.data(line)
      }
      tellKept(context)
      if !reached.isEmpty {
        context.talk(
          """
          These changes had already reached \(reached.joined(separator: ", ")); the \(verb.rawValue) \
          will reach \(reached.count == 1 ? "it" : "them") at the next sync.
          """)
      }
    }
  }

  /// Tells what stays, since somebody changed it after.
  func tellKept(_ context: CommandContext) {
    for line in keptLines { context.talk(PlainText.oneLine("  \(line).")) }
    let more = keptCount - BulkChange.previewed
    if more > 0 { context.talk("  … and \(more) more kept as they are") }
  }

  private static func json(_ key: RecordKey) -> JSONValue {
    ["kind": .string(key.kind), "id": .string(key.id.description)]
  }
}

/// The words for what taking an operation back does.
private struct ReversalWords {
  let operations: OperationView
  let operation: CRMDomain.Operation
  private var view: RecordView { operations.view }

  /// `stage, value on d7h2k Pump retrofit`, `labels on 2 of 3 contacts`, `4 contacts deleted`.
  func summary(_ changed: [RecordReversal], of count: Int) throws -> String {
    var edited: [RecordKey] = []
    var deleted: [RecordKey] = []
    var restored: [RecordKey] = []
    var fields: [String] = []
    for reversal in changed {
      switch reversal.act {
      case .nothing: continue
      case .delete: deleted.append(reversal.key)
      case .restore: restored.append(reversal.key)
      case .edit(let plan):
        edited.append(reversal.key)
        let entity = view.catalog[plan.kind]
        for change in plan.changes {
          let label = entity?.field(named: change.field)?.label ?? change.field
          if !fields.contains(label) { fields.append(label) }
        }
      }
    }
    var parts: [String] = []
    if !edited.isEmpty {
      let isPart = deleted.isEmpty && restored.isEmpty && edited.count < count
      let records =
        isPart
        ? "\(edited.count) of " + RecordCounts(edited, of: count).text(view.catalog)
        : try operations.records(edited)
      parts.append("\(fields.joined(separator: ", ")) on \(records)")
    }
    if !deleted.isEmpty { parts.append("\(try operations.records(deleted)) deleted") }
    if !restored.isEmpty { parts.append("\(try operations.records(restored)) restored") }
    return parts.joined(separator: "; ")
  }

  /// `d7h2k Pump retrofit  value €17,900 → €18,400`.
  func line(_ reversal: RecordReversal) throws -> String {
    let label = try operations.label(reversal.key)
    switch reversal.act {
    case .nothing: return label
    case .delete: return "\(label)  deleted"
    case .restore: return "\(label)  restored"
    case .edit:
      let changes = try rows(reversal).map { "\($0.label) \($0.value)" }.joined(separator: "; ")
      return PlainText.oneLine("\(label)  \(changes)")
    }
  }

  func rows(_ reversal: RecordReversal) throws -> [CardView.Row] {
    guard case .edit(let plan) = reversal.act, let entity = view.catalog[reversal.key.kind] else {
      return []
    }
    let state = try view.snapshot.record(reversal.key.kind, reversal.key.id)
    return try EditDescription(view: view, entity: entity, state: state).rows(of: plan)
  }

  /// `cz60n Ute Lang kept as is: Tom removed spring-fair at 15:02, after you added it`.
  func keptLines(_ reversal: RecordReversal) throws -> [String] {
    let label = try operations.label(reversal.key)
    return try reversal.kept.map { kept in
      let own = "after \(try operations.who(operation.author)) \(self.own(kept.own))"
      guard let later = kept.later else { return "\(label) kept as is: it was deleted \(own)" }
      let act = try act(later.change, field: later.field, kind: reversal.key.kind)
      let who = try operations.who(later.author)
      return "\(label) kept as is: \(who) \(act) \(moment(later.stamp)), \(own)"
    }
  }

  /// The names of the other nodes that have the operation.
  func reached() throws -> [String] {
    let own = try view.snapshot.ownAuthor()?.key
    var keys = try view.snapshot.peers().filter { peer in
      operation.entries.allSatisfy(peer.acknowledged.covers)
    }.map(\.key)
    if !keys.contains(operation.author.key) { keys.append(operation.author.key) }
    return try keys.filter { $0 != own }.compactMap { try view.lookup.nodeName(of: $0) }.sorted()
  }

  private func moment(_ stamp: Stamp) -> String {
    let time = operations.time(stamp)
    let isToday = view.people.calendar.local(time).day == view.people.calendar.today
    return isToday ? "at \(view.people.time(time))" : view.people.moment(time)
  }

  private func own(_ own: RecordReversal.Kept.Own) -> String {
    switch own {
    case .created: "made it"
    case .deleted, .wrote(.delete): "deleted it"
    case .restored, .wrote(.restore): "restored it"
    case .wrote(.element(_, isPresent: true, _)): "added it"
    case .wrote(.element(_, isPresent: false, _)): "removed it"
    case .wrote(.register), .wrote(.sides), .wrote(.counter), .wrote(.unknown): "changed it"
    }
  }

  /// `removed spring-fair`, `set stage to won`, `deleted it`.
  private func act(
    _ change: FieldWrite.Change, field name: String, kind: String
  ) throws -> String {
    let field = view.catalog[kind]?.field(named: name)
    let label = field?.label ?? name
    func said(_ value: Value) throws -> String {
      try field.map { try view.text(value, of: $0) } ?? "something"
    }
    switch change {
    case .register(.null): return "cleared \(label)"
    case .register(let value): return "set \(label) to \(try said(value))"
    case .sides(let sides):
      let values = try sides.map { try said($0.value) }.joined(separator: " | ")
      return "set \(label) to \(values)"
    case .counter: return "changed \(label)"
    case .element(_, let isPresent, let value):
      return "\(isPresent ? "added" : "removed") \(try said(value))"
    case .delete: return "deleted it"
    case .restore: return "restored it"
    case .unknown: return "changed \(label)"
    }
  }
}
