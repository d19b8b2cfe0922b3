package import CRDTCore

/// Why a peer's batch was refused as a whole; nothing of it was stored, and the session ends.
package enum BatchError: Error, Hashable, Sendable {
  /// The bytes are not a batch.
  case malformed(String)
  /// Entries are missing between what we hold and what was sent.
  case gap(Dot)
  /// A log begins without saying whose it is, or says so where it does not begin.
  case misplacedOrigin(Dot)
  /// A log's id is not the hash of the key and nonce that it reveals.
  case falseOrigin(ReplicaID)
  /// An entry rests on one that is not held, or held with another hash.
  case missingDependency(of: Dot, on: Dot)
  /// A log's last entry in the batch carries no seal.
  case unsealed(ReplicaID)
  /// A seal is not the author's signature of what was sent.
  case falseSeal(ReplicaID)
}

extension BatchError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let expected): "a batch is malformed: expected \(expected)"
    case .gap(let dot): "entry \(dot.sequence) of a log came before those it follows"
    case .misplacedOrigin(let dot): "entry \(dot.sequence) of a log has a misplaced origin"
    case .falseOrigin: "a log's id does not belong to its key"
    case .missingDependency(let dot, let other):
      "entry \(dot.sequence) rests on entry \(other.sequence) of a log that is not held so"
    case .unsealed: "a log's entries came without a seal"
    case .falseSeal: "a log's seal is not its author's signature"
    }
  }
}

/// What applying a batch did.
package struct ApplyReport: Hashable, Sendable {
  /// Entries that were new here.
  package var entries = 0
  /// Of those, the ones set aside.
  package var setAside = 0
  /// Of those, the ones whose clock lies implausibly far ahead of ours.
  package var aheadOfClock = 0
  /// The last entry of each log in the batch.
  package var covers = VersionVector()
}

extension Replica {
  /// Checks a peer's batch and takes it in, all of it or nothing, durable on return.
  ///
  /// `bytes` is an encoded ``EntryBatch``; entries held already are passed over. Throws ``BatchError``
  /// if the batch breaks the protocol, ``StoreError`` if it cannot be stored.
  package func apply(_ bytes: [UInt8]) throws -> ApplyReport {
    let batch: EntryBatch
    do {
      batch = try EntryBatch(decoding: bytes)
    } catch {
      throw BatchError.malformed(error.description)
    }
    return try withWriter { writer, _ in
      try writer.transaction { try writer.apply(batch, to: &$0) }
    }
  }
}

extension EntryBatch {
  /// The last entry of each log.
  fileprivate var covers: VersionVector {
    var next = logs.map(\.sequence)
    for item in items { next[item.log] += 1 }
    return VersionVector(
      zip(logs, next).map { Dot(replica: $0.replica, sequence: $1 - 1) })
  }
}

/// An entry of a batch, checked and ready to be taken in.
private struct CheckedEntry {
  let entry: Entry
  let hash: EntryHash
  let log: Int
  var seal: [UInt8]?
}

extension Writer {
  func apply(_ batch: EntryBatch, to state: inout WriterState) throws -> ApplyReport {
    // Then every batch begins where all logs are sealed, and relays can cut there.
    try seal(&state)
    let now = environment.now()
    var check = BatchCheck(
      batch: batch, workspace: workspace, directory: state.directory, log: log)
    let checked = try check.run()
    // Whatever this node wrote it holds, unless the store is a copy or an older state of itself.
    if checked.contains(where: { check.logs[$0.log].id == state.own }) {
      try renew(&state, because: .behind)
    }
    var report = ApplyReport()
    for item in checked {
      let author = state.directory[check.logs[item.log].id] ?? check.fresh(item.log)
      let payload = try? Payload(decoding: item.entry.payload, author: author.id)
      let verdict = try take(
        item.entry, hash: item.hash, author: author, payload: payload, received: now,
        seal: item.seal, into: &state)
      report.entries += 1
      if verdict != nil { report.setAside += 1 }
      if !state.clock.accept(item.entry.header.time, at: now) { report.aheadOfClock += 1 }
    }
    if !checked.isEmpty { try meta.setClock(state.clock.latest) }
    report.covers = batch.covers
    return report
  }
}

/// The checks on a whole batch, before any of it is taken in.
private struct BatchCheck {
  let batch: EntryBatch
  let workspace: WorkspaceID
  let directory: LogDirectory
  let log: LogTable
  /// The state of each of the batch's logs, moved along as its entries are checked.
  private(set) var logs: [LogState] = []
  private var freshLogs: [Int: LogState] = [:]
  private var hashes: [Dot: EntryHash] = [:]

  init(batch: EntryBatch, workspace: WorkspaceID, directory: LogDirectory, log: LogTable) {
    self.batch = batch
    self.workspace = workspace
    self.directory = directory
    self.log = log
  }

  /// The state of a log that this batch begins, before its first entry.
  func fresh(_ index: Int) -> LogState { freshLogs[index] ?? logs[index] }

  /// Checks every entry that is not held yet.
  mutating func run() throws -> [CheckedEntry] {
    var next = batch.logs.map(\.sequence)
    try beginLogs()
    var checked: [CheckedEntry] = []
    var lastIndexes: [Int: Int] = [:]
    for item in batch.items {
      let dot = Dot(replica: batch.logs[item.log].replica, sequence: next[item.log])
      next[item.log] += 1
      guard dot.sequence > logs[item.log].sequence else { continue }
      let (entry, hash) = try check(item, dot: dot)
      lastIndexes[item.log] = checked.count
      checked.append(CheckedEntry(entry: entry, hash: hash, log: item.log, seal: item.seal))
    }
    for (log, last) in lastIndexes.sorted(by: { $0.key < $1.key }) {
      try checkSeal(of: checked[last])
      // Seals within the batch are not needed once the last has verified.
      for index in checked.indices where checked[index].log == log && index != last {
        checked[index].seal = nil
      }
    }
    return checked
  }

  private mutating func beginLogs() throws {
    var number = directory.nextNumber
    for (index, dot) in batch.logs.enumerated() {
      if let held = directory[dot.replica] {
        logs.append(held)
        continue
      }
      guard let first = batch.items.first(where: { $0.log == index }) else {
        throw BatchError.malformed("entries of every log it lists")
      }
      guard dot.sequence == 1, let origin = first.header.origin else {
        throw BatchError.gap(dot)
      }
      guard origin.replica == dot.replica, !logs.contains(where: { $0.id == dot.replica }) else {
        throw BatchError.falseOrigin(dot.replica)
      }
      let log = LogState(
        number: number, id: dot.replica, member: origin.member, key: origin.key)
      number += 1
      freshLogs[index] = log
      logs.append(log)
    }
  }

  private mutating func check(_ item: EntryBatch.Item, dot: Dot) throws -> (Entry, EntryHash) {
    let log = logs[item.log]
    guard dot.sequence == log.sequence + 1 else { throw BatchError.gap(dot) }
    guard (item.header.origin != nil) == (dot.sequence == 1) else {
      throw BatchError.misplacedOrigin(dot)
    }
    for dependency in item.header.dependencies {
      let hash = try hashes[dependency.dot] ?? heldHash(of: dependency.dot)
      guard hash == dependency.hash, dependency.dot.replica != dot.replica else {
        throw BatchError.missingDependency(of: dot, on: dependency.dot)
      }
    }
    let context = HeaderContext(
      workspace: workspace, dot: dot, time: item.time, member: log.member, previous: log.hash)
    let header = item.header.header(in: context, payload: item.payload)
    let hash = header.hash
    hashes[dot] = hash
    logs[item.log].sequence = dot.sequence
    logs[item.log].hash = hash
    return (Entry(header: header, payload: item.payload), hash)
  }

  private func heldHash(of dot: Dot) throws -> EntryHash? {
    guard let local = directory.local(dot) else { return nil }
    return try log.stamp(of: local)?.hash
  }

  private func checkSeal(of last: CheckedEntry) throws {
    let log = logs[last.log]
    guard let seal = last.seal else { throw BatchError.unsealed(log.id) }
    let message = Seal.message(
      workspace: workspace, dot: last.entry.header.dot, hash: last.hash)
    guard log.key.isValid(signature: seal, for: message) else {
      throw BatchError.falseSeal(log.id)
    }
  }
}
