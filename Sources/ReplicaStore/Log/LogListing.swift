package import CRDTCore

/// One entry of the log, as far as it can be told without its values.
package struct ListedEntry: Hashable, Sendable {
  /// The entry's name, time and hash.
  package let stamp: Stamp
  /// Its place in the order in which this file took entries in.
  package let arrival: Int64
  /// For whom its author's node wrote.
  package let member: MemberID
  /// Whether it counts, or why not.
  package let verdict: SetAsideReason?
  /// How many bytes its payload has, as it is stored.
  package let byteCount: Int
  /// Why, in the author's words.
  package let reason: String?
  /// The command that did it.
  package let command: String?
  /// What it wrote to, each with the fields' names; `nil` if it cannot be decoded.
  package let records: [Record]?

  /// A record that an entry wrote to.
  package struct Record: Hashable, Sendable {
    package let key: RecordKey
    /// The names of the fields, that of the record's existence being empty.
    package let fields: [String]
  }
}

extension Snapshot {
  /// Whether an entry is held, whatever its log is called here.
  package func holds(_ stamp: Stamp) throws -> Bool {
    let reader = LogReader(directory: try directory(), log: try LogTable(database))
    return try reader.local(stamp.dot, stamp.hash) != nil
  }

  /// Gives `body` each entry, the latest taken in first, until it returns `false`.
  ///
  /// - Complexity: O(entries given), each of which is decoded.
  package func forEachListedEntry(_ body: (ListedEntry) throws -> Bool) throws {
    try forEachRow { row, log, payload in
      let records = payload.map { payload in
        payload.records.map { edit in
          ListedEntry.Record(
            key: RecordKey(kind: payload.name(edit.kind) ?? "", id: edit.id),
            fields: payload.writes[edit.writes].map { payload.name($0.field) ?? "" })
        }
      }
      let dot = Dot(replica: log.id, sequence: row.dot.sequence)
      return try body(
        ListedEntry(
          stamp: Stamp(dot: dot, time: row.time, hash: row.hash), arrival: row.arrival,
          member: log.member, verdict: row.verdict, byteCount: row.payload.count,
          reason: payload?.reason, command: payload?.command, records: records))
    }
  }
}
