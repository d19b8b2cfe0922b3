import CRDTCore
package import GRDB

/// Records as cards in columns: deals by stage, tasks by status, anything by a field of one value.
package struct Board: Sendable {
  /// One column.
  package struct Column: Hashable, Sendable {
    /// The value that its cards have.
    package let heading: FieldReading
    /// How many records have it.
    package let count: Int
    /// What each of ``Board/sums`` adds up to.
    package let totals: [GroupedCount.Total]
    /// The first of them.
    package let cards: [RecordQuery.Row]
  }

  /// The records: kind, filter, order, what a card shows, and how many cards a column has at most.
  package var query: RecordQuery
  /// The field whose values are the columns; the kind's own if `nil`.
  package var path: [String]?
  /// The fields that columns add up.
  package var sums: [[String]] = []

  package init(_ query: RecordQuery, by path: [String]? = nil) {
    self.query = query
    self.path = path
  }

  /// Reads the board: a column for each value that the field may have, in their order, empty or not,
  /// and one for each other value that records have.
  ///
  /// - Throws: ``QueryError``, ``FieldPathError``, or what reading throws.
  package func columns(in database: Database, _ context: QueryContext) throws -> [Column] {
    guard let words = path ?? query.entity.boardField.map({ [$0] }) else {
      throw QueryError.noBoard(entity: query.entity.name)
    }
    let path = try FieldPath(words, from: query.entity, in: context.catalog)
    guard !path.field.isSet else { throw QueryError.notGroupable(field: path.text, period: nil) }
    var shown = query
    if !shown.includesArchived, shown.entity.field(named: "archived")?.name == "archived",
      shown.filter?.mentions("archived") != true
    {
      let live = Filter.not(.compare(["archived"], .equal, .value(.bool(true))))
      shown.filter = .and([shown.filter, live].compactMap(\.self))
    }
    let counted = GroupedCount(
      shown.entity, filter: shown.filter, by: [GroupedCount.Group(words)], sums: sums)
    var rows = try counted.rows(in: database, context)
    var columns: [Column] = []
    for heading in try headings(of: path, in: database, context) {
      let index = rows.firstIndex { Self.isSame($0.keys[0], heading) }
      let row = index.map { rows.remove(at: $0) }
      columns.append(try column(heading, row, words, shown, database, context))
    }
    for row in rows {
      columns.append(try column(row.keys[0], row, words, shown, database, context))
    }
    return columns
  }

  private func column(
    _ heading: FieldReading, _ row: GroupedCount.Row?, _ words: [String], _ query: RecordQuery,
    _ database: Database, _ context: QueryContext
  ) throws -> Column {
    let zeros = try GroupedCount(query.entity, sums: sums).zeros(context)
    guard let row else { return Column(heading: heading, count: 0, totals: zeros, cards: []) }
    var cards = query
    let condition: Filter =
      switch heading {
      case .empty, .elements: .isEmpty(words)
      case .value(let value): .compare(words, .equal, .value(value))
      case .reference(let reference): .compare(words, .equal, .value(.reference(reference.id)))
      }
    cards.filter = .and([query.filter, condition].compactMap(\.self))
    return Column(
      heading: heading, count: row.count, totals: row.totals,
      cards: try cards.rows(in: database, context))
  }

  /// The values that the field may have, as far as they are few and known.
  private func headings(
    of path: FieldPath, in database: Database, _ context: QueryContext
  ) throws -> [FieldReading] {
    switch path.field.format {
    case .status(let machine): return machine.states.map { .value(.text($0)) }
    case .choice(let choices): return choices.map { .value(.text($0)) }
    case .reference(to: "stage"):
      let all = try DealStages(in: database)
      let names = RecordNames(context.catalog, in: database)
      return try (all.defaultProcess.map { all.stages(of: $0) } ?? []).map {
        .reference(try names.reference($0.id, of: path.field))
      }
    case .listed(let list):
      let names = RecordNames(context.catalog, in: database)
      let ids = try DatabaseValue.fetchAll(
        database,
        sql: """
          SELECT id FROM picklist WHERE _hidden IS NULL AND list = ? AND retired IS NOT 1
          ORDER BY position IS NULL, position, kith_fold(label), id
          """, arguments: [list])
      return try ids.compactMap { RecordID($0) }.map {
        .reference(try names.reference($0, of: path.field))
      }
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .money, .reference, .anyReference, .structure:
      return []
    }
  }

  private static func isSame(_ first: FieldReading, _ second: FieldReading) -> Bool {
    if case .reference(let one) = first, case .reference(let other) = second {
      return one.id == other.id
    }
    return first == second
  }
}
