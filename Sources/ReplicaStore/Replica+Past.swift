package import CRDTCore
import GRDB

/// What a node knew at an earlier moment, in a file of its own.
package struct PastState: Sendable {
  /// The replica of that moment, for reading alone.
  package let replica: Replica
  /// How many entries it holds.
  package let entryCount: Int
  /// When the node took in its first entry, before or after that moment; `nil` if it has none.
  package let began: WallTime?
}

extension Replica {
  /// Makes, at `path`, a replica of what this one knew at a moment.
  ///
  /// It holds every entry up to the last one that had been taken in by then, by the clock of this
  /// machine, and folds them anew in the order in which they came. What is no fold of the log is as of
  /// now: the names of logs, and what peers have confirmed.
  ///
  /// - Parameters:
  ///   - moment: The moment.
  ///   - path: Where there is no file yet.
  ///   - progress: Hears now and then how many entries are folded, and of how many.
  /// - Returns: That replica, and what is to be told of it.
  /// - Throws: `CancellationError` if the task is cancelled; ``StoreError``.
  /// - Complexity: O(log).
  package func past(
    at moment: WallTime, in path: String,
    progress: (_ entries: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> PastState {
    try read { snapshot in
      let (last, first) = try snapshot.arrivals(by: moment)
      let replica = try Replica.make(
        at: path, schema: schema,
        environment: ReplicaEnvironment(
          now: environment.now, random: environment.random, signer: environment.signer),
        durability: .normal
      ) { try snapshot.copyFacts(to: $0) }
      let count = try replica.withWriter { writer, _ in
        try writer.transaction { state in
          try writer.copyLog(of: snapshot, upTo: last, into: &state, progress: progress)
        }
      }
      return PastState(replica: replica, entryCount: count, began: first)
    }
  }
}

extension Snapshot {
  /// The arrival number of the last entry taken in by a moment, 0 if none was; and when the first was.
  fileprivate func arrivals(by moment: WallTime) throws -> (last: Int64, first: WallTime?) {
    func times(_ condition: String) throws -> Statement {
      try Statement(database, "SELECT arrival, time, lag, header FROM _log ORDER BY \(condition)")
    }
    let first = try times("arrival LIMIT 1")
    let began = try first.step() ? Self.received(first) : nil
    // A clock may have been put back in between, so the order in which entries came counts, not the
    // first whose time is later.
    let latest = try times("arrival DESC")
    while try latest.step() {
      if try Self.received(latest).milliseconds <= moment.milliseconds {
        return (latest.integer(0), began)
      }
    }
    return (0, began)
  }

  /// When an entry was taken in, by this machine's clock.
  private static func received(_ row: Statement) throws -> WallTime {
    let time = HybridTimestamp(packed: row.unsigned(1))
    guard row.isNull(2) else {
      return WallTime(milliseconds: Int128(time.wallMilliseconds) + Int128(row.integer(2)))
    }
    // An own entry's time may run ahead of the clock that it was written by.
    var header = ByteReader(row.bytes(3))
    return try CompactHeader(from: &header).wall(at: time)
  }

  /// Copies what the file says about itself, and what it knows of peers.
  fileprivate func copyFacts(to other: Database) throws {
    for (table, condition) in [("_meta", "key NOT IN ('schema', 'own_fields')"), ("_peer", "true")]
    {
      for row in try Row.fetchAll(database, sql: "SELECT * FROM \(table) WHERE \(condition)") {
        let marks = Array(repeating: "?", count: row.count).joined(separator: ", ")
        try other.execute(
          sql: "INSERT INTO \(table) VALUES (\(marks))",
          arguments: StatementArguments(row.databaseValues))
      }
    }
  }
}

extension Writer {
  /// Takes in the beginning of another file's log as it stands there, and folds it.
  ///
  /// - Returns: How many entries it took in.
  fileprivate func copyLog(
    of snapshot: Snapshot, upTo last: Int64, into state: inout WriterState,
    progress: (_ entries: Int, _ of: Int) -> Void
  ) throws -> Int {
    state.directory = try snapshot.directory().emptied
    let selection = try Statement(
      snapshot.database,
      "SELECT \(LogTable.rowColumns) FROM _log WHERE arrival <= ? ORDER BY arrival")
    selection.bind(1, last)
    var count = 0
    while try selection.step() {
      if count % 500 == 0 {
        try Task.checkCancellation()
        progress(count, Int(last))
      }
      let row = try LogTable.row(from: selection)
      try log.append(row)
      try refold(row, into: &state)
      count += 1
    }
    return count
  }
}
