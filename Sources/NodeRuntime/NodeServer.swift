import CRDTCore
import CRMDomain
import CommandShell
import Logging
import PeerTransport
import ReplicaStore
import ServiceLifecycle
import SyncEngine
import Synchronization

/// The schedule of dials, which the loop that dials and the dials themselves both move along.
private final class SharedSchedule: Sendable {
  let peers = Mutex(PeerSchedule())
}

/// Serves peers that dial in, and dials those whose address is known, until it is told to stop.
struct NodeServer: Service {
  let replica: Replica
  let key: NodeKey
  let schema: ReplicaSchema
  let limits: SessionLimits
  let address: PeerAddress
  let log: EventLog
  let onListening: @Sendable (String) -> Void

  func run() async throws {
    let watch = ReplicaWatch(replica: replica, log: log)
    try watch.look()
    let desk = SessionDesk(replica: replica, schema: schema, key: key)
    try await cancelWhenGracefulShutdown {
      try await TransportThreads.run { threads in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await watch.run() }
          group.addTask { try await dialPeers(desk: desk, watch: watch, threads: threads) }
          group.addTask { try await listen(desk: desk, watch: watch, threads: threads) }
          // Whichever ends first, by an error or because the node is stopped, ends the others.
          try await group.next()
          group.cancelAll()
        }
      }
    }
  }

  private func listen(
    desk: SessionDesk, watch: ReplicaWatch, threads: TransportThreads
  ) async throws {
    let log = log
    let links = InboundLinks()
    let listener = try PeerListener(
      key: key, threads: threads,
      judge: { key in
        links.hasRoom(for: key)
          ? await watch.trust(of: key)
          : .refused(reason: InboundLinks.refusal)
      },
      onRefusal: { log.refused($0) })
    try await listener.run(at: address) { socket in
      onListening(socket.address.description)
    } onLink: { link in
      let isTaken = await links.whileOpen(by: link.peerKey) {
        await converse(
          on: link, opening: link.trust == .known ? nil : .awaitingJoin, purpose: .stay, desk: desk,
          watch: watch, address: nil)
      }
      // Of many handshakes at once each may have found room.
      if !isTaken {
        log.refused(
          ConnectionRefusal(
            remoteAddress: link.remoteAddress,
            reason: .keyRefused(link.peerKey, reason: InboundLinks.refusal)))
      }
    }
  }

  /// Keeps a session with every peer whose address is known, dialling again when one ends.
  private func dialPeers(
    desk: SessionDesk, watch: ReplicaWatch, threads: TransportThreads
  ) async throws {
    let schedule = SharedSchedule()
    try await withThrowingDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let addresses = try await BlockingWork.run { try knownAddresses() }
        let due = schedule.peers.withLock { schedule in
          let now = SystemEnvironment.monotonicNow()
          for peer in addresses.keys { schedule.add(peer, at: now) }
          return schedule.takeDue(at: now)
        }
        for peer in due {
          guard let address = addresses[peer] else { continue }
          group.addTask {
            let isInSync = await dial(
              peer, at: address, desk: desk, watch: watch, threads: threads)
            let random = SystemEnvironment.random(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            schedule.peers.withLock {
              $0.finished(
                peer, inSync: isInSync, at: SystemEnvironment.monotonicNow(), random: random)
            }
          }
        }
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func knownAddresses() throws -> [NodePublicKey: PeerAddress] {
    let roster = try replica.rosterKeys()
    var addresses: [NodePublicKey: PeerAddress] = [:]
    for peer in try replica.peers() where peer.key != key.publicKey && roster.contains(peer.key) {
      addresses[peer.key] = peer.address.flatMap(PeerAddress.init)
    }
    return addresses
  }

  private func dial(
    _ peer: NodePublicKey, at address: PeerAddress, desk: SessionDesk, watch: ReplicaWatch,
    threads: TransportThreads
  ) async -> Bool {
    do {
      return try await PeerDialer(key: key, threads: threads).dial(
        address, expecting: .fingerprint(peer.fingerprint)
      ) { link in
        await converse(
          on: link, opening: nil, purpose: .stay, desk: desk, watch: watch,
          address: address.description)
      }
    } catch {
      log.failed(with: await logged(peer, at: address), error)
      return false
    }
  }

  /// Runs one session and logs how it went.
  @discardableResult
  private func converse(
    on link: PeerLink, opening: SyncSession.Opening?, purpose: SyncSession.Purpose,
    desk: SessionDesk, watch: ReplicaWatch, address: String?
  ) async -> Bool {
    let peer = await logged(link.peerKey, at: link.remoteAddress)
    do {
      // Before the state is read, or the session would not hear of a change in between.
      let (changes, subscription) = watch.subscribe()
      defer { watch.unsubscribe(subscription) }
      let opening =
        if let opening { opening } else { SyncSession.Opening.known(try await desk.localState()) }
      var driver = SessionDriver(link: link, purpose: purpose, desk: desk, changes: changes)
      driver.limits = limits
      let log = log
      driver.observer.onNotice = { log.notice($0, of: peer) }
      driver.observer.onDivergence = { log.diverged($0, from: peer) }
      let result = await driver.run(opening: opening)
      // Asked again, for it may just have joined.
      log.ended(result, with: await logged(link.peerKey, at: link.remoteAddress))
      try await BlockingWork.run { try replica.remember(result, with: link.peerKey, at: address) }
      return result.wasInSync || result.outcome.asksToMeetAgain
    } catch {
      log.failed(with: peer, error)
      return false
    }
  }

  private func logged(_ key: NodePublicKey, at address: PeerAddress) async -> LoggedPeer {
    let name = try? await BlockingWork.run { try replica.nodeName(of: key) }
    return LoggedPeer(name: name ?? nil, address: address)
  }
}
