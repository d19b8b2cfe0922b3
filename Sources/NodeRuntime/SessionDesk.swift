import CRDTCore
import CRMDomain
import PeerTransport
import ReplicaStore
import SyncEngine
import Synchronization

/// Answers what sessions ask of the replica; one for all sessions of a node.
final class SessionDesk: Sendable {
  private let schemaDigest: EntryHash
  private let key: NodeKey
  /// Makes the replica of a node that has just been let in.
  private let enrol: (@Sendable (JoinGrant) throws -> Replica)?
  private let opened: Mutex<Replica?>
  /// The digests computed last: an office's peers ask for the same ones, and they cost a look at
  /// every record.
  private let latest = Mutex<Computed?>(nil)
  private let storeFailure = Mutex<StoreError?>(nil)

  private struct Computed {
    /// What the replica held at least; of later changes the digests are computed anew.
    let change: ReplicaChange
    let includesState: Bool
    let digests: ComputedDigests
  }

  init(
    replica: Replica?, schema: ReplicaSchema, key: NodeKey,
    enrol: (@Sendable (JoinGrant) throws -> Replica)? = nil
  ) {
    opened = Mutex(replica)
    schemaDigest = schema.digest
    self.key = key
    self.enrol = enrol
  }

  /// The replica, once there is one.
  var replica: Replica? { opened.withLock { $0 } }

  /// What a session says of this node when it opens.
  func localState() async throws -> LocalState {
    try await BlockingWork.run { [self] in try makeLocalState() }
  }

  private func makeLocalState() throws -> LocalState {
    guard let replica else { throw StoreError.missing(path: "") }
    let held = try replica.sealedHoldings()
    return LocalState(
      workspace: replica.workspace, node: key.publicKey, replica: held.own, log: held.snapshot,
      tips: held.tips, logDigest: held.digest, schemaDigest: schemaDigest,
      wall: SystemEnvironment.now())
  }

  /// Does what a session asks for and gives the answer.
  func answer(_ output: SyncSession.Output, peer: NodePublicKey) async -> SyncSession.Input {
    do {
      return try await BlockingWork.run { [self] in try answerNow(output, peer: peer) }
    } catch BatchError.parted {
      return .batchParted
    } catch let error as BatchError {
      return .batchRefused(reason: error.description)
    } catch let error as StoreError {
      storeFailure.withLock { $0 = error }
      return .failed(reason: error.summary)
    } catch let error as any UserFacingError {
      return .failed(reason: error.summary)
    } catch {
      return .failed(reason: "\(error)")
    }
  }

  /// What the store itself failed by since this was last asked, if it did.
  func takeStoreFailure() -> StoreError? {
    storeFailure.withLock { failure in
      defer { failure = nil }
      return failure
    }
  }

  /// Makes a store that is a copy, or was restored, go on under a new replica id.
  ///
  /// If that fails, what the peer sends of the node's own log brings it about once more.
  func renew(ifBehind peerHolds: Dot) async {
    _ = try? await BlockingWork.run { [self] in try held().renew(ifBehind: peerHolds) }
  }

  private func answerNow(
    _ output: SyncSession.Output, peer: NodePublicKey
  ) throws -> SyncSession.Input {
    switch output {
    case .enrol(let grant):
      guard let enrol else { return .failed(reason: "This node has not asked to join.") }
      let replica = try enrol(grant)
      opened.withLock { $0 = replica }
      return .enrolled(try makeLocalState())
    case .judgeJoin(let request): return try judge(request, of: peer)
    case .locate(let tips):
      let (vector, parted) = try held().holdings(ofPeerWith: tips)
      return .located(PeerPlace(vector: vector, parted: parted))
    case .readBatch(let vector, let parted, let after, let end, let byteLimit):
      return .batchRead(
        try held().read(
          lackedBy: vector, parted: parted, after: after, upTo: end, byteLimit: byteLimit))
    case .apply(let bytes):
      let replica = try held()
      let report = try replica.apply(bytes)
      return .batchApplied(
        BatchApplied(
          entryCount: report.entries, covers: report.covers, log: try replica.holdings().snapshot))
    case .computeDigests(let includingState):
      return .digestsComputed(try digests(includingState: includingState))
    case .send, .setDeadline, .peerHolds, .progress, .notice, .diverged, .inSync, .finish:
      return .failed(reason: "The session asked for what is no question.")
    }
  }

  private func digests(includingState: Bool) throws -> ComputedDigests {
    let replica = try held()
    let change = try replica.lastChange()
    if let known = latest.withLock({ $0 }), known.change == change,
      known.includesState == includingState
    {
      return known.digests
    }
    let digests = try replica.computedDigests(includingState: includingState)
    latest.withLock {
      $0 = Computed(change: change, includesState: includingState, digests: digests)
    }
    return digests
  }

  private func held() throws -> Replica {
    guard let replica else { throw StoreError.missing(path: "") }
    return replica
  }

  /// Takes a node into the roster that has proved to know an open invitation's secret.
  private func judge(_ request: JoinRequest, of peer: NodePublicKey) throws -> SyncSession.Input {
    let replica = try held()
    let founding = try replica.founding()
    let known = try replica.read { try RosterListing.nodes(in: $0.database) }
      .first { $0.key == peer }
    let isProven: (Invite) -> Bool = { [key] in
      InviteText.isProof(request.proof, secret: $0.secret, inviter: key.publicKey, joiner: peer)
    }
    if known == nil, let invite = try replica.openInvites().first(where: isProven),
      invite.node != request.nodeName
    {
      return .joinRefused(
        reason: "The invitation is for the node \(invite.node), not \(request.nodeName).")
    }
    let member: MemberID?
    do {
      member =
        try known?.member
        ?? replica.redeem(
          where: isProven,
          { transaction, invite in
            // A second invitation for the name may have been used since this one was made.
            let database = transaction.snapshot.database
            guard try EnrolNode.isFree(nodeName: request.nodeName, in: database) else {
              throw NodeFailure.nodeNameTaken(request.nodeName)
            }
            return try EnrolNode(
              key: peer, nodeName: request.nodeName, userName: request.userName, role: invite.role
            ).write(in: transaction)
          })
    } catch let error as NodeFailure {
      return .joinRefused(reason: error.summary)
    }
    guard let member,
      let grant = JoinGrant(
        member: member, founder: founding.key, workspaceNonce: founding.nonce)
    else { return .joinRefused(reason: "The invitation was used already, or has expired.") }
    return .joinGranted(grant, try makeLocalState())
  }
}

extension Replica {
  /// What is held, with this node's own latest entry sealed so that it may leave.
  func sealedHoldings() throws -> Holdings {
    try sealTip()
    return try holdings()
  }

  fileprivate func read(
    lackedBy vector: VersionVector, parted: Set<ReplicaID>, after: LogCursor,
    upTo end: LogCursor, byteLimit: Int
  ) throws -> BatchRead {
    let batch = try extract(
      lackedBy: vector, parted: parted, after: Int64(clamping: after.rawValue),
      upTo: Int64(clamping: end.rawValue), byteLimit: byteLimit)
    return BatchRead(
      bytes: batch.bytes ?? [], entryCount: batch.entries, covers: batch.covers,
      cursor: LogCursor(rawValue: UInt64(batch.cursor)), branchCount: batch.branchCount)
  }

  fileprivate func computedDigests(includingState: Bool) throws -> ComputedDigests {
    try read { snapshot in
      let held = try snapshot.holdings()
      return ComputedDigests(
        vector: held.vector, logDigest: held.digest,
        stateDigest: includingState ? try snapshot.digest() : nil)
    }
  }
}
