package import CRDTCore
import GRDB

/// What the entries of one log decide whose times lie far ahead of the clocks.
package struct EntriesAhead: Sendable {
  /// A value that shows because such an entry wrote it.
  package struct Decision: Hashable, Sendable {
    /// The record.
    package let record: RecordKey
    /// The field's stable name.
    package let field: String
    /// What shows.
    package let value: Value
    /// The entry that wrote it.
    package let stamp: Stamp
  }

  /// How many entries there are.
  package let count: Int
  /// What shows because of them, in the order of writing.
  package let decisions: [Decision]
}

extension Snapshot {
  /// What the entries of a clock conflict decide now; of registers, whose winner goes by time.
  ///
  /// - Complexity: One look-up and decoding of each entry, and reading each record it wrote to.
  package func entriesAhead(of conflict: Conflict) throws -> EntriesAhead {
    let directory = try directory()
    guard conflict.kind == .clock, let side = conflict.sides.first,
      let author = directory[side.stamp.dot.replica]
    else { return EntriesAhead(count: 0, decisions: []) }
    let log = try LogTable(database)
    let reader = LogReader(directory: directory, log: log)
    let selection = try Statement(
      database, "SELECT sequence FROM _ahead WHERE replica = ? ORDER BY sequence")
    selection.bind(1, author.number)
    var count = 0
    var decisions: [EntriesAhead.Decision] = []
    while try selection.step() {
      count += 1
      let local = LocalDot(replica: author.number, sequence: selection.unsigned(0))
      guard let row = try log.row(of: local), let payload = try reader.payload(of: row) else {
        continue
      }
      let stamp = Stamp(dot: try directory.dot(local), time: row.time, hash: row.hash)
      decisions += try self.decisions(of: payload, stamp)
    }
    return EntriesAhead(count: count, decisions: decisions)
  }

  private func decisions(
    of payload: Payload, _ stamp: Stamp
  ) throws -> [EntriesAhead.Decision] {
    var decisions: [EntriesAhead.Decision] = []
    for edit in payload.records {
      guard let kind = payload.name(edit.kind), layout[kind] != nil,
        let state = try record(kind, edit.id)
      else { continue }
      for write in payload.writes[edit.writes] {
        guard let field = payload.name(write.field), case .register(let value) = write.change,
          state.basis.heads[field]?.contains(stamp.dot) == true, state[field] == value
        else { continue }
        decisions.append(
          EntriesAhead.Decision(
            record: RecordKey(kind: kind, id: edit.id), field: field, value: value, stamp: stamp))
      }
    }
    return decisions
  }
}
