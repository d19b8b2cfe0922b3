import CRDTCore
package import GRDB

/// Writes a list of records as a file, row by row.
package struct RecordExport {
  /// Takes the next bytes of the file.
  package typealias Sink = ([UInt8]) throws -> Void

  private let query: RecordQuery
  private let context: QueryContext

  /// Creates an export of a query's records with its columns.
  package init(_ query: RecordQuery, _ context: QueryContext) {
    self.query = query
    self.context = context
  }

  /// Every field that people fill, for a query that is to leave nothing out.
  package static func columns(of entity: Entity) -> [[String]] {
    entity.fields.filter { $0.format != .bytes }.map { [$0.name] }
  }

  /// Writes comma-separated values that an import of the same kind reads back: references by name,
  /// amounts with their currency, sets with `; `, structures as `part=value; part=value`.
  ///
  /// - Returns: How many records were written.
  @discardableResult
  package func csv(in database: Database, to sink: Sink) throws -> Int {
    let paths = try query.paths(in: context.catalog)
    let writer = CSVWriter()
    try sink(writer.line(paths.map(\.text)))
    var count = 0
    try query.forEach(in: database, context) { row in
      try sink(writer.line(zip(row.cells, paths).map { $0.cellText(of: $1) }))
      count += 1
    }
    return count
  }

  /// Writes one JSON document, `kith.export/1`.
  ///
  /// - Returns: How many records were written.
  @discardableResult
  package func json(in database: Database, to sink: Sink) throws -> Int {
    let paths = try query.paths(in: context.catalog)
    let kind = JSONValue.string(query.entity.name).bytes
    try sink(
      Array("{\"schema\":\"kith.export/1\",\"kind\":".utf8) + kind + Array(",\"rows\":[".utf8))
    var count = 0
    try query.forEach(in: database, context) { row in
      let document = row.json(paths)
      try sink((count > 0 ? Array(",\n".utf8) : [UInt8(ascii: "\n")]) + document.bytes)
      count += 1
    }
    try sink(Array("\n]}\n".utf8))
    return count
  }
}

extension RecordQuery.Row {
  /// The row as JSON: the full id, then a member for each column by its path.
  package func json(_ paths: [FieldPath]) -> JSONValue {
    var members = [JSONValue.Member("id", .string(id.description))]
    members += zip(cells, paths).map { JSONValue.Member($1.text, $0.json(of: $1.field)) }
    if isDeleted { members.append(JSONValue.Member("_deleted", .bool(true))) }
    return .object(members)
  }
}

extension FieldReading {
  /// The reading as JSON: amounts as `{"amount":"18000.00","currency":"EUR"}`, decimals as texts,
  /// references as `{"id":…,"name":…}` with a `state` unless they are known.
  package func json(of field: Field) -> JSONValue {
    switch self {
    case .empty: field.isSet ? .array([]) : .null
    case .elements(let elements): .array(elements.map { $0.json(of: field) })
    case .reference(let reference): reference.json
    case .value(.bool(let flag)): .bool(flag)
    case .value(.integer(let number)): .number(String(number))
    case .value(.money(let money)):
      .object([
        JSONValue.Member("amount", .string(money.amountText)),
        JSONValue.Member("currency", .string(money.currency.description)),
      ])
    case .value(.structure(let parts)):
      .object(parts.map { JSONValue.Member($0.name, .string($0.value.text(of: field))) })
    case .value(let value): .string(value.text(of: field))
    }
  }

  /// The reading as a cell that an import reads back.
  fileprivate func cellText(of path: FieldPath) -> String {
    switch self {
    case .empty: return ""
    case .elements(let elements):
      return elements.map { element in
        element.elementText(of: path.field).map { "\\;".contains($0) ? "\\\($0)" : String($0) }
          .joined()
      }.joined(separator: "; ")
    case .value(.structure(let parts)):
      guard case .structure(let format) = path.field.format else { return "" }
      return format.exactText(of: .structure(parts))
    case .reference, .value: return elementText(of: path.field)
    }
  }

  private func elementText(of field: Field) -> String {
    guard case .reference(let reference) = self else { return text(of: field) }
    let name = reference.name ?? reference.id.description
    // A field of any kind needs to be told which.
    return field.target == nil ? "\(reference.entity?.name ?? ""):\(name)" : name
  }
}

extension RecordReference {
  private var stateName: String? {
    switch state {
    case .known: nil
    case .deleted: "deleted"
    case .unknownHere: "unknown"
    }
  }

  fileprivate var json: JSONValue {
    .object(
      [
        JSONValue.Member("id", .string(id.description)),
        JSONValue.Member("name", name.map(JSONValue.string) ?? .null),
      ] + (stateName.map { [JSONValue.Member("state", .string($0))] } ?? []))
  }
}
