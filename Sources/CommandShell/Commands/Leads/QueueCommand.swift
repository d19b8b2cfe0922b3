import CRDTCore
import CRMDomain
import ReplicaStore

/// `queue`: the open leads, those first that are most worth looking at.
package struct QueueCommand: ShellCommand {
  package let name = "queue"
  package let summary = "Lists open leads by score, then age, with what is to be done next."
  package let syntax = ["queue [where FILTER] [limit N] [at TIME]"]
  package let examples = [
    "queue", "queue where owner = @me", "queue where source = website limit 10",
    "queue --format json",
  ]
  package let use = CommandUse(
    clauses: [.where, .limit, .at],
    formats: ["table", "json", "ndjson", "csv", "tsv", "md", "ids"])

  /// How many leads are shown unless told otherwise.
  private static let countUsual = 25
  private static let columns = [
    "name", "company_text", "account", "stage", "next_action", "next_action_on", "owner",
  ]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let entity = view.catalog.entity("deal")
      let reader = FilterReader(view: view, entity: entity)
      let filter = try reader.filter(of: command)
      let (scoring, unread) = try LeadRules(view).scoring()
      let queue = try LeadQueue(
        scoring, where: filter, limit: command.clauses.limit ?? Self.countUsual,
        in: view.snapshot.database, view.queries)
      try reader.tellDates(of: command)
      var query = RecordQuery(entity, filter: .records(Set(queue.rows.map(\.id))))
      query.columns = Self.columns.map { [$0] }
      let paths = try query.paths(in: view.catalog)
      let found = try query.rows(in: view.snapshot.database, view.queries)
      let cells = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0.cells) })
      context.state.listed = queue.rows.map { RecordKey(kind: entity.name, id: $0.id) }
      let lines = queue.rows.map { row in
        let texts = zip(cells[row.id] ?? [], paths).map { cell, path in
          cell == .empty ? "" : view.text(cell, of: path.field)
        }
        return Line(row: row, texts: texts, age: row.since.map { view.people.age(of: $0) } ?? "")
      }
      try write(lines, of: queue, entity, view)
      for rule in unread { context.talk("\(rule.name) is left out here: \(rule.reason)") }
    }
    return .done
  }

  private struct Line {
    let row: LeadQueue.Row
    let texts: [String]
    let age: String

    /// The account's name, or the company as the lead says it.
    var company: String { texts[2].isEmpty ? texts[1] : texts[2] }
  }

  private func write(
    _ lines: [Line], of queue: LeadQueue, _ entity: Entity, _ view: RecordView
  ) throws {
    let context = view.context
    switch context.format(onTerminal: "table", elsewhere: "tsv") {
    case "json":
      context.json([
        "schema": "kith.queue/1", "count": .integer(Int64(queue.count)),
        "rows": .array(try lines.map { try json($0, entity, view) }),
      ])
    case "ndjson": for line in lines { context.json(try json(line, entity, view)) }
    case "ids": for line in lines { context.output.data(line.row.id.description) }
    case _:
      let ids = try view.idCells(lines.map(\.row.id), of: entity)
      let rows = zip(lines, ids).enumerated().map { number, pair in
        let (line, id) = pair
        return [
          TableView.Cell("@\(number + 1)", ink: .faint), id, TableView.Cell(line.texts[0]),
          TableView.Cell("\(line.row.score.number)"), TableView.Cell(line.row.grade, ink: .bold),
          TableView.Cell(line.age), TableView.Cell(line.company), TableView.Cell(line.texts[3]),
          TableView.Cell(line.texts[4]), TableView.Cell(line.texts[5]),
          TableView.Cell(line.texts[6]),
        ]
      }
      let shown = "\(PeopleFormat.number(lines.count)) of \(PeopleFormat.number(queue.count)) leads"
      try context.write(TableView(columns: Self.titles, rows: rows, footer: shown))
    }
  }

  private static let titles = [
    TableView.Column("", importance: 9), TableView.Column("id", importance: 10, isWhole: true),
    TableView.Column("lead", importance: 8),
    TableView.Column("score", alignment: .right, importance: 8),
    TableView.Column("grade", importance: 8),
    TableView.Column("age", alignment: .right, importance: 6),
    TableView.Column("company", importance: 5), TableView.Column("stage", importance: 3),
    TableView.Column("next action", importance: 4), TableView.Column("on", importance: 4),
    TableView.Column("owner", importance: 2),
  ]

  private func json(_ line: Line, _ entity: Entity, _ view: RecordView) throws -> JSONValue {
    [
      "id": .string(line.row.id.description),
      "short": .string(try view.shortID(line.row.id, of: entity)), "name": .string(line.texts[0]),
      "score": .string("\(line.row.score.number)"), "grade": .string(line.row.grade),
      "since": line.row.since.map { .string(view.people.timestamp($0)) } ?? .null,
      "company": .string(line.company), "stage": .string(line.texts[3]),
      "next_action": .string(line.texts[4]), "next_action_on": .string(line.texts[5]),
      "owner": .string(line.texts[6]),
    ]
  }
}
