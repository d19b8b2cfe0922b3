import CRDTCore
import Foundation
import GRDB

/// Turns paths and filters into SQL over the typed tables, with every value as an argument.
///
/// The queried table is `t`; each chain of references that is followed becomes one left join.
final class QueryCompiler {
  let root: Entity
  let context: QueryContext
  let database: Database
  private let names: NameIndex
  private let joined: JoinedRecords
  /// The function that leads from joined records to those that stand for them; once there is need.
  private var followingFunction: String?
  private(set) var arguments: [DatabaseValue] = []
  private var joins: [String] = []
  private var aliases: [String: String] = [:]
  /// How many functions only this query has.
  private var functionCount = 0

  init(_ root: Entity, context: QueryContext, in database: Database) throws {
    self.root = root
    self.context = context
    self.database = database
    names = NameIndex(context.catalog)
    joined = try JoinedRecords(context.catalog, in: database)
    QueryFunctions.add(to: database)
  }

  /// The table and its joins, for the clause FROM; complete once everything else is compiled.
  var tables: String {
    ([SQL.name(root.name) + " t"] + joins).joined(separator: "\n")
  }

  /// The path's words as a path of the queried kind.
  func path(_ words: [String]) throws -> FieldPath {
    try FieldPath(words, from: root, in: context.catalog)
  }

  /// The alias of the table that holds a path's field.
  func table(of path: FieldPath) -> String { table(following: path.references) }

  /// The alias of the table of the records that a path of references leads to.
  func table(following references: [Field]) -> String {
    var alias = "t"
    var key = ""
    for field in references {
      key += "." + field.name
      if let known = aliases[key] {
        alias = known
        continue
      }
      let next = "r\(aliases.count + 1)"
      let target = field.target.map { context.catalog.entity($0) } ?? root
      let reference = followed("\(alias).\(SQL.name(field.name))", field)
      joins.append("LEFT JOIN \(SQL.name(target.name)) \(next) ON \(next).id = \(reference)")
      aliases[key] = next
      alias = next
    }
    return alias
  }

  /// An expression of a reference as the record that it leads to, which stands for joined ones.
  func followed(_ expression: String, _ field: Field) -> String {
    guard !joined.isEmpty, field.leadsToJoined(in: context.catalog) else { return expression }
    let name = followingFunction ?? joined.function(on: database)
    followingFunction = name
    return "\(name)(\(expression))"
  }

  /// Joins a set, so that there is a row for each element, or one for none.
  func tableOfElements(of path: FieldPath) -> String {
    let alias = "s\(joins.count + 1)"
    joins.append(
      """
      LEFT JOIN \(setTable(of: path)) \(alias) \
      ON \(alias)._rec = \(table(of: path))._rec AND \(alias).present = 1
      """)
    return alias
  }

  /// A set's own table.
  func setTable(of path: FieldPath) -> String {
    SQL.name("\(path.entity.name)_\(path.field.name)")
  }

  /// The expression of a path's value; of a structure as people read it.
  func expression(_ path: FieldPath) -> String {
    let column = "\(table(of: path)).\(SQL.name(path.field.name))"
    if let part = path.part { return "json_extract(\(column), '$.\(part)')" }
    return RecordNameSQL.text(of: path.field, column: column)
  }

  /// The condition that a record must meet.
  ///
  /// Deleted records do not, nor archived ones unless they are to be in, if the filter does not speak of
  /// them.
  func condition(_ filter: Filter?, includesArchived: Bool) throws -> String {
    var conditions: [String] = []
    if filter?.mentionsDeleted != true { conditions.append("t._hidden IS NULL") }
    if !includesArchived, root.field(named: "archived")?.name == "archived",
      filter?.mentions("archived") != true
    {
      conditions.append("t.archived IS NOT 1")
    }
    if let filter { conditions.append(try condition(filter)) }
    return conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
  }

  private func condition(_ filter: Filter) throws -> String {
    switch filter {
    case .and(let filters): return try joined(filters, " AND ", of: "1")
    case .or(let filters): return try joined(filters, " OR ", of: "0")
    // What is unknown to SQL is false to people, so its negation is true.
    case .not(let filter): return "NOT IFNULL((\(try condition(filter))), 0)"
    case .compare(let words, let comparison, let operand):
      return try compare(try path(words), comparison, operand)
    case .matches(let words, let pattern): return try matches(try path(words), pattern)
    case .among(let words, let operands):
      let path = try path(words)
      return try operands.isEmpty
        ? "0"
        : "("
          + operands.map { try compare(path, .equal, $0) }.joined(separator: " OR ") + ")"
    case .has(let words, let all, let operands):
      let path = try path(words)
      let conditions = try operands.map { try compare(path, .equal, $0) }
      return "(" + conditions.joined(separator: all ? " AND " : " OR ") + ")"
    case .isEmpty(let words):
      let path = try path(words)
      return path.field.isSet ? "NOT \(anyElement(of: path, "1"))" : "\(expression(path)) IS NULL"
    case .records(let ids):
      // Written out, since there may be more than SQLite has arguments; hexadecimal digits are safe.
      let literals = ids.sorted().map { "x'\(hexadecimal($0.rawValue.bigEndianBytes))'" }
      return "t.id IN (\(literals.joined(separator: ", ")))"
    case .deleted: return "t._hidden IS NOT NULL"
    case .changed(let tails): return changed(by: tails)
    case .created(let tails): return created(by: tails)
    case .deletedIn(let tails): return deleted(by: tails)
    case .active(let tails): return active(in: tails)
    }
  }

  private func joined(_ filters: [Filter], _ word: String, of nothing: String) throws -> String {
    filters.isEmpty ? nothing : "(" + (try filters.map(condition)).joined(separator: word) + ")"
  }

  private func compare(
    _ path: FieldPath, _ comparison: Comparison, _ operand: Operand
  ) throws -> String {
    switch comparison {
    case .notEqual: return "NOT IFNULL(\(try compare(path, .equal, operand)), 0)"
    case .lacks: return "NOT IFNULL(\(try compare(path, .contains, operand)), 0)"
    case .contains: return try contains(path, operand.text)
    case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual: break
    }
    guard path.field.isSet else {
      return try compareOne(path, expression(path), comparison, operand)
    }
    guard comparison == .equal else { throw notComparable(path, comparison) }
    var column = "e.value"
    if case .structure(let format) = path.field.format {
      column = "json_extract(e.value, '$.\(format == .contactPoint ? "value" : format.parts[0])')"
      return anyElement(of: path, "\(column) = \(bind(.text(operand.text)))")
    }
    return anyElement(of: path, try compareOne(path, column, .equal, operand))
  }

  private func anyElement(of path: FieldPath, _ condition: String) -> String {
    """
    EXISTS (SELECT 1 FROM \(setTable(of: path)) e \
    WHERE e._rec = \(table(of: path))._rec AND e.present = 1 AND \(condition))
    """
  }

  private func compareOne(
    _ path: FieldPath, _ column: String, _ comparison: Comparison, _ operand: Operand
  ) throws -> String {
    if path.part == nil {
      switch path.field.format {
      case .reference, .listed, .anyReference:
        guard comparison == .equal else { throw notComparable(path, comparison) }
        var ids = try identifiers(operand, path.field)
        // Compared one by one rather than followed, so that an index serves.
        if path.field.leadsToJoined(in: context.catalog) { ids = ids.flatMap(joined.group) }
        arguments += ids.map(\.databaseValue)
        return ids.count == 1 ? "\(column) = ?" : "\(column) IN (\(SQL.marks(ids.count)))"
      case .structure:
        return "\(column) \(comparison.rawValue) \(bind(.text(operand.text)))"
      case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date,
        .instant, .money, .choice, .status:
        break
      }
    }
    let value = try value(operand, path)
    switch value {
    case .money(let money):
      // Amounts of other currencies are neither more nor less.
      let currency = "\(table(of: path)).\(SQL.name(path.field.name + "_currency"))"
      let condition = "\(column) \(comparison.rawValue) \(bind(value))"
      return "(\(condition) AND \(currency) = \(bind(.text(money.currency.description))))"
    case .decimal:
      return "CAST(\(column) AS NUMERIC) \(comparison.rawValue) CAST(\(bind(value)) AS NUMERIC)"
    case .date where path.field.format == .instant:
      return "\(day(of: column)) \(comparison.rawValue) \(bind(value))"
    case .null, .bool, .integer, .text, .bytes, .date, .instant, .reference, .structure, .unknown:
      return "\(column) \(comparison.rawValue) \(bind(value))"
    }
  }

  /// The records that an operand names; a name that several bear means all of them.
  private func identifiers(_ operand: Operand, _ field: Field) throws -> [RecordID] {
    if case .value(.reference(let id)) = operand { return [id] }
    var text = operand.text.trimmed
    var scope = NameIndex.Scope(kind: field.target ?? "")
    if case .listed(let list) = field.format {
      scope = NameIndex.Scope(kind: "picklist", list: list)
    }
    if field.target == nil {
      let words = text.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
      guard words.count == 2, let kind = context.catalog.kind(named: words[0])?.entity.name else {
        throw QueryError.unreadableValue(
          text: text, field: field.name, example: "account:Müller GmbH")
      }
      (scope, text) = (NameIndex.Scope(kind: kind), words[1])
    }
    switch try names.match(NameFolding.normalized(text), in: scope, of: database) {
    case .one(let id): return [id]
    case .several(let references): return references.map(\.id)
    case .none(let closest):
      throw QueryError.noSuchRecord(
        text: text, kind: scope.list ?? scope.kind, closest: closest)
    }
  }

  private func value(_ operand: Operand, _ path: FieldPath) throws -> Value {
    let field = path.field
    switch operand {
    case .value(let value): return value
    case .text(let text):
      let text = text.trimmed
      if path.part != nil { return .text(NameFolding.normalized(text)) }
      if let value = try context.readText?(text, field) { return value }
      if let value = context.reader.value(of: text, as: field.format) { return value }
      throw QueryError.unreadableValue(
        text: text, field: field.name, example: context.reader.example(of: field.format))
    }
  }

  private func contains(_ path: FieldPath, _ text: String) throws -> String {
    let needle = NameFolding.folded(text)
    return try textCondition(on: path) {
      "instr(kith_fold(\($0)), \(bind(.text(needle)))) > 0"
    }
  }

  private func matches(_ path: FieldPath, _ pattern: TextPattern) throws -> String {
    let name = newFunctionName()
    let function = DatabaseFunction(name, argumentCount: 1, pure: true) { values in
      String.fromDatabaseValue(values[0]).map(pattern.isFound)
    }
    database.add(function: function)
    return try textCondition(on: path) { "\(name)(\($0))" }
  }

  /// A condition on the texts of a field; of references, on the names of what they lead to.
  private func textCondition(
    on path: FieldPath, _ condition: (_ text: String) -> String
  ) throws -> String {
    if path.part != nil { return condition(expression(path)) }
    switch path.field.format {
    case .text, .longText, .choice, .status, .structure, .position:
      guard path.field.isSet else { return condition(expression(path)) }
      let element = RecordNameSQL.text(of: path.field, column: "e.value")
      return anyElement(of: path, condition(element))
    case .reference, .listed:
      let target = context.catalog.entity(path.field.target ?? "")
      guard path.field.isSet else {
        let alias = table(following: path.references + [path.field])
        return condition(RecordNameSQL.expression(of: target, in: alias))
      }
      let name = condition(RecordNameSQL.expression(of: target, in: "n"))
      return anyElement(
        of: path,
        """
        EXISTS (SELECT 1 FROM \(SQL.name(target.name)) n \
        WHERE n.id = \(followed("e.value", path.field)) AND \(name))
        """)
    case .bool, .integer, .decimal, .percent, .bytes, .date, .instant, .money, .anyReference:
      throw notComparable(path, .contains)
    }
  }

  private func notComparable(
    _ path: FieldPath, _ comparison: Comparison
  ) -> QueryError {
    .notComparable(field: path.text, comparison: comparison.rawValue)
  }

  /// The day on which the moment in a column falls.
  func day(of column: String) -> String {
    "\(QueryFunctions.day(in: context.reader.timeZone, on: database))(\(column))"
  }

  /// A name for a function that only this query has.
  func newFunctionName() -> String {
    functionCount += 1
    return "kith_query_\(functionCount)"
  }

  /// Adds an argument; returns its mark.
  private func bind(_ value: Value) -> String {
    arguments.append(value.databaseValue)
    return "?"
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

extension Value {
  /// The value as its column holds it; of money, the minor units.
  var databaseValue: DatabaseValue {
    switch self {
    case .null, .structure, .unknown: .null
    case .bool(let flag): flag.databaseValue
    case .integer(let number): number.databaseValue
    case .decimal(let number): number.description.databaseValue
    case .text(let text): text.databaseValue
    case .bytes(let bytes): Data(bytes).databaseValue
    case .date(let date): date.description.databaseValue
    case .instant(let instant): instant.milliseconds.databaseValue
    case .reference(let id): id.databaseValue
    case .money(let money): money.minorUnits.databaseValue
    }
  }
}
