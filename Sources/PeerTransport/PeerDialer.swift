import CRDTCore
import NIOCore
import NIOPosix

/// Whom a dialling node expects at the other end.
package enum PeerExpectation: Sendable {
  /// Any node whose key the owner trusts.
  case trusted(by: PeerTrust.Judge)
  /// The one node whose key has this fingerprint: 32 bytes, ``CRDTCore/NodePublicKey/fingerprint``.
  case fingerprint([UInt8])
}

/// Connects to peers that listen.
package struct PeerDialer: Sendable {
  private let identity: TLSIdentity
  private let threads: TransportThreads
  private let limits: TransportLimits

  /// Creates a dialer.
  ///
  /// - Parameters:
  ///   - key: What this node shows to its peers.
  ///   - threads: Where the sockets are served.
  ///   - limits: How long things may take, and what a peer may cost.
  /// - Throws: ``TransportError/keyUnusable(reason:)``.
  package init(
    key: NodeKey, threads: TransportThreads, limits: TransportLimits = TransportLimits()
  ) throws(TransportError) {
    identity = try TLSIdentity(key: key, limits: limits)
    self.threads = threads
    self.limits = limits
  }

  /// Connects to a peer, lends the link to `body` and closes it when that has returned or thrown.
  ///
  /// When `body` starts, the peer has proved its key, but may not have looked at ours: that it does
  /// not accept us shows as ``TransportError/refusedByPeer(_:)`` at the first frame.
  ///
  /// - Throws: A ``TransportError`` if there is no link, within the time that
  ///   ``TransportLimits/connectTimeout`` and ``TransportLimits/handshakeTimeout`` allow;
  ///   `CancellationError` if the task is cancelled before there is one; else what `body` throws.
  package func dial<Result: Sendable>(
    _ address: PeerAddress, expecting expectation: PeerExpectation,
    _ body: (PeerLink) async throws -> Result
  ) async throws -> Result {
    let channel = try await connect(to: address)
    let handshake = Handshake(
      side: .dialling, identity: identity, remoteAddress: address, limits: limits,
      judge: expectation.judge)
    let authenticated: AuthenticatedChannel
    do {
      authenticated = try await handshake.perform(on: channel)
    } catch {
      try Task.checkCancellation()
      throw TransportError(refusal: error, at: address, expecting: expectation)
    }
    return try await authenticated.run(body)
  }

  private func connect(to address: PeerAddress) async throws -> any Channel {
    // Several addresses of one name are tried side by side; cancelling closes all attempts.
    let attempts = OpenConnections(connectionsMax: .max, handshakesMax: .max)
    let bootstrap = ClientBootstrap(group: threads.group)
      .connectTimeout(TimeAmount(limits.connectTimeout))
      // Nothing is read before the handlers that know what to do with it are in place.
      .channelOption(.autoRead, value: false)
      .channelOption(.writeBufferWaterMark, value: limits.writeBufferWaterMark)
      .channelInitializer { channel in
        attempts.admit(channel)
          ? channel.eventLoop.makeSucceededVoidFuture()
          : channel.eventLoop.makeFailedFuture(CancellationError())
      }
    do {
      return try await withTaskCancellationHandler {
        try await bootstrap.connect(host: address.host, port: address.port).get()
      } onCancel: {
        attempts.closeAll()
      }
    } catch {
      try Task.checkCancellation()
      throw TransportError(connectError: error, at: address)
    }
  }
}

extension PeerExpectation {
  fileprivate var judge: PeerTrust.Judge {
    switch self {
    case .trusted(let judge): judge
    case .fingerprint(let expected):
      { key in
        key.fingerprint == expected
          ? .known : .refused(reason: "its key is not the expected one")
      }
    }
  }
}

extension TransportLimits {
  /// One frame may go over the mark; the next waits until half of what is queued is gone.
  var writeBufferWaterMark: ChannelOptions.Types.WriteBufferWaterMark {
    .init(low: outboundBytesMax / 2, high: outboundBytesMax)
  }
}
