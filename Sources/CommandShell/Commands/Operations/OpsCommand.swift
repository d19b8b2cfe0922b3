import CRDTCore
import CRMDomain
import ReplicaStore

/// `ops`: what was done, by whom, and what of it was taken back.
package struct OpsCommand: ShellCommand {
  package let name = "ops"
  package let summary = "Lists what commands have changed, newest first, and what of it was undone."
  package let syntax = ["ops [since TIME] [until TIME] [by USER|NODE] [limit N] [at TIME]"]
  package let examples = [
    "ops",
    "ops since monday by @me",
    "ops by hamburg limit 50",
    "ops limit 10 --format json",
  ]
  package let use = CommandUse(
    clauses: [.since, .until, .by, .limit, .at], formats: CommandUse.rowFormats,
    exits: [.noSuchRecord])

  /// How many are listed unless told otherwise.
  private static let countUsual = 20

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let list = OperationList(view: try OperationView(view))
      let limit = command.clauses.limit ?? Self.countUsual
      // One more tells whether there are older ones.
      let found = try list.operations(of: command, limit: limit < .max ? limit + 1 : limit)
      let shown = Array(found.prefix(limit))
      let format = context.format(onTerminal: "table", elsewhere: "tsv")
      switch format {
      case "json": context.json(try list.document(shown))
      case "ndjson": for operation in shown { context.json(try list.json(operation)) }
      case "ids": for operation in shown { context.output.data("z" + operation.id.text) }
      default: try context.write(list.table(shown))
      }
      if found.count > limit, context.isForPeople {
        context.talk("Older ones: ops limit \(limit * 2)")
      }
    }
    return .done
  }
}

/// Operations in lines and documents.
private struct OperationList {
  let view: OperationView
  private var records: RecordView { view.view }

  func operations(of command: Command, limit: Int) throws -> [CRMDomain.Operation] {
    let clauses = command.clauses
    let dates = DateReader(calendar: records.context.calendar)
    let calendar = records.context.calendar
    let since = try clauses.since.map { try dates.read($0.text).start(in: calendar) }
    let until = try clauses.until.map { try dates.read($0.text).end(in: calendar) }
    let actors = try clauses.groups.map { group in
      try ActorReader(view: records).actor(
        ValueText(group.path.description, range: group.path.range))
    }
    return try view.log.latest(limit) { operation in
      let time = view.time(operation.stamp)
      return since.map { time >= $0 } != false && until.map { time <= $0 } != false
        && (actors.isEmpty || actors.contains { $0.includes(operation.author) })
    }
  }

  func table(_ operations: [CRMDomain.Operation]) throws -> TableView {
    let isForPeople = records.context.isForPeople
    let rows = try operations.map { operation in
      let time = view.time(operation.stamp)
      return [
        TableView.Cell(view.shortID(operation.id)),
        TableView.Cell(isForPeople ? records.people.moment(time) : records.people.timestamp(time)),
        TableView.Cell(try records.authorName(operation.author.member)),
        TableView.Cell(try view.nodeName(operation.author)),
        TableView.Cell(command(operation)),
        TableView.Cell(try view.records(operation.subjects(in: records.catalog))),
        TableView.Cell(state(operation)),
        TableView.Cell(operation.reason.map { "\"\($0)\"" } ?? ""),
      ]
    }
    let columns = [
      TableView.Column("id", importance: 9, isWhole: true),
      TableView.Column("when", importance: 8), TableView.Column("who", importance: 6),
      TableView.Column("node", importance: 4), TableView.Column("command", importance: 7),
      TableView.Column("records", importance: 5), TableView.Column("state", importance: 3),
      TableView.Column("why", importance: 2),
    ]
    return TableView(columns: columns, rows: rows)
  }

  func document(_ operations: [CRMDomain.Operation]) throws -> JSONValue {
    ["schema": "kith.operations/1", "operations": .array(try operations.map(json))]
  }

  func json(_ operation: CRMDomain.Operation) throws -> JSONValue {
    [
      "id": .string("z" + operation.id.text), "short": .string(view.shortID(operation.id)),
      "time": .string(records.people.timestamp(view.time(operation.stamp))),
      "user": .string(try records.authorName(operation.author.member)),
      "node": .string(try view.nodeName(operation.author)),
      "command": operation.command.map(JSONValue.string) ?? .null,
      "reason": operation.reason.map(JSONValue.string) ?? .null,
      "records": .integer(Int64(operation.records.count)),
      "applied": .bool(operation.isApplied),
      "undone_by": operation.reversedBy.map { .string("z" + $0.text) } ?? .null,
      "reverses": operation.reversal.map { .string("z" + $0.operation.text) } ?? .null,
    ]
  }

  /// The command as typed; of an undo as short as a person would type it.
  private func command(_ operation: CRMDomain.Operation) -> String {
    if let reversal = operation.reversal {
      return "\(reversal.verb.rawValue) \(view.shortID(reversal.operation))"
    }
    return operation.command ?? ""
  }

  private func state(_ operation: CRMDomain.Operation) -> String {
    if let other = operation.reversedBy { return "undone by \(view.shortID(other))" }
    return operation.isApplied ? "" : "set aside"
  }
}
