import CRDTCore

/// How a field's values lie in its columns; docs/storage.md has the table.
///
/// Lossless: what a column cannot hold exactly stays in `_head` in its encoded form.
enum ColumnCodec {
  /// The days of the years 1 to 9999, which text has four digits for.
  private static let writtenDays: ClosedRange<Int32> = -719_162...2_932_896

  /// Whether the columns of `type` can hold `value`.
  static func fits(_ value: Value, _ type: FieldType) -> Bool {
    switch (value, type) {
    case (.null, _), (.bool, .bool), (.integer, .integer), (.decimal, .decimal), (.text, .text),
      (.bytes, .bytes), (.instant, .instant), (.reference, .reference),
      (.money, .money):
      true
    case (.date(let date), .date): writtenDays.contains(date.days)
    case (.structure(let parts), .structure): StructureText.fits(parts)
    case (.bool, _), (.integer, _), (.decimal, _), (.text, _), (.bytes, _), (.date, _),
      (.instant, _), (.reference, _), (.money, _), (.structure, _), (.unknown, _):
      false
    }
  }

  /// Binds a value that fits, from parameter `index` on.
  static func bind(_ value: Value, to statement: Statement, at index: Int32) {
    switch value {
    case .null: statement.bindNull(index)
    case .bool(let flag): statement.bind(index, flag ? 1 : 0)
    case .integer(let number): statement.bind(index, number)
    case .decimal(let number): statement.bind(index, number.description)
    case .text(let text): statement.bind(index, text)
    case .bytes(let bytes): statement.bind(index, bytes)
    case .date(let date): statement.bind(index, date.description)
    case .instant(let instant): statement.bind(index, instant.milliseconds)
    case .reference(let id): statement.bind(index, id.rawValue)
    case .money(let money):
      statement.bind(index, money.minorUnits)
      statement.bind(index + 1, money.currency.description)
    case .structure(let parts): statement.bind(index, StructureText.text(of: parts))
    case .unknown: statement.bindNull(index)
    }
  }

  /// Binds NULL to all columns of `field`.
  static func bindNull(_ field: FieldLayout, to statement: Statement, at index: Int32) {
    for offset in field.columns.indices { statement.bindNull(index + Int32(offset)) }
  }

  /// Reads the value in the columns from `column` on.
  static func read(
    _ type: FieldType, from statement: Statement, at column: Int32
  ) throws -> Value {
    guard !statement.isNull(column) else { return .null }
    switch type {
    case .bool: return .bool(statement.integer(column) != 0)
    case .integer: return .integer(statement.integer(column))
    case .decimal:
      return try DecimalNumber(statement.text(column)).map(Value.decimal) ?? unreadable(type)
    case .text: return .text(statement.text(column))
    case .bytes: return .bytes(statement.bytes(column))
    case .date: return try CivilDate(statement.text(column)).map(Value.date) ?? unreadable(type)
    case .instant: return .instant(Instant(milliseconds: statement.integer(column)))
    case .reference: return .reference(RecordID(rawValue: statement.number(column)))
    case .money:
      guard let currency = CurrencyCode(statement.text(column + 1)) else {
        return try unreadable(type)
      }
      return .money(Money(minorUnits: statement.integer(column), currency: currency))
    case .structure:
      guard let parts = StructureText.parts(of: statement.text(column)) else {
        return try unreadable(type)
      }
      return .structure(parts)
    }
  }

  /// The SQL type of a column.
  static func sqlType(_ type: FieldType) -> String {
    switch type {
    case .bool, .integer, .instant, .money: "INTEGER"
    case .decimal, .text, .date, .structure: "TEXT"
    case .bytes, .reference: "BLOB"
    }
  }

  private static func unreadable(_ type: FieldType) throws -> Value {
    throw StoreError.damaged(detail: "a column of type \(type) holds something else")
  }
}

/// A structure as the JSON object that its column holds: names and texts, in the order written.
enum StructureText {
  /// Whether the parts are all texts under plain names, and so survive as JSON.
  static func fits(_ parts: [StructurePart]) -> Bool {
    !parts.isEmpty && parts.allSatisfy { if case .text = $0.value { true } else { false } }
  }

  static func text(of parts: [StructurePart]) -> String {
    let members = parts.map { part in
      let text = if case .text(let text) = part.value { text } else { "" }
      return "\(literal(part.name)):\(literal(text))"
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// Reads what ``text(of:)`` wrote; `nil` for any other text.
  static func parts(of text: String) -> [StructurePart]? {
    var rest = Array(text.unicodeScalars)[...]
    guard rest.popFirst() == "{" else { return nil }
    var parts: [StructurePart] = []
    while true {
      guard let name = readLiteral(&rest), rest.popFirst() == ":", let value = readLiteral(&rest)
      else { return nil }
      parts.append(StructurePart(name: name, value: .text(value)))
      switch rest.popFirst() {
      case ",": continue
      case "}": return rest.isEmpty ? parts : nil
      case _: return nil
      }
    }
  }

  private static func literal(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\u{0}"..."\u{1F}":
        let hex = String(scalar.value, radix: 16)
        literal += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      case _: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }

  private static func readLiteral(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
    guard rest.popFirst() == "\"" else { return nil }
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"": return String(text)
      case "\\":
        switch rest.popFirst() {
        case "u":
          let digits = String(String.UnicodeScalarView(rest.prefix(4)))
          rest = rest.dropFirst(4)
          guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
            return nil
          }
          text.append(scalar)
        case let escaped?: text.append(escaped)
        case nil: return nil
        }
      case _: text.append(scalar)
      }
    }
    return nil
  }
}
