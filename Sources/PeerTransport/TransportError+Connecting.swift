import Glibc
import NIOCore
import NIOPosix

extension TransportError {
  /// Says in our words why no TCP connection came about.
  init(connectError error: any Error, at address: PeerAddress) {
    guard let failure = error as? NIOConnectionError else {
      self = Self(singleConnectError: error, at: address)
      return
    }
    guard let first = failure.connectionErrors.first else {
      self = .nameNotFound(address)
      return
    }
    // Of several addresses, one that answered "refused" tells more than one that did not answer.
    let errors = failure.connectionErrors.map { Self(singleConnectError: $0.error, at: address) }
    self =
      errors.contains(.connectionRefused(address))
      ? .connectionRefused(address) : Self(singleConnectError: first.error, at: address)
  }

  private init(singleConnectError error: any Error, at address: PeerAddress) {
    switch error {
    case ChannelError.connectTimeout:
      self = .timedOut(address)
    case let error as IOError where error.errnoCode == ECONNREFUSED:
      self = .connectionRefused(address)
    case let error as IOError where error.errnoCode == ETIMEDOUT:
      self = .timedOut(address)
    case let error as IOError:
      self = .unreachable(address, reason: String(cString: strerror(error.errnoCode)))
    default:
      self = .unreachable(address, reason: "\(error)")
    }
  }

  /// Says in our words why the system does not let us listen.
  init(listeningError error: any Error, at address: PeerAddress) {
    switch error {
    case is SocketAddressError.UnknownHost:
      self = .nameNotFound(address)
    case let error as IOError where error.errnoCode == EADDRINUSE:
      self = .addressInUse(address)
    case let error as IOError:
      self = .cannotListen(address, reason: String(cString: strerror(error.errnoCode)))
    default:
      self = .cannotListen(address, reason: "\(error)")
    }
  }

  /// Says what a failed handshake means to the side that dialled.
  init(
    refusal reason: ConnectionRefusal.Reason, at address: PeerAddress,
    expecting expectation: PeerExpectation
  ) {
    switch (reason, expectation) {
    case (.keyRefused(let key, _), .fingerprint):
      self = .unexpectedKey(address, offered: key)
    case (.keyRefused(let key, let reason), .trusted):
      self = .untrustedKey(address, offered: key, reason: reason)
    case (.otherProtocol, _), (.notTLS, _), (.versionTooOld, _), (.keyNotP256, _),
      (.noCertificate, _):
      self = .notKith(address)
    case (.refusedByPeer, _):
      self = .refusedByPeer(address)
    case (.timedOut, _):
      self = .timedOut(address)
    case (.resumedSession, _), (.disconnected, _), (.displaced, _),
      (.tooManyConnections, _), (.other, _):
      self = .handshakeFailed(address, reason: "\(reason)")
    }
  }
}
