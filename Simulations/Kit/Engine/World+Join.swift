import CRDTCore
import CRMDomain
import Crypto
import ReplicaStore
import SyncEngine
import TestSupport

/// What a node that is not in yet carries to the one that has invited it.
struct Invitation {
  let secret: [UInt8]
  /// What its user is called.
  let userName: String
}

/// Nodes that are let in while all goes on, by a request to join and a grant.
///
/// The invitation, its redemption and the roster's entry are the shipped code's; the proof, which the
/// layer above makes, is made here.
extension World {
  /// An inviter's clock may be ten years ahead when the invitation is used, and its end is not what is tried.
  private static let inviteTime: Int64 = 20 * 365 * 86_400_000

  /// Invites a new node at an office; it is in once it has dialled, asked and been granted.
  ///
  /// - Returns: The node, which has no store yet; `nil` if the office could not invite it.
  func invite(_ name: String, at office: SimulatedNode, role: MemberRole) throws -> SimulatedNode? {
    guard node(name) == nil else { return nil }
    let secret = random.bytes(Invite.secretByteCount)
    let expires = WallTime(milliseconds: Int64(office.clock.now.milliseconds) + Self.inviteTime)
    do {
      guard
        try run(
          on: office,
          {
            try $0.save(Invite(secret: secret, node: name, role: role, expires: expires))
          }) != nil
      else { return nil }
    } catch StoreError.full {
      return nil
    }
    let node = try makeNode(name)
    node.peers = [office.name]
    node.invitation = Invitation(secret: secret, userName: "User of \(name)")
    totals.fault("join in mid-run")
    note(office, "invites \(name)")
    return node
  }

  /// How a session of a node begins on either side; `nil` where one would not have the other.
  func openings(
    of node: SimulatedNode, at peer: SimulatedNode
  ) throws -> (here: SyncSession.Opening, there: SyncSession.Opening)? {
    do {
      return try openingsWithSpace(of: node, at: peer)
    } catch StoreError.full {
      note(node, "or \(peer.name) has no space for a seal")
      return nil
    }
  }

  private func openingsWithSpace(
    of node: SimulatedNode, at peer: SimulatedNode
  ) throws -> (here: SyncSession.Opening, there: SyncSession.Opening)? {
    guard let invitation = node.invitation else {
      guard try trusts(node, peer), try trusts(peer, node), let here = try localState(of: node),
        let there = try localState(of: peer)
      else { return nil }
      return (.known(here), .known(there))
    }
    let request = JoinRequest(
      proof: proof(invitation.secret, inviter: peer.key.publicKey, joiner: node.key.publicKey),
      nodeName: node.name, userName: invitation.userName)
    guard let request, let keys = try rosterKeys(of: peer) else { return nil }
    // Its grant got lost, or its invitation is open.
    guard keys.contains(node.key.publicKey) else { return (.joining(request), .awaitingJoin) }
    return try localState(of: peer).map { (.joining(request), .known($0)) }
  }

  private func proof(
    _ secret: [UInt8], inviter: NodePublicKey, joiner: NodePublicKey
  ) -> [UInt8] {
    var hmac = HMAC<SHA256>(key: SymmetricKey(data: secret))
    hmac.update(data: inviter.bytes + joiner.bytes)
    return Array(hmac.finalize())
  }

  /// Takes a node into the roster that has proved to know an open invitation's secret; `nil` if this
  /// node is down.
  func judge(
    _ request: JoinRequest, of joiner: SimulatedNode, by node: SimulatedNode
  ) throws -> SyncSession.Input? {
    let (own, key) = (node.key.publicKey, joiner.key.publicKey)
    let granted = try run(on: node) { replica -> JoinGrant? in
      let member =
        try replica.read { try RosterListing.nodes(in: $0.database) }
        .first { $0.key == key }?.member
        ?? replica.redeem(
          where: { proof($0.secret, inviter: own, joiner: key) == request.proof },
          { transaction, invite in
            try EnrolNode(
              key: key, nodeName: request.nodeName, userName: request.userName, role: invite.role
            ).write(in: transaction)
          })
      let founding = try replica.founding()
      return member.flatMap {
        JoinGrant(member: $0, founder: founding.key, workspaceNonce: founding.nonce)
      }
    }
    guard let granted else { return nil }
    guard let granted else { return .joinRefused(reason: "No invitation is open.") }
    note(node, "lets \(joiner.name) in")
    try confirm(node)
    return try localState(of: node).map { .joinGranted(granted, $0) }
  }

  /// Makes the store of a node that has been let in.
  func enrol(_ node: SimulatedNode, by grant: JoinGrant) throws -> SyncSession.Input? {
    let origin = LogOrigin(
      key: node.key.publicKey, nonce: node.randomBytes(LogOrigin.nonceByteCount),
      member: grant.member)
    node.replica = try Replica.joined(
      at: node.path, schema: node.schema, environment: node.environment,
      identity: NodeIdentity(
        founding: Founding(key: grant.founder, nonce: grant.workspaceNonce), origin: origin))
    node.invitation = nil
    note(node, "joins")
    return try localState(of: node).map { .enrolled($0) }
  }

  /// A node's request to join was turned down, as only happens where the invitation was lost with
  /// its store.
  func wasTurnedAway(_ node: SimulatedNode) throws {
    guard hasLostStores else {
      throw Finding(.liveness, "\(node.name) was invited, and is not let in")
    }
    forget(node)
  }

  /// Lets go of nodes whose enrolment was lost with their inviter's store before anybody else held
  /// it: nobody knows them any more, so that they cannot give back what was lost.
  func forgetUnknown() throws {
    guard hasLostStores else { return }
    for node in nodes.dropFirst() where node.replica != nil {
      let peers = try node.peers.compactMap(self.node).compactMap { try rosterKeys(of: $0) }
      if !peers.contains(where: { $0.contains(node.key.publicKey) }) { forget(node) }
    }
  }
}
