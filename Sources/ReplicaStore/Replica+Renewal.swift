package import CRDTCore

extension Replica {
  /// Goes on under a new replica id if this node's log lacks an entry that a peer says it holds.
  ///
  /// What the log lacks comes back from the peer; a peer that claims what nobody wrote costs an id.
  package func renew(ifBehind peerHolds: Dot) throws {
    try withWriter { writer, _ in
      try writer.transaction { state in
        let held = state.directory[state.own]?.sequence ?? 0
        guard peerHolds.replica == state.own, peerHolds.sequence > held else { return }
        try writer.renew(&state, because: .behind)
      }
    }
  }
}

extension Writer {
  /// Makes sure, once per process and before it writes, that the store is no copy.
  func claim() throws {
    guard !isClaimed, let token = environment.token else { return }
    try transaction { state in
      if try token.read() != state.tip { try renew(&state, because: .copied) }
      isClaimed = true
    }
  }

  /// Moves the token along with this node's log, as the last act before a transaction commits.
  ///
  /// No other process can look in between. A crash in between makes the store look like a copy, which
  /// costs a replica id and nothing else.
  func moveToken(to state: WriterState) throws {
    guard isClaimed, let token = environment.token else { return }
    let present = try savedTip ?? token.read()
    savedTip = state.tip
    guard present != state.tip else { return }
    replacedTip = present
    try token.write(state.tip)
  }

  /// Takes back the token's last move, since the transaction was not kept.
  func returnToken() {
    guard let replacedTip else { return }
    self.replacedTip = nil
    // Where even that fails, the store looks like a copy, as after a crash.
    try? environment.token?.write(replacedTip)
  }

  /// Goes on under a new replica id if our clock was last used while the wall clock was far ahead.
  ///
  /// The old log's times would otherwise drag every later write of this node into the future.
  func renewIfClockWasWrong(_ state: inout WriterState, at now: WallTime) throws {
    guard state.clock.isImplausible(at: now) else { return }
    let own = state.own
    // A log that has no entry yet bears none of those times.
    if state.directory[own] != nil { try renew(&state, because: .clock) }
    state.clock = HybridLogicalClock(resumingFrom: HybridTimestamp(packed: 0))
    for log in state.directory.logs where log.id != own {
      _ = state.clock.accept(log.time, at: now)
    }
    try meta.setClock(state.clock.latest)
  }

  /// Gives this node a new log; what it has written stays, sealed, under the old id.
  func renew(_ state: inout WriterState, because reason: RenewalReason) throws {
    try seal(&state)
    guard let old = try origin(of: state) else {
      throw StoreError.damaged(detail: "the node's own log has no origin")
    }
    let origin = LogOrigin(
      key: old.key, nonce: environment.random(LogOrigin.nonceByteCount), member: old.member,
      workspaceNonce: old.workspaceNonce)
    try meta.setPendingOrigin(origin)
    state.own = origin.replica
    state.pendingOrigin = origin
    state.unsealedEntries = 0
    state.unsealedBytes = 0
    state.renewal = reason
    // The new log is this store's and no copy's.
    isClaimed = true
  }

  /// The origin of this node's log, written or to be written; of a log that is there it is no longer
  /// the workspace's first.
  private func origin(of state: WriterState) throws -> LogOrigin? {
    guard let own = state.directory[state.own] else { return state.pendingOrigin }
    return LogOrigin(key: own.key, nonce: [UInt8](repeating: 0, count: 16), member: own.member)
  }
}

extension WriterState {
  var tip: [UInt8] { Self.tip(of: Dot(replica: own, sequence: directory[own]?.sequence ?? 0)) }

  /// What the token says: the log that this node writes (16 bytes) and its last entry (8 bytes).
  static func tip(of dot: Dot) -> [UInt8] {
    var writer = ByteWriter(capacity: 24)
    writer.write(fixed: dot.replica.rawValue)
    writer.write(fixed: dot.sequence)
    return writer.bytes
  }
}
