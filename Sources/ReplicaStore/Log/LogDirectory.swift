import CRDTCore
import GRDB

/// Where a branch of a log parts from the path that kept the log's name.
struct LogBranch: Hashable {
  /// The number of the log that it parts from.
  let parent: Int
  /// The last entry that both have; 0 if they share none.
  let sequence: UInt64
  /// The hash of the branch's first entry.
  let first: EntryHash
}

/// What is known of one log, or of one branch of a log: its author and how far it is held.
struct LogState {
  /// This file's own number for the log.
  let number: Int
  /// Its present name.
  let id: ReplicaID
  /// Its name in the headers of its entries; another than ``id`` for a branch.
  let original: ReplicaID
  /// Where it parts from another log, if it is a branch.
  var branch: LogBranch?
  let member: MemberID
  let key: NodePublicKey
  /// The last entry held; 0 if none is.
  var sequence: UInt64 = 0
  var hash = EntryHash.none
  var time = HybridTimestamp(packed: 0)
  /// What the author held of other logs when it wrote its own last entry.
  var past = CausalPast()
  /// At least the greatest time in that past; more where more of those logs was held.
  var pastTime = HybridTimestamp(packed: 0)

  init(
    number: Int, id: ReplicaID, original: ReplicaID? = nil, branch: LogBranch? = nil,
    member: MemberID, key: NodePublicKey
  ) {
    self.number = number
    self.id = id
    self.original = original ?? id
    self.branch = branch
    self.member = member
    self.key = key
  }

  var dot: Dot { Dot(replica: id, sequence: sequence) }

  /// The sequence of its first entry.
  var first: UInt64 { (branch?.sequence ?? 0) + 1 }
}

/// Every log that the file holds a part of.
///
/// A value: each transaction works on a copy, which becomes current when SQLite has committed.
struct LogDirectory {
  private(set) var logs: [LogState] = []
  private var positions: [ReplicaID: Int] = [:]
  private var positionsByNumber: [Int: Int] = [:]
  /// The positions of logs that have changed since they were saved.
  private var unsaved: Set<Int> = []
  /// How many of them are branches; names never change unless this does.
  private(set) var branchCount = 0

  subscript(id: ReplicaID) -> LogState? { positions[id].map { logs[$0] } }

  subscript(number: Int) -> LogState? { positionsByNumber[number].map { logs[$0] } }

  /// Every log with the hash of its last entry, ordered by name.
  var tips: [LogTip] {
    logs.filter { $0.sequence > 0 }.sorted { $0.id < $1.id }
      .map { LogTip(dot: $0.dot, hash: $0.hash) }
  }

  /// What is held.
  var vector: VersionVector {
    VersionVector(logs.lazy.filter { $0.sequence > 0 }.map(\.dot))
  }

  /// The number that the next new log gets.
  var nextNumber: Int { (logs.last?.number ?? 0) + 1 }

  /// Adds a log or takes over its new state.
  mutating func update(_ log: LogState) {
    if let position = positions[log.id] {
      logs[position] = log
      unsaved.insert(position)
    } else {
      unsaved.insert(logs.count)
      positions[log.id] = logs.count
      positionsByNumber[log.number] = logs.count
      if log.branch != nil { branchCount += 1 }
      logs.append(log)
    }
  }

  /// The logs that have changed since the last call.
  mutating func takeUnsaved() -> [LogState] {
    defer { unsaved.removeAll(keepingCapacity: true) }
    return unsaved.sorted().map { logs[$0] }
  }

  /// The same logs, of which nothing is held yet.
  var emptied: LogDirectory {
    var directory = LogDirectory()
    for log in logs {
      directory.update(
        LogState(
          number: log.number, id: log.id, original: log.original, branch: log.branch,
          member: log.member, key: log.key))
    }
    return directory
  }

  /// A dot in this file's numbering; `nil` of a replica that nothing is held of.
  func local(_ dot: Dot) -> LocalDot? {
    self[dot.replica].map { LocalDot(replica: $0.number, sequence: dot.sequence) }
  }

  /// A dot in the format's form.
  func dot(_ local: LocalDot) throws -> Dot {
    guard let log = self[local.replica] else {
      throw StoreError.damaged(detail: "a dot names replica \(local.replica), which is not listed")
    }
    return Dot(replica: log.id, sequence: local.sequence)
  }

  /// SHA-256 over every (replica, sequence, hash) held: equal on two nodes that hold the same logs.
  var digest: EntryHash {
    var writer = ByteWriter(capacity: logs.count * 56)
    for tip in tips {
      writer.write(fixed: tip.dot.replica.rawValue)
      writer.write(fixed: tip.dot.sequence)
      writer.write(hash: tip.hash)
    }
    return Digests.digest(tag: "kith/logs/1", [writer.bytes])
  }
}

/// The table `_replica`.
struct LogDirectoryTable {
  private let select: Statement
  private let upsert: Statement
  private let branchUpsert: Statement

  init(_ database: Database) throws {
    select = try Statement(
      cached: """
        SELECT number, id, member, key, _replica.sequence, _replica.hash, time, past, past_time,
          original, parent, _branch.sequence, _branch.hash
        FROM _replica LEFT JOIN _branch USING (number) ORDER BY number
        """, in: database)
    upsert = try Statement(
      cached: """
        INSERT INTO _replica (number, id, member, key, sequence, hash, time, past, past_time)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (number) DO UPDATE SET member = excluded.member,
          sequence = excluded.sequence, hash = excluded.hash, time = excluded.time,
          past = excluded.past, past_time = excluded.past_time
        """, in: database)
    branchUpsert = try Statement(
      cached: """
        INSERT OR REPLACE INTO _branch (number, original, parent, sequence, hash)
        VALUES (?, ?, ?, ?, ?)
        """, in: database)
  }

  func load() throws -> LogDirectory {
    var directory = LogDirectory()
    defer { select.reset() }
    while try select.step() {
      guard let key = NodePublicKey(stored: select.bytes(3)) else {
        throw StoreError.damaged(detail: "a replica's key is none")
      }
      var log = LogState(
        number: Int(select.integer(0)), id: ReplicaID(rawValue: select.number(1)),
        original: select.isNull(9) ? nil : ReplicaID(rawValue: select.number(9)),
        branch: try loadedBranch(), member: MemberID(rawValue: select.number(2)), key: key)
      log.sequence = select.unsigned(4)
      log.hash = try select.hash(5)
      log.time = HybridTimestamp(packed: select.unsigned(6))
      var past = ByteReader(select.bytes(7))
      while !past.isAtEnd {
        let dot = try past.readDot()
        log.past.include(dot)
      }
      log.pastTime = HybridTimestamp(packed: select.unsigned(8))
      directory.update(log)
    }
    _ = directory.takeUnsaved()
    return directory
  }

  private func loadedBranch() throws -> LogBranch? {
    guard !select.isNull(9) else { return nil }
    return LogBranch(
      parent: Int(select.integer(10)), sequence: select.unsigned(11), first: try select.hash(12))
  }

  /// Writes down what has changed of a directory.
  func save(_ directory: inout LogDirectory) throws {
    for log in directory.takeUnsaved() { try save(log) }
  }

  private func save(_ log: LogState) throws {
    upsert.bind(1, log.number)
    upsert.bind(2, log.id.rawValue)
    upsert.bind(3, log.member.rawValue)
    upsert.bind(4, log.key.bytes)
    upsert.bind(5, log.sequence)
    upsert.bind(6, log.hash.bytes)
    upsert.bind(7, log.time.packed)
    var past = ByteWriter(capacity: log.past.sequences.count * 5)
    for (replica, sequence) in log.past.sequences.sorted(by: { $0.key < $1.key }) {
      past.write(dot: LocalDot(replica: replica, sequence: sequence))
    }
    upsert.bind(8, past.bytes)
    upsert.bind(9, log.pastTime.packed)
    try upsert.run()
    guard let branch = log.branch else { return }
    branchUpsert.bind(1, log.number)
    branchUpsert.bind(2, log.original.rawValue)
    branchUpsert.bind(3, branch.parent)
    branchUpsert.bind(4, branch.sequence)
    branchUpsert.bind(5, branch.first.bytes)
    try branchUpsert.run()
  }
}
