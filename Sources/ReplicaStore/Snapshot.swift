package import CRDTCore
package import GRDB

/// What was read of one record: the dots that the next edit of it replaces.
///
/// Keep it as long as a form is open: an edit made from it is concurrent to whatever was written since.
package struct Basis: Hashable, Sendable {
  /// Per register, the dots of its heads; ordered.
  package var heads: [String: [Dot]] = [:]
  /// Per set and element, the dots of the element's heads; ordered.
  package var elements: [String: [ElementKey: [Dot]]] = [:]
  /// The latest writes to the record and to those it owns, by replica; ordered.
  package var touches: [Dot] = []
  /// The dots of its lifecycle heads; ordered.
  package var lifecycle: [Dot] = []
  /// Whether the record was deleted when read.
  package var isDeleted = false
  /// How many branches of logs there were when it was read: since then, dots have kept their meaning
  /// if there are no more.
  var branchCount = 0

  /// The basis of a record that does not exist.
  package init() {}

  /// Whether it names no entry.
  var isEmpty: Bool {
    touches.isEmpty && lifecycle.isEmpty && heads.values.allSatisfy(\.isEmpty)
      && elements.values.allSatisfy(\.isEmpty)
  }
}

/// One record as of a snapshot.
package struct RecordState: Sendable {
  /// The record's kind.
  package let kind: String
  /// The record.
  package let id: RecordID
  /// Whether a deletion, its own or its owner's, hides it.
  package let isDeleted: Bool
  /// What an edit of the record is made from.
  package let basis: Basis
  let values: [String: Value]
  let sets: [String: [Value]]

  /// A register's winner or a counter's sum; null where nothing was ever written.
  package subscript(field: String) -> Value { values[field] ?? .null }

  /// The elements that are in a set, ordered by key.
  package func elements(of field: String) -> [Value] { sets[field] ?? [] }
}

/// The replica as of one moment; valid while the call that lent it runs.
package final class Snapshot {
  /// The typed tables, for queries; read only.
  package let database: Database
  let layout: Layout
  private var knownDirectory: LogDirectory?
  private var reader: RecordReader?
  private var knownWalk: HistoryWalk?
  private var knownPolicies: ConflictPolicies?

  init(database: Database, layout: Layout, directory: LogDirectory? = nil) {
    self.database = database
    self.layout = layout
    knownDirectory = directory
  }

  /// One record, or `nil` if it is unknown here.
  ///
  /// A deleted record is returned and says so.
  package func record(_ kind: String, _ id: RecordID) throws -> RecordState? {
    let reader = try reader ?? RecordReader(database: database, layout: layout, directory())
    self.reader = reader
    return try reader.record(kind, id)
  }

  /// What reads the past of records, and keeps what it read last.
  func historyWalk() throws -> HistoryWalk {
    let walk = try knownWalk ?? HistoryWalk(self)
    knownWalk = walk
    return walk
  }

  /// The rules that people have set for fields.
  func policies() throws -> ConflictPolicies {
    if let knownPolicies { return knownPolicies }
    let policies = try ConflictPolicies(in: database, layout: layout)
    knownPolicies = policies
    return policies
  }

  /// Every log, as of the snapshot.
  func directory() throws -> LogDirectory {
    if let knownDirectory { return knownDirectory }
    let directory = try LogDirectoryTable(database).load()
    knownDirectory = directory
    return directory
  }
}

/// Reads records with what they stand at; keeps its statements for the next record.
final class RecordReader {
  private let database: Database
  private let layout: Layout
  private let directory: LogDirectory
  private var statements: [String: Statement] = [:]
  /// What selects a record, by the kind's place in the layout.
  private var selections: [Int: Statement] = [:]
  /// The sets of which no record has an element, which need not be asked for each.
  private var emptySets: [String: Bool] = [:]
  private var policies: ConflictPolicies?

  init(database: Database, layout: Layout, _ directory: LogDirectory) {
    self.database = database
    self.layout = layout
    self.directory = directory
  }

  func record(_ kindName: String, _ id: RecordID) throws -> RecordState? {
    guard let kind = layout[kindName] else {
      throw ReplicaError.unknownName(kind: kindName, field: nil)
    }
    let selection = try selection(of: kind)
    selection.bind(1, id.rawValue)
    defer { selection.reset() }
    guard try selection.step() else { return nil }
    let row = selection.integer(0)
    let stamps = try RecordStamps(decoding: selection.bytes(1))
    var basis = Basis()
    basis.isDeleted = selection.integer(2) != 0
    basis.branchCount = directory.branchCount
    var values: [String: Value] = [:]
    values.reserveCapacity(kind.fields.count)
    var sets: [String: [Value]] = [:]
    var column: Int32 = 3
    for field in kind.fields {
      if let table = field.setTable {
        sets[field.name] = try elements(of: field, in: table, record: row, basis: &basis)
        continue
      }
      let value = try ColumnCodec.read(field.schema.type, from: selection, at: column)
      column += Int32(field.columns.count)
      values[field.name] = value
      if case .register = field.schema.merge {
        basis.heads[field.name] = try heads(
          of: field, kind: kind, record: row,
          place: stamps.place(of: field.number, columnIsNull: value.isNull), value: &values)
      }
    }
    basis.touches = try touches(stamps, id: id, kind: kind)
    if stamps.hasLifecycle { basis.lifecycle = try lifecycle(kind: kindName, record: row) }
    return RecordState(
      kind: kindName, id: id, isDeleted: basis.isDeleted, basis: basis, values: values, sets: sets)
  }

  private func selection(of kind: KindLayout) throws -> Statement {
    if let selection = selections[kind.index] { return selection }
    let columns = ["_rec", "_stamps", "_hidden"] + kind.fields.flatMap(\.columns)
    let selection = try Statement(
      cached: "SELECT \(columns.joined(separator: ", ")) FROM \(kind.table) WHERE id = ?",
      in: database)
    selections[kind.index] = selection
    return selection
  }

  private func isEmpty(_ table: String) throws -> Bool {
    if let known = emptySets[table] { return known }
    let selection = try Statement(database, "SELECT 1 FROM \(table) LIMIT 1")
    let isEmpty = try !selection.step()
    emptySets[table] = isEmpty
    return isEmpty
  }

  private func statement(_ sql: String) throws -> Statement {
    if let statement = statements[sql] { return statement }
    let statement = try Statement(cached: sql, in: database)
    statements[sql] = statement
    return statement
  }

  private func heads(
    of field: FieldLayout, kind: KindLayout, record: Int64, place: RecordStamps.Place,
    value values: inout [String: Value]
  ) throws -> [Dot]? {
    switch place {
    case .unwritten: return nil
    case .single(let dot): return [try directory.dot(dot)]
    case .several:
      let selection = try statement(
        """
        SELECT replica, sequence, sides FROM _head WHERE kind = ? AND rec = ? AND field = ?
        """)
      selection.bind(1, kind.name)
      selection.bind(2, record)
      selection.bind(3, field.name)
      defer { selection.reset() }
      var heads: [(dot: LocalDot, sides: [Side])] = []
      while try selection.step() {
        heads.append((selection.dot(0), try SidesCodec.sides(from: selection.bytes(2))))
      }
      if values[field.name]?.isNull == true {
        let policies = try policies ?? ConflictPolicies(in: database, layout: layout)
        self.policies = policies
        values[field.name] = try shown(of: heads, policy: policies.policy(of: field, in: kind))
      }
      return try heads.map { try directory.dot($0.dot) }.sorted()
    }
  }

  /// What shows of heads whose winner is null, or a value that the column cannot hold.
  private func shown(
    of heads: [(dot: LocalDot, sides: [Side])], policy: MergePolicy
  ) throws -> Value {
    guard heads.contains(where: { $0.sides.contains { !$0.value.isNull } }) else { return .null }
    let log = try LogTable(database)
    let register = RegisterHeads(
      heads: try heads.map { head in
        guard let known = try log.stamp(of: head.dot) else {
          throw StoreError.damaged(detail: "the log lacks an entry that a record stands at")
        }
        let stamp = Stamp(dot: try directory.dot(head.dot), time: known.time, hash: known.hash)
        return Head(stamp: stamp, sides: head.sides)
      })
    return register.winner(under: policy)?.value.value ?? .null
  }

  private func elements(
    of field: FieldLayout, in table: String, record: Int64, basis: inout Basis
  ) throws -> [Value] {
    guard try !isEmpty(table) else { return [] }
    let selection = try statement(
      "SELECT key, value, present, heads FROM \(table) WHERE _rec = ? ORDER BY key")
    selection.bind(1, record)
    defer { selection.reset() }
    var values: [Value] = []
    while try selection.step() {
      let key = ElementKey(rawValue: selection.number(0))
      basis.elements[field.name, default: [:]][key] = try ElementHeadsCodec.state(
        from: selection.bytes(3)
      ).heads.map { try directory.dot($0.name) }.sorted()
      if selection.integer(2) != 0 {
        values.append(try ColumnCodec.read(field.schema.type, from: selection, at: 1))
      }
    }
    return values
  }

  private func lifecycle(kind: String, record: Int64) throws -> [Dot] {
    let selection = try statement(
      "SELECT replica, sequence FROM _lifecycle WHERE kind = ? AND rec = ?")
    selection.bind(1, kind)
    selection.bind(2, record)
    defer { selection.reset() }
    var dots: [Dot] = []
    while try selection.step() { dots.append(try directory.dot(selection.dot(0))) }
    return dots.sorted()
  }

  /// The touches of a record and of everything it owns.
  private func touches(_ stamps: RecordStamps, id: RecordID, kind: KindLayout) throws -> [Dot] {
    var seen = VersionVector(try stamps.touches.map(directory.dot))
    var owners = [(kind, id)]
    while let (kind, id) = owners.popLast() {
      for (child, owner) in layout.kindsOwned(by: kind) {
        let selection = try Statement(
          database,
          "SELECT _stamps, id FROM \(child.table) WHERE \(owner.columns[0]) = ? ORDER BY _rec")
        selection.bind(1, id.rawValue)
        while try selection.step() {
          let stamps = try RecordStamps(decoding: selection.bytes(0))
          for dot in stamps.touches { seen.include(try directory.dot(dot)) }
          owners.append((child, RecordID(rawValue: selection.number(1))))
        }
      }
    }
    return seen.dots
  }
}

extension Statement {
  /// A dot in two columns: replica number and sequence.
  func dot(_ column: Int32) -> LocalDot {
    LocalDot(replica: Int(integer(column)), sequence: unsigned(column + 1))
  }
}
