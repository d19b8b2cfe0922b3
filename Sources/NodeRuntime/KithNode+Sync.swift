import CRDTCore
import CRMDomain
package import CommandShell
import Glibc
import PeerTransport
import ReplicaStore
import SyncEngine

extension KithNode {
  package func join(
    _ request: JoinCommandRequest, progress: @escaping @Sendable (SyncProgress) -> Void
  ) async throws -> ExchangeResult {
    guard let invite = InviteText(request.code) else { throw NodeFailure.mistypedCode }
    // Whether it has expired is for the inviter's clock to say; ours may be wrong.
    try checkUntouched()
    let (key, isNewKey) = try ownKey()
    let desk = SessionDesk(replica: nil, schema: schema, key: key) { [self] grant in
      try joined(grant, key: key)
    }
    let (result, session) = await exchange(
      at: invite.address, name: invite.address.description,
      expecting: .fingerprint(invite.fingerprint), key: key, desk: desk, progress: progress
    ) { peerKey in
      let proof = InviteText.proof(
        secret: invite.secret, inviter: peerKey, joiner: key.publicKey)
      guard
        let join = JoinRequest(proof: proof, nodeName: request.node, userName: request.user)
      else { throw NodeFailure.joinFailed(reason: "A name is too long.", hint: nil) }
      return .joining(join)
    }
    guard desk.replica != nil else {
      // A node that may have been enrolled keeps its key: no other one gets in with the code again.
      if isNewKey, session?.wasTurnedAway ?? true { unlink(keyPath) }
      throw NodeFailure.joinFailed(
        reason: result.failure ?? "The node was not let in.", hint: result.hint)
    }
    return result
  }

  package func sync(
    with names: [String], progress: @escaping @Sendable (SyncProgress) -> Void
  ) async throws -> [ExchangeResult] {
    let (replica, key) = (try open().replica, try open().key)
    let peers = try dialable(names, in: replica, own: key.publicKey)
    let desk = SessionDesk(replica: replica, schema: schema, key: key)
    var results: [ExchangeResult] = []
    for (node, address) in peers {
      try Task.checkCancellation()
      results.append(
        await exchange(
          at: address, name: node.name, expecting: .fingerprint(node.key.fingerprint), key: key,
          desk: desk, progress: progress
        ) { _ in .known(try await desk.localState()) }.result)
    }
    return results
  }

  package func isOffline() async -> Bool {
    guard let opened = try? open(),
      let peers = try? dialable([], in: opened.replica, own: opened.key.publicKey)
    else { return false }
    return await PeerProbe.allRefuse(peers.map(\.1))
  }

  /// The peers to dial: those named, or all whose address is known.
  func dialable(
    _ names: [String], in replica: Replica, own: NodePublicKey
  ) throws -> [(RosterNode, PeerAddress)] {
    let addresses = Dictionary(
      uniqueKeysWithValues: try replica.peers().map { ($0.key, $0.address) })
    let nodes =
      try names.isEmpty
      ? replica.read { try RosterListing.nodes(in: $0.database) }.filter {
        $0.key != own && addresses[$0.key] ?? nil != nil
      }
      : names.map(node(named:))
    guard !nodes.isEmpty else { throw NodeFailure.noPeers }
    return try nodes.map { node in
      guard let text = addresses[node.key] ?? nil else { throw NodeFailure.noAddress(node.name) }
      guard let address = PeerAddress(text) else { throw NodeFailure.unreadableAddress(text) }
      return (node, address)
    }
  }

  /// How this side begins a session with the node of that key.
  private typealias Opening = @Sendable (NodePublicKey) async throws -> SyncSession.Opening

  /// How often two nodes meet in one go, each time with more branches of logs named.
  private static let meetingsMax = 32

  /// Dials one peer, exchanges, and remembers how it went; without a session nothing was sent.
  private func exchange(
    at address: PeerAddress, name: String, expecting expectation: PeerExpectation, key: NodeKey,
    desk: SessionDesk, progress: @escaping @Sendable (SyncProgress) -> Void,
    opening: @escaping Opening
  ) async -> (result: ExchangeResult, session: SessionDriver.Result?) {
    let start = SystemEnvironment.monotonicNow()
    var session: SessionDriver.Result?
    do {
      let tell = { @Sendable in progress(SyncProgress(peer: name, $0)) }
      var result = try await meet(
        at: address, expecting: expectation, key: key, desk: desk, opening: opening, progress: tell)
      session = result
      for _ in 1..<Self.meetingsMax where result.outcome.asksToMeetAgain {
        let before = result.report
        result = try await meet(
          at: address, expecting: expectation, key: key, desk: desk,
          opening: { _ in .known(try await desk.localState()) }, progress: tell)
        result.report = before.followed(by: result.report)
        session = result
      }
      let (last, peer) = (result, result.peer)
      if let replica = desk.replica {
        try await BlockingWork.run {
          try replica.remember(last, with: peer, at: address.description)
        }
      }
      let done = ExchangeResult(
        peer: try desk.replica?.nodeName(of: peer) ?? name, result,
        storeFailure: desk.takeStoreFailure(), elapsed: SystemEnvironment.monotonicNow() - start)
      return (done, result)
    } catch {
      let failed = ExchangeResult(
        peer: name, expecting: expectation, failure: error,
        elapsed: SystemEnvironment.monotonicNow() - start)
      return (failed, session)
    }
  }
}

extension KithNode {
  /// Dials one peer and runs one session with it.
  private func meet(
    at address: PeerAddress, expecting expectation: PeerExpectation, key: NodeKey,
    desk: SessionDesk, opening: @escaping Opening,
    progress: @escaping @Sendable (SyncReport) -> Void
  ) async throws -> SessionDriver.Result {
    try await TransportThreads.run { threads in
      try await PeerDialer(key: key, threads: threads).dial(address, expecting: expectation) {
        link in
        var driver = SessionDriver(link: link, purpose: .leaveWhenInSync, desk: desk)
        driver.limits = limits
        driver.observer.onProgress = progress
        return await driver.run(opening: try await opening(link.peerKey))
      }
    }
  }
}

extension Replica {
  /// Remembers how an exchange with a peer went, and where the peer was reached.
  func remember(
    _ result: SessionDriver.Result, with key: NodePublicKey, at address: String?
  ) throws {
    var peer = try peer(key)
    if let address { peer.address = address }
    peer.lastContact = SystemEnvironment.now()
    peer.acknowledged.merge(result.peerHolds)
    if let offset = result.clockOffset { peer.clockOffset = offset }
    try save(peer)
    try note(
      ExchangeRecord(
        peer: key, ended: SystemEnvironment.now(), sent: result.report.entriesSent,
        received: result.report.entriesReceived,
        bytes: result.report.bytesSent + result.report.bytesReceived,
        outcome: result.reason))
  }

  /// What a node of the roster is called.
  func nodeName(of key: NodePublicKey) throws -> String? {
    try read { try RosterListing.nodes(in: $0.database) }.first { $0.key == key }?.name
  }
}

extension SyncProgress {
  init(peer: String, _ report: SyncReport) {
    self.init(
      peer: peer, entriesSent: report.entriesSent, entriesReceived: report.entriesReceived,
      entriesToReceive: Int(clamping: report.entriesToReceive))
  }
}

extension ExchangeResult {
  init(
    peer: String, _ result: SessionDriver.Result, storeFailure: StoreError?, elapsed: Duration
  ) {
    let isDone = result.wasInSync
    let reason = storeFailure.map { "This node could not go on: \($0.summary)" } ?? result.reason
    self.init(
      peer: peer, entriesSent: result.report.entriesSent,
      entriesReceived: result.report.entriesReceived,
      bytes: result.report.bytesSent + result.report.bytesReceived,
      milliseconds: elapsed.wholeMilliseconds, clockOffsetMilliseconds: result.clockOffset,
      diverged: result.diverged, failure: isDone ? nil : reason,
      hint: isDone ? nil : storeFailure?.hint, wrongKey: nil,
      isOwnStore: !isDone && storeFailure != nil)
  }

  init(
    peer: String, expecting expectation: PeerExpectation, failure: any Error, elapsed: Duration
  ) {
    let known = failure as? any UserFacingError
    var wrongKey: WrongKey?
    if case TransportError.unexpectedKey(_, let offered) = failure,
      case .fingerprint(let fingerprint) = expectation
    {
      wrongKey = WrongKey(
        known: KeyWords.words(of: fingerprint), offered: KeyWords.words(of: offered.fingerprint))
    }
    self.init(
      peer: peer, entriesSent: 0, entriesReceived: 0, bytes: 0,
      milliseconds: elapsed.wholeMilliseconds, clockOffsetMilliseconds: nil, diverged: false,
      failure: known?.summary ?? "\(failure)", hint: known?.hint, wrongKey: wrongKey,
      isOwnStore: failure is StoreError)
  }
}

extension Duration {
  var wholeMilliseconds: Int {
    Int(components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
