package import CRDTCore
import GRDB

extension Replica {
  /// Founds a workspace: makes its id, the store, and the first entry, which `body` fills.
  ///
  /// `body` must write the founder's `member` record under the id it is given, and the node's own
  /// record; everybody else's right to act derives from this entry.
  package static func found(
    at path: String, schema: ReplicaSchema, environment: ReplicaEnvironment,
    durability: Durability = .full, _ body: (Transaction, MemberID) throws -> Void
  ) throws -> Replica {
    let key = environment.signer.publicKey
    let workspaceNonce = environment.random(LogOrigin.nonceByteCount)
    let member = MemberID(
      rawValue: RecordID(
        time: HybridTimestamp(
          wallMilliseconds: environment.now().milliseconds, counter: 0),
        ordinal: 0, random: environment.random(8).reduce(0) { $0 << 8 | UInt64($1) }
      ).rawValue)
    let origin = LogOrigin(
      key: key, nonce: environment.random(LogOrigin.nonceByteCount), member: member,
      workspaceNonce: workspaceNonce)
    let identity = NodeIdentity(
      founding: Founding(key: key, nonce: workspaceNonce), origin: origin)
    let replica = try make(
      at: path, schema: schema, environment: environment, durability: durability,
      identity: identity)
    try replica.write(command: "init") { try body($0, member) }
    return replica
  }

  /// Makes the empty store of a node that has been let into a workspace; its first sync fills it.
  package static func joined(
    at path: String, schema: ReplicaSchema, environment: ReplicaEnvironment,
    durability: Durability = .full, identity: NodeIdentity
  ) throws -> Replica {
    try make(
      at: path, schema: schema, environment: environment, durability: durability,
      identity: identity)
  }

  /// Runs `body` and makes all its edits one entry of the log, durable on return.
  ///
  /// `reason` is why, in the words of the person; `command` is what was typed; `batch` is what the
  /// entry shares with the others of one import or bulk command. Without edits there is no entry.
  @discardableResult
  package func write<Result>(
    reason: String? = nil, command: String? = nil, batch: UInt128? = nil,
    _ body: (Transaction) throws -> Result
  ) throws -> Result {
    try writeGroup { group in
      try group.write(reason: reason, command: command, batch: batch, body)
    }
  }

  /// Runs several writes, each one entry, and makes them durable together.
  package func writeGroup<Result>(_ body: (WriteGroup) throws -> Result) throws -> Result {
    try withWriter { writer, _ in
      try writer.claim()
      return try writer.transaction { state in
        let group = WriteGroup(writer: writer, state: state)
        let result = try body(group)
        state = group.end()
        return result
      }
    }
  }

  /// Seals what this node has written since its last seal, so that it may leave.
  ///
  /// What is sealed is on disk already, and a seal that a power cut takes away is made anew.
  package func sealTip() throws {
    try withWriter { writer, _ in
      try writer.transactionWithoutWaiting { try writer.seal(&$0) }
    }
  }
}

/// Writes that become durable together; each is an entry of its own.
package final class WriteGroup {
  private let writer: Writer
  private var state: WriterState
  private var isRunning = true

  init(writer: Writer, state: WriterState) {
    self.writer = writer
    self.state = state
  }

  /// As ``Replica/write(reason:command:batch:_:)``, but durable only when the group is.
  ///
  /// After an error the whole group is to be given up: let the error through.
  @discardableResult
  package func write<Result>(
    reason: String? = nil, command: String? = nil, batch: UInt128? = nil,
    _ body: (Transaction) throws -> Result
  ) throws -> Result {
    precondition(isRunning, "A group writes only while it runs.")
    return try writer.write(
      on: &state, reason: reason, command: command, batch: batch, body)
  }

  /// The state after all writes, of which there are no more.
  func end() -> WriterState {
    isRunning = false
    return state
  }
}

extension Writer {
  /// Makes one entry of what `body` edits.
  func write<Result>(
    on state: inout WriterState, reason: String?, command: String?, batch: UInt128?,
    _ body: (Transaction) throws -> Result
  ) throws -> Result {
    let now = environment.now()
    try renewIfClockWasWrong(&state, at: now)
    let time = state.clock.tick(at: now)
    let (result, payload) = try edits(
      on: state, at: time, reason: reason, command: command, batch: batch, body)
    guard let payload else { return result }
    try append(payload, time: time, now: now, to: &state)
    if state.unsealedEntries >= Limits.sealIntervalEntries
      || state.unsealedBytes >= Limits.sealIntervalBytes
    {
      try seal(&state)
    }
    return result
  }

  /// What `body` returns, and what it edits; `nil` if that is nothing.
  ///
  /// On return nobody else holds the state's directory, so that the entry changes it in place.
  private func edits<Result>(
    on state: WriterState, at time: HybridTimestamp, reason: String?, command: String?,
    batch: UInt128?, _ body: (Transaction) throws -> Result
  ) throws -> (Result, Payload?) {
    let snapshot = Snapshot(
      database: database, layout: fold.layout, directory: state.directory)
    let transaction = Transaction(
      snapshot: snapshot, layout: fold.layout, random: environment.random, time: time)
    let result = try body(transaction)
    guard !transaction.isEmpty else { return (result, nil) }
    return (result, try transaction.payload(reason: reason, command: command, batch: batch))
  }

  private func append(
    _ payload: Payload, time: HybridTimestamp, now: WallTime, to state: inout WriterState
  ) throws {
    let author = try ownLog(in: &state)
    let bytes = payload.encoded(
      author: author.id, salt: environment.random(Payload.saltByteCount))
    guard bytes.uncompressedByteCount <= Limits.transactionBytesMax else {
      throw ReplicaError.tooLarge(
        writes: payload.writes.count, bytes: bytes.uncompressedByteCount)
    }
    let header = EntryHeader(
      workspace: workspace, dot: Dot(replica: author.original, sequence: author.sequence + 1),
      time: time, wall: now, member: author.member,
      dependencies: dependencies(of: author, in: state.directory), previous: author.hash,
      payload: bytes, origin: author.sequence == 0 ? state.pendingOrigin : nil)
    let entry = Entry(header: header, payload: bytes)
    let verdict = try take(
      entry, hash: header.hash, author: author, payload: payload, received: now, seal: nil,
      into: &state)
    // Only a basis of dots that this store has never held makes an own entry malformed.
    guard verdict != .malformed else { throw ReplicaError.foreignBasis }
    // What an author writes who has not seen its own enrolment counts nowhere, and never will.
    guard verdict != .unknownAuthor else { throw ReplicaError.notEnrolled }
    if author.sequence == 0 { state.pendingOrigin = nil }
    state.unsealedEntries += 1
    state.unsealedBytes += bytes.bytes.count
  }

  private func ownLog(in state: inout WriterState) throws -> LogState {
    if let log = state.directory[state.own] { return log }
    guard let origin = state.pendingOrigin else {
      throw StoreError.damaged(detail: "the node's own log has no origin")
    }
    return LogState(
      number: state.directory.nextNumber, id: origin.replica, member: origin.member,
      key: origin.key)
  }

  /// What was taken in since the author's previous entry.
  private func dependencies(of author: LogState, in directory: LogDirectory) -> [Dependency] {
    var dependencies: [Dependency] = []
    for log in directory.logs
    where log.number != author.number && log.sequence > author.past[log.number] {
      let dot = Dot(replica: log.original, sequence: log.sequence)
      dependencies.append(Dependency(dot: dot, hash: log.hash))
    }
    return dependencies.sorted()
  }

  /// Signs the tip of this node's log, unless it is signed already.
  func seal(_ state: inout WriterState) throws {
    guard state.unsealedEntries > 0, let own = state.directory[state.own] else { return }
    let local = LocalDot(replica: own.number, sequence: own.sequence)
    guard let row = try log.row(of: local) else {
      throw StoreError.damaged(detail: "the log lacks this node's last entry")
    }
    let message = Seal.message(workspace: workspace, dot: own.dot, hash: own.hash)
    try log.seal(arrival: row.arrival, signature: environment.signer.signature(for: message))
    state.unsealedEntries = 0
    state.unsealedBytes = 0
  }
}
