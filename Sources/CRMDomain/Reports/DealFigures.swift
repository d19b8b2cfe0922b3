import CRDTCore
import GRDB

/// What reports on deals share.
final class DealFigures: RecordFigures {
  /// The table of the deal's stage.
  let stage: String
  /// To whom deals are credited, where groups are owners.
  let credit: GroupedCredit

  init(_ request: ReportRequest, in database: Database) throws {
    let stage = try FieldPath(
      ["stage"], from: request.queries.catalog.entity("deal"), in: request.queries.catalog)
    let rows = try RecordFigures.rows(of: "deal", request, in: database)
    self.stage = rows.compiler.table(following: [stage.field])
    credit = try GroupedCredit(rows.paths, in: database)
    try super.init(rows, request, in: database)
  }

  override var notes: [String] { super.notes + credit.notes }
}

/// What reports share: groups with their keys, amounts in the base currency, the records behind.
class RecordFigures {
  let request: ReportRequest
  let database: Database
  let rates: ExchangeRates
  let rows: GroupedRows
  private let names: RecordNames
  private let order: GroupOrder
  /// How many amounts had no rate, by currency.
  private(set) var unrated: [CurrencyCode: Int] = [:]

  init(_ rows: GroupedRows, _ request: ReportRequest, in database: Database) throws {
    self.rows = rows
    self.request = request
    self.database = database
    rates = try ExchangeRates(in: database)
    names = RecordNames(request.queries.catalog, in: database)
    order = GroupOrder(database)
  }

  /// The records of a kind that a request is about.
  convenience init(of kind: String, _ request: ReportRequest, in database: Database) throws {
    try self.init(
      RecordFigures.rows(of: kind, request, in: database), request, in: database)
  }

  static func rows(
    of kind: String, _ request: ReportRequest, in database: Database
  ) throws -> GroupedRows {
    let entity = request.queries.catalog.entity(kind)
    return try GroupedRows(
      of: GroupedCount(entity, filter: request.filter, by: request.groups), database,
      request.queries)
  }

  /// How many of a row's values are keys of its group.
  var keyCount: Int { rows.paths.count }

  /// An amount that a row holds behind its keys: currency, sum, how many; `nil` if there is none, or no rate.
  func base(_ row: ArraySlice<DatabaseValue>, count: Int, on day: CivilDate) -> Money? {
    guard let first = row.first,
      let currency = String.fromDatabaseValue(first).flatMap({ CurrencyCode($0) }),
      let units = row.dropFirst().first.flatMap(Int64.fromDatabaseValue)
    else { return nil }
    guard let base = rates.base(Money(minorUnits: units, currency: currency), on: day) else {
      unrated[currency, default: 0] += count
      return nil
    }
    return base
  }

  func money(_ minorUnits: Int128) -> ReportTable.Cell {
    .money(Money(minorUnits: Int64(clamping: minorUnits), currency: rates.baseCurrency))
  }

  /// Groups in the order of their keys, each with the cells of its keys.
  func inOrder<Figure>(
    _ groups: [[DatabaseValue]: Figure]
  ) throws -> [(keys: [ReportTable.Cell], figure: Figure)] {
    try groups.map { key, figure in
      let readings = try rows.readings(of: key, names)
      let places = try zip(readings, rows.paths).map { try order.place(of: $0, $1) }
      let cells = zip(readings, rows.paths).map { ReportTable.Cell.key($0, $1.field) }
      return (places, cells, figure)
    }
    .sorted { $0.0.lexicographicallyPrecedes($1.0) }.map { ($0.1, $0.2) }
  }

  /// The titles of the columns that hold the keys.
  var keyColumns: [ReportTable.Column] {
    zip(rows.paths, request.groups).map { path, group in
      ReportTable.Column(path.text + (group.period.map { ":" + $0.rawValue } ?? ""), .label)
    }
  }

  /// What is to be said of amounts that no rate converts, and of what else was left out.
  var notes: [String] {
    unrated.sorted { $0.key < $1.key }.map { currency, count in
      """
      \(count) \(count == 1 ? "amount" : "amounts") in \(currency) left out: there is no rate to \
      \(rates.baseCurrency). Set one: rate set \(currency) \(rates.baseCurrency) …
      """
    }
  }

  /// The condition that a day's column lies in the period of the request.
  func isInPeriod(_ column: String) -> String {
    var conditions = ["\(column) IS NOT NULL"]
    if let since = request.since { conditions.append("\(column) >= '\(since)'") }
    if let until = request.until { conditions.append("\(column) <= '\(until)'") }
    return conditions.joined(separator: " AND ")
  }
}

extension DatabaseValue {
  /// The day that a stored text says.
  var day: CivilDate? { String.fromDatabaseValue(self).flatMap { CivilDate($0) } }

  /// The moment that stored milliseconds say.
  var instant: Instant? { Int64.fromDatabaseValue(self).map { Instant(milliseconds: $0) } }

  /// The decimal that a stored text says.
  var decimal: DecimalNumber? {
    String.fromDatabaseValue(self).flatMap { DecimalNumber($0) }
  }
}
