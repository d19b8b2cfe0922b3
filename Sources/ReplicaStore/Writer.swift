import CRDTCore
import GRDB
import GRDBSQLite

/// What the writing connection keeps in memory of the file.
///
/// A value: a transaction works on a copy, which becomes current when SQLite has committed.
struct WriterState {
  var directory: LogDirectory
  var roster: Roster
  /// The rules that people have set for fields.
  var policies: ConflictPolicies
  /// The entries set aside whose replaced dots still matter: those that are not malformed.
  var setAside: Set<LocalDot>
  /// The replica's clock.
  var clock: HybridLogicalClock
  /// The id of the log that this node writes now; `nil` before its first entry.
  var own: ReplicaID
  /// The origin that the next entry reveals, if it is its log's first.
  var pendingOrigin: LogOrigin?
  var lastArrival: Int64
  /// Own entries and bytes since the last seal.
  var unsealedEntries: Int
  var unsealedBytes: Int
  /// Why the node has gone on under a new replica id in this transaction.
  var renewal: RenewalReason?
  /// Rises with every write to the roster; verdict caches are kept against it.
  var rosterGeneration = 0
}

/// The writing connection: its statements, and the rules by which entries enter the log.
final class Writer {
  let database: Database
  let fold: Fold
  let log: LogTable
  let directoryTable: LogDirectoryTable
  let rosterTable: RosterTable
  let meta: MetaTable
  let workspace: WorkspaceID
  let environment: ReplicaEnvironment
  private let durability: Replica.Durability
  private let connection: OpaquePointer
  private let dataVersion: Statement
  /// Whether the tables have to be made anew before the transaction ends, since the fields have changed.
  var needsRebuild = false
  /// Whether they are being made anew, so that the fields are looked at when that is done.
  var isRebuilding = false
  /// Whether this process has made sure that the store is no copy.
  var isClaimed = false
  /// What the token says, as far as this process knows, and what it said before this transaction.
  var savedTip: [UInt8]?
  var replacedTip: [UInt8]?
  private var seenDataVersion: Int64 = -1
  private var current: WriterState?
  private var authorities: [ReplicaID: CachedAuthority] = [:]
  /// Per replica, up to which entry all whose time is at least `least` are flagged already.
  private var flagged: [Int: (least: HybridTimestamp, sequence: UInt64)] = [:]

  private struct CachedAuthority {
    let generation: Int
    let authority: Roster.Authority?
  }

  init(
    database: Database, layout: Layout, workspace: WorkspaceID, environment: ReplicaEnvironment,
    durability: Replica.Durability
  ) throws {
    self.database = database
    self.durability = durability
    connection = try database.connection
    self.workspace = workspace
    self.environment = environment
    log = try LogTable(database)
    fold = try Fold(database: database, layout: layout, log: log)
    directoryTable = try LogDirectoryTable(database)
    rosterTable = try RosterTable(database)
    meta = try MetaTable(database)
    dataVersion = try Statement(database, "PRAGMA data_version")
  }

  /// Runs `body` in one SQLite transaction, on the state of the file as of its start.
  ///
  /// Nothing of a `body` that throws is kept, neither on disk nor in memory.
  func transaction<Result>(
    _ body: (inout WriterState) throws -> Result
  ) throws -> Result {
    let wasClaimed = isClaimed
    try execute("BEGIN IMMEDIATE")
    do {
      var state = try stateAsOfNow()
      let result = try body(&state)
      if needsRebuild { try rebuild(&state) }
      try directoryTable.save(&state.directory)
      try log.flush()
      try moveToken(to: state)
      try execute("COMMIT")
      replacedTip = nil
      let renewal = state.renewal
      state.renewal = nil
      current = state
      if let renewal { environment.onRenewal(renewal) }
      return result
    } catch {
      isClaimed = wasClaimed
      rollBack()
      throw error
    }
  }

  /// As ``transaction(_:)``, but a power cut may undo it: the disk is not waited for.
  func transactionWithoutWaiting<Value>(
    _ body: (inout WriterState) throws -> Value
  ) throws -> Value {
    try execute("PRAGMA synchronous = \(Replica.Durability.normal.rawValue)")
    let result = Result { try transaction(body) }
    try execute("PRAGMA synchronous = \(durability.rawValue)")
    return try result.get()
  }

  /// Undoes what the open transaction did, if SQLite has not done so already.
  ///
  /// A ROLLBACK that fails leaves the transaction open, which the next BEGIN reports; what led to it
  /// is the error to tell.
  private func rollBack() {
    forget()
    returnToken()
    if sqlite3_get_autocommit(connection) == 0 {
      sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
    }
  }

  /// Runs `body` in one SQLite transaction and undoes all it did to the file.
  func rehearsal<Result>(_ body: (inout WriterState) throws -> Result) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    defer { rollBack() }
    var state = try stateAsOfNow()
    return try body(&state)
  }

  private func execute(_ sql: String) throws {
    let code = sqlite3_exec(connection, sql, nil, nil, nil)
    guard code == SQLITE_OK else {
      throw StoreError(sqlite: code, connection: connection, doing: sql)
    }
  }

  /// The state, read again if another connection has written since.
  private func stateAsOfNow() throws -> WriterState {
    _ = try dataVersion.step()
    let version = dataVersion.integer(0)
    dataVersion.reset()
    if let current, version == seenDataVersion {
      // Moved out, so that the transaction changes it in place; one that fails forgets it all.
      self.current = nil
      return current
    }
    seenDataVersion = version
    forget()
    return try loadState()
  }

  /// Forgets all that was kept of the file.
  private func forget() {
    current = nil
    needsRebuild = false
    isRebuilding = false
    fold.definesFields = false
    // Another process may have moved the token, too.
    savedTip = nil
    log.forget()
    forgetDerived()
  }

  /// Forgets what was kept of the derived tables, as when they are made anew.
  func forgetDerived() {
    authorities.removeAll()
    flagged.removeAll()
    fold.rosterFacts.removeAll()
  }

  private func loadState() throws -> WriterState {
    try adoptOwnFieldsOfFile()
    let directory = try directoryTable.load()
    var roster = Roster(founder: try meta.founding().key)
    try rosterTable.load(into: &roster)
    let own = try meta.ownReplica()
    var clock = HybridLogicalClock(resumingFrom: try meta.clock())
    if let time = directory[own]?.time, time > clock.latest {
      clock = HybridLogicalClock(resumingFrom: time)
    }
    let unsealed = try unsealed(of: directory[own])
    return WriterState(
      directory: directory, roster: roster,
      policies: try ConflictPolicies(in: database, layout: fold.layout),
      setAside: try loadSetAside(), clock: clock, own: own,
      pendingOrigin: directory[own] == nil ? try meta.pendingOrigin() : nil,
      lastArrival: try log.lastArrival(), unsealedEntries: unsealed.entries,
      unsealedBytes: unsealed.bytes)
  }

  private func loadSetAside() throws -> Set<LocalDot> {
    let selection = try fold.statement(
      """
      SELECT replica, sequence FROM _log WHERE verdict IS NOT NULL AND verdict <> ?
      ORDER BY replica, sequence
      """)
    selection.bind(1, SetAsideReason.malformed.rawValue)
    defer { selection.reset() }
    var dots: Set<LocalDot> = []
    while try selection.step() {
      dots.insert(
        LocalDot(replica: Int(selection.integer(0)), sequence: selection.unsigned(1)))
    }
    return dots
  }

  private func unsealed(of own: LogState?) throws -> (entries: Int, bytes: Int) {
    var unsealed = (entries: 0, bytes: 0)
    guard let own else { return unsealed }
    // From the tip backwards: at most as many entries as lie between two seals.
    for sequence in (1...max(own.sequence, 1)).reversed() {
      let dot = LocalDot(replica: own.number, sequence: sequence)
      guard let tail = try log.unsealedByteCount(of: dot) else { break }
      unsealed.entries += 1
      unsealed.bytes += tail
    }
    return unsealed
  }
}

// MARK: - Who may act

extension Writer {
  /// Whether an entry counts, by its own causal past alone.
  ///
  /// `author` is the log, with its past as of the entry; `payload` is `nil` if it could not be decoded.
  func verdict(
    of author: LogState, time: HybridTimestamp, payload: Payload?, pastChanged: Bool,
    state: WriterState
  ) -> SetAsideReason? {
    if pastChanged { authorities[author.id] = nil }
    guard let payload, time > author.time, namesOnlyThePast(payload, author: author, state: state)
    else { return .malformed }
    guard let authority = authority(of: author, state: state) else {
      return .unknownAuthor
    }
    let isForAdministrators = payload.records.contains {
      RosterNames.isForAdministrators(payload.name($0.kind))
    }
    return isForAdministrators && authority.role != .administrator ? .notAdministrator : nil
  }

  private func authority(of author: LogState, state: WriterState) -> Roster.Authority? {
    if let cached = authorities[author.id], cached.generation == state.rosterGeneration {
      return cached.authority
    }
    let authority = state.roster.authority(of: author.key, member: author.member) { dot in
      dot.replica == author.number || author.past[dot.replica] >= dot.sequence
    }
    authorities[author.id] = CachedAuthority(
      generation: state.rosterGeneration, authority: authority)
    return authority
  }

  /// Whether every dot and touch that a payload names lies strictly in its entry's causal past.
  private func namesOnlyThePast(
    _ payload: Payload, author: LogState, state: WriterState
  ) -> Bool {
    for dot in payload.namedDots {
      if dot.replica == author.id {
        guard author.first <= dot.sequence, dot.sequence <= author.sequence else { return false }
        continue
      }
      guard let log = state.directory[dot.replica], log.first <= dot.sequence,
        author.past[log.number] >= dot.sequence
      else { return false }
    }
    return true
  }
}

// MARK: - Taking an entry in

extension Writer {
  /// Judges an entry, folds it if it counts, and stores it.
  ///
  /// The entry must be checked: next in its log, dependencies held, chain and seal verified. `author`
  /// is the log's state before it; `payload` is that of an own entry, others are decoded here.
  ///
  /// - Returns: Why it does not count; `nil` if it does.
  @discardableResult
  func take(
    _ entry: Entry, hash: EntryHash, author: LogState, payload own: Payload? = nil,
    received: WallTime, seal: [UInt8]?, into state: inout WriterState
  ) throws -> SetAsideReason? {
    var author = author
    let header = entry.header
    try note(header, in: &author, directory: state.directory)
    let payload = try own ?? payload(of: entry, by: author, directory: state.directory)
    let dot = LocalDot(replica: author.number, sequence: header.dot.sequence)
    let verdict = verdict(
      of: author, time: header.time, payload: payload,
      pastChanged: !header.dependencies.isEmpty || header.origin != nil, state: state)
    state.lastArrival += 1
    let lag = Int64(received.milliseconds) - Int64(clamping: header.time.wallMilliseconds)
    let row = LogRow(
      arrival: state.lastArrival, dot: dot, time: header.time, hash: hash, verdict: verdict,
      lag: header.dot.replica == state.own ? 0 : lag, header: CompactHeader(header).encoded,
      payload: entry.payload.bytes)
    try log.append(row)
    if let seal { try log.seal(arrival: row.arrival, signature: seal) }
    advance(&author, to: header, hash: hash)
    state.directory.update(author)
    if verdict == nil, let payload {
      let stamp = Stamp(dot: author.dot, time: header.time, hash: hash)
      try apply(payload, of: FoldEntry(dot: dot, stamp: stamp), to: &state)
    } else if verdict != .malformed {
      state.setAside.insert(dot)
    }
    return verdict
  }

  /// What an entry did, in present names; `nil` if it cannot be decoded, or names what its author had
  /// not seen of a log with branches.
  func payload(
    of entry: Entry, by author: LogState, directory: LogDirectory
  ) throws -> Payload? {
    guard let payload = try? Payload(decoding: entry.payload, author: author.original) else {
      return nil
    }
    guard directory.isAmbiguous(payload) else { return payload }
    var past = author.past
    if author.sequence >= author.first {
      past.include(LocalDot(replica: author.number, sequence: author.sequence))
    }
    return try LogReader(directory: directory, log: log).renamed(payload, in: past)
  }

  /// Takes what an entry's author had seen into the author's past, and flags clocks by it.
  func note(
    _ header: EntryHeader, in author: inout LogState, directory: LogDirectory
  ) throws {
    for dependency in header.dependencies {
      let reader = LogReader(directory: directory, log: log)
      guard let dot = try reader.local(dependency) else { continue }
      author.past.include(dot, in: directory)
      // Times may fall within the log of a hostile author, so its last entry's would not do.
      author.pastTime = max(author.pastTime, directory[dot.replica]?.time ?? author.pastTime)
    }
    try flagClocks(ahead: header.wall, of: author)
  }

  /// Moves a log's state on to its next entry.
  func advance(_ author: inout LogState, to header: EntryHeader, hash: EntryHash) {
    author.sequence = header.dot.sequence
    author.hash = hash
    author.time = max(author.time, header.time)
    author.pastTime = max(author.pastTime, header.time)
  }

  /// Folds an entry that counts.
  func apply(_ payload: Payload, of entry: FoldEntry, to state: inout WriterState) throws {
    fold.directory = state.directory
    fold.setAside = state.setAside
    fold.policies = state.policies
    // Lent for the call only, so that later changes of the state copy nothing.
    defer {
      fold.directory = LogDirectory()
      fold.setAside = []
    }
    try fold.fold(payload, of: entry)
    state.policies = fold.policies
    try refreshOwnFields()
    guard !fold.rosterFacts.isEmpty else { return }
    for (kind, record, field, fact) in fold.rosterFacts {
      state.roster.add(kind: kind, record: record, field: field, fact: fact)
      try rosterTable.save(kind: kind, record: record, field: field, fact: fact)
    }
    state.rosterGeneration += 1
    fold.rosterFacts.removeAll()
  }

  /// Flags the entries in an author's past whose time lies implausibly far above the author's wall
  /// clock: one of the two clocks is wrong, and every node comes to the same list.
  private func flagClocks(ahead wall: WallTime, of author: LogState) throws {
    let limit = wall.milliseconds + Limits.clockDriftMilliseconds
    guard author.pastTime.wallMilliseconds > limit else { return }
    let least = HybridTimestamp(wallMilliseconds: min(limit + 1, (1 << 48) - 1), counter: 0)
    var seen = author.past
    seen.include(LocalDot(replica: author.number, sequence: author.sequence))
    for (replica, sequence) in seen.sequences.sorted(by: { $0.key < $1.key }) {
      try flag(replica: replica, upTo: sequence, above: least)
    }
  }

  private func flag(
    replica: Int, upTo sequence: UInt64, above least: HybridTimestamp
  ) throws {
    var first: UInt64 = 1
    if let done = flagged[replica], done.least <= least {
      guard done.sequence < sequence else { return }
      first = done.sequence + 1
    }
    try log.flush()
    // SQLite's integers are signed, times are not: from the year 6429 on they are stored negative.
    let insertion = try fold.statement(
      """
      INSERT OR IGNORE INTO _ahead (replica, sequence)
      SELECT _log.replica, _log.sequence FROM \(RunTable.entries)
      WHERE _run.replica = ?1 AND _run.sequence + _run.count > ?2 AND _run.sequence <= ?3
      AND _log.sequence BETWEEN ?2 AND ?3
      AND CASE WHEN (time < 0) = (?4 < 0) THEN time >= ?4 ELSE time < 0 END
      """)
    insertion.bind(1, replica)
    insertion.bind(2, first)
    insertion.bind(3, sequence)
    insertion.bind(4, least.packed)
    try insertion.run()
    flagged[replica] = (least, sequence)
  }
}
