import CRDTCore
import Crypto
import NIOCore
import NIOSSL
import NIOTLS

/// Watches over one TLS handshake: judges the peer's key in the middle of it, checks the outcome at
/// the end, and makes the channel a link or closes it.
///
/// Whatever happens, `outcome` is completed within ``TransportLimits/handshakeTimeout``: with the
/// authenticated channel, or with a ``ConnectionRefusal/Reason``.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let remoteAddress: PeerAddress
  private let limits: TransportLimits
  private let activity: LinkActivity
  private let judge: PeerTrust.Judge
  private let outcome: EventLoopPromise<AuthenticatedChannel>

  private var peerKey: NodePublicKey?
  private var trust: PeerTrust?
  /// What the judgement found wrong; the TLS library then only says that verification failed.
  private var objection: ConnectionRefusal.Reason?
  private var deadline: Scheduled<Void>?
  private var isFinished = false

  init(
    remoteAddress: PeerAddress, limits: TransportLimits, activity: LinkActivity,
    judge: @escaping PeerTrust.Judge, outcome: EventLoopPromise<AuthenticatedChannel>
  ) {
    self.activity = activity
    self.remoteAddress = remoteAddress
    self.limits = limits
    self.judge = judge
    self.outcome = outcome
  }

  /// Judges the certificate a peer presents; called by the TLS library during the handshake, which
  /// waits for the verdict.
  func verify(
    _ certificates: [NIOSSLCertificate], verdict: EventLoopPromise<NIOSSLVerificationResult>
  ) {
    guard
      let leaf = certificates.first,
      let keyBytes = try? leaf.extractPublicKey().toSPKIBytes(),
      let key = try? P256.Signing.PublicKey(derRepresentation: keyBytes)
    else {
      objection = .keyNotP256
      return verdict.succeed(.failed)
    }
    let peerKey = NodePublicKey(key)
    verdict.futureResult.eventLoop.makeFutureWithTask { [judge] in await judge(peerKey) }
      .assumeIsolated().whenSuccess { trust in
        verdict.succeed(self.take(trust, of: peerKey))
      }
  }

  private func take(_ trust: PeerTrust, of peerKey: NodePublicKey) -> NIOSSLVerificationResult {
    if case .refused(let reason) = trust {
      objection = .keyRefused(peerKey, reason: reason)
      return .failed
    }
    self.peerKey = peerKey
    self.trust = trust
    return .certificateVerified
  }

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(
      in: TimeAmount(limits.handshakeTimeout)
    ) {
      self.refuse(.timedOut, context: context)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { fail(.disconnected) }

  func channelInactive(context: ChannelHandlerContext) {
    fail(.disconnected)
    context.fireChannelInactive()
  }

  /// Takes note of why the handshake failed; the TLS handler and the socket close by themselves.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(objection ?? ConnectionRefusal.Reason(handshakeError: error))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let negotiatedProtocol)? = event as? TLSUserEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    guard let peerKey, let trust else {
      // Only a resumed session gets here without a judgement of this connection's own.
      refuse(.resumedSession, context: context)
      return
    }
    guard negotiatedProtocol == TLSIdentity.applicationProtocol else {
      refuse(.otherProtocol, context: context)
      return
    }
    do {
      try becomeLink(peerKey: peerKey, trust: trust, context: context)
    } catch {
      refuse(.disconnected, context: context)
    }
  }

  /// Puts the link's handlers in the place of the handshake's, before any data is decrypted.
  private func becomeLink(
    peerKey: NodePublicKey, trust: PeerTrust, context: ChannelHandlerContext
  ) throws {
    let pipeline = context.pipeline.syncOperations
    let isJoining = trust == .joining
    let failure = LinkFailure()
    try pipeline.addHandler(
      FrameHandler(
        frameBytesMax: isJoining ? limits.joiningFrameBytesMax : limits.frameBytesMax,
        promotedFrameBytesMax: limits.frameBytesMax, activity: activity))
    if isJoining {
      try pipeline.addHandler(
        JoiningDeadlineHandler(
          lifetime: TimeAmount(limits.joiningLifetime), remoteAddress: remoteAddress))
    }
    try pipeline.addHandler(LinkFailureHandler(failure: failure, remoteAddress: remoteAddress))
    let frames = try NIOAsyncChannel<[UInt8], [UInt8]>(
      wrappingChannelSynchronously: context.channel,
      configuration: .init(
        backPressureStrategy: .init(
          lowWatermark: limits.inboundFramesMax, highWatermark: limits.inboundFramesMax)))
    finish()
    outcome.succeed(
      AuthenticatedChannel(
        frames: frames, peerKey: peerKey, trust: trust, remoteAddress: remoteAddress,
        failure: failure, activity: activity, frameBytesMax: limits.frameBytesMax))
    pipeline.removeHandler(context: context, promise: nil)
  }

  private func refuse(_ reason: ConnectionRefusal.Reason, context: ChannelHandlerContext) {
    fail(reason)
    context.close(promise: nil)
  }

  private func fail(_ reason: ConnectionRefusal.Reason) {
    guard !isFinished else { return }
    finish()
    outcome.fail(reason)
  }

  private func finish() {
    isFinished = true
    deadline?.cancel()
  }
}
