import CRDTCore

/// A dot in this file's own numbering of replicas; see the table `_replica`.
struct LocalDot: Hashable {
  let replica: Int
  let sequence: UInt64
}

extension LocalDot: Comparable {
  static func < (lhs: Self, rhs: Self) -> Bool {
    (lhs.replica, lhs.sequence) < (rhs.replica, rhs.sequence)
  }
}

/// Which write each field of a record stands at, and who wrote to the record last; packed in `_stamps`.
///
/// Most records were written by one transaction: then ``base`` says it all. Encodings:
///
/// - `0, base`: every column that is not NULL stands at `base`, which is the only touch.
/// - `1, flags, [base], exceptions, touches`: flags are 1 for a base, 2 for rows in `_lifecycle`;
///   an exception is a field number and a dot, whose sequence 0 means rows in `_head`.
///
/// Numbers are varints; a dot is replica number and sequence.
struct RecordStamps: Equatable {
  /// Where one field stands.
  enum Place: Equatable {
    /// Never written.
    case unwritten
    /// One head, whose value the column holds.
    case single(LocalDot)
    /// Heads in `_head`: several, or one whose value the column cannot hold.
    case several
  }

  private struct Exception: Equatable {
    let field: Int
    let dot: LocalDot?
  }

  private var base: LocalDot?
  private var exceptions: [Exception] = []
  /// The latest write of each replica that is not a delete.
  private(set) var touches: [LocalDot] = []
  /// Whether the record was ever deleted: whether `_lifecycle` has rows of it.
  var hasLifecycle = false

  /// The stamps of a record nobody has written to.
  init() {}

  /// The stamps of a record that one transaction wrote, with no column set to NULL by it.
  init(base: LocalDot) {
    self.base = base
    touches = [base]
  }

  /// Where a field stands.
  func place(of field: Int, columnIsNull: Bool) -> Place {
    if let exception = exceptions.first(where: { $0.field == field }) {
      return exception.dot.map(Place.single) ?? .several
    }
    guard !columnIsNull, let base else { return .unwritten }
    return .single(base)
  }

  /// The fields whose heads are in `_head`.
  var severalFields: [Int] { exceptions.filter { $0.dot == nil }.map(\.field) }

  /// The first write, which the stamps keep where it set a column; otherwise all that they name.
  var origins: [LocalDot] { base.map { [$0] } ?? exceptions.compactMap(\.dot) + touches }

  /// Notes that a field now stands at one write.
  mutating func set(_ field: Int, to dot: LocalDot, columnIsNull: Bool) {
    if dot == base, !columnIsNull {
      exceptions.removeAll { $0.field == field }
    } else if base == nil, !columnIsNull, exceptions.isEmpty {
      base = dot
    } else {
      replace(Exception(field: field, dot: dot))
    }
  }

  /// Notes that a field's heads are in `_head`.
  mutating func setSeveral(_ field: Int) { replace(Exception(field: field, dot: nil)) }

  /// Notes a write that is not a delete.
  mutating func touch(_ dot: LocalDot) {
    if let index = touches.firstIndex(where: { $0.replica == dot.replica }) {
      if touches[index].sequence < dot.sequence { touches[index] = dot }
    } else {
      touches.append(dot)
    }
  }

  private mutating func replace(_ exception: Exception) {
    exceptions.removeAll { $0.field == exception.field }
    exceptions.append(exception)
  }
}

extension RecordStamps {
  /// The packed form.
  var encoded: [UInt8] {
    var writer = ByteWriter(capacity: 16)
    if let base, exceptions.isEmpty, !hasLifecycle, touches == [base] {
      writer.write(byte: 0)
      writer.write(dot: base)
      return writer.bytes
    }
    writer.write(byte: 1)
    writer.write(byte: (base == nil ? 0 : 1) | (hasLifecycle ? 2 : 0))
    if let base { writer.write(dot: base) }
    writer.write(count: exceptions.count)
    for exception in exceptions {
      writer.write(count: exception.field)
      writer.write(dot: exception.dot ?? LocalDot(replica: 0, sequence: 0))
    }
    writer.write(count: touches.count)
    for touch in touches { writer.write(dot: touch) }
    return writer.bytes
  }

  /// Reads the packed form.
  init(decoding bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    if try reader.readByte() == 0 {
      self.init(base: try reader.readDot())
      return
    }
    self.init()
    let flags = try reader.readByte()
    if flags & 1 != 0 { base = try reader.readDot() }
    hasLifecycle = flags & 2 != 0
    for _ in 0..<(try reader.readCount(max: reader.remaining)) {
      let field = try reader.readCount(max: .max)
      let dot = try reader.readDot()
      exceptions.append(Exception(field: field, dot: dot.sequence == 0 ? nil : dot))
    }
    for _ in 0..<(try reader.readCount(max: reader.remaining)) {
      touches.append(try reader.readDot())
    }
  }
}

extension ByteWriter {
  mutating func write(dot: LocalDot) {
    write(count: dot.replica)
    write(varint: dot.sequence)
  }
}

extension ByteReader {
  mutating func readDot() throws(MalformedBytes) -> LocalDot {
    LocalDot(replica: try readCount(max: .max), sequence: try readVarint())
  }
}
