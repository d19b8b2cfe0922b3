package import CRDTCore

/// An act that settled or reopened conflicts: one entry of the log.
package struct ConflictAct: Hashable, Sendable {
  /// One write that replaced sides, or that a command about conflicts made.
  package struct Write: Hashable, Sendable {
    /// The record.
    package let record: RecordKey
    /// What it did.
    package let write: HistoryEntry.Write
    /// The field; empty for the record's own lifecycle.
    package var field: String { write.field }
    /// The conflict that those writes were; `nil` where a field says nothing of it.
    package var conflict: ConflictID? {
      field.isEmpty || record.kind == Dismissal.kind
        ? nil : ConflictID(of: record, field: field, heads: write.replaces)
    }
  }

  /// The kind of the records by which people arrange who looks at a conflict, and when; writing one
  /// settles nothing.
  package static let handlingKind = "conflict_handling"

  /// The entry's name, time and hash.
  package let stamp: Stamp
  /// For whom its author's node wrote.
  package let member: MemberID
  /// Why, in the author's words.
  package let reason: String?
  /// The command that did it.
  package let command: String?
  /// What the entry shares with the others of one bulk command.
  package let batch: UInt128?
  /// Its writes to what was in conflict; never empty.
  package let writes: [Write]
}

extension Snapshot {
  /// The acts that settled or reopened conflicts, the latest taken in first.
  ///
  /// An ordinary edit settles a conflict if it replaced writes that said different things; other acts are
  /// known by their commands.
  ///
  /// - Parameters:
  ///   - since: The earliest time of an act.
  ///   - entriesMax: How many entries are looked at.
  ///   - body: Is given each; returns whether to go on.
  /// - Throws: What `body` throws, or what reading the log does.
  /// - Complexity: O(entries since), each of which is decoded.
  package func forEachConflictAct(
    since: HybridTimestamp = HybridTimestamp(packed: 0), entriesMax: Int = .max,
    _ body: (ConflictAct) throws -> Bool
  ) throws {
    let directory = try directory()
    let reader = LogReader(directory: directory, log: try LogTable(database))
    let selection = try Statement(
      database,
      """
      SELECT \(LogTable.rowColumns) FROM _log WHERE verdict IS NULL AND time >= ?
      ORDER BY arrival DESC LIMIT ?
      """)
    selection.bind(1, since.packed)
    selection.bind(2, entriesMax)
    while try selection.step() {
      try Task.checkCancellation()
      let row = try LogTable.row(from: selection)
      guard let payload = try reader.payload(of: row) else { continue }
      let writes = try conflictWrites(of: payload)
      let dot = try directory.dot(row.dot)
      guard !writes.isEmpty, let author = directory[dot.replica] else { continue }
      let act = ConflictAct(
        stamp: Stamp(dot: dot, time: row.time, hash: row.hash), member: author.member,
        reason: payload.reason, command: payload.command, batch: payload.batch, writes: writes)
      guard try body(act) else { return }
    }
  }

  private func conflictWrites(of payload: Payload) throws -> [ConflictAct.Write] {
    // A rule that is set settles nothing of what it is written in.
    let isCommand =
      payload.command.map { $0.hasPrefix("conflict ") && !$0.hasPrefix("conflict policy") } ?? false
    var writes: [ConflictAct.Write] = []
    for edit in payload.records {
      guard let kind = payload.name(edit.kind) else { continue }
      for write in payload.writes[edit.writes] {
        guard isCommand || write.replaces.count > 1, let field = payload.name(write.field) else {
          continue
        }
        let found = ConflictAct.Write(
          record: RecordKey(kind: kind, id: edit.id),
          write: HistoryEntry.Write(
            field: field, change: write.change, replaces: write.replaces))
        if try isSettling(found, isCommand: isCommand) { writes.append(found) }
      }
    }
    return writes
  }

  private func isSettling(_ write: ConflictAct.Write, isCommand: Bool) throws -> Bool {
    guard write.record.kind != ConflictAct.handlingKind else { return false }
    switch write.write.change {
    case .delete, .restore: return isCommand
    case .counter, .element, .unknown: return false
    case .register, .sides: break
    }
    if write.record.kind == Dismissal.kind { return isCommand && write.field == "conflict" }
    guard !isCommand else { return !write.write.replaces.isEmpty }
    var values: Set<Value> = []
    for dot in write.write.replaces {
      let entry = try historyEntry(dot, write.record.kind, write.record.id, field: write.field)
      for write in entry?.writes ?? [] {
        switch write.change {
        case .register(let value): values.insert(value)
        case .sides(let sides): values.formUnion(sides.map(\.value))
        case .counter, .element, .delete, .restore, .unknown: continue
        }
      }
    }
    return values.count > 1
  }
}
