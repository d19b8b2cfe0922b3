import CRDTCore
import CRMDomain
import ReplicaStore

/// `conflict log`: who settled what, when and why.
package struct ConflictLogCommand: ShellCommand {
  package let name = "conflict log"
  package let summary = "Lists who settled or reopened which conflict, when and why, newest first."
  package let syntax = ["conflict log [since TIME] [until TIME] [by USER] [limit N] [at TIME]"]
  package let examples = [
    "conflict log since today",
    "conflict log by priya limit 20",
    "conflict log since monday --format json",
    "conflict log since 2026-03-01 --format csv",
  ]
  package let use = CommandUse(
    clauses: [.since, .until, .by, .limit, .at], formats: CommandUse.rowFormats)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in try ConflictLog(command, view).write() }
    return .done
  }
}

/// The acts that settled conflicts, as each format writes them.
struct ConflictLog {
  /// How many values of one entry are told one by one; a bulk command tells the rest by their number.
  private static let writesTold = 10

  private let view: RecordView
  private let names = ConflictNames()
  private var acts: [ConflictAct] = []

  init(_ command: Command, _ view: RecordView) throws {
    self.view = view
    let calendar = view.context.calendar
    let reader = DateReader(calendar: calendar, isPast: true)
    let since = try command.clauses.since.map { try reader.read($0.text).start(in: calendar) }
    let until = try command.clauses.until.map { try reader.read($0.text).end(in: calendar) }
    let user = command.clauses.groups.first?.path.description
    let limit = command.clauses.limit ?? .max
    let start = HybridTimestamp(
      wallMilliseconds: UInt64(clamping: since?.milliseconds ?? 0), counter: 0)
    guard limit > 0 else { return }
    var found: [ConflictAct] = []
    try view.snapshot.forEachConflictAct(since: start) { act in
      if let until, ConflictAccount.time(act.stamp) > until { return true }
      if let user, try !isBy(user, act) { return true }
      found.append(act)
      return found.count < limit
    }
    acts = found
  }

  private func isBy(_ user: String, _ act: ConflictAct) throws -> Bool {
    let name = NameMatcher.folded(try names.author(act.member, view))
    let wanted = NameMatcher.folded(user)
    return name == wanted || name.split(separator: " ").first.map(String.init) == wanted
  }

  func write() throws {
    let context = view.context
    switch context.options.format {
    case "json":
      context.json([
        "schema": "kith.conflict_log/1", "count": .integer(Int64(acts.count)),
        "rows": .array(try acts.map(json)),
      ])
    case "ndjson": for act in acts { context.json(try json(act)) }
    case "ids":
      for id in acts.flatMap(\.writes).compactMap(\.conflict) { context.output.data("x" + id.text) }
    case _: try context.write(table())
    }
  }

  private func table() throws -> TableView {
    let columns = [
      TableView.Column("when", importance: 8), TableView.Column("who", importance: 7),
      TableView.Column("id", importance: 9, isWhole: true), TableView.Column("act", importance: 6),
      TableView.Column("what", importance: 5), TableView.Column("why", importance: 4),
    ]
    let rows = try acts.flatMap { act in
      let told = act.writes.count > Self.writesTold ? Array(act.writes.prefix(1)) : act.writes
      return try told.map { write in
        let more = told.count < act.writes.count ? ", and \(act.writes.count - 1) more" : ""
        let time = ConflictAccount.time(act.stamp)
        return [
          TableView.Cell(
            view.context.isForPeople ? view.people.moment(time) : view.people.timestamp(time)),
          TableView.Cell(try names.author(act.member, view)),
          TableView.Cell(shortID(of: write, in: act), ink: .bold),
          TableView.Cell(Self.verb(of: act)),
          TableView.Cell(try what(write, of: act) + more),
          TableView.Cell(act.reason.map { "\"\($0)\"" } ?? ""),
        ]
      }
    }
    return TableView(columns: columns, rows: rows)
  }

  private func json(_ act: ConflictAct) throws -> JSONValue {
    [
      "time": .string(view.people.timestamp(ConflictAccount.time(act.stamp))),
      "user": .string(try names.author(act.member, view)),
      "node": .string(try names.node(act.stamp.dot, view)), "act": .string(Self.verb(of: act)),
      "reason": act.reason.map(JSONValue.string) ?? .null,
      "command": act.command.map(JSONValue.string) ?? .null,
      "conflicts": .array(
        try act.writes.map { write in
          [
            "id": write.conflict.map { .string("x" + $0.text) } ?? .null,
            "record": .string(write.record.id.description), "kind": .string(write.record.kind),
            "field": write.field.isEmpty ? .null : .string(write.field),
            "what": .string(try what(write, of: act)),
          ]
        }),
    ]
  }

  /// The id that people knew the conflict by; where its writes do not tell, the command may.
  private func shortID(of write: ConflictAct.Write, in act: ConflictAct) -> String {
    let words = (act.command ?? "").lowercased().split(separator: " ").dropFirst(2)
    let named = words.filter { $0.first == "x" }.map { String($0.prefix(6)) }
    guard let id = write.conflict else { return named.first ?? "" }
    let short = "x" + id.text.prefix(ConflictDescription.digitCount)
    // A number that two records had is one value of each, which makes no conflict of the field.
    let isOfOne = write.write.replaces.count == 1 && named.count == 1
    return isOfOne && !named[0].hasPrefix(short) ? named[0] : short
  }

  /// `take A`, `keep`, `edit`: the command without the conflicts, values and reason.
  private static func verb(of act: ConflictAct) -> String {
    let words = (act.command ?? "").split(separator: " ")
    guard words.first == "conflict", words.count > 1 else { return "edit" }
    let side = words.dropFirst(2).prefix { $0 != "because" && $0 != "using" }
      .filter { !$0.contains("=") && !$0.hasPrefix("(") && !$0.hasPrefix("-") }
    guard side.count > 1 else { return String(words[1]) }
    switch words[1] {
    case "take": return "take \(side[side.count - 1])"
    case "renumber": return "renumber \(side[1])"
    case _: return String(words[1])
    }
  }

  /// `Pump · amount  €17,900 over Tom's €18,000`.
  private func what(_ write: ConflictAct.Write, of act: ConflictAct) throws -> String {
    guard let entity = view.catalog[write.record.kind] else { return "(of a later version)" }
    let name = try names.record(write.record, view)
    switch write.write.change {
    case .delete: return "\(name) deleted"
    case .restore: return "\(name) kept"
    case .register, .sides, .counter, .element, .unknown: break
    }
    guard write.record.kind != Dismissal.kind else { return "put aside" }
    let texts = ChangeText(view: view, entity: entity)
    let said = try texts.text(write.write)
    let renumbers = Self.verb(of: act).hasPrefix("renumber")
    var aside: [String] = []
    for dot in write.write.replaces {
      guard
        let entry = try view.snapshot.historyEntry(
          dot, write.record.kind, write.record.id, field: write.field)
      else { continue }
      for old in try entry.writes.map(texts.text) where old != said {
        guard !renumbers else { return "\(name) · \(write.field)  \(old) → \(said)" }
        aside.append("\(try names.author(entry.member, view))'s \(PlainText.oneLine(old))")
      }
    }
    let over = aside.isEmpty ? "" : " over \(aside.joined(separator: ", "))"
    return "\(name) · \(write.field)  \(PlainText.oneLine(said))\(over)"
  }
}
