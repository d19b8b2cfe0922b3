package import CRDTCore
package import GRDB

/// A list of records: which, in what order, how many, and what of them.
package struct RecordQuery: Sendable {
  /// One key of an order.
  package struct SortKey: Hashable, Sendable {
    package let path: [String]
    package let isDescending: Bool

    package init(_ path: [String], isDescending: Bool = false) {
      self.path = path
      self.isDescending = isDescending
    }
  }

  /// One record of the list.
  package struct Row: Hashable, Sendable {
    package let id: RecordID
    /// What the columns say, in their order.
    package let cells: [FieldReading]
    package let isDeleted: Bool
  }

  /// The kind.
  package var entity: Entity
  /// Which records; all that are not deleted, if `nil`.
  package var filter: Filter?
  /// The order; records that are equal in all keys are ordered by id.
  ///
  /// Without keys they are ordered by the kind's own order or name, byte by byte, which indexes make
  /// quick.
  package var sort: [SortKey] = []
  /// How many records at most.
  package var limit: Int?
  /// What of them is read.
  package var columns: [[String]]
  /// Whether archived records are in, though the filter does not speak of them.
  package var includesArchived = false

  /// A query for all live records of a kind with its default columns.
  package init(_ entity: Entity, filter: Filter? = nil) {
    self.entity = entity
    self.filter = filter
    columns = entity.columns.map { [$0] }
  }

  /// The columns' paths, for headings and formats.
  ///
  /// - Throws: ``FieldPathError``.
  package func paths(in catalog: EntityCatalog) throws -> [FieldPath] {
    try columns.map { try FieldPath($0, from: entity, in: catalog) }
  }

  /// Reads the list into memory.
  package func rows(in database: Database, _ context: QueryContext) throws -> [Row] {
    var rows: [Row] = []
    try forEach(in: database, context) { rows.append($0) }
    return rows
  }

  /// Reads the list row by row, holding one at a time.
  ///
  /// - Throws: ``QueryError``, ``FieldPathError``, or what `body` or reading throws.
  package func forEach(
    in database: Database, _ context: QueryContext, _ body: (Row) throws -> Void
  ) throws {
    var left = limit ?? Int.max
    for phase in phases {
      guard left > 0 else { return }
      let count = try run(phase, limit: limit.map { _ in left }, database, context, body)
      left -= count
    }
  }

  /// A part of the list that one statement reads.
  private struct Phase {
    let condition: String?
    let order: [String]
  }

  /// Two for the order by name: indexes lack empty names, which come last.
  private var phases: [Phase] {
    guard sort.isEmpty else { return [Phase(condition: nil, order: [])] }
    if let order = entity.orderField {
      return [Phase(condition: nil, order: ["t.\(SQL.name(order))"])]
    }
    let name = "t.\(SQL.name(entity.nameFields[0]))"
    return [
      Phase(condition: "\(name) IS NOT NULL", order: [name]),
      Phase(condition: "\(name) IS NULL", order: []),
    ]
  }

  private func run(
    _ phase: Phase, limit: Int?, _ database: Database, _ context: QueryContext,
    _ body: (Row) throws -> Void
  ) throws -> Int {
    let compiler = try QueryCompiler(entity, context: context, in: database)
    let reader = try RowReader(columns, compiler)
    let condition = try compiler.condition(filter, includesArchived: includesArchived)
    let order = try sort.flatMap { try terms(of: $0, compiler) } + phase.order + ["t.id"]
    let sql = """
      SELECT \(reader.selection.joined(separator: ", "))
      FROM \(compiler.tables)
      WHERE \(([condition, phase.condition].compactMap(\.self)).joined(separator: " AND "))
      ORDER BY \(order.joined(separator: ", "))\(limit.map { "\nLIMIT \($0)" } ?? "")
      """
    let cursor = try GRDB.Row.fetchCursor(
      database, sql: sql, arguments: StatementArguments(compiler.arguments))
    var count = 0
    while let row = try cursor.next() {
      try Task.checkCancellation()
      try body(try reader.row(row))
      count += 1
    }
    return count
  }

  /// A key's terms: empty values last, texts without regard to case and accents first, then with it.
  private func terms(of key: SortKey, _ compiler: QueryCompiler) throws -> [String] {
    var path = try compiler.path(key.path)
    guard !path.field.isSet else { throw QueryError.notSortable(field: path.text) }
    if let target = path.field.target {
      // References are ordered as the records they name: stages by place, others by name.
      let entity = compiler.context.catalog.entity(target)
      let words = (path.references + [path.field]).map(\.name)
      path = try compiler.path(words + [entity.orderField ?? entity.nameFields[0]])
    }
    let expression = compiler.expression(path)
    let direction = key.isDescending ? " DESC" : ""
    let terms: [String]
    switch path.field.format {
    case .text, .longText, .structure: terms = ["kith_fold(\(expression))", expression]
    case .position, .choice, .status, .bool, .integer, .date, .instant, .bytes, .reference,
      .anyReference, .listed:
      terms = [expression]
    case .decimal, .percent: terms = ["CAST(\(expression) AS NUMERIC)"]
    case .money:
      let currency = "\(compiler.table(of: path)).\(SQL.name(path.field.name + "_currency"))"
      terms = [currency, expression]
    }
    return ["\(expression) IS NULL"] + terms.map { $0 + direction }
  }
}
