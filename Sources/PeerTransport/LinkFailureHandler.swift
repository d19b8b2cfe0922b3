import NIOCore
import NIOSSL
import Synchronization

/// The first thing that went wrong with a link, for whoever uses it next.
final class LinkFailure: Sendable {
  private let first = Mutex<TransportError?>(nil)

  var error: TransportError? { first.withLock { $0 } }

  func record(_ error: TransportError) { first.withLock { $0 = $0 ?? error } }
}

/// Gives every error of a link the transport's own words, and remembers the first.
///
/// Sits last, so that the owner's frames end with what it passes on.
final class LinkFailureHandler: ChannelInboundHandler {
  typealias InboundIn = [UInt8]
  typealias InboundOut = [UInt8]

  private let failure: LinkFailure
  private let remoteAddress: PeerAddress

  init(failure: LinkFailure, remoteAddress: PeerAddress) {
    self.failure = failure
    self.remoteAddress = remoteAddress
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let error = transportError(for: error)
    failure.record(error)
    context.fireErrorCaught(error)
  }

  private func transportError(for error: any Error) -> TransportError {
    if let error = error as? TransportError { return error }
    // The listening side's refusal reaches the dialling side only here, as an alert.
    if let error = error as? BoringSSLError,
      case .refusedByPeer = ConnectionRefusal.Reason(
        handshakeError: NIOSSLError.handshakeFailed(error))
    {
      return .refusedByPeer(remoteAddress)
    }
    return .linkLost(remoteAddress)
  }
}
