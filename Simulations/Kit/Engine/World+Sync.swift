import CRDTCore
import ReplicaStore
import SyncEngine
import TestSupport

extension World {
  /// How long a dial waits for somebody who does not answer.
  private static let dialTime = Duration.seconds(5)

  /// Lets a node be online for a while, dialling its peers.
  package func goOnline(_ node: SimulatedNode, for time: Duration) throws {
    guard !node.isOnline else { return }
    node.isOnline = true
    node.inSyncSince = nil
    note(node, "goes online")
    node.schedule = PeerSchedule()
    for name in node.peers {
      if let peer = self.node(name) { node.schedule.add(peer.key.publicKey, at: now) }
    }
    try dialDue(node)
    simulator.schedule(after: time) { [self] in try goOffline(node) }
  }

  func goOffline(_ node: SimulatedNode) throws {
    guard node.isOnline else { return }
    node.isOnline = false
    note(node, "goes offline")
    if random.chance(50) {
      for session in node.sessions { try session.stop() }
    }
    // What has not left by then is lost.
    network.cutLinks(of: node, audibly: random.chance(50))
    for session in node.sessions { try session.abandon() }
    node.sessions = []
  }

  private var now: MonotonicInstant {
    MonotonicInstant(elapsed: .milliseconds(Int64(simulator.now.milliseconds)))
  }

  /// Dials who is due, and comes back when the next one is.
  private func dialDue(_ node: SimulatedNode) throws {
    guard node.isOnline else { return }
    for key in node.schedule.takeDue(at: now) {
      guard let peer = nodes.first(where: { $0.key.publicKey == key }) else { continue }
      try dial(peer, from: node, purpose: random.chance(70) ? .stay : .leaveWhenInSync)
    }
    guard let due = node.schedule.nextDue else { return }
    simulator.schedule(after: max(.milliseconds(1), due - now)) { [self] in try dialDue(node) }
  }

  private func dial(
    _ peer: SimulatedNode, from node: SimulatedNode, purpose: SyncSession.Purpose
  ) throws {
    let directions = [
      SimulatedNetwork.Direction(from: node.name, to: peer.name),
      SimulatedNetwork.Direction(from: peer.name, to: node.name),
    ]
    guard node.replica != nil || node.invitation != nil, peer.replica != nil, peer.isOnline,
      network.blocked.isDisjoint(with: directions),
      let openings = try openings(of: node, at: peer)
    else {
      simulator.schedule(after: Self.dialTime) { [self] in
        try dialEnded(by: node, to: peer, inSync: false)
      }
      return
    }
    let link = network.link(node, peer, isJoining: node.invitation != nil)
    let here = SimulatedSession(
      of: node, with: peer, on: link, end: link.ends[0], purpose: purpose, in: self)
    let there = SimulatedSession(
      of: peer, with: node, on: link, end: link.ends[1], purpose: .stay, in: self)
    link.ends[0].session = here
    link.ends[1].session = there
    node.sessions.append(here)
    peer.sessions.append(there)
    here.onFinish = { [self, unowned here] in
      node.sessions.removeAll { $0 === here }
      try dialEnded(by: node, to: peer, inSync: here.wasInSync || here.isToGoOn)
    }
    there.onFinish = { [unowned there] in peer.sessions.removeAll { $0 === there } }
    if let manner = here.manner ?? there.manner { totals.fault("peer \(manner.rawValue)") }
    totals.sessions += 1
    try here.open(openings.here)
    try there.open(openings.there)
  }

  private func dialEnded(by node: SimulatedNode, to peer: SimulatedNode, inSync: Bool) throws {
    node.schedule.finished(
      peer.key.publicKey, inSync: inSync, at: now, random: random.next())
    guard let due = node.schedule.nextDue, node.isOnline else { return }
    simulator.schedule(after: max(.milliseconds(1), due - now)) { [self] in try dialDue(node) }
  }

  /// Whether a node would let another's key in; one that has just joined knows its inviter.
  func trusts(_ node: SimulatedNode, _ peer: SimulatedNode) throws -> Bool {
    guard try holdings(of: node)?.vector.isEmpty == false else { return node.replica != nil }
    return try rosterKeys(of: node)?.contains(peer.key.publicKey) ?? false
  }
}
