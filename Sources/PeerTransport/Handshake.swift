import NIOCore
import NIOSSL

/// All that a handshake needs to know, on either side.
struct Handshake: Sendable {
  /// Which side of TLS this node takes.
  enum Side: Sendable {
    case listening, dialling
  }

  let side: Side
  let identity: TLSIdentity
  let remoteAddress: PeerAddress
  let limits: TransportLimits
  let judge: PeerTrust.Judge

  /// Performs the handshake on a connected channel that does not read yet.
  ///
  /// The channel is closed when this throws. The result must be used exactly once.
  func perform(
    on channel: any Channel
  ) async throws(ConnectionRefusal.Reason) -> AuthenticatedChannel {
    let outcome = channel.eventLoop.makePromise(of: AuthenticatedChannel.self)
    channel.eventLoop.execute {
      do {
        try install(on: channel, outcome: outcome)
      } catch {
        outcome.fail(ConnectionRefusal.Reason.disconnected)
        channel.close(promise: nil)
      }
    }
    do {
      return try await withTaskCancellationHandler {
        try await outcome.futureResult.get()
      } onCancel: {
        channel.close(promise: nil)
      }
    } catch {
      throw ConnectionRefusal.Reason(handshakeError: error)
    }
  }

  private func install(
    on channel: any Channel, outcome: EventLoopPromise<AuthenticatedChannel>
  ) throws {
    let activity = LinkActivity()
    let handler = HandshakeHandler(
      remoteAddress: remoteAddress, limits: limits, activity: activity, judge: judge,
      outcome: outcome)
    let verify: NIOSSLCustomVerificationCallback = { certificates, verdict in
      handler.verify(certificates, verdict: verdict)
    }
    let tls: NIOSSLHandler
    switch side {
    case .listening:
      tls = NIOSSLServerHandler(context: identity.context, customVerificationCallback: verify)
    case .dialling:
      tls = try NIOSSLClientHandler(
        context: identity.context, serverHostname: nil, customVerificationCallback: verify)
    }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(
      WriteStallHandler(
        timeout: TimeAmount(limits.writeTimeout), remoteAddress: remoteAddress,
        activity: activity))
    // TLS starts as soon as it is added, so whoever waits for its outcome is there before.
    try pipeline.addHandler(handler)
    try pipeline.addHandler(tls, position: .before(handler))
    try channel.syncOptions?.setOption(.autoRead, value: true)
  }
}
