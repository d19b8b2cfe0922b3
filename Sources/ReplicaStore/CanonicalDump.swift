import CRDTCore

/// The state in a form that is equal on every replica that holds the same entries.
///
/// Heads and not winners: programs of different age may rank differently. Records are ordered by kind
/// and id, fields by name, heads by dot, and everything local, such as row numbers, is left out.
struct CanonicalDump {
  private let snapshot: Snapshot
  private let directory: LogDirectory

  init(_ snapshot: Snapshot) throws {
    self.snapshot = snapshot
    directory = try snapshot.directory()
  }

  /// Hands out the dump in pieces, one a record.
  func forEachPiece(_ body: ([UInt8]) -> Void) throws {
    for kind in snapshot.layout.kinds.sorted(by: { $0.name < $1.name }) {
      try forEachRecord(of: kind, body)
    }
    var writer = ByteWriter()
    for table in ["_ahead", "_log"] {
      let filter = table == "_log" ? "WHERE verdict IS NOT NULL" : ""
      let column = table == "_log" ? "verdict" : "0"
      let selection = try statement("SELECT replica, sequence, \(column) FROM \(table) \(filter)")
      var facts: [(Dot, Int64)] = []
      while try selection.step() {
        facts.append((try directory.dot(selection.dot(0)), selection.integer(2)))
      }
      writer.write(text: table)
      for (dot, verdict) in facts.sorted(by: { $0.0 < $1.0 }) {
        writer.write(global: dot)
        writer.write(signed: verdict)
      }
    }
    writer.write(vector: directory.vector)
    body(writer.bytes)
  }

  private func statement(_ sql: String) throws -> Statement {
    try Statement(cached: sql, in: snapshot.database)
  }

  private func forEachRecord(of kind: KindLayout, _ body: ([UInt8]) -> Void) throws {
    let columns = ["_rec", "_stamps", "_hidden", "id"] + kind.fields.flatMap(\.columns)
    let records = try statement(
      "SELECT \(columns.joined(separator: ", ")) FROM \(kind.table) ORDER BY id")
    let reader = try DumpReader(kind: kind, snapshot: snapshot, directory: directory)
    while try records.step() {
      var writer = ByteWriter(capacity: 512)
      writer.write(text: kind.name)
      writer.write(fixed: records.number(3))
      writer.write(signed: records.integer(2))
      let stamps = try RecordStamps(decoding: records.bytes(1))
      for touch in try stamps.touches.map(directory.dot).sorted() { writer.write(global: touch) }
      try reader.writeFields(of: records, stamps: stamps, to: &writer)
      if stamps.hasLifecycle { try reader.writeLifecycle(record: records.integer(0), to: &writer) }
      body(writer.bytes)
    }
  }
}

/// Writes the parts of one kind's records.
private struct DumpReader {
  private let kind: KindLayout
  private let directory: LogDirectory
  private let heads: Statement
  private let lifecycle: Statement
  private let elements: [Int: Statement]
  /// The fields by name, each with its first column in the selection.
  private let fields: [(field: FieldLayout, column: Int32)]

  init(kind: KindLayout, snapshot: Snapshot, directory: LogDirectory) throws {
    self.kind = kind
    self.directory = directory
    let database = snapshot.database
    heads = try Statement(
      cached: "SELECT replica, sequence, sides FROM _head WHERE kind = ? AND rec = ? AND field = ?",
      in: database)
    lifecycle = try Statement(
      cached: "SELECT replica, sequence, seen FROM _lifecycle WHERE kind = ? AND rec = ?",
      in: database)
    var elements: [Int: Statement] = [:]
    var fields: [(FieldLayout, Int32)] = []
    var column: Int32 = 4
    for field in kind.fields {
      fields.append((field, column))
      column += Int32(field.columns.count)
      if let table = field.setTable {
        elements[field.index] = try Statement(
          cached: "SELECT key, heads FROM \(table) WHERE _rec = ? ORDER BY key", in: database)
      }
    }
    self.elements = elements
    self.fields = fields.sorted { $0.0.name < $1.0.name }
  }

  func writeFields(
    of row: Statement, stamps: RecordStamps, to writer: inout ByteWriter
  ) throws {
    for (field, column) in fields {
      if let selection = elements[field.index] {
        try writeElements(selection, field: field, record: row.integer(0), to: &writer)
        continue
      }
      let isNull = row.isNull(column)
      if case .counter = field.schema.merge {
        if !isNull {
          writer.write(text: field.name)
          writer.write(signed: row.integer(column))
        }
        continue
      }
      switch stamps.place(of: field.number, columnIsNull: isNull) {
      case .unwritten: continue
      case .single(let dot):
        writer.write(text: field.name)
        writer.write(global: try directory.dot(dot))
        writer.write(
          value: try ColumnCodec.read(field.schema.type, from: row, at: column))
      case .several: try writeHeads(field: field, record: row.integer(0), to: &writer)
      }
    }
  }

  private func writeHeads(
    field: FieldLayout, record: Int64, to writer: inout ByteWriter
  ) throws {
    heads.bind(1, kind.name)
    heads.bind(2, record)
    heads.bind(3, field.name)
    defer { heads.reset() }
    var rows: [(Dot, [Side])] = []
    while try heads.step() {
      rows.append((try directory.dot(heads.dot(0)), try SidesCodec.sides(from: heads.bytes(2))))
    }
    writer.write(text: field.name)
    for (dot, sides) in rows.sorted(by: { $0.0 < $1.0 }) {
      writer.write(global: dot)
      for side in sides { writer.write(value: side.value) }
    }
  }

  private func writeElements(
    _ selection: Statement, field: FieldLayout, record: Int64, to writer: inout ByteWriter
  ) throws {
    selection.bind(1, record)
    defer { selection.reset() }
    while try selection.step() {
      writer.write(text: field.name)
      writer.write(fixed: selection.number(0))
      let state = try ElementHeadsCodec.state(from: selection.bytes(1))
      let heads = try state.heads.map { (try directory.dot($0.name), $0.isPresent) }
      for (dot, isPresent) in heads.sorted(by: { $0.0 < $1.0 }) {
        writer.write(global: dot)
        writer.write(byte: isPresent ? 1 : 0)
      }
    }
  }

  func writeLifecycle(record: Int64, to writer: inout ByteWriter) throws {
    lifecycle.bind(1, kind.name)
    lifecycle.bind(2, record)
    defer { lifecycle.reset() }
    var rows: [(Dot, [UInt8])] = []
    while try lifecycle.step() {
      rows.append((try directory.dot(lifecycle.dot(0)), lifecycle.bytes(2)))
    }
    writer.write(text: "lifecycle")
    for (dot, seen) in rows.sorted(by: { $0.0 < $1.0 }) {
      writer.write(global: dot)
      writer.write(prefixed: seen)
    }
  }
}

extension ByteWriter {
  /// Appends a dot: replica (16 bytes), sequence (varint).
  fileprivate mutating func write(global dot: Dot) {
    write(fixed: dot.replica.rawValue)
    write(varint: dot.sequence)
  }
}
