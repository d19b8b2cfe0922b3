import CRDTCore
import GRDB

/// The rows of a kind that a filter lets through, by the values of fields: what counts, sums and reports share.
struct GroupedRows {
  let compiler: QueryCompiler
  let paths: [FieldPath]
  private let groups: [GroupedCount.Group]
  private let expressions: [String]
  private let condition: String
  private let database: Database

  /// - Throws: ``FieldPathError`` or ``QueryError``.
  init(of query: GroupedCount, _ database: Database, _ context: QueryContext) throws {
    let compiler = try QueryCompiler(query.entity, context: context, in: database)
    groups = query.groups
    paths = try groups.map { try compiler.path($0.path) }
    expressions = try zip(groups, paths).map { try Self.expression($0, $1, compiler) }
    var condition = try compiler.condition(query.filter, includesArchived: true)
    if let latest = query.latest {
      // Rows are numbered as they come, so SQLite begins where these do.
      let table = SQL.name(query.entity.name)
      condition = "(\(condition)) AND t._rec > (SELECT max(_rec) FROM \(table)) - \(latest)"
    }
    self.condition = condition
    self.compiler = compiler
    self.database = database
  }

  /// The keys of each group and some aggregates of it, in the order of the keys.
  ///
  /// - Parameters:
  ///   - aggregates: Expressions over the rows of a group.
  ///   - more: Expressions by which rows are grouped besides; the aggregates name them again.
  ///   - narrowing: A further condition that rows must meet.
  func fetch(
    _ aggregates: String, grouping more: String = "", where narrowing: String? = nil
  ) throws -> [[DatabaseValue]] {
    let groups = expressions + (more.isEmpty ? [] : [more])
    let clause = groups.isEmpty ? "" : "GROUP BY \(groups.joined(separator: ", "))"
    let order = groups.isEmpty ? "" : "ORDER BY \(groups.joined(separator: ", "))"
    return try rows(aggregates, narrowing, "\(clause) \(order)")
  }

  /// The keys of each row and some expressions of it, in the order of their records.
  func each(
    _ selected: String, where narrowing: String? = nil
  ) throws -> [[DatabaseValue]] {
    try rows(selected, narrowing, "ORDER BY t.id")
  }

  private func rows(
    _ selected: String, _ narrowing: String?, _ clauses: String
  ) throws -> [[DatabaseValue]] {
    let condition = narrowing.map { "(\(self.condition)) AND (\($0))" } ?? self.condition
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT \((expressions + [selected]).joined(separator: ", "))
        FROM \(compiler.tables)
        WHERE \(condition)
        \(clauses)
        """, arguments: StatementArguments(compiler.arguments))
    var values: [[DatabaseValue]] = []
    while let row = try rows.next() { values.append(Array(row.databaseValues)) }
    return values
  }

  /// What the stored keys of a group say.
  func readings(of key: [DatabaseValue], _ names: RecordNames) throws -> [FieldReading] {
    try zip(key, paths).enumerated().map { index, pair in
      try Self.reading(pair.0, pair.1, groups[index].period, names)
    }
  }

  private static func reading(
    _ stored: DatabaseValue, _ path: FieldPath, _ period: GroupedCount.Period?,
    _ names: RecordNames
  ) throws -> FieldReading {
    if stored.isNull { return .empty }
    if let id = RecordID(stored), path.part == nil {
      return .reference(try names.reference(id, of: path.field))
    }
    let isText = period != nil || path.part != nil
    return RowReader.value(stored, as: isText ? .text : path.field.format).map(FieldReading.value)
      ?? .empty
  }

  private static func expression(
    _ group: GroupedCount.Group, _ path: FieldPath, _ compiler: QueryCompiler
  ) throws -> String {
    let stored =
      path.field.isSet ? "\(compiler.tableOfElements(of: path)).value" : compiler.expression(path)
    let column = compiler.followed(stored, path.field)
    switch (path.field.format, group.period) {
    case (.date, let period?): return self.period(period, of: column)
    case (.instant, let period?): return self.period(period, of: compiler.day(of: column))
    case (.instant, nil): return column
    case (_, let period?):
      throw QueryError.notGroupable(field: path.text, period: period.rawValue)
    case (.money, nil), (.bytes, nil):
      throw QueryError.notGroupable(field: path.text, period: nil)
    case (.structure, nil) where path.field.isSet:
      throw QueryError.notGroupable(field: path.text, period: nil)
    case (_, nil): return column
    }
  }

  private static func period(_ period: GroupedCount.Period, of day: String) -> String {
    switch period {
    case .week: "kith_week(\(day))"
    case .month: "substr(\(day), 1, 7)"
    case .quarter:
      "substr(\(day), 1, 4) || '-Q' || ((CAST(substr(\(day), 6, 2) AS INTEGER) + 2) / 3)"
    case .year: "substr(\(day), 1, 4)"
    }
  }
}
