package import CRDTCore
import GRDB

/// What a check of the whole store found.
package struct StoreReport: Hashable, Sendable {
  /// Entries whose place in their log's hash chain was verified.
  package var entries = 0
  /// Seals whose signature was verified.
  package var seals = 0
  /// The canonical digest of the tables, and of the tables rebuilt from the log.
  package var digest = EntryHash.none
  package var rebuiltDigest = EntryHash.none
  /// What is wrong, each in one sentence; empty of a sound store.
  package var faults: [String] = []
  /// Whether file and log are sound, so that the tables can be made anew from them.
  package var isLogSound = true
  /// Whether there are entries that cannot be read, of which no tables can be made.
  var isUnreadable = false
}

extension Replica {
  /// Makes every derived table anew from the log.
  package func rebuild() throws {
    try withWriter { writer, _ in
      try writer.transaction { try writer.rebuild(&$0) }
    }
  }

  /// Verifies the file, every hash and seal, and that the tables are the fold of the log.
  ///
  /// Rebuilds the tables in a transaction that is rolled back, so writers wait meanwhile.
  package func check(
    progress: (_ entries: Int) -> Void = { _ in }
  ) throws -> StoreReport {
    try withWriter { writer, database in
      try writer.rehearsal { state in
        var report = StoreReport()
        let integrity = try String.fetchAll(database, sql: "PRAGMA integrity_check")
        if integrity != ["ok"] { report.faults += integrity.map { "SQLite says: \($0)." } }
        try writer.verifyLog(into: &report, progress: progress)
        report.isLogSound = report.faults.isEmpty
        report.digest = try Snapshot(database: database, layout: writer.fold.layout).digest()
        guard !report.isUnreadable else { return report }
        try writer.rebuild(&state)
        report.rebuiltDigest = try Snapshot(
          database: database, layout: writer.fold.layout
        ).digest()
        if report.digest != report.rebuiltDigest {
          report.faults.append("The tables differ from the fold of the log.")
        }
        return report
      }
    }
  }

  /// Rebuilds if the log holds what the program did not know when it took it in, and knows now; a type of
  /// own fields, too.
  func materialiseUnread() throws {
    let isDue = try read { snapshot in
      if try OwnFields(in: snapshot.database, layout: snapshot.layout) != snapshot.ownFields {
        return true
      }
      return try Row.fetchAll(
        snapshot.database, sql: "SELECT kind, field FROM _unread ORDER BY kind, field"
      ).contains { row in
        guard let kind = snapshot.layout[row[0]] else { return false }
        let field: String = row[1]
        return field.isEmpty || kind[field] != nil
      }
    }
    if isDue { try rebuild() }
  }
}

extension Writer {
  /// Empties the derived tables and folds every entry again, judging each anew.
  ///
  /// Which fields there are is known when all is folded. If they are not those the tables have, all is
  /// folded once more; what defines them does not depend on them, so that they are the same then.
  func rebuild(_ state: inout WriterState) throws {
    try log.flush()
    isRebuilding = true
    defer { isRebuilding = false }
    try refoldAll(&state)
    if try adoptOwnFields() { try refoldAll(&state) }
    needsRebuild = false
    fold.definesFields = false
    try directoryTable.save(&state.directory)
  }

  private func refoldAll(_ state: inout WriterState) throws {
    for table in StoreTables.derived { try database.execute(sql: "DELETE FROM \(table)") }
    for kind in fold.layout.kinds {
      try database.execute(sql: "DELETE FROM \(kind.table)")
      for table in kind.fields.compactMap(\.setTable) {
        try database.execute(sql: "DELETE FROM \(table)")
      }
    }
    forgetDerived()
    state.directory = state.directory.emptied
    state.roster = Roster(founder: state.roster.founder)
    state.rosterGeneration += 1
    state.policies = ConflictPolicies()
    state.setAside = []
    try forEachEntry { row in try refold(row, into: &state) }
  }

  /// Judges and folds an entry of the log anew.
  func refold(_ row: LogRow, into state: inout WriterState) throws {
    guard var author = state.directory[row.dot.replica] else {
      throw StoreError.damaged(detail: "an entry's replica is not listed")
    }
    if author.sequence == 0, let branch = author.branch {
      try LogReader(directory: state.directory, log: log).start(&author, at: branch)
    }
    let (entry, _) = try entry(of: row, author: author)
    try note(entry.header, in: &author, directory: state.directory)
    let payload = try payload(of: entry, by: author, directory: state.directory)
    let verdict = verdict(
      of: author, time: row.time, payload: payload,
      pastChanged: !entry.header.dependencies.isEmpty || entry.header.origin != nil, state: state)
    if verdict != row.verdict { try log.setVerdict(verdict, arrival: row.arrival) }
    advance(&author, to: entry.header, hash: row.hash)
    state.directory.update(author)
    if verdict == nil, let payload {
      let stamp = Stamp(dot: author.dot, time: row.time, hash: row.hash)
      try apply(payload, of: FoldEntry(dot: row.dot, stamp: stamp), to: &state)
    } else if verdict != .malformed {
      state.setAside.insert(row.dot)
    }
  }

  /// Verifies that every entry follows its predecessor by hash, and that seals are signatures.
  func verifyLog(into report: inout StoreReport, progress: (Int) -> Void) throws {
    var directory = try directoryTable.load()
    let tips = directory.logs
    for var log in tips {
      log.sequence = log.first - 1
      log.hash = .none
      if let branch = log.branch {
        let parting = LocalDot(replica: branch.parent, sequence: branch.sequence)
        log.hash = try self.log.stamp(of: parting)?.hash ?? .none
      }
      directory.update(log)
    }
    let sealSelection = try Statement(
      database, "SELECT signature FROM _seal WHERE arrival = ?")
    try forEachEntry { row in
      guard var author = directory[row.dot.replica] else {
        report.faults.append("Entry \(row.arrival) belongs to a replica that is not listed.")
        return
      }
      defer {
        author.sequence = row.dot.sequence
        author.hash = row.hash
        directory.update(author)
        report.entries += 1
        if report.entries % 1000 == 0 { progress(report.entries) }
      }
      let (entry, hash): (Entry, EntryHash)
      do {
        (entry, hash) = try self.entry(of: row, author: author)
      } catch let error as MalformedBytes {
        report.faults.append("Entry \(row.arrival) cannot be read: expected \(error.description).")
        report.isUnreadable = true
        return
      }
      if row.dot.sequence != author.sequence + 1 || hash != row.hash {
        report.faults.append("Entry \(row.arrival) does not follow its predecessor.")
      }
      sealSelection.bind(1, row.arrival)
      if try sealSelection.step() {
        let message = Seal.message(workspace: workspace, dot: entry.header.dot, hash: hash)
        if author.key.isValid(signature: sealSelection.bytes(0), for: message) {
          report.seals += 1
        } else {
          report.faults.append("The seal of entry \(row.arrival) is not its author's.")
        }
      }
      sealSelection.reset()
    }
    for tip in tips where directory[tip.id]?.hash != tip.hash {
      report.faults.append("The log does not end where the list of replicas says.")
    }
  }

  /// Restores an entry from its row; its hash is computed, not taken from there.
  func entry(of row: LogRow, author: LogState) throws -> (Entry, EntryHash) {
    var reader = ByteReader(row.header)
    let compact = try CompactHeader(from: &reader)
    let payload = try PayloadBytes(bytes: row.payload)
    let context = HeaderContext(
      workspace: workspace, dot: Dot(replica: author.original, sequence: row.dot.sequence),
      time: row.time, member: author.member, previous: author.hash)
    let header = compact.header(in: context, payload: payload)
    return (Entry(header: header, payload: payload), header.hash)
  }

  private func forEachEntry(_ body: (LogRow) throws -> Void) throws {
    let selection = try Statement(
      database, "SELECT \(LogTable.rowColumns) FROM _log ORDER BY arrival")
    while try selection.step() { try body(LogTable.row(from: selection)) }
  }
}
