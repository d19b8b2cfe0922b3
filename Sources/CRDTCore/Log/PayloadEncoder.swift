/// The bits of a write's head byte; the lower four are its kind.
enum WriteHead {
  static let kindMask: UInt8 = 0x0F
  static let replaces: UInt8 = 0x10
  static let touches: UInt8 = 0x20
  static let body: UInt8 = 0x40
  static let value: UInt8 = 0x80
}

/// The bits of the flags that both parts of a payload begin with.
enum PayloadFlags {
  static let batch: UInt8 = 1
  static let reason: UInt8 = 1
  static let command: UInt8 = 2
}

extension Payload {
  /// How many random bytes salt the values, so that their hash gives nothing away.
  public static let saltByteCount = 16

  /// Encodes the payload; `docs/protocol.md` gives the bytes.
  ///
  /// - Parameters:
  ///   - author: The replica whose entry it is; its dots are written short.
  ///   - salt: ``saltByteCount`` random bytes.
  ///   - level: Zstandard's level for large parts.
  /// - Returns: The bytes that ``init(decoding:author:)`` takes back.
  /// - Precondition: The payload is canonical and within ``Limits``.
  public func encoded(author: ReplicaID, salt: [UInt8], level: Int32 = 1) -> PayloadBytes {
    precondition(salt.count == Self.saltByteCount, "A salt has 16 bytes.")
    var encoder = PayloadEncoder(
      author: author, named: namedDots, recordCount: records.count, writeCount: writes.count)
    encoder.encode(self, salt: salt)
    return PayloadBytes(
      structure: encoder.structure.bytes, values: encoder.values.bytes, level: level)
  }
}

/// Writes the two parts of one payload.
private struct PayloadEncoder {
  var structure: ByteWriter
  var values: ByteWriter
  private let author: ReplicaID
  private let others: [ReplicaID]

  init(author: ReplicaID, named: [Dot], recordCount: Int, writeCount: Int) {
    self.author = author
    others = named.isEmpty ? [] : Set(named.map(\.replica)).subtracting([author]).sorted()
    structure = ByteWriter(capacity: 64 + recordCount * 24 + writeCount * 2)
    values = ByteWriter(capacity: 32 + writeCount * 20)
  }

  mutating func encode(_ payload: Payload, salt: [UInt8]) {
    structure.write(count: others.count)
    for replica in others { structure.write(fixed: replica.rawValue) }
    structure.write(count: payload.names.count)
    for name in payload.names { structure.write(text: name) }
    structure.write(byte: payload.batch == nil ? 0 : PayloadFlags.batch)
    if let batch = payload.batch { structure.write(fixed: batch) }

    values.write(bytes: salt)
    values.write(
      byte: (payload.reason == nil ? 0 : PayloadFlags.reason)
        | (payload.command == nil ? 0 : PayloadFlags.command))
    if let reason = payload.reason { values.write(text: reason) }
    if let command = payload.command { values.write(text: command) }

    structure.write(count: payload.records.count)
    for record in payload.records {
      structure.write(varint: UInt64(record.kind.rawValue))
      structure.write(fixed: record.id.rawValue)
      encode(payload.writes.span.extracting(record.writes))
    }
  }

  /// The head is written once where all writes of a record have the same: most records are plain.
  ///
  /// A span lends its elements, where a slice would retain what they hold.
  private mutating func encode(_ writes: Span<FieldWrite>) {
    let first = writes.isEmpty ? 0 : Self.head(of: writes[0])
    var isUniform = true
    for index in writes.indices where Self.head(of: writes[index]) != first { isUniform = false }
    structure.write(varint: UInt64(writes.count) << 1 | (isUniform ? 1 : 0))
    if isUniform { structure.write(byte: first) }
    for index in writes.indices {
      structure.write(varint: UInt64(writes[index].field.rawValue))
      if !isUniform { structure.write(byte: Self.head(of: writes[index])) }
      if !writes[index].replaces.isEmpty { encode(writes[index].replaces) }
      encode(writes[index].change)
    }
  }

  private static func head(of write: FieldWrite) -> UInt8 {
    let replaces = write.replaces.isEmpty ? 0 : WriteHead.replaces
    switch write.change {
    case .register(let value):
      return FieldKind.register.rawValue | replaces | (value.isNull ? 0 : WriteHead.value)
    case .sides:
      return FieldKind.register.rawValue | replaces | WriteHead.body | WriteHead.value
    case .counter: return FieldKind.counter.rawValue | replaces | WriteHead.body
    case .element(_, _, let value):
      // A reference is its own key, so only other values need spelling out.
      let hasValue = value.isReference ? 0 : WriteHead.value
      return FieldKind.set.rawValue | replaces | WriteHead.body | hasValue
    case .delete(let seen):
      let touches = seen.isEmpty ? 0 : WriteHead.touches
      return FieldKind.lifecycle.rawValue | replaces | touches | WriteHead.body
    case .restore: return FieldKind.lifecycle.rawValue | replaces | WriteHead.body
    case .unknown(let change):
      return change.kind | replaces | (change.touches.isEmpty ? 0 : WriteHead.touches)
        | (change.body == nil ? 0 : WriteHead.body) | (change.value == nil ? 0 : WriteHead.value)
    }
  }

  /// Writes touches, body and value, as far as the head announces them.
  private mutating func encode(_ change: FieldWrite.Change) {
    switch change {
    case .register(let value):
      if !value.isNull { values.write(value: value) }
    case .sides(let sides): encode(sides)
    case .counter(let increment):
      var body = ByteWriter(capacity: 10)
      body.write(signed: increment)
      structure.write(prefixed: body.bytes)
    case .element(let key, let isPresent, let value):
      structure.write(prefixed: [isPresent ? 1 : 0] + key.rawValue.bigEndianBytes)
      if !value.isReference { values.write(value: value) }
    case .delete(let seen):
      if !seen.isEmpty { encode(seen) }
      structure.write(prefixed: [0])
    case .restore: structure.write(prefixed: [1])
    case .unknown(let change):
      if !change.touches.isEmpty { encode(change.touches) }
      if let body = change.body { structure.write(prefixed: body) }
      if let value = change.value { values.write(value: value) }
    }
  }

  private mutating func encode(_ sides: [Side]) {
    var body = ByteWriter()
    body.write(count: sides.count)
    for side in sides { body.write(varint: side.rank.map { UInt64($0) + 1 } ?? 0) }
    structure.write(prefixed: body.bytes)
    if sides.count == 1 {
      values.write(value: sides[0].value)
    } else {
      values.write(value: .structure(sides.map { StructurePart(name: "", value: $0.value) }))
    }
  }

  private mutating func encode(_ dots: [Dot]) {
    structure.write(count: dots.count)
    for dot in dots {
      // 0 is the author; the table names the others.
      let index = dot.replica == author ? 0 : (others.firstIndex(of: dot.replica) ?? -1) + 1
      structure.write(count: index)
      structure.write(varint: dot.sequence)
    }
  }
}
