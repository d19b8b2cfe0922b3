import GRDB

/// The table `_run`: where in the log each replica's entries lie.
///
/// Entries of one replica mostly arrive one after another, so a run of them takes one row: replica,
/// first sequence, its arrival number, count. An index on `_log` would take a row an entry.
final class RunTable {
  private struct Run {
    var sequence: UInt64
    var arrival: Int64
    var count: Int64
    /// Whether it is longer than the table says.
    var isDirty = false

    /// Takes in an entry, if it goes on with the run.
    mutating func extend(to sequence: UInt64, arrival: Int64) -> Bool {
      guard self.sequence + UInt64(count) == sequence, self.arrival + count == arrival else {
        return false
      }
      count += 1
      isDirty = true
      return true
    }
  }

  /// The runs with their entries, for queries over one replica's part of the log.
  static let entries = """
    _run JOIN _log ON _log.arrival >= _run.arrival AND _log.arrival < _run.arrival + _run.count
    """

  private let database: Database
  private let selection: Statement
  private let upsert: Statement
  /// Per replica its last run.
  private var last: [Int: Run] = [:]

  init(_ database: Database) throws {
    self.database = database
    selection = try Statement(
      cached: """
        SELECT sequence, arrival, count FROM _run WHERE replica = ? AND sequence <= ?
        ORDER BY sequence DESC LIMIT 1
        """, in: database)
    upsert = try Statement(
      cached: """
        INSERT INTO _run (replica, sequence, arrival, count) VALUES (?, ?, ?, ?)
        ON CONFLICT (replica, sequence) DO UPDATE SET count = excluded.count
        """, in: database)
  }

  /// The arrival number of an entry; `nil` if it is not held.
  func arrival(of dot: LocalDot) throws -> Int64? {
    if let run = last[dot.replica], run.sequence <= dot.sequence {
      return Self.arrival(of: dot.sequence, in: run)
    }
    return try run(of: dot).flatMap { Self.arrival(of: dot.sequence, in: $0) }
  }

  /// Notes that an entry, the next of its replica, was taken in.
  func append(_ dot: LocalDot, arrival: Int64) throws {
    if last[dot.replica] == nil { last[dot.replica] = try run(of: dot) }
    if last[dot.replica]?.extend(to: dot.sequence, arrival: arrival) == true { return }
    if let run = last[dot.replica], run.isDirty { try save(run, of: dot.replica) }
    last[dot.replica] = Run(sequence: dot.sequence, arrival: arrival, count: 1, isDirty: true)
  }

  /// Gives the entries of a log behind `dot`, and their runs, to another log.
  func move(behind dot: LocalDot, to number: Int) throws {
    let entries = try Statement(
      database,
      """
      UPDATE _log SET replica = ?3 WHERE arrival IN (
        SELECT _log.arrival FROM \(Self.entries) WHERE _run.replica = ?1 AND _log.sequence > ?2)
      """)
    let halves = try Statement(
      database,
      """
      INSERT INTO _run (replica, sequence, arrival, count)
      SELECT ?3, ?2 + 1, arrival + (?2 + 1 - sequence), count - (?2 + 1 - sequence) FROM _run
      WHERE replica = ?1 AND sequence <= ?2 AND sequence + count > ?2 + 1
      """)
    let cut = try Statement(
      database,
      """
      UPDATE _run SET count = ?2 + 1 - sequence
      WHERE replica = ?1 AND sequence <= ?2 AND sequence + count > ?2 + 1 AND ?3 IS NOT NULL
      """)
    let runs = try Statement(
      database, "UPDATE _run SET replica = ?3 WHERE replica = ?1 AND sequence > ?2")
    for statement in [entries, halves, cut, runs] {
      statement.bind(1, dot.replica)
      statement.bind(2, dot.sequence)
      statement.bind(3, number)
      try statement.run()
    }
  }

  /// Writes down the runs that have grown.
  func flush() throws {
    for (replica, run) in last.sorted(by: { $0.key < $1.key }) where run.isDirty {
      try save(run, of: replica)
      last[replica]?.isDirty = false
    }
  }

  /// Forgets what is not written down.
  func forget() { last.removeAll() }

  private func run(of dot: LocalDot) throws -> Run? {
    selection.bind(1, dot.replica)
    selection.bind(2, dot.sequence)
    defer { selection.reset() }
    guard try selection.step() else { return nil }
    return Run(
      sequence: selection.unsigned(0), arrival: selection.integer(1), count: selection.integer(2))
  }

  private func save(_ run: Run, of replica: Int) throws {
    upsert.bind(1, replica)
    upsert.bind(2, run.sequence)
    upsert.bind(3, run.arrival)
    upsert.bind(4, run.count)
    try upsert.run()
  }

  private static func arrival(of sequence: UInt64, in run: Run) -> Int64? {
    let offset = Int64(clamping: sequence - run.sequence)
    return offset < run.count ? run.arrival + offset : nil
  }
}
