import NIOCore
import NIOPosix

/// A socket that is open for peers.
package struct ListeningSocket: Sendable {
  /// Where it listens; the port is the actual one, also if any was asked for.
  package let address: PeerAddress
  fileprivate let channel: any Channel

  /// Closes the socket, so that from now on nobody connects.
  ///
  /// ``PeerListener/run(at:onListening:onLink:)`` returns once the links that are up have ended by
  /// themselves.
  package func stopAccepting() async {
    channel.close(promise: nil)
    // Fulfilled however the channel came to be closed; it never fails.
    try? await channel.closeFuture.get()
  }
}

/// Takes peers' connections and makes links of those whose key is trusted.
package struct PeerListener: Sendable {
  private let identity: TLSIdentity
  private let threads: TransportThreads
  private let limits: TransportLimits
  private let judge: PeerTrust.Judge
  private let onRefusal: @Sendable (ConnectionRefusal) -> Void

  /// Creates a listener that does not listen yet.
  ///
  /// - Parameters:
  ///   - key: What this node shows to its peers.
  ///   - threads: Where the sockets are served.
  ///   - limits: What a peer may cost.
  ///   - judge: Says whose key is trusted.
  ///   - onRefusal: Told of every connection that did not become a link; it must return at once.
  /// - Throws: ``TransportError/keyUnusable(reason:)``.
  package init(
    key: NodeKey, threads: TransportThreads, limits: TransportLimits = TransportLimits(),
    judge: @escaping PeerTrust.Judge, onRefusal: @escaping @Sendable (ConnectionRefusal) -> Void
  ) throws(TransportError) {
    identity = try TLSIdentity(key: key, limits: limits)
    self.threads = threads
    self.limits = limits
    self.judge = judge
    self.onRefusal = onRefusal
  }

  /// Listens until the task is cancelled or the socket told to stop.
  ///
  /// Cancelling closes the socket and cancels the links; this returns when all of them have ended.
  ///
  /// - Parameters:
  ///   - address: Where to listen; port 0 takes any free one.
  ///   - onListening: Called once, when peers can connect.
  ///   - onLink: Runs in a task of its own for each link, which closes when it returns.
  /// - Throws: What keeps it from listening; once it listens, nothing.
  package func run(
    at address: PeerAddress, onListening: (ListeningSocket) -> Void = { _ in },
    onLink: @escaping @Sendable (PeerLink) async -> Void
  ) async throws(TransportError) {
    let connections = OpenConnections(
      connectionsMax: limits.connectionsMax, handshakesMax: limits.handshakesMax)
    let (accepted, admission) = AsyncStream.makeStream(
      of: (any Channel).self, bufferingPolicy: .bufferingOldest(limits.connectionsMax))
    let server = try await listen(at: address) { channel in
      guard connections.admit(channel), case .enqueued = admission.yield(channel) else {
        refuse(PeerAddress(channel.remoteAddress), .tooManyConnections)
        channel.close(promise: nil)
        return
      }
    }
    server.closeFuture.whenComplete { _ in admission.finish() }
    onListening(
      ListeningSocket(
        address: PeerAddress(host: address.host, port: server.localAddress?.port ?? address.port),
        channel: server))
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { links in
        for await channel in accepted {
          links.addTask { await serve(channel, among: connections, onLink: onLink) }
        }
      }
    } onCancel: {
      server.close(promise: nil)
    }
    connections.closeAll()
  }

  private func listen(
    at address: PeerAddress, onAccept: @escaping @Sendable (any Channel) -> Void
  ) async throws(TransportError) -> any Channel {
    let bootstrap = ServerBootstrap(group: threads.group)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // Nothing is read before the handlers that know what to do with it are in place.
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.writeBufferWaterMark, value: limits.writeBufferWaterMark)
      .childChannelInitializer { channel in
        onAccept(channel)
        return channel.eventLoop.makeSucceededVoidFuture()
      }
    do {
      return try await bootstrap.bind(host: address.host, port: address.port).get()
    } catch {
      throw TransportError(listeningError: error, at: address)
    }
  }

  private func serve(
    _ channel: any Channel, among connections: OpenConnections,
    onLink: @Sendable (PeerLink) async -> Void
  ) async {
    let remoteAddress = PeerAddress(channel.remoteAddress)
    let handshake = Handshake(
      side: .listening, identity: identity, remoteAddress: remoteAddress, limits: limits,
      judge: judge)
    let authenticated: AuthenticatedChannel
    do {
      authenticated = try await handshake.perform(on: channel)
    } catch {
      // A handshake that our own shutdown has cut short says nothing about the peer.
      let reason = connections.wasDisplaced(channel) ? .displaced : error
      if !Task.isCancelled { refuse(remoteAddress, reason) }
      return
    }
    connections.finishHandshake(of: channel)
    do {
      try await authenticated.run(onLink)
    } catch {
      assertionFailure("Only the closure could throw, and it does not: \(error)")
    }
  }

  private func refuse(_ remoteAddress: PeerAddress, _ reason: ConnectionRefusal.Reason) {
    onRefusal(ConnectionRefusal(remoteAddress: remoteAddress, reason: reason))
  }
}
