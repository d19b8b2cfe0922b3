import CRDTCore
import CRMDomain
import ReplicaStore

/// The rows of a query, and how each format writes them.
struct Listing {
  let rows: [RecordQuery.Row]
  private let query: RecordQuery
  private let paths: [CRMDomain.FieldPath]
  private let view: RecordView
  /// Where the name stands among the columns, if it does.
  private let nameColumn: Int?

  init(_ query: RecordQuery, _ view: RecordView) throws {
    self.query = query
    self.view = view
    paths = try query.paths(in: view.catalog)
    nameColumn = paths.firstIndex {
      $0.references.isEmpty && $0.field.name == query.entity.nameFields[0] && $0.part == nil
    }
    rows = try query.rows(in: view.snapshot.database, view.queries)
  }

  /// Writes the rows as data.
  ///
  /// - Throws: ``RecordError/unknownWord(_:expected:)`` for a format that lists do not have.
  func write(as format: String) throws {
    let context = view.context
    switch format {
    case "table", "card": try context.write(try table())
    case "json": context.json(try document())
    case "ndjson":
      let markers = try markers()
      for row in rows {
        try Task.checkCancellation()
        context.json(try json(row, markers))
      }
    case "ids": for row in rows { context.output.data(row.id.description) }
    case let name:
      guard let writer = RowWriter(rawValue: name) else {
        throw RecordError.unknownWord(
          name, expected: "one of table, json, ndjson, csv, tsv, md, ids")
      }
      for line in try text(writer) { context.output.data(line) }
    }
  }

  private func markers() throws -> CellMarkers {
    try CellMarkers(of: rows.map(\.id), query.entity, view)
  }

  private func table() throws -> TableView {
    let markers = try markers()
    let columns =
      [
        TableView.Column("", importance: 9), TableView.Column("id", importance: 10, isWhole: true),
      ]
      + paths.enumerated().map { index, path in
        TableView.Column(
          path.heading, alignment: path.isNumeric ? .right : .left,
          importance: index == 0 ? 8 : 0)
      }
    let ids = try view.idCells(rows.map(\.id), of: query.entity)
    let cells = try rows.enumerated().map { number, row in
      try Task.checkCancellation()
      return [TableView.Cell("@\(number + 1)", ink: .faint), ids[number]]
        + (try zip(row.cells, paths).enumerated().map { index, pair in
          // A cell without a name says by what the record is known instead.
          let text =
            index == nameColumn && pair.0 == .empty
            ? try view.name(of: row.id, query.entity) : view.text(pair.0, of: pair.1.field)
          let ink =
            try index == nameColumn
            ? view.ink(of: row.id, query.entity) : view.ink(of: pair.0)
          guard pair.1.references.isEmpty else { return TableView.Cell(text, ink: ink) }
          let signs = markers.signs(of: row.id, field: pair.1.field.name, isFirst: index == 0)
          return TableView.Cell(text, markers: signs, ink: ink)
        })
    }
    return TableView(columns: columns, rows: cells, footer: footer())
  }

  /// How many there are, and what their amounts add up to: `2 deals · €24,650`.
  private func footer() -> String {
    let count = rows.count
    let word = count == 1 ? query.entity.name : query.entity.plural
    var parts = ["\(PeopleFormat.number(count)) \(word)"]
    for (index, path) in paths.enumerated() where path.field.format == .money {
      parts += Self.sums(rows.map { $0.cells[index] }).map(PeopleFormat.money)
    }
    return parts.joined(separator: view.context.output.style.separator)
  }

  private static func sums(_ readings: [FieldReading]) -> [Money] {
    var sums: [CurrencyCode: Int64] = [:]
    for case .value(.money(let money)) in readings {
      sums[money.currency, default: 0] &+= money.minorUnits
    }
    return sums.sorted { $0.key.description < $1.key.description }.map {
      Money(minorUnits: $0.value, currency: $0.key)
    }
  }

  private func text(_ writer: RowWriter) throws -> [String] {
    var text = ""
    writer.writeHeader(["id"] + paths.map(\.text), to: &text)
    for row in rows {
      try Task.checkCancellation()
      let cells = zip(row.cells, paths).map { $0.text(of: $1.field) }
      writer.write([try view.shortID(row.id, of: query.entity)] + cells, to: &text)
    }
    // A line of output ends where `data` ends it.
    return [String(text.dropLast())]
  }

  private func document() throws -> JSONValue {
    let markers = try markers()
    return [
      "schema": "kith.list/1", "kind": .string(query.entity.name),
      "as_of": .string(view.people.timestamp(view.context.asOf)),
      "count": .integer(Int64(rows.count)), "rows": .array(try rows.map { try json($0, markers) }),
    ]
  }

  private func json(_ row: RecordQuery.Row, _ markers: CellMarkers) throws -> JSONValue {
    guard case .object(var members) = JSONValue(row.json(paths)) else { return .null }
    members.insert(
      JSONValue.Member("short", .string(try view.shortID(row.id, of: query.entity))), at: 1)
    members.append(
      JSONValue.Member("_unsynced", markers.isUnsynced(row.id).map(JSONValue.bool) ?? .null))
    let ids = (markers.open[row.id] ?? []).map { JSONValue.string("x" + $0.id.text) }
    members.append(JSONValue.Member("_conflicts", .array(ids)))
    return .object(members)
  }
}

extension CRMDomain.FieldPath {
  /// What stands above its column.
  var heading: String {
    references.isEmpty && field.isOwn ? field.label : text.replacing("_", with: " ")
  }

  /// Whether its values are numbers, which stand on the right.
  var isNumeric: Bool {
    switch field.format {
    case .integer, .decimal, .percent, .money: part == nil && !field.isSet
    case .bool, .text, .longText, .position, .bytes, .date, .instant, .choice, .status, .reference,
      .anyReference, .listed, .structure:
      false
    }
  }
}
