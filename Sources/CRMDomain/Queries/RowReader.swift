import CRDTCore
import Foundation
import GRDB
import ReplicaStore

/// Reads the rows of one statement as what their columns say.
final class RowReader {
  /// What one column needs of a row, from which place on.
  private enum Plan {
    case scalar(FieldPath, at: Int)
    case money(at: Int)
    case structure(StructureFormat, at: Int)
    /// Id, name, whether the record is hidden, whether it is known at all.
    case reference(Entity, at: Int)
    case anyReference(Field, at: Int)
    /// The row whose elements a statement of its own reads.
    case elements(FieldPath, Statement, at: Int)
  }

  /// The expressions to select.
  private(set) var selection = ["t.id", "t._hidden"]
  private var plans: [Plan] = []
  private let compiler: QueryCompiler
  private let names: RecordNames

  init(_ columns: [[String]], _ compiler: QueryCompiler) throws {
    self.compiler = compiler
    names = RecordNames(compiler.context.catalog, in: compiler.database)
    for column in columns { plans.append(try plan(for: try compiler.path(column))) }
  }

  func row(_ row: Row) throws -> RecordQuery.Row {
    RecordQuery.Row(
      id: RecordID(row[0] as DatabaseValue) ?? RecordID(rawValue: 0),
      cells: try plans.map { try reading($0, row) }, isDeleted: row[1] as Int? != nil)
  }

  private func plan(for path: FieldPath) throws -> Plan {
    let at = selection.count
    let table = compiler.table(of: path)
    let column = "\(table).\(SQL.name(path.field.name))"
    if path.field.isSet {
      selection.append("\(table)._rec")
      return .elements(path, try elementStatement(path), at: at)
    }
    if path.part != nil {
      selection.append(compiler.expression(path))
      return .scalar(path, at: at)
    }
    switch path.field.format {
    case .money:
      selection += [column, "\(table).\(SQL.name(path.field.name + "_currency"))"]
      return .money(at: at)
    case .structure(let format):
      selection += format.parts.map { "json_extract(\(column), '$.\($0)')" }
      return .structure(format, at: at)
    case .reference, .listed:
      let target = compiler.context.catalog.entity(path.field.target ?? "")
      let alias = compiler.table(following: path.references + [path.field])
      selection += [
        compiler.followed(column, path.field), RecordNameSQL.expression(of: target, in: alias),
        "\(alias)._hidden", "\(alias)._rec",
      ]
      return .reference(target, at: at)
    case .anyReference:
      selection.append(column)
      return .anyReference(path.field, at: at)
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .choice, .status:
      selection.append(column)
      return .scalar(path, at: at)
    }
  }

  private func elementStatement(_ path: FieldPath) throws -> Statement {
    let value = compiler.followed("e.value", path.field)
    var selection = [value]
    var join = ""
    if case .structure(let format) = path.field.format {
      selection = format.parts.map { "json_extract(e.value, '$.\($0)')" }
    }
    if let target = path.field.target.map(compiler.context.catalog.entity) {
      selection += [RecordNameSQL.expression(of: target, in: "n"), "n._hidden", "n._rec"]
      join = "LEFT JOIN \(SQL.name(target.name)) n ON n.id = \(value)"
    }
    return try compiler.database.makeStatement(
      sql: """
        SELECT \(selection.joined(separator: ", ")) FROM \(compiler.setTable(of: path)) e \(join)
        WHERE e._rec = ? AND e.present = 1 ORDER BY e.key
        """)
  }

  private func reading(_ plan: Plan, _ row: Row) throws -> FieldReading {
    switch plan {
    case .scalar(let path, let at):
      let format = path.part == nil ? path.field.format : .text
      return Self.value(row[at], as: format).map(FieldReading.value) ?? .empty
    case .money(let at):
      guard let minorUnits = row[at] as Int64?, let code = row[at + 1] as String?,
        let currency = CurrencyCode(code)
      else { return .empty }
      return .value(.money(Money(minorUnits: minorUnits, currency: currency)))
    case .structure(let format, let at): return Self.structure(format, row, at: at)
    case .reference(let entity, let at): return Self.reference(entity, row, at: at)
    case .anyReference(let field, let at):
      guard let id = RecordID(row[at] as DatabaseValue) else { return .empty }
      return .reference(try names.reference(id, of: field))
    case .elements(let path, let statement, let at):
      guard let record = row[at] as Int64? else { return .empty }
      let rows = try Row.fetchAll(statement, arguments: [record])
      // Of two records in the set, one may stand for the other.
      let elements = try rows.map { try element(of: path, $0) }.filter { $0 != .empty }.distinct
      return elements.isEmpty ? .empty : .elements(elements)
    }
  }

  private func element(of path: FieldPath, _ row: Row) throws -> FieldReading {
    switch path.field.format {
    case .structure(let format): return Self.structure(format, row, at: 0)
    case .reference, .listed:
      return Self.reference(compiler.context.catalog.entity(path.field.target ?? ""), row, at: 0)
    case .anyReference:
      guard let id = RecordID(row[0] as DatabaseValue) else { return .empty }
      return .reference(try names.reference(id, of: path.field))
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .money, .choice, .status:
      return Self.value(row[0], as: path.field.format).map(FieldReading.value) ?? .empty
    }
  }

  private static func reference(_ entity: Entity, _ row: Row, at: Int) -> FieldReading {
    guard let id = RecordID(row[at] as DatabaseValue) else { return .empty }
    let isKnown = row[at + 3] as Int64? != nil
    return .reference(
      RecordReference(
        id: id, entity: entity,
        state: isKnown
          ? RecordReference.State(name: row[at + 1], isHidden: row[at + 2] as Int? != nil)
          : .unknownHere))
  }

  private static func structure(_ format: StructureFormat, _ row: Row, at: Int) -> FieldReading {
    var texts: [String: String] = [:]
    for (index, part) in format.parts.enumerated() { texts[part] = row[at + index] as String? }
    let value = format.value(of: texts)
    return value.isNull ? .empty : .value(value)
  }

  /// A column's value; `nil` if it is null or, from a later version, nothing the format knows.
  static func value(_ stored: DatabaseValue, as format: FieldFormat) -> Value? {
    switch (format.type, stored.storage) {
    case (.bool, .int64(let number)): .bool(number != 0)
    case (.integer, .int64(let number)): .integer(number)
    case (.decimal, .string(let text)): DecimalNumber(text).map(Value.decimal)
    case (.text, .string(let text)): .text(text)
    case (.bytes, .blob(let data)): .bytes(Array(data))
    case (.date, .string(let text)): CivilDate(text).map(Value.date)
    case (.instant, .int64(let number)): .instant(Instant(milliseconds: number))
    case (_, _): nil
    }
  }
}

extension [FieldReading] {
  /// The readings, each once.
  var distinct: Self {
    var seen: Set<FieldReading> = []
    return filter { seen.insert($0).inserted }
  }
}
