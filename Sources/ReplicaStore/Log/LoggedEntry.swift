package import CRDTCore

/// An entry of the log, decoded: who wrote it, when and why, and what it did.
package struct LoggedEntry: Sendable {
  /// The entry's name, time and hash.
  package let stamp: Stamp
  /// Its place in the order in which this node took entries in.
  package let arrival: Int64
  /// For whom its author's node wrote.
  package let author: LogAuthor
  /// Whether the entry counts, or why not.
  package let verdict: SetAsideReason?
  /// What it did, in present names.
  package let payload: Payload
}

extension Snapshot {
  /// Hands over the entries held, the latest to arrive first, until `body` returns `false`.
  ///
  /// An entry comes before everything that its author had seen. What cannot be decoded is passed over.
  package func forEachEntry(_ body: (LoggedEntry) throws -> Bool) throws {
    try forEachRow { row, log, payload in
      guard let payload else { return true }
      return try body(Self.entry(of: row, log, payload))
    }
  }

  /// Hands over the log's rows, the latest to arrive first, until `body` returns `false`: each with its log
  /// and what it did in present names, `nil` if it cannot be decoded.
  func forEachRow(_ body: (LogRow, LogState, Payload?) throws -> Bool) throws {
    let directory = try directory()
    let reader = LogReader(directory: directory, log: try LogTable(database))
    let selection = try Statement(
      database, "SELECT \(LogTable.rowColumns) FROM _log ORDER BY arrival DESC")
    while try selection.step() {
      try Task.checkCancellation()
      let row = try LogTable.row(from: selection)
      guard let log = directory[row.dot.replica] else {
        throw StoreError.damaged(detail: "an entry's replica is not listed")
      }
      guard try body(row, log, try reader.payload(of: row)) else { return }
    }
  }

  /// An entry by its name; `nil` if it is not held or cannot be decoded.
  package func entry(_ dot: Dot) throws -> LoggedEntry? {
    let directory = try directory()
    let log = try LogTable(database)
    guard let local = directory.local(dot), let row = try log.row(of: local),
      let author = directory[row.dot.replica],
      let payload = try LogReader(directory: directory, log: log).payload(of: row)
    else { return nil }
    return Self.entry(of: row, author, payload)
  }

  private static func entry(of row: LogRow, _ log: LogState, _ payload: Payload) -> LoggedEntry {
    let dot = Dot(replica: log.id, sequence: row.dot.sequence)
    return LoggedEntry(
      stamp: Stamp(dot: dot, time: row.time, hash: row.hash), arrival: row.arrival,
      author: LogAuthor(member: log.member, key: log.key), verdict: row.verdict,
      payload: payload)
  }
}
