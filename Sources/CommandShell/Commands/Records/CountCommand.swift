import CRDTCore
import CRMDomain
import ReplicaStore

/// `count KIND`: how many records there are, by the values of fields, and what amounts add up to.
package struct CountCommand: ShellCommand {
  package let name = "count"
  package let summary = "Counts records, by the values of fields, and adds amounts up."
  package let syntax = ["count KIND [where FILTER] [by FIELD[:PERIOD],…] [sum FIELD,…] [at TIME]"]
  package let examples = [
    "count deals by stage",
    "count deals where stage = Won by close_date:quarter sum amount",
    "count accounts by industry at last friday",
    "count contacts where labels has vip",
  ]
  package let use = CommandUse(
    clauses: [.where, .by, .sum, .at], formats: ["table", "json", "ndjson", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let entity = try view.requiredEntity(command, example: "count deals by stage")
      let reader = FilterReader(view: view, entity: entity)
      let count = GroupedCount(
        entity, filter: try reader.filter(of: command),
        by: command.clauses.groups.map { group in
          GroupedCount.Group(
            group.path.names,
            period: group.period.flatMap { GroupedCount.Period(rawValue: $0.rawValue) })
        }, sums: command.clauses.sums.map(\.names))
      try reader.tellDates(of: command)
      try CountTable(count, view).write()
    }
    return .done
  }
}

/// The groups of a count, and how each format writes them.
private struct CountTable {
  private let count: GroupedCount
  private let view: RecordView
  private let rows: [GroupedCount.Row]
  private let total: GroupedCount.Row
  private let paths: [CRMDomain.FieldPath]
  private let sums: [CRMDomain.FieldPath]

  init(_ count: GroupedCount, _ view: RecordView) throws {
    self.count = count
    self.view = view
    paths = try count.groups.map {
      try CRMDomain.FieldPath($0.path, from: count.entity, in: view.catalog)
    }
    sums = try count.sums.map {
      try CRMDomain.FieldPath($0, from: count.entity, in: view.catalog)
    }
    let queries = view.queries
    total = try count.total(in: view.snapshot.database, queries)
    rows = count.groups.isEmpty ? [total] : try count.rows(in: view.snapshot.database, queries)
  }

  func write() throws {
    let context = view.context
    let format = context.format(onTerminal: "table", elsewhere: "tsv")
    switch format {
    case "json":
      context.json([
        "schema": "kith.count/1", "kind": .string(count.entity.name),
        "count": .integer(Int64(total.count)), "rows": .array(rows.map(json)),
      ])
    case "ndjson": for row in rows { context.json(json(row)) }
    case "table", "card": writeTable()
    case let name:
      guard let writer = RowWriter(rawValue: name) else {
        throw RecordError.unknownWord(name, expected: "one of table, json, ndjson, csv, tsv, md")
      }
      if paths.isEmpty, sums.isEmpty { return context.output.data(String(total.count)) }
      var text = ""
      writer.writeHeader(headings, to: &text)
      for row in rows {
        let keys = zip(row.keys, paths).map { $0.text(of: $1.field) }
        writer.write(
          keys + [String(row.count)] + row.totals.map { self.text($0, people: false) }, to: &text)
      }
      context.output.data(String(text.dropLast()))
    }
  }

  private var headings: [String] {
    zip(paths, count.groups).map { path, group in
      path.text + (group.period.map { ":" + $0.rawValue } ?? "")
    } + ["count"] + sums.map { "sum \($0.text)" }
  }

  private func writeTable() {
    let data = view.context.output.data
    if paths.isEmpty {
      let word = total.count == 1 ? count.entity.name : count.entity.plural
      let parts =
        ["\(PeopleFormat.number(total.count)) \(word)"]
        + zip(sums, total.totals).map { "\($0.text) \(text($1, people: true))" }
      return data(view.context.footer(parts) ?? "")
    }
    let columns = headings.enumerated().map { index, title in
      TableView.Column(title, alignment: index < paths.count ? .left : .right)
    }
    let cells = rows.map { row in
      zip(row.keys, paths).map { key, path in
        TableView.Cell(key == .empty ? "(none)" : view.text(key, of: path.field))
      } + [TableView.Cell(PeopleFormat.number(row.count))]
        + row.totals.map { TableView.Cell(text($0, people: true)) }
    }
    let style = view.context.output.style
    let parts =
      ["\(PeopleFormat.number(total.count)) \(count.entity.plural)"]
      + total.totals.map { text($0, people: true) }
    let table = TableView(columns: columns, rows: cells, footer: view.context.footer(parts))
    let width = view.context.output.isTerminal ? view.context.output.width : nil
    for line in table.lines(width: width, style: style) { data(line) }
  }

  private func text(_ total: GroupedCount.Total, people: Bool) -> String {
    switch total {
    case .number(let number): people ? PeopleFormat.number(number) : String(number)
    case .money(let amounts):
      amounts.map { people ? PeopleFormat.money($0) : $0.description }.joined(separator: ", ")
    }
  }

  private func json(_ row: GroupedCount.Row) -> JSONValue {
    let keys = zip(zip(row.keys, paths), headings).map { pair, heading in
      JSONValue.Member(heading, JSONValue(pair.0.json(of: pair.1.field)))
    }
    let totals = zip(sums, row.totals).map { path, total in
      switch total {
      case .number(let number): JSONValue.Member(path.text, .integer(number))
      case .money(let amounts):
        JSONValue.Member(path.text, .array(amounts.map(JSONValue.money)))
      }
    }
    return ["by": .object(keys), "count": .integer(Int64(row.count)), "sums": .object(totals)]
  }
}
