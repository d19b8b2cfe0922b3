import CRDTCore
import CRMDomain
import ReplicaStore

/// A report's figures, as each format writes them, and what they rest on.
struct ReportView {
  let report: any Report
  let table: ReportTable
  /// The roster, which is read apart from the store.
  let nodes: [NodeStatus]
  let view: RecordView

  private static let barWidth = 12

  func write() throws {
    let context = view.context
    let coverage = try ReportCoverage(of: report, nodes, view)
    switch context.format(onTerminal: "table", elsewhere: "tsv") {
    case "json":
      context.json([
        "schema": "kith.report/1", "report": .string(report.name),
        "as_of": .string(view.people.timestamp(context.asOf)), "coverage": coverage.json,
        "columns": .array(table.columns.map { .string($0.title) }),
        "rows": .array(table.rows.map(json)), "total": table.total.map(json) ?? .null,
        "notes": .array(table.notes.map(JSONValue.string)),
      ])
    case "ndjson": for row in table.rows { context.json(json(row)) }
    case "table", "card":
      for line in lines() { context.output.data(line) }
      context.talk(coverage.line)
    case _:
      // Rows alone: what adds them up would be taken for one of them.
      try context.write(
        TableView(
          columns: table.columns.map { TableView.Column($0.title) },
          rows: table.rows.map { $0.cells.map { TableView.Cell(plain($0)) } }))
      for note in table.notes { context.talk(note) }
    }
  }

  private func lines() -> [String] {
    let context = view.context
    let widest = table.columns.indices.map { column in
      table.rows.map { magnitude($0.cells[column]) }.max() ?? 0
    }
    var columns = [TableView.Column("", importance: 3)]
    for (index, column) in table.columns.enumerated() {
      columns.append(
        TableView.Column(
          column.title.replacing("_", with: " "),
          alignment: column.kind == .label ? .left : .right, importance: 9 - min(index, 8)))
      if hasBar(index, widest) { columns.append(TableView.Column("", importance: 0)) }
    }
    func cells(_ row: ReportTable.Row, _ first: TableView.Cell) -> [TableView.Cell] {
      var cells = [first]
      for (index, cell) in row.cells.enumerated() {
        cells.append(TableView.Cell(text(cell)))
        if hasBar(index, widest) {
          cells.append(TableView.Cell(bar(magnitude(cell), of: widest[index]), ink: .faint))
        }
      }
      return cells
    }
    let rows = table.rows.enumerated().map { number, row in
      cells(row, TableView.Cell("\(number + 1)", ink: .faint))
    }
    let total =
      table.total.map {
        [
          cells($0, TableView.Cell("")).map { cell in
            TableView.Cell(cell.text.allSatisfy { "█#".contains($0) } ? "" : cell.text, ink: .bold)
          }
        ]
      } ?? []
    let footer = context.footer(
      ["\(report.name) · \(table.rows.count) \(table.rows.count == 1 ? "row" : "rows")"])
    let drawn = TableView(columns: columns, rows: rows + total, footer: footer)
    let width = context.output.isTerminal ? context.output.width : nil
    return drawn.lines(width: width, style: context.output.style)
      + table.notes.map { PlainText.oneLine("  \($0)") }
  }

  private func hasBar(_ index: Int, _ widest: [Int128]) -> Bool {
    table.columns[index].hasBar && table.rows.count > 1 && widest[index] > 0
  }

  private func bar(_ size: Int128, of widest: Int128) -> String {
    let count = Int((max(0, size) * Int128(Self.barWidth) + widest / 2) / widest)
    return String(repeating: view.context.output.style.isASCII ? "#" : "█", count: count)
  }

  private func magnitude(_ cell: ReportTable.Cell) -> Int128 {
    switch cell {
    case .count(let count): Int128(count)
    case .money(let money): Int128(money.minorUnits)
    case .percent(let number), .days(let number), .hours(let number): Int128(number.mantissa)
    case .text, .key, .date, .unavailable: 0
    }
  }

  /// A figure as people say it.
  func text(_ cell: ReportTable.Cell) -> String {
    switch cell {
    case .text(let text): text
    case .key(let reading, let field): reading == .empty ? "(none)" : view.text(reading, of: field)
    case .count(let count): PeopleFormat.number(count)
    case .money(let money): PeopleFormat.money(money)
    case .percent(let number): PeopleFormat.number(number) + "%"
    case .days(let number), .hours(let number): PeopleFormat.number(number)
    case .date(let day): view.people.day(day)
    case .unavailable: "n/a"
    }
  }

  /// A figure as programs read it.
  private func plain(_ cell: ReportTable.Cell) -> String {
    switch cell {
    case .text(let text): text
    case .key(let reading, let field): reading.text(of: field)
    case .count(let count): String(count)
    case .money(let money): money.description
    case .percent(let number), .days(let number), .hours(let number): number.description
    case .date(let day): day.description
    case .unavailable: "n/a"
    }
  }

  private func json(_ row: ReportTable.Row) -> JSONValue {
    let cells = zip(table.columns, row.cells).map { column, cell in
      JSONValue.Member(column.title, json(cell))
    }
    let ids = row.records.map { JSONValue.string($0.description) }
    return .object(cells + [JSONValue.Member("records", .array(ids))])
  }

  func json(_ cell: ReportTable.Cell) -> JSONValue {
    switch cell {
    case .text(let text): .string(text)
    case .key(let reading, let field): JSONValue(reading.json(of: field))
    case .count(let count): .integer(Int64(count))
    case .money(let money): JSONValue.money(money)
    case .percent(let number), .days(let number), .hours(let number):
      .string(number.description)
    case .date(let day): .string(day.description)
    case .unavailable: .null
    }
  }
}

/// What a report's figures rest on: which replica, how fresh, and what in it is not settled.
struct ReportCoverage {
  private let replica: String
  private let syncs: [(peer: String, time: String?, people: String)]
  private let conflictCount: Int
  /// What the records are called that the report is about, one and several.
  private let plural: String
  private let subject: String
  private let asOf: String

  init(of report: any Report, _ nodes: [NodeStatus], _ view: RecordView) throws {
    let context = view.context
    replica = nodes.first(where: \.isThisNode)?.name ?? "this node"
    syncs = nodes.filter { !$0.isThisNode }.compactMap { node in
      let time = node.lastContact.map(Instant.init)
      guard node.address != nil || time != nil else { return nil }
      return (
        node.name, time.map { view.people.timestamp($0) },
        time.map { view.people.moment($0) } ?? "never"
      )
    }
    let fields = Set(report.usedFields)
    let records = try view.snapshot.conflicts().filter { conflict in
      conflict.isOpen && conflict.kind == .field && conflict.records.first?.kind == report.subject
        && conflict.field.map(fields.contains) == true
    }.flatMap(\.records)
    conflictCount = Set(records).count
    subject = report.subject
    plural = view.catalog.entity(report.subject).plural
    asOf = view.people.moment(context.asOf)
  }

  /// `as of today 09:40 · on lena-x1 · last sync: hamburg today 09:31 · 2 deals in conflict`.
  var line: String {
    var parts = ["as of \(asOf)", "on \(replica)"]
    if !syncs.isEmpty {
      parts.append("last sync: " + syncs.map { "\($0.peer) \($0.people)" }.joined(separator: ", "))
    }
    if conflictCount > 0 {
      let records =
        conflictCount == 1
        ? "1 \(subject)" : "\(PeopleFormat.number(conflictCount)) \(plural)"
      parts.append("\(records) in open conflicts over these figures: conflict list")
    }
    return parts.joined(separator: " · ")
  }

  var json: JSONValue {
    [
      "replica": .string(replica),
      "last_sync": .array(
        syncs.map { ["peer": .string($0.peer), "time": $0.time.map(JSONValue.string) ?? .null] }),
      "open_conflicts": .integer(Int64(conflictCount)),
    ]
  }
}
