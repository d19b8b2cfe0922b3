package import CRDTCore

/// One entry's writes to a record: a point of its history.
package struct HistoryEntry: Hashable, Sendable {
  /// One write to a field.
  package struct Write: Hashable, Sendable {
    /// The field's stable name; empty for the record's own lifecycle.
    package let field: String
    /// What it did.
    package let change: FieldWrite.Change
    /// The writes it replaced: the edges of the graph.
    package let replaces: [Dot]
  }

  /// The entry's name, time and hash.
  package let stamp: Stamp
  /// What the author's wall clock said.
  package let wall: WallTime
  /// When this node took the entry in.
  package let received: WallTime
  /// For whom the author's node wrote.
  package let member: MemberID
  /// Why, in the author's words.
  package let reason: String?
  /// The command that did it.
  package let command: String?
  /// What the entry shares with the others of one import or bulk command.
  package let batch: UInt128?
  /// Whether the entry counts, or why not.
  package let verdict: SetAsideReason?
  /// Its writes to the record, by field.
  package let writes: [Write]
}

extension Snapshot {
  /// The history of a record, or of one of its fields: the newest entry first, and none before one
  /// whose author had seen it.
  ///
  /// Complete: every write that a later one replaced is named by it, so walking from what the record
  /// stands at meets them all.
  ///
  /// - Complexity: One look-up and decoding of each entry.
  package func history(
    _ kind: String, _ id: RecordID, field: String? = nil
  ) throws -> [HistoryEntry] {
    try historyWalk().entries(kind, id, field: field)
  }

  /// One entry's writes to a record, or to one of its fields; `nil` if it is not held or has none.
  package func historyEntry(
    _ dot: Dot, _ kind: String, _ id: RecordID, field: String? = nil
  ) throws -> HistoryEntry? {
    let entry = try historyWalk().entry(dot, kind: kind, id: id, field: field)?.0
    return entry.flatMap { $0.writes.isEmpty ? nil : $0 }
  }
}

/// Walks from the heads back through what they replaced.
///
/// Keeps the entries it decoded last: those of bulk commands hold the writes of thousands of records.
final class HistoryWalk {
  /// How many decoded entries are kept.
  private static let decodedMax = 16

  private unowned let snapshot: Snapshot
  private let directory: LogDirectory
  private let log: LogTable
  private var decoded: [LocalDot: Decoded] = [:]
  private var decodedOrder: [LocalDot] = []

  private struct Decoded {
    let row: LogRow
    let wall: WallTime
    let payload: Payload
    /// Where each record's writes are; a record of two kinds has two.
    let positions: [RecordID: [Int]]
  }

  init(_ snapshot: Snapshot) throws {
    self.snapshot = snapshot
    directory = try snapshot.directory()
    log = try LogTable(snapshot.database)
  }

  func entries(_ kind: String, _ id: RecordID, field: String?) throws -> [HistoryEntry] {
    guard let state = try snapshot.record(kind, id) else { return [] }
    var waiting = try starts(of: state, field: field)
    var seen = Set(waiting)
    var entries: [HistoryEntry] = []
    var places: [CausalOrder.Place] = []
    while let dot = waiting.popLast() {
      guard let (entry, place) = try entry(dot, kind: kind, id: id, field: field) else { continue }
      if !entry.writes.isEmpty {
        entries.append(entry)
        places.append(place)
      }
      for replaced in entry.writes.flatMap(\.replaces) where seen.insert(replaced).inserted {
        waiting.append(replaced)
      }
    }
    return try CausalOrder(snapshot.database, directory).newestFirst(places).map { entries[$0] }
  }

  /// The writes that nothing has replaced.
  private func starts(of state: RecordState, field: String?) throws -> [Dot] {
    let basis = state.basis
    var dots: Set<Dot> = []
    if let field {
      dots.formUnion(basis.heads[field] ?? [])
      dots.formUnion(basis.elements[field]?.values.flatMap { $0 } ?? [])
      if field.isEmpty { dots.formUnion(basis.lifecycle) }
    } else {
      dots.formUnion(basis.heads.values.flatMap { $0 })
      dots.formUnion(basis.elements.values.flatMap(\.values).flatMap { $0 })
      dots.formUnion(basis.lifecycle)
    }
    let increments = try Statement(
      snapshot.database,
      """
      SELECT replica, sequence FROM _increment
      WHERE kind = ?1 AND id = ?2 AND (?3 IS NULL OR field = ?3)
      """)
    increments.bind(1, state.kind)
    increments.bind(2, state.id.rawValue)
    if let field { increments.bind(3, field) }
    while try increments.step() { dots.insert(try directory.dot(increments.dot(0))) }
    return dots.sorted()
  }

  func entry(
    _ dot: Dot, kind: String, id: RecordID, field: String?
  ) throws -> (HistoryEntry, CausalOrder.Place)? {
    guard let local = directory.local(dot), let author = directory[dot.replica],
      let decoded = try decoded(local)
    else { return nil }
    let (row, payload) = (decoded.row, decoded.payload)
    guard
      let position = decoded.positions[id]?.first(where: {
        payload.name(payload.records[$0].kind) == kind
      })
    else { return nil }
    let edit = payload.records[position]
    let writes = payload.writes[edit.writes].map { write in
      HistoryEntry.Write(
        field: payload.name(write.field) ?? "", change: write.change, replaces: write.replaces)
    }
    let stamp = Stamp(dot: dot, time: row.time, hash: row.hash)
    let entry = HistoryEntry(
      stamp: stamp, wall: decoded.wall,
      received: WallTime(milliseconds: Int64(clamping: row.time.wallMilliseconds) + row.lag),
      member: author.member, reason: payload.reason, command: payload.command,
      batch: payload.batch, verdict: row.verdict,
      writes: writes.filter { field == nil || $0.field == field })
    return (entry, CausalOrder.Place(dot: local, arrival: row.arrival, stamp: stamp))
  }

  /// An entry with its payload; `nil` if it is not held or cannot be decoded.
  private func decoded(_ local: LocalDot) throws -> Decoded? {
    if let known = decoded[local] { return known }
    guard let row = try log.row(of: local),
      let payload = try LogReader(directory: directory, log: log).payload(of: row)
    else { return nil }
    var reader = ByteReader(row.header)
    let header = try CompactHeader(from: &reader)
    let entry = Decoded(
      row: row, wall: header.wall(at: row.time), payload: payload,
      positions: Dictionary(grouping: payload.records.indices) { payload.records[$0].id })
    if decodedOrder.count >= Self.decodedMax {
      decoded[decodedOrder.removeFirst()] = nil
    }
    decodedOrder.append(local)
    decoded[local] = entry
    return entry
  }
}
