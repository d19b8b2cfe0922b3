package import CRDTCore

/// A JSON document whose members keep the order they are given in; it has no floating point.
package indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// An amount as every document writes it: `{"amount":"18000.00","currency":"EUR"}`.
  package static func money(_ money: Money) -> JSONValue {
    ["amount": .string(money.amountText), "currency": .string(money.currency.description)]
  }

  /// A stored value: ids in full, decimals and amounts as strings, times with the local offset.
  package init(_ value: CRDTCore.Value, format: PeopleFormat) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .decimal(let value): self = .string(value.description)
    case .text(let value): self = .string(value)
    case .bytes(let bytes), .unknown(let bytes): self = .string(Base32.text(of: bytes))
    case .date(let value): self = .string(value.description)
    case .instant(let value): self = .string(format.timestamp(value))
    case .reference(let value): self = .string(value.description)
    case .money(let value): self = .money(value)
    case .structure(let parts):
      self = .object(parts.map { Member($0.name, JSONValue($0.value, format: format)) })
    }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral
{
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map(Member.init))
  }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
}

/// Writes JSON, on one line and without spaces.
package enum JSONView {
  package static func text(_ value: JSONValue) -> String {
    var text = ""
    write(value, to: &text)
    return text
  }

  /// Writes one document a line: `ndjson`.
  package static func writeLine(_ value: JSONValue, to output: inout some TextOutputStream) {
    write(value, to: &output)
    output.write("\n")
  }

  package static func write(_ value: JSONValue, to output: inout some TextOutputStream) {
    switch value {
    case .null: output.write("null")
    case .bool(let value): output.write(value ? "true" : "false")
    case .integer(let value): output.write(String(value))
    case .string(let value): write(value, to: &output)
    case .array(let values):
      output.write("[")
      for (index, value) in values.enumerated() {
        if index > 0 { output.write(",") }
        write(value, to: &output)
      }
      output.write("]")
    case .object(let members):
      output.write("{")
      for (index, member) in members.enumerated() {
        if index > 0 { output.write(",") }
        write(member.name, to: &output)
        output.write(":")
        write(member.value, to: &output)
      }
      output.write("}")
    }
  }

  private static func write(_ text: String, to output: inout some TextOutputStream) {
    var escaped = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": escaped += "\\\""
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\t": escaped += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let hex = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    output.write(escaped + "\"")
  }
}
