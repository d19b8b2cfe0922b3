import CRDTCore
import GRDB

/// Why an entry is set aside: stored, counted and forwarded, but not folded.
///
/// The raw value is stored in `_log.verdict`, where NULL means that the entry counts.
package enum SetAsideReason: Int, Hashable, Sendable, CaseIterable {
  /// Its author's key was not in the roster that the author had seen.
  case unknownAuthor = 1
  /// It writes to the roster, which only administrators may.
  case notAdministrator = 2
  /// Its header or payload breaks a rule of the format.
  case malformed = 3
}

/// One entry as the table `_log` holds it.
struct LogRow {
  let arrival: Int64
  let dot: LocalDot
  let time: HybridTimestamp
  let hash: EntryHash
  let verdict: SetAsideReason?
  /// How long after its own time the entry was taken in, in milliseconds; 0 for this node's own.
  let lag: Int64
  let header: [UInt8]
  let payload: [UInt8]
}

/// The table `_log`: every entry, in the order in which this file took it in.
final class LogTable {
  private let insertion: Statement
  private let sealInsertion: Statement
  private let stampSelection: Statement
  private let rowSelection: Statement
  private let runs: RunTable
  private let lastArrivalSelection: Statement
  private let verdictUpdate: Statement
  private let unsealedSelection: Statement
  /// Times and hashes looked up lately: the heads of a merge often come from few entries.
  private var stamps: [LocalDot: (HybridTimestamp, EntryHash)] = [:]
  private static let stampsMax = 4_096

  init(_ database: Database) throws {
    insertion = try Statement(
      cached: """
        INSERT INTO _log (arrival, replica, sequence, time, hash, lag, verdict, header, payload)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, in: database)
    sealInsertion = try Statement(
      cached: "INSERT OR IGNORE INTO _seal (arrival, signature) VALUES (?, ?)", in: database)
    stampSelection = try Statement(
      cached: "SELECT time, hash FROM _log WHERE arrival = ?", in: database)
    rowSelection = try Statement(
      cached: """
        SELECT \(Self.rowColumns) FROM _log WHERE arrival = ?
        """, in: database)
    runs = try RunTable(database)
    lastArrivalSelection = try Statement(cached: "SELECT max(arrival) FROM _log", in: database)
    verdictUpdate = try Statement(
      cached: "UPDATE _log SET verdict = ? WHERE arrival = ?", in: database)
    unsealedSelection = try Statement(
      cached: """
        SELECT length(payload) FROM _log
        WHERE arrival = ?1 AND NOT EXISTS (SELECT 1 FROM _seal WHERE arrival = ?1)
        """, in: database)
  }

  /// The arrival number of the last entry taken in; 0 of an empty log.
  func lastArrival() throws -> Int64 {
    defer { lastArrivalSelection.reset() }
    return try lastArrivalSelection.step() ? lastArrivalSelection.integer(0) : 0
  }

  /// Appends an entry.
  func append(_ row: LogRow) throws {
    insertion.bind(1, row.arrival)
    insertion.bind(2, row.dot.replica)
    insertion.bind(3, row.dot.sequence)
    insertion.bind(4, row.time.packed)
    insertion.bind(5, row.hash)
    // Own entries have none; NULL takes no space.
    if row.lag == 0 { insertion.bindNull(6) } else { insertion.bind(6, row.lag) }
    if let verdict = row.verdict {
      insertion.bind(7, verdict.rawValue)
    } else {
      insertion.bindNull(7)
    }
    insertion.bind(8, row.header)
    insertion.bind(9, row.payload)
    try insertion.run()
    try runs.append(row.dot, arrival: row.arrival)
  }

  /// Writes down what ``append(_:)`` has kept in memory; needed before a commit.
  func flush() throws { try runs.flush() }

  /// Notes an entry's seal.
  func seal(arrival: Int64, signature: [UInt8]) throws {
    sealInsertion.bind(1, arrival)
    sealInsertion.bind(2, signature)
    try sealInsertion.run()
  }

  /// How long an entry's payload is; `nil` if the entry has a seal or is not held.
  func unsealedByteCount(of dot: LocalDot) throws -> Int? {
    guard let arrival = try runs.arrival(of: dot) else { return nil }
    unsealedSelection.bind(1, arrival)
    defer { unsealedSelection.reset() }
    return try unsealedSelection.step() ? Int(unsealedSelection.integer(0)) : nil
  }

  /// Changes whether an entry counts.
  func setVerdict(_ verdict: SetAsideReason?, arrival: Int64) throws {
    if let verdict { verdictUpdate.bind(1, verdict.rawValue) } else { verdictUpdate.bindNull(1) }
    verdictUpdate.bind(2, arrival)
    try verdictUpdate.run()
  }

  /// Gives the entries of a log behind `dot` to another log, as when a branch gets a name of its own.
  func move(behind dot: LocalDot, to number: Int) throws {
    try flush()
    forget()
    try runs.move(behind: dot, to: number)
  }

  /// An entry's time and hash; `nil` if it is not held.
  func stamp(of dot: LocalDot) throws -> (time: HybridTimestamp, hash: EntryHash)? {
    if let known = stamps[dot] { return known }
    guard let arrival = try runs.arrival(of: dot) else { return nil }
    stampSelection.bind(1, arrival)
    defer { stampSelection.reset() }
    guard try stampSelection.step() else { return nil }
    let stamp = (HybridTimestamp(packed: stampSelection.unsigned(0)), try stampSelection.hash(1))
    if stamps.count >= Self.stampsMax { stamps.removeAll(keepingCapacity: true) }
    stamps[dot] = stamp
    return stamp
  }

  /// The whole row of an entry; `nil` if it is not held.
  func row(of dot: LocalDot) throws -> LogRow? {
    guard let arrival = try runs.arrival(of: dot) else { return nil }
    rowSelection.bind(1, arrival)
    defer { rowSelection.reset() }
    return try rowSelection.step() ? Self.row(from: rowSelection) : nil
  }

  /// Forgets what was looked up and what was not flushed; called when a transaction was rolled back.
  func forget() {
    stamps.removeAll(keepingCapacity: true)
    runs.forget()
  }

  /// The columns that ``row(from:)`` reads.
  static let rowColumns =
    "arrival, replica, sequence, time, hash, verdict, lag, header, payload"

  /// Reads the columns of ``rowColumns``.
  static func row(from statement: Statement) throws -> LogRow {
    LogRow(
      arrival: statement.integer(0),
      dot: LocalDot(replica: Int(statement.integer(1)), sequence: statement.unsigned(2)),
      time: HybridTimestamp(packed: statement.unsigned(3)), hash: try statement.hash(4),
      verdict: SetAsideReason(rawValue: Int(statement.integer(5))),
      lag: statement.integer(6), header: statement.bytes(7), payload: statement.bytes(8))
  }
}
