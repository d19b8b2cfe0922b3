import CRDTCore
import GRDB

/// Which of several filters a deal meets that is about to be made, or one that there is.
///
/// A draft is asked in SQL as a stored record is, so that a filter means the same for both: what the draft says
/// stands in the place of the kind's tables.
struct DraftMatches {
  private let entity: Entity
  private let database: Database
  /// The filters that can be asked here, by their place.
  private let places: [Int]
  private let sql: String
  private let arguments: [DatabaseValue]

  /// A filter that names what is unknown here is met by nothing.
  init(
    _ filters: [Filter?], of entity: Entity, in database: Database, _ context: QueryContext
  ) throws {
    self.entity = entity
    self.database = database
    places = filters.indices.filter { index in
      let compiler = try? QueryCompiler(entity, context: context, in: database)
      return (try? compiler?.condition(filters[index], includesArchived: true)) != nil
    }
    let compiler = try QueryCompiler(entity, context: context, in: database)
    let terms = try places.map {
      "IFNULL((\(try compiler.condition(filters[$0], includesArchived: true))), 0)"
    }
    sql = "SELECT \((terms + ["1"]).joined(separator: ", ")) FROM \(compiler.tables)"
    arguments = compiler.arguments
  }

  /// The places of the filters that a draft meets.
  func places(metBy draft: EditDraft) throws -> [Int] {
    var columns = ["0 AS _rec", "x'' AS id", "NULL AS _hidden"]
    var values: [DatabaseValue] = []
    var tables: [String] = []
    var elements: [DatabaseValue] = []
    for field in entity.fields {
      let value = draft[field.name]
      if field.isSet {
        let present = (draft.elements[field.name] ?? []).filter(\.isIn).map(\.0)
        let table = SQL.name("\(entity.name)_\(field.name)")
        tables.append("\(table) AS (\(Self.rows(of: present.count)))")
        elements += present.map(\.databaseValue)
        continue
      }
      columns.append("? AS \(SQL.name(field.name))")
      values.append(value.databaseValue)
      guard field.format == .money else { continue }
      columns.append("? AS \(SQL.name(field.name + "_currency"))")
      let currency: String? = if case .money(let money) = value { "\(money.currency)" } else { nil }
      values.append(currency.databaseValue)
    }
    let record = "\(SQL.name(entity.name)) AS (SELECT \(columns.joined(separator: ", ")))"
    return try met(
      "WITH \(([record] + tables).joined(separator: ", ")) \(sql)", values + elements + arguments)
  }

  /// The places of the filters that a record meets.
  func places(metBy record: RecordID) throws -> [Int] {
    try met("\(sql) WHERE t.id = ?", arguments + [record.databaseValue])
  }

  private static func rows(of count: Int) -> String {
    let row = "SELECT 0 AS _rec, 1 AS present, ? AS value"
    guard count > 0 else { return "SELECT 0 AS _rec, 0 AS present, NULL AS value WHERE 0" }
    return Array(repeating: row, count: count).joined(separator: " UNION ALL ")
  }

  private func met(_ sql: String, _ arguments: [DatabaseValue]) throws -> [Int] {
    guard !places.isEmpty,
      let row = try Row.fetchOne(database, sql: sql, arguments: StatementArguments(arguments))
    else { return [] }
    return places.indices.filter { row[$0] as Bool }.map { places[$0] }
  }
}
