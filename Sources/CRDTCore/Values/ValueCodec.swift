/// The encoding of values: a tag byte, then the body.
///
/// | Tag | Value | Body |
/// |---|---|---|
/// | 0 | null | – |
/// | 1, 2 | false, true | – |
/// | 3 | integer | zigzag varint |
/// | 4 | decimal | scale (1 byte), mantissa (zigzag varint) |
/// | 5 | text of 128 bytes or more | length (varint), UTF-8 |
/// | 6 | bytes | length (varint), bytes |
/// | 7 | date | days since 1970-01-01 (zigzag varint) |
/// | 8 | instant | milliseconds since 1970 (zigzag varint) |
/// | 9 | reference | 16 bytes |
/// | 10 | money | minor units (zigzag varint), 3 ASCII capitals |
/// | 11 | structure | count (varint), then per part name (length, UTF-8) and value |
/// | 12–127 | later types | length (varint), that many bytes |
/// | 128–255 | text of tag − 128 bytes | UTF-8 |
enum ValueTag {
  static let null: UInt8 = 0
  static let no: UInt8 = 1
  static let yes: UInt8 = 2
  static let integer: UInt8 = 3
  static let decimal: UInt8 = 4
  static let longText: UInt8 = 5
  static let bytes: UInt8 = 6
  static let date: UInt8 = 7
  static let instant: UInt8 = 8
  static let reference: UInt8 = 9
  static let money: UInt8 = 10
  static let structure: UInt8 = 11
  static let shortText: UInt8 = 128
}

extension ByteWriter {
  /// Appends a value; ``ByteReader/readValue()`` reads it back.
  public mutating func write(value: Value) {
    switch value {
    case .null: write(byte: ValueTag.null)
    case .bool(let flag): write(byte: flag ? ValueTag.yes : ValueTag.no)
    case .integer(let number):
      write(byte: ValueTag.integer)
      write(signed: number)
    case .decimal(let number):
      write(byte: ValueTag.decimal)
      write(byte: number.scale)
      write(signed: number.mantissa)
    case .text(let text): write(textValue: text)
    case .bytes(let bytes):
      write(byte: ValueTag.bytes)
      write(prefixed: bytes)
    case .date(let date):
      write(byte: ValueTag.date)
      write(signed: Int64(date.days))
    case .instant(let instant):
      write(byte: ValueTag.instant)
      write(signed: instant.milliseconds)
    case .reference(let id):
      write(byte: ValueTag.reference)
      write(fixed: id.rawValue)
    case .money(let money):
      write(byte: ValueTag.money)
      write(signed: money.minorUnits)
      write(bytes: money.currency.description.utf8)
    case .structure(let parts):
      write(byte: ValueTag.structure)
      write(count: parts.count)
      for part in parts {
        write(text: part.name)
        write(value: part.value)
      }
    case .unknown(let encoded): write(bytes: encoded)
    }
  }

  private mutating func write(textValue text: String) {
    let utf8 = text.utf8Span.span
    if utf8.count < 128 {
      write(byte: ValueTag.shortText | UInt8(utf8.count))
    } else {
      write(byte: ValueTag.longText)
      write(count: utf8.count)
    }
    utf8.withUnsafeBufferPointer { write(bytes: $0) }
  }
}

extension ByteReader {
  /// Reads one value.
  ///
  /// - Throws: ``MalformedBytes`` if the bytes are none, or exceed ``Limits``.
  public mutating func readValue() throws(MalformedBytes) -> Value {
    try readValue(depth: 0)
  }

  private mutating func readValue(depth: Int) throws(MalformedBytes) -> Value {
    let start = offset
    let tag = try readByte()
    switch tag {
    case ValueTag.shortText...: return .text(try readText(count: Int(tag & 0x7F)))
    case ValueTag.null: return .null
    case ValueTag.no: return .bool(false)
    case ValueTag.yes: return .bool(true)
    case ValueTag.integer: return .integer(try readSigned())
    case ValueTag.decimal: return try readDecimal()
    case ValueTag.longText:
      let count = try readCount(max: Limits.valueBytesMax)
      guard count >= 128 else { throw MalformedBytes("a text in short form", at: start) }
      return .text(try readText(count: count))
    case ValueTag.bytes: return .bytes(try readPrefixed(max: Limits.valueBytesMax))
    case ValueTag.date:
      guard let days = Int32(exactly: try readSigned()) else {
        throw MalformedBytes("a day", at: start)
      }
      return .date(CivilDate(days: days))
    case ValueTag.instant: return .instant(Instant(milliseconds: try readSigned()))
    case ValueTag.reference: return .reference(RecordID(rawValue: try readFixed()))
    case ValueTag.money: return try readMoney()
    case ValueTag.structure: return try readStructure(depth: depth)
    default:
      var encoded = ByteWriter()
      encoded.write(byte: tag)
      encoded.write(prefixed: try readPrefixed(max: Limits.valueBytesMax))
      return .unknown(encoded.bytes)
    }
  }

  private mutating func readDecimal() throws(MalformedBytes) -> Value {
    let scale = try readByte()
    guard let number = DecimalNumber(mantissa: try readSigned(), scale: scale) else {
      throw MalformedBytes("a scale of at most 9", at: offset)
    }
    return .decimal(number)
  }

  private mutating func readMoney() throws(MalformedBytes) -> Value {
    let minorUnits = try readSigned()
    guard let currency = CurrencyCode(try readText(count: 3)) else {
      throw MalformedBytes("a currency code", at: offset)
    }
    return .money(Money(minorUnits: minorUnits, currency: currency))
  }

  private mutating func readStructure(depth: Int) throws(MalformedBytes) -> Value {
    guard depth < Limits.depthMax else { throw MalformedBytes("less nesting", at: offset) }
    let count = try readCount(max: Limits.partsMax)
    var parts: [StructurePart] = []
    parts.reserveCapacity(count)
    for _ in 0..<count {
      let name = try readText(max: Limits.nameBytesMax)
      parts.append(StructurePart(name: name, value: try readValue(depth: depth + 1)))
    }
    return .structure(parts)
  }
}
