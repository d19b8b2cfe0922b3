import CRDTCore

// What becomes of a log when an entry comes that goes on from another place than its end.
extension Writer {
  /// The log that a checked entry is to be taken into, as of the entry before it.
  func author(
    of header: EntryHeader, hash: EntryHash, in state: inout WriterState
  ) throws -> LogState {
    let id = header.dot.replica
    guard let log = state.directory[id] else {
      guard let origin = header.origin else { throw BatchError.misplacedOrigin(header.dot) }
      return LogState(
        number: state.directory.nextNumber, id: id, member: origin.member, key: origin.key)
    }
    // Without branches nearly every entry goes on from its log's end.
    if log.hash == header.previous, log.sequence + 1 == header.dot.sequence { return log }
    let parting = try self.parting(before: header, from: log, in: state.directory)
    guard let parent = state.directory[parting.replica] else {
      throw StoreError.damaged(detail: "an entry's replica is not listed")
    }
    guard parting.sequence < parent.sequence else { return parent }
    return try branch(off: parent, at: parting, for: header, hash: hash, in: &state)
  }

  /// Where the entry before one lies; before a log's first entry, that log at 0.
  private func parting(
    before header: EntryHeader, from log: LogState, in directory: LogDirectory
  ) throws -> LocalDot {
    let sequence = header.dot.sequence - 1
    guard sequence > 0 else { return LocalDot(replica: log.number, sequence: 0) }
    let before = Dot(replica: header.dot.replica, sequence: sequence)
    let reader = LogReader(directory: directory, log: self.log)
    guard let held = try reader.local(before, header.previous) else {
      throw BatchError.gap(header.dot)
    }
    return held
  }

  /// Makes room for an entry beside another one: the one with the lesser hash keeps the name.
  private func branch(
    off parent: LogState, at parting: LocalDot, for header: EntryHeader, hash: EntryHash,
    in state: inout WriterState
  ) throws -> LogState {
    guard
      let kept = try log.stamp(
        of: LocalDot(replica: parent.number, sequence: header.dot.sequence))?.hash
    else { throw StoreError.damaged(detail: "the log lacks an entry before another") }
    try forgetAcknowledged(of: header.dot.replica, in: state.directory)
    let branch = LogBranch(
      parent: parent.number, sequence: parting.sequence, first: max(hash, kept))
    let origin = header.origin
    guard hash < kept else {
      var log = LogState(
        number: state.directory.nextNumber,
        id: ReplicaID(branchOf: header.dot.replica, first: hash), original: header.dot.replica,
        branch: branch, member: origin?.member ?? parent.member, key: parent.key)
      try LogReader(directory: state.directory, log: self.log).start(&log, at: branch)
      return log
    }
    return try rename(parent, behind: branch, for: origin?.member, in: &state)
  }

  /// Gives what a log has behind a parting the name of a branch, and makes the tables anew.
  ///
  /// - Returns: The log, which ends at the parting now.
  private func rename(
    _ parent: LogState, behind branch: LogBranch, for member: MemberID?,
    in state: inout WriterState
  ) throws -> LogState {
    let number = state.directory.nextNumber
    try log.move(
      behind: LocalDot(replica: parent.number, sequence: branch.sequence), to: number)
    for var log in state.directory.branches(of: parent.number) {
      guard let own = log.branch, own.sequence > branch.sequence else { continue }
      log.branch = LogBranch(parent: number, sequence: own.sequence, first: own.first)
      state.directory.update(log)
    }
    state.directory.update(
      LogState(
        number: number, id: ReplicaID(branchOf: parent.original, first: branch.first),
        original: parent.original, branch: branch, member: parent.member, key: parent.key))
    state.directory.update(
      LogState(
        number: parent.number, id: parent.id, original: parent.original, branch: parent.branch,
        member: member ?? parent.member, key: parent.key))
    try rebuild(&state)
    guard let log = state.directory[parent.number] else {
      throw StoreError.damaged(detail: "an entry's replica is not listed")
    }
    return log
  }

  /// Forgets what peers have said to hold of a log, since they may have meant another branch.
  private func forgetAcknowledged(
    of replica: ReplicaID, in directory: LogDirectory
  ) throws {
    let names = Set(directory.family(of: replica).map(\.id))
    for peer in try Snapshot(database: database, layout: fold.layout).peers() {
      let kept = peer.acknowledged.dots.filter { !names.contains($0.replica) }
      let update = try fold.statement("UPDATE _peer SET acknowledged = ? WHERE key = ?")
      var writer = ByteWriter()
      writer.write(vector: VersionVector(kept))
      update.bind(1, writer.bytes)
      update.bind(2, peer.key.bytes)
      try update.run()
    }
  }
}
