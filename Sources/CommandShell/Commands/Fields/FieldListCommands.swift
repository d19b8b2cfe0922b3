import CRMDomain
import ReplicaStore

/// `field list [KIND]`: the workspace's own fields.
package struct FieldListCommand: ShellCommand {
  package let name = "field list"
  package let summary =
    "Lists the fields that the workspace has added, and how many records use each."
  package let syntax = ["field list [KIND] [at TIME]"]
  package let examples = [
    "field list", "field list deal", "field list --format json",
    "field list account at last friday",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      var fields = try OwnField.all(in: view.snapshot)
      if let word = command.allWords.first {
        guard let entity = view.catalog.kind(named: word)?.entity else {
          throw ParseError(
            .unknownKind(word, nearest: [view.catalog.closestKind(to: word)].compactMap(\.self)),
            in: command.source, at: command.targets.first?.range ?? command.range)
        }
        fields = fields.filter { $0.kind == entity.name }
      }
      let rows = try fields.map { try FieldFacts($0, view) }
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.fields/1", "count": .integer(Int64(rows.count)),
          "rows": .array(rows.map(\.json)),
        ])
      }
      let columns = [
        TableView.Column("kind", importance: 6), TableView.Column("field", importance: 9),
        TableView.Column("holds", importance: 8), TableView.Column("label", importance: 4),
        TableView.Column("filled", alignment: .right, importance: 5),
        TableView.Column("state", importance: 7), TableView.Column("says", importance: 3),
      ]
      try context.write(
        TableView(
          columns: columns,
          rows: rows.map { row in
            [
              TableView.Cell(row.field.kind), TableView.Cell(row.field.key, ink: .bold),
              TableView.Cell(row.holds), TableView.Cell(row.field.label),
              TableView.Cell(PeopleFormat.number(row.filled)), TableView.Cell(row.state),
              TableView.Cell(row.field.help),
            ]
          },
          footer: "\(rows.count) own fields · add one: field add KIND NAME type=TYPE"))
    }
    return .done
  }
}

/// `field show KIND NAME`: one own field, and what its type means.
package struct FieldShowCommand: ShellCommand {
  package let name = "field show"
  package let summary =
    "Shows one own field: what it holds, how it merges, how many records use it."
  package let syntax = ["field show KIND NAME [at TIME]"]
  package let examples = [
    "field show deal renewal_risk", "field show account fleet_size",
    "field show contact mentor --format json", "field show deal bid_bond at last friday",
  ]
  package let use = CommandUse(
    words: 2, clauses: [.at], formats: ["card", "json"], exits: [.noSuchRecord])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["a kind of record", "a field"])
    try context.read { view in
      guard let entity = view.catalog.kind(named: words[0])?.entity else {
        throw ParseError(
          .unknownKind(words[0], nearest: []), in: command.source,
          at: command.targets.first?.range ?? command.range)
      }
      let facts = try FieldFacts(OwnField.named(words[1], of: entity, in: view.snapshot), view)
      guard !context.isJSON else { return context.json(facts.json) }
      let card = CardView(
        title: "field \(facts.field.kind).\(facts.field.key)",
        sections: [CardView.Section(rows: facts.rows)])
      let output = context.output
      let width = output.isTerminal ? output.width : nil
      for line in card.lines(width: width, style: output.style) { output.data(line) }
      context.writeMoment()
    }
    return .done
  }
}

/// What is told of an own field.
private struct FieldFacts {
  let field: OwnField
  /// The values of its list that are offered; none of other types.
  let options: [String]
  /// How many records say something in it.
  let filled: Int

  init(_ field: OwnField, _ view: RecordView) throws {
    self.field = field
    let database = view.snapshot.database
    options =
      try field.list.map { try Picklist($0, in: database).values.filter { !$0.isRetired } }?
      .map(\.label) ?? []
    let entity = view.catalog.entity(field.kind)
    guard entity.field(named: field.name) != nil else {
      filled = 0
      return
    }
    filled = try GroupedCount(entity, filter: .not(.isEmpty([field.name])))
      .total(in: database, view.queries).count
  }

  var holds: String {
    switch field.type {
    case .oneOfList: "one of \(options.joined(separator: ", "))"
    case .severalOfList: "several of \(options.joined(separator: ", "))"
    case .text, .longText, .wholeNumber, .decimal, .percent, .money, .date, .moment, .yesOrNo,
      .reference:
      field.type.word
    }
  }

  var state: String { field.isRetired ? "retired" : field.isRequired ? "required" : "" }

  var rows: [CardView.Row] {
    var rows = [CardView.Row("label", field.label), CardView.Row("holds", holds)]
    if !field.help.isEmpty { rows.append(CardView.Row("says", field.help)) }
    if !state.isEmpty { rows.append(CardView.Row("state", state)) }
    if let list = field.list { rows.append(CardView.Row("list", list)) }
    rows.append(CardView.Row("in exports", field.name))
    rows.append(CardView.Row("filled in", "\(PeopleFormat.number(filled)) records"))
    rows.append(
      CardView.Row(
        "concurrent edits",
        field.type == .severalOfList
          ? "both stay: what either adds is in"
          : "the later shows, and both are kept as a conflict until somebody confirms"))
    return rows
  }

  var json: JSONValue {
    [
      "kind": .string(field.kind), "field": .string(field.key), "name": .string(field.name),
      "type": .string(field.type.word), "label": .string(field.label),
      "help": .string(field.help), "required": .bool(field.isRequired),
      "retired": .bool(field.isRetired), "options": .array(options.map(JSONValue.string)),
      "list": field.list.map(JSONValue.string) ?? .null, "filled": .integer(Int64(filled)),
    ]
  }
}
