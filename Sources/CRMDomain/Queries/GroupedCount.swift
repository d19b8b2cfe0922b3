package import CRDTCore
package import GRDB

/// How many records there are, and what amounts they add up to, by the values of fields.
package struct GroupedCount: Sendable {
  /// A span by which days are grouped.
  package enum Period: String, Hashable, Sendable, CaseIterable {
    case week, month, quarter, year
  }

  /// What records are grouped by.
  package struct Group: Hashable, Sendable {
    package let path: [String]
    package let period: Period?

    package init(_ path: [String], period: Period? = nil) {
      self.path = path
      self.period = period
    }
  }

  /// What the values of a field add up to; exact.
  package enum Total: Hashable, Sendable {
    /// One amount for each currency, by its code.
    case money([Money])
    case number(Int64)
  }

  /// One group.
  package struct Row: Hashable, Sendable {
    /// The values that make the group; a period is a text such as `2017-Q1`.
    package let keys: [FieldReading]
    package let count: Int
    /// What each of ``GroupedCount/sums`` adds up to.
    package let totals: [Total]
  }

  /// The kind.
  package var entity: Entity
  /// Which records, archived ones too; all that are not deleted, if `nil`.
  package var filter: Filter?
  /// By what they are grouped; a record counts once in the group of each element of a set.
  package var groups: [Group]
  /// The fields to add up.
  package var sums: [[String]]
  /// How many of the records that came last are looked at, whatever the filter; all, if `nil`.
  package var latest: Int?

  package init(
    _ entity: Entity, filter: Filter? = nil, by groups: [Group] = [], sums: [[String]] = []
  ) {
    self.entity = entity
    self.filter = filter
    self.groups = groups
    self.sums = sums
  }

  /// The groups, ordered by their values: empty ones last, stages by place, others as people order.
  package func rows(in database: Database, _ context: QueryContext) throws -> [Row] {
    let sums = try sums.map { try sum($0, database, context) }
    let zeros = try zeros(context)
    let names = RecordNames(context.catalog, in: database)
    let order = GroupOrder(database)
    var rows: [(order: [GroupOrder.Place], row: Row)] = []
    let statement = try GroupedRows(of: self, database, context)
    for stored in try statement.fetch("COUNT(*)") {
      let key = Array(stored.prefix(groups.count))
      let keys = try statement.readings(of: key, names)
      let totals = zip(sums, zeros).map { $0[key] ?? $1 }
      let places = try zip(keys, statement.paths).map { try order.place(of: $0, $1) }
      rows.append(
        (
          places,
          Row(keys: keys, count: Int.fromDatabaseValue(stored[key.count]) ?? 0, totals: totals)
        )
      )
    }
    return rows.sorted { $0.order.lexicographicallyPrecedes($1.order) }.map(\.row)
  }

  /// Whether there are no more records than are looked at.
  package func isWhole(in database: Database) throws -> Bool {
    guard let latest else { return true }
    let table = SQL.name(entity.name)
    return try Int.fetchOne(database, sql: "SELECT max(_rec) FROM \(table)") ?? 0 <= latest
  }

  /// All records as one group, each once.
  package func total(in database: Database, _ context: QueryContext) throws -> Row {
    var whole = self
    whole.groups = []
    return try whole.rows(in: database, context)[0]
  }

  /// What no records at all add up to.
  func zeros(_ context: QueryContext) throws -> [Total] {
    try sums.map {
      let path = try FieldPath($0, from: entity, in: context.catalog)
      return path.field.format == .money ? .money([]) : .number(0)
    }
  }

  private func sum(
    _ words: [String], _ database: Database, _ context: QueryContext
  ) throws -> [[DatabaseValue]: Total] {
    let statement = try GroupedRows(of: self, database, context)
    let path = try statement.compiler.path(words)
    let column = statement.compiler.expression(path)
    var totals: [[DatabaseValue]: Total] = [:]
    switch path.field.format {
    case .integer where !path.field.isSet:
      for row in try statement.fetch("IFNULL(SUM(\(column)), 0)") {
        totals[Array(row.dropLast())] = .number(row.last.flatMap(Int64.fromDatabaseValue) ?? 0)
      }
    case .money:
      let code = "\(statement.compiler.table(of: path)).\(SQL.name(path.field.name + "_currency"))"
      for row in try statement.fetch("\(code), SUM(\(column))", grouping: code) {
        let key = Array(row.dropLast(2))
        guard let currency = String.fromDatabaseValue(row[key.count]).flatMap({ CurrencyCode($0) }),
          let minorUnits = Int64.fromDatabaseValue(row[key.count + 1])
        else { continue }
        var amounts: [Money] = []
        if case .money(let known)? = totals[key] { amounts = known }
        totals[key] = .money(amounts + [Money(minorUnits: minorUnits, currency: currency)])
      }
    case .integer, .bool, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .choice, .status, .reference, .anyReference, .listed, .structure:
      throw QueryError.notSummable(field: path.text)
    }
    return totals
  }
}
