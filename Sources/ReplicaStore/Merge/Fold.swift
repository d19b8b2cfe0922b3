import CRDTCore
import GRDB
import GRDBSQLite

/// The entry whose writes are being folded.
struct FoldEntry {
  /// Its name in this file's numbering.
  let dot: LocalDot
  /// Its name, time and hash.
  let stamp: Stamp
}

/// Folds entries that count into the typed tables; docs/storage.md explains the layout.
///
/// Belongs to the writing connection. A fresh record is a plain insert; a register whose head is the
/// one replaced is a plain update; everything else takes the general path, through the same rules as
/// `CRDTCore`'s types.
final class Fold {
  let database: Database
  private(set) var layout: Layout
  let log: LogTable
  /// The logs as of the entry being folded.
  var directory = LogDirectory()
  /// Entries that do not count; a write that replaces one of theirs replaces what those replaced.
  ///
  /// Without malformed ones: their dots may lie outside their past, and would then be read in ours.
  var setAside: Set<LocalDot> = []
  /// The rules that people have set for fields, as of the entry being folded.
  var policies = ConflictPolicies()
  /// The writes folded lately of fields that decide who may act; the caller takes them from here.
  var rosterFacts: [(kind: String, record: RecordID, field: String, fact: Roster.Fact)] = []

  /// Whether an entry folded lately may have added fields; the caller looks, and clears it.
  var definesFields = false

  private let connection: OpaquePointer
  private var statements: [String: Statement] = [:]
  private var inserts: [InsertShape?]
  private var selects: [RowShape?]
  private var updates: [RowShape?]

  /// A statement for one list of a kind's fields; the last one is kept, since neighbours look alike.
  private struct RowShape {
    let fields: [Int]
    let statement: Statement
  }

  /// The same for fresh records, found by how the payload names the fields.
  private final class InsertShape {
    let names: [NameReference]
    let fields: [FieldLayout]
    let statement: Statement

    init(names: [NameReference], fields: [FieldLayout], statement: Statement) {
      self.names = names
      self.fields = fields
      self.statement = statement
    }

    /// Whether some of a payload's writes are fresh, and of these fields alone.
    func takes(_ writes: Range<Int>, of payload: Payload) -> Bool {
      writes.count == names.count
        && zip(writes, names.indices).allSatisfy {
          payload.writes[$0].field == names[$1] && fields[$1].isFresh(payload.writes[$0])
        }
    }
  }

  init(database: Database, layout: Layout, log: LogTable) throws {
    self.database = database
    connection = try database.connection
    self.layout = layout
    self.log = log
    inserts = Array(repeating: nil, count: layout.kinds.count)
    selects = Array(repeating: nil, count: layout.kinds.count)
    updates = selects
  }

  /// Goes on with another layout of the same kinds.
  func adopt(_ layout: Layout) {
    self.layout = layout
    statements.removeAll()
    inserts = Array(repeating: nil, count: layout.kinds.count)
    selects = Array(repeating: nil, count: layout.kinds.count)
    updates = selects
  }

  /// Folds every record of a payload.
  func fold(_ payload: Payload, of entry: FoldEntry) throws {
    let stamps = RecordStamps(base: entry.dot).encoded
    var setsPolicies = false
    for edit in payload.records {
      guard let kind = layout.kind(edit.kind, in: payload) else {
        try noteUnread(kind: payload.name(edit.kind) ?? "", field: "")
        continue
      }
      if try insert(edit, stamps: stamps, kind: kind, payload: payload, entry: entry) == false {
        try merge(edit, kind: kind, payload: payload, entry: entry)
      }
      if kind.isRoster {
        noteRosterFacts(edit, kind: kind, payload: payload, entry: entry)
      }
      setsPolicies = setsPolicies || kind.isPolicy
      definesFields = definesFields || kind.definesFields
    }
    if setsPolicies { try refreshPolicies() }
  }

  /// How many statements are kept; a peer may send every combination of a kind's fields.
  private static let statementsMax = 256

  /// A statement kept by its text.
  func statement(_ sql: String) throws -> Statement {
    if let statement = statements[sql] { return statement }
    if statements.count >= Self.statementsMax { statements.removeAll(keepingCapacity: true) }
    let statement = try Statement(database, sql)
    statements[sql] = statement
    return statement
  }

  /// Remembers that the log holds what this program does not know, for a later one to materialise.
  func noteUnread(kind: String, field: String) throws {
    let insertion = try statement("INSERT OR IGNORE INTO _unread (kind, field) VALUES (?, ?)")
    insertion.bind(1, kind)
    insertion.bind(2, field)
    try insertion.run()
  }

  private func noteRosterFacts(
    _ edit: RecordEdit, kind: KindLayout, payload: Payload, entry: FoldEntry
  ) {
    for write in payload.writes[edit.writes] {
      guard let field = payload.name(write.field), Roster.decides(kind: kind.name, field: field)
      else { continue }
      let values: [Value]
      switch write.change {
      case .register(let value): values = [value]
      case .sides(let sides): values = sides.map(\.value)
      case .counter, .element, .delete, .restore, .unknown: continue
      }
      let fact = Roster.Fact(
        dot: entry.dot, values: values, replaced: write.replaces.compactMap(directory.local))
      rosterFacts.append((kind.name, edit.id, field, fact))
    }
  }
}

// MARK: - Fresh records

extension Fold {
  /// Inserts a record that does not exist yet, if its writes allow it.
  ///
  /// - Returns: Whether it did; `false` leaves everything as it was.
  private func insert(
    _ edit: RecordEdit, stamps: [UInt8], kind: KindLayout, payload: Payload, entry: FoldEntry
  ) throws -> Bool {
    guard !kind.isOwned, let shape = try insertShape(of: edit, kind: kind, payload: payload)
    else { return false }
    let statement = shape.statement
    statement.bind(1, edit.id.rawValue)
    statement.bind(2, stamps)
    var parameter: Int32 = 3
    var column = 0
    var hasCounters = false
    for index in edit.writes {
      switch payload.writes[index].change {
      case .register(let value): ColumnCodec.bind(value, to: statement, at: parameter)
      case .counter(let increment):
        statement.bind(parameter, increment)
        hasCounters = true
      case .element, .sides, .delete, .restore, .unknown: continue
      }
      parameter += Int32(shape.fields[column].columns.count)
      column += 1
    }
    try statement.run()
    guard sqlite3_changes(connection) == 1 else { return false }
    if edit.writes.count > shape.fields.count {
      let record = sqlite3_last_insert_rowid(connection)
      try insertElements(edit, record: record, kind: kind, payload: payload, entry: entry)
    }
    if hasCounters { try noteIncrements(edit, kind: kind, payload: payload, entry: entry) }
    return true
  }

  /// The statement for an edit that can be inserted as it is; `nil` if it needs the general path.
  private func insertShape(
    of edit: RecordEdit, kind: KindLayout, payload: Payload
  ) throws -> InsertShape? {
    let known = inserts[kind.index]
    if let known, known.takes(edit.writes, of: payload) { return known }
    var names: [NameReference] = []
    var fields: [FieldLayout] = []
    for write in payload.writes[edit.writes] {
      guard let field = kind.field(write.field, in: payload), field.isFresh(write) else {
        return nil
      }
      guard field.setTable == nil else { continue }
      names.append(write.field)
      fields.append(field)
    }
    if let known, known.names == names { return known }
    return try makeInsertShape(names: names, fields: fields, kind: kind)
  }

  private func makeInsertShape(
    names: [NameReference], fields: [FieldLayout], kind: KindLayout
  ) throws -> InsertShape {
    let columns = ["id", "_stamps"] + fields.flatMap(\.columns)
    let marks = repeatElement("?", count: columns.count).joined(separator: ", ")
    let shape = InsertShape(
      names: names, fields: fields,
      statement: try statement(
        """
        INSERT OR IGNORE INTO \(kind.table) (\(columns.joined(separator: ", "))) VALUES (\(marks))
        """))
    // A name that an entry spells out has another number in the next.
    inserts[kind.index] = names.allSatisfy { $0.staticIndex != nil } ? shape : nil
    return shape
  }

  private func insertElements(
    _ edit: RecordEdit, record: Int64, kind: KindLayout, payload: Payload, entry: FoldEntry
  ) throws {
    for write in payload.writes[edit.writes] {
      guard case .element(let key, let isPresent, let value) = write.change,
        let field = kind.field(write.field, in: payload),
        case .set(let policy) = field.schema.merge
      else { continue }
      try saveElement(
        ElementHeads(heads: [ElementHead(entry.dot, isPresent: isPresent)]), key: key, value: value,
        policy: policy, field: field, record: record)
    }
  }

  private func noteIncrements(
    _ edit: RecordEdit, kind: KindLayout, payload: Payload, entry: FoldEntry
  ) throws {
    for write in payload.writes[edit.writes] {
      guard case .counter = write.change, let field = kind.field(write.field, in: payload) else {
        continue
      }
      try noteIncrement(kind: kind, id: edit.id, field: field, entry: entry)
    }
  }
}

// MARK: - Rows

/// A record's row as the general path sees it: what it stands at, and the fields in question.
struct FoldedRow {
  let record: Int64
  var stamps: RecordStamps
  /// Bit 1 for its own deletion, bit 2 for its owner's; 0 for visible.
  var hidden: Int64
  /// The columns' values, by the field's index in its kind.
  var values: [Int: Value]
  /// The fields whose columns must be written back.
  var changed: [Int] = []
}

extension Fold {
  /// Loads a record's row with the columns of `fields`, making an empty one if there is none.
  func row(of id: RecordID, kind: KindLayout, fields: [Int]) throws -> FoldedRow {
    let select = try selectStatement(kind: kind, fields: fields)
    select.bind(1, id.rawValue)
    defer { select.reset() }
    guard try select.step() else {
      let insertion = try statement(
        "INSERT INTO \(kind.table) (id, _stamps) VALUES (?, ?)")
      let stamps = RecordStamps()
      insertion.bind(1, id.rawValue)
      insertion.bind(2, stamps.encoded)
      try insertion.run()
      return FoldedRow(
        record: sqlite3_last_insert_rowid(connection), stamps: stamps, hidden: 0, values: [:])
    }
    var row = FoldedRow(
      record: select.integer(0), stamps: try RecordStamps(decoding: select.bytes(1)),
      hidden: select.integer(2), values: [:])
    var column: Int32 = 3
    for index in fields {
      let field = kind.fields[index]
      if !field.columns.isEmpty {
        row.values[index] = try ColumnCodec.read(field.schema.type, from: select, at: column)
      }
      column += Int32(field.columns.count)
    }
    return row
  }

  private func selectStatement(kind: KindLayout, fields: [Int]) throws -> Statement {
    let position = kind.index
    if let shape = selects[position], shape.fields == fields { return shape.statement }
    let columns = ["_rec", "_stamps", "_hidden"] + fields.flatMap { kind.fields[$0].columns }
    let made = try statement(
      "SELECT \(columns.joined(separator: ", ")) FROM \(kind.table) WHERE id = ?")
    selects[position] = RowShape(fields: fields, statement: made)
    return made
  }

  /// Writes a row's stamps, visibility and changed columns back.
  func save(_ row: FoldedRow, kind: KindLayout) throws {
    let update = try updateStatement(kind: kind, fields: row.changed)
    update.bind(1, row.stamps.encoded)
    if row.hidden == 0 { update.bindNull(2) } else { update.bind(2, row.hidden) }
    update.bind(3, row.record)
    var parameter: Int32 = 4
    for index in row.changed {
      let field = kind.fields[index]
      let value = row.values[index] ?? .null
      if value.isNull || !ColumnCodec.fits(value, field.schema.type) {
        ColumnCodec.bindNull(field, to: update, at: parameter)
      } else {
        ColumnCodec.bind(value, to: update, at: parameter)
      }
      parameter += Int32(field.columns.count)
    }
    try update.run()
  }

  private func updateStatement(kind: KindLayout, fields: [Int]) throws -> Statement {
    let position = kind.index
    if let shape = updates[position], shape.fields == fields { return shape.statement }
    let columns = fields.flatMap { kind.fields[$0].columns }
    let assignments =
      ["_stamps = ?1", "_hidden = ?2"] + columns.enumerated().map { "\($1) = ?\($0 + 4)" }
    let made = try statement(
      "UPDATE \(kind.table) SET \(assignments.joined(separator: ", ")) WHERE _rec = ?3")
    updates[position] = RowShape(fields: fields, statement: made)
    return made
  }
}
