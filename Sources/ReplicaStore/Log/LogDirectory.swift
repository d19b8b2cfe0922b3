import CRDTCore
import GRDB

/// What is known of one log: its author and how far it is held.
struct LogState {
  /// This file's own number for the replica.
  let number: Int
  let id: ReplicaID
  let member: MemberID
  let key: NodePublicKey
  /// The last entry held; 0 if none is.
  var sequence: UInt64 = 0
  var hash = EntryHash.none
  var time = HybridTimestamp(packed: 0)
  /// Per replica number, the last entry that the author held when it wrote its own last one.
  var past: [Int: UInt64] = [:]
  /// At least the greatest time in that past; more where more of those logs was held.
  var pastTime = HybridTimestamp(packed: 0)

  var dot: Dot { Dot(replica: id, sequence: sequence) }
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

  subscript(id: ReplicaID) -> LogState? { positions[id].map { logs[$0] } }

  subscript(number: Int) -> LogState? { positionsByNumber[number].map { logs[$0] } }

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
      logs.append(log)
    }
  }

  /// The logs that have changed since the last call.
  mutating func takeUnsaved() -> [LogState] {
    defer { unsaved.removeAll(keepingCapacity: true) }
    return unsaved.sorted().map { logs[$0] }
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
    for log in logs.filter({ $0.sequence > 0 }).sorted(by: { $0.id < $1.id }) {
      writer.write(fixed: log.id.rawValue)
      writer.write(fixed: log.sequence)
      writer.write(hash: log.hash)
    }
    return Digests.digest(tag: "kith/logs/1", [writer.bytes])
  }
}

/// The table `_replica`.
struct LogDirectoryTable {
  private let select: Statement
  private let upsert: Statement

  init(_ database: Database) throws {
    select = try Statement(
      cached: """
        SELECT number, id, member, key, sequence, hash, time, past, past_time
        FROM _replica ORDER BY number
        """, in: database)
    upsert = try Statement(
      cached: """
        INSERT INTO _replica (number, id, member, key, sequence, hash, time, past, past_time)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (number) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash,
          time = excluded.time, past = excluded.past, past_time = excluded.past_time
        """, in: database)
  }

  func load() throws -> LogDirectory {
    var directory = LogDirectory()
    defer { select.reset() }
    while try select.step() {
      guard let key = NodePublicKey(bytes: select.bytes(3)) else {
        throw StoreError.damaged(detail: "a replica's key is none")
      }
      var log = LogState(
        number: Int(select.integer(0)), id: ReplicaID(rawValue: select.number(1)),
        member: MemberID(rawValue: select.number(2)), key: key)
      log.sequence = select.unsigned(4)
      log.hash = try select.hash(5)
      log.time = HybridTimestamp(packed: select.unsigned(6))
      var past = ByteReader(select.bytes(7))
      while !past.isAtEnd {
        let dot = try past.readDot()
        log.past[dot.replica] = dot.sequence
      }
      log.pastTime = HybridTimestamp(packed: select.unsigned(8))
      directory.update(log)
    }
    _ = directory.takeUnsaved()
    return directory
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
    var past = ByteWriter(capacity: log.past.count * 5)
    for (replica, sequence) in log.past.sorted(by: { $0.key < $1.key }) {
      past.write(dot: LocalDot(replica: replica, sequence: sequence))
    }
    upsert.bind(8, past.bytes)
    upsert.bind(9, log.pastTime.packed)
    try upsert.run()
  }
}
