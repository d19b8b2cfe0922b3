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
  /// An entry rests on one that is not held.
  case missingDependency(of: Dot, on: Dot)
  /// A log's last entry in the batch carries no seal.
  case unsealed(ReplicaID)
  /// A seal is not the author's signature of what was sent.
  case falseSeal(ReplicaID)
  /// The batch is sound but rests on an entry that is not held, though another of that name is: the log
  /// has forked, and the sender does not know of it.
  case parted(Dot)
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
    case .parted(let dot): "entry \(dot.sequence) of a log is another one here"
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

extension Writer {
  func apply(_ batch: EntryBatch, to state: inout WriterState) throws -> ApplyReport {
    // Then every batch begins where all logs are sealed, and relays can cut there.
    try seal(&state)
    let now = environment.now()
    var check = BatchCheck(
      batch: batch, workspace: workspace,
      reader: LogReader(directory: state.directory, log: log))
    let checked = try check.run()
    if let first = checked.first(where: { $0.entry.header.dot.replica == state.own }) {
      try renew(&state, becauseOf: first.entry.header.dot)
    }
    var report = ApplyReport()
    for item in checked {
      let author = try author(of: item.entry.header, hash: item.hash, in: &state)
      let verdict = try take(
        item.entry, hash: item.hash, author: author, received: now, seal: item.seal, into: &state)
      report.entries += 1
      if verdict != nil { report.setAside += 1 }
      if !state.clock.accept(item.entry.header.time, at: now) { report.aheadOfClock += 1 }
    }
    if !checked.isEmpty { try meta.setClock(state.clock.latest) }
    report.covers = try covers(check.lasts, in: state.directory)
    return report
  }

  /// Goes on under another replica id, since an entry of the own log has come that is not held.
  ///
  /// Whatever this node wrote it holds, unless the store is a copy or an older state of itself.
  private func renew(_ state: inout WriterState, becauseOf dot: Dot) throws {
    let held = state.directory[state.own]?.sequence ?? 0
    try renew(&state, because: dot.sequence > held ? .behind : .forked)
  }

  /// What whoever sent these entries holds, by their present names.
  private func covers(
    _ lasts: [Dependency], in directory: LogDirectory
  ) throws -> VersionVector {
    let reader = LogReader(directory: directory, log: log)
    let dots = try lasts.compactMap(reader.local).map(directory.dot)
    return try directory.covered(by: dots)
  }
}
