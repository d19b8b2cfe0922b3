import CRMDomain
import ReplicaStore

/// `board KIND`: records as cards in columns, deals by stage.
package struct BoardCommand: ShellCommand {
  package let name = "board"
  package let summary = "Shows records as cards in columns: deals by stage, or by another field."
  package let syntax = ["board KIND [where FILTER] [by FIELD] [limit CARDS] [at TIME]"]
  package let examples = [
    "board deals where owner = @me",
    "board tasks by owner",
    "board deals where amount > 10k limit 5 at last friday",
    "board accounts by status --format json",
  ]
  package let use = CommandUse(
    clauses: [.where, .by, .limit, .sort, .cols, .at], formats: ["json"])

  /// How many cards a column has unless told otherwise.
  private static let cardsUsual = 10

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let entity = try view.requiredEntity(command, example: "board deals")
      var query = try QueryWords(view, entity).query(of: command)
      query.limit = command.clauses.limit ?? Self.cardsUsual
      var board = Board(query, by: command.clauses.groups.first?.path.names)
      let paths = try query.paths(in: view.catalog)
      board.sums = paths.filter { $0.field.format == .money }.map { [$0.field.name] }
      let columns = try board.columns(in: view.snapshot.database, view.queries)
      context.state.listed = columns.flatMap(\.cards).map {
        RecordKey(kind: entity.name, id: $0.id)
      }
      let words = board.path ?? [entity.boardField ?? ""]
      let field = try CRMDomain.FieldPath(words, from: entity, in: view.catalog).field
      if context.options.format == "json" {
        context.json([
          "schema": "kith.board/1", "kind": .string(entity.name),
          "columns": .array(
            columns.map { column in
              [
                "heading": JSONValue(column.heading.json(of: field)),
                "count": .integer(Int64(column.count)),
                "cards": .array(column.cards.map { JSONValue($0.json(paths)) }),
              ]
            }),
        ])
        return
      }
      let drawn = BoardView(
        columns: try columns.map { try Self.column($0, field, entity, paths, view) })
      for line in drawn.lines(width: context.output.width, style: context.output.style) {
        context.output.data(line)
      }
      context.writeMoment()
    }
    return .done
  }

  private static func column(
    _ column: Board.Column, _ field: Field, _ entity: Entity, _ paths: [CRMDomain.FieldPath],
    _ view: RecordView
  ) throws -> BoardView.Column {
    var figures = [PeopleFormat.number(column.count)]
    if column.cards.count < column.count { figures.append("\(column.cards.count) shown") }
    for case .money(let amounts) in column.totals { figures += amounts.map(PeopleFormat.money) }
    let cards = try column.cards.map { row in
      let details = zip(row.cells, paths).dropFirst().filter {
        $0.0 != .empty && $0.1.field.name != field.name
      }.map { view.text($0.0, of: $0.1.field) }
      return BoardView.Card(
        id: try view.shortID(row.id, of: entity),
        title: try row.cells.first.flatMap {
          $0 == .empty ? nil : view.text($0, of: paths[0].field)
        }
          ?? view.name(of: row.id, entity),
        details: details.isEmpty ? [] : [details.joined(separator: " ")],
        ink: try view.ink(of: row.id, entity))
    }
    let heading = column.heading == .empty ? "none" : view.text(column.heading, of: field)
    return BoardView.Column(
      heading, figures: figures, cards: cards, ink: try view.headingInk(of: column.heading))
  }
}
