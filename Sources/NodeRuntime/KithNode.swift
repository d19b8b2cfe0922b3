package import CRDTCore
package import CRMDomain
package import CommandShell
import Foundation
import PeerTransport
package import ReplicaStore
package import SyncEngine
import Synchronization

/// One installation: a store, its key, and the ways to peers.
package final class KithNode: NodeControl {
  package let storePath: String
  let schema: ReplicaSchema
  let limits: SessionLimits
  private let onRenewal: @Sendable (RenewalReason) -> Void
  let opened = Mutex<Opened?>(nil)

  /// The store and the key beside it.
  struct Opened {
    let replica: Replica
    let key: NodeKey
  }

  /// Creates a node whose store is opened when it is first needed.
  ///
  /// `onRenewal` hears that the node goes on under a new replica id.
  package init(
    storePath: String, catalog: EntityCatalog = .standard, limits: SessionLimits = SessionLimits(),
    onRenewal: @escaping @Sendable (RenewalReason) -> Void = { _ in }
  ) {
    self.storePath = storePath
    self.limits = limits
    self.onRenewal = onRenewal
    schema = catalog.schema
  }

  var keyPath: String { storePath + ".key" }

  package func replica() throws -> Replica {
    let replica = try open().replica
    // Until its first sync a node has no workspace to write to: nobody would count what it wrote.
    guard try !replica.holdings().vector.isEmpty else { throw NodeFailure.unfinished }
    return replica
  }

  package func past(
    at moment: WallTime, progress: (_ entries: Int, _ of: Int) -> Void
  ) throws -> PastReplica {
    try PastReplica(of: replica(), at: moment, progress: progress)
  }

  package func changes() throws -> AsyncStream<Void> {
    let watch = ReplicaWatch(replica: try replica(), log: EventLog())
    // What is there now is no change.
    try watch.look()
    let (holdings, _) = watch.subscribe()
    return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let tasks = [
        Task { _ = try? await watch.run() },
        Task {
          for await _ in holdings { continuation.yield() }
          continuation.finish()
        },
      ]
      continuation.onTermination = { _ in for task in tasks { task.cancel() } }
    }
  }

  func open() throws -> Opened {
    try opened.withLock { opened in
      if let opened { return opened }
      guard try StorePath(storePath).hasStore() else { throw StoreError.missing(path: storePath) }
      let key = try NodeKey.load(from: keyPath)
      let made = Opened(
        replica: try Replica.open(
          at: storePath, schema: schema, environment: environment(of: key)), key: key)
      opened = made
      return made
    }
  }

  /// What the replica needs of the machine.
  func environment(of key: NodeKey) -> ReplicaEnvironment {
    SystemEnvironment.replica(at: storePath, signer: key.signer, onRenewal: onRenewal)
  }

  /// Moves the write-ahead log into the file, so that the file alone is the store, and starts quickly.
  ///
  /// The log is as durable where it is, so a store that somebody else is using is left as it is.
  package func close() {
    guard let replica = opened.withLock({ $0?.replica }) else { return }
    let attributes = try? FileManager.default.attributesOfItem(atPath: storePath + "-wal")
    guard let bytes = attributes?[.size] as? Int, bytes > 0 else { return }
    try? replica.checkpoint(waits: false)
  }

  package func actingMember() throws -> MemberID { try open().replica.ownMember() }

  package func nodes() throws -> [NodeStatus] {
    let (replica, key) = (try open().replica, try open().key)
    let peers = Dictionary(uniqueKeysWithValues: try replica.peers().map { ($0.key, $0) })
    return try replica.read { try RosterListing.nodes(in: $0.database) }.map { node in
      let peer = peers[node.key]
      return NodeStatus(
        name: node.name, user: node.userName, role: node.role,
        isThisNode: node.key == key.publicKey, words: KeyWords.words(of: node.key.fingerprint),
        address: peer?.address, lastContact: peer?.lastContact,
        clockOffsetMilliseconds: peer?.clockOffset)
    }
  }

  package func setAddress(_ address: String, of node: String) throws {
    let replica = try replica()
    guard let address = PeerAddress(address) else {
      throw NodeFailure.unreadableAddress(address)
    }
    let listed = try self.node(named: node)
    var peer = try replica.peer(listed.key)
    peer.address = address.description
    try replica.save(peer)
  }

  package func invite(node: String, role: MemberRole, address: String?) throws -> InviteCode {
    let (replica, key) = (try open().replica, try open().key)
    let own = try replica.read { try RosterListing.nodes(in: $0.database) }
      .first { $0.key == key.publicKey }
    guard own?.role == MemberRole.administrator.rawValue else {
      throw NodeFailure.notAdministrator
    }
    guard let text = try address ?? replica.peer(key.publicKey).address else {
      throw NodeFailure.noInviteAddress
    }
    guard let peerAddress = PeerAddress(text) else { throw NodeFailure.unreadableAddress(text) }
    guard try replica.read({ try EnrolNode.isFree(nodeName: node, in: $0.database) }) else {
      throw NodeFailure.nodeNameTaken(node)
    }
    let expires = WallTime(
      milliseconds: SystemEnvironment.now().milliseconds + Self.inviteMilliseconds)
    let secret = SystemEnvironment.random(Invite.secretByteCount)
    try replica.save(Invite(secret: secret, node: node, role: role, expires: expires))
    let code = InviteText(
      address: peerAddress, fingerprint: key.publicKey.fingerprint, secret: secret,
      expires: expires
    ).code
    return InviteCode(
      code: code, words: KeyWords.words(of: key.publicKey.fingerprint), expires: expires)
  }

  /// How long an invitation holds: over a weekend.
  private static let inviteMilliseconds: UInt64 = 3 * 24 * 3_600 * 1_000

  /// The roster's node of a name.
  func node(named name: String) throws -> RosterNode {
    let nodes = try replica().read { try RosterListing.nodes(in: $0.database) }
    guard let node = nodes.first(where: { $0.name == name }) else {
      throw NodeFailure.noSuchNode(name, known: nodes.map(\.name))
    }
    return node
  }
}

extension NodeKey {
  /// The key as the replica's signer.
  var signer: NodeKeySigner { NodeKeySigner(key: self) }
}

/// Signs a replica's seals with the node's key.
struct NodeKeySigner: EntrySigner {
  let key: NodeKey

  var publicKey: NodePublicKey { key.publicKey }

  func signature(for message: [UInt8]) throws -> [UInt8] { key.signature(for: message) }
}

extension Replica {
  /// What is remembered of a peer, or nothing but its key.
  func peer(_ key: NodePublicKey) throws -> PeerRecord {
    try peers().first { $0.key == key } ?? PeerRecord(key: key)
  }
}
