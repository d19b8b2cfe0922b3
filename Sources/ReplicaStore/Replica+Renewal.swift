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
  /// Makes sure, once per process and before it writes, that the store is no copy, and changes the
  /// token, so that a copy made until now is known as one.
  ///
  /// The file beside the store is written before the transaction commits, while no other process can
  /// look: a crash in between makes the store look like a copy, which costs a replica id and nothing
  /// else.
  func claim() throws {
    guard !isClaimed, let token = environment.token else { return }
    try transaction { state in
      let own = try meta.bytes(.token)
      if try token.read() != own { try renew(&state, because: .copied) }
      try meta.mark(by: token, environment)
    }
    isClaimed = true
  }

  /// Goes on under a new replica id if our clock was last used while the wall clock was far ahead.
  ///
  /// The old log's times would otherwise drag every later write of this node into the future.
  func renewIfClockWasWrong(_ state: inout WriterState, at now: WallTime) throws {
    guard state.clock.isImplausible(at: now), let own = state.directory[state.own] else { return }
    try renew(&state, because: .clock)
    state.clock = HybridLogicalClock(resumingFrom: HybridTimestamp(packed: 0))
    for log in state.directory.logs where log.id != own.id {
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
  }

  /// The origin of this node's log, written or to be written; of a log that is there it is no longer
  /// the workspace's first.
  private func origin(of state: WriterState) throws -> LogOrigin? {
    guard let own = state.directory[state.own] else { return state.pendingOrigin }
    return LogOrigin(key: own.key, nonce: [UInt8](repeating: 0, count: 16), member: own.member)
  }
}

extension MetaTable {
  private static let tokenByteCount = 16

  /// Gives the store and the file beside it a new mark.
  func mark(by token: any GenerationToken, _ environment: ReplicaEnvironment) throws {
    let next = environment.random(Self.tokenByteCount)
    try set(.token, next)
    try token.write(next)
  }
}
