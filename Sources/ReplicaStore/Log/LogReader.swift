import CRDTCore

/// Finds and reads entries of a log that may have branches.
struct LogReader {
  let directory: LogDirectory
  let log: LogTable

  /// The entry that another one rests on, which is held.
  func local(_ dependency: Dependency) throws -> LocalDot? {
    // Without branches a dot means one entry, and its hash was compared when it came.
    directory.hasBranches
      ? try local(dependency.dot, dependency.hash) : directory.local(dependency.dot)
  }

  /// The entry of that hash, which its header calls `dot`; `nil` if it is not held.
  func local(_ dot: Dot, _ hash: EntryHash) throws -> LocalDot? {
    guard directory.hasBranches else {
      return try directory[dot.replica].flatMap { try local(dot.sequence, hash, in: $0) }
    }
    for log in directory.family(of: dot.replica) {
      if let held = try local(dot.sequence, hash, in: log) { return held }
    }
    return nil
  }

  private func local(
    _ sequence: UInt64, _ hash: EntryHash, in log: LogState
  ) throws -> LocalDot? {
    guard log.first <= sequence, sequence <= log.sequence else { return nil }
    let local = LocalDot(replica: log.number, sequence: sequence)
    let held = sequence == log.sequence ? log.hash : try self.log.stamp(of: local)?.hash
    return held == hash ? local : nil
  }

  /// What an entry did, in present names; `nil` if it cannot be decoded.
  ///
  /// - Complexity: Where it names entries of a log behind a parting, reading its own log up to there.
  func payload(of row: LogRow) throws -> Payload? {
    guard let author = directory[row.dot.replica],
      let payload = try? Payload(
        decoding: PayloadBytes(bytes: row.payload), author: author.original)
    else { return nil }
    return directory.isAmbiguous(payload)
      ? try renamed(payload, in: try past(of: row.dot)) : payload
  }

  /// A payload in present names, of an author who held `past`; `nil` if it names what lay outside.
  func renamed(_ payload: Payload, in past: CausalPast) throws -> Payload? {
    try payload.renamed { name in try directory.entry(named: name, in: past).map(directory.dot) }
  }

  /// What the author of an entry held when writing it.
  func past(of dot: LocalDot) throws -> CausalPast {
    guard var author = directory[dot.replica] else {
      throw StoreError.damaged(detail: "an entry's replica is not listed")
    }
    author.past = CausalPast()
    if let branch = author.branch { try start(&author, at: branch) }
    var past = author.past
    for sequence in author.first...dot.sequence {
      try include(LocalDot(replica: dot.replica, sequence: sequence), in: &past)
    }
    if dot.sequence > author.first {
      past.include(LocalDot(replica: dot.replica, sequence: dot.sequence - 1))
    }
    return past
  }

  /// Takes in what the author of an entry had taken in since its previous one.
  @discardableResult
  private func include(_ dot: LocalDot, in past: inout CausalPast) throws -> LogRow {
    guard let row = try log.row(of: dot) else {
      throw StoreError.damaged(detail: "the log lacks an entry before another")
    }
    var reader = ByteReader(row.header)
    for dependency in try CompactHeader(from: &reader).dependencies {
      if let held = try local(dependency) { past.include(held, in: directory) }
    }
    return row
  }

  /// Gives a branch the state that its log had where it parts from it.
  func start(_ author: inout LogState, at branch: LogBranch) throws {
    author.sequence = branch.sequence
    guard branch.sequence > 0 else { return }
    let path = directory.path(to: LocalDot(replica: branch.parent, sequence: branch.sequence))
    for last in path {
      for sequence in (directory[last.replica]?.first ?? 1)...last.sequence {
        let dot = LocalDot(replica: last.replica, sequence: sequence)
        let row = try include(dot, in: &author.past)
        author.time = max(author.time, row.time)
        if last == path[0], sequence == last.sequence { author.hash = row.hash }
      }
      author.past.include(last)
    }
    author.pastTime = directory.logs.reduce(author.pastTime) { time, log in
      author.past[log.number] > 0 ? max(time, log.time) : time
    }
  }

  /// What a peer with these tips holds, in our names, and those of its logs, in its names, under which we
  /// have other entries.
  ///
  /// A tip is looked for by its hash. One that we cannot hold yet counts as the peer says.
  func holdings(of tips: [LogTip]) throws -> (vector: VersionVector, parted: [ReplicaID]) {
    var vector = VersionVector()
    var parted: [ReplicaID] = []
    for tip in tips {
      guard let known = directory[tip.dot.replica] else {
        vector.include(tip.dot)
        continue
      }
      let dot = Dot(replica: known.original, sequence: tip.dot.sequence)
      if let held = try local(dot, tip.hash) {
        for dot in directory.path(to: held) { vector.include(try directory.dot(dot)) }
        // Under the peer's name for it we have other entries, which the peer must not count as held.
        if held.replica != known.number { parted.append(tip.dot.replica) }
      } else if tip.dot.sequence > known.sequence {
        vector.include(tip.dot)
      } else {
        parted.append(tip.dot.replica)
      }
    }
    return (vector, parted)
  }
}
