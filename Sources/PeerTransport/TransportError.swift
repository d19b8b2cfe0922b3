package import CRDTCore

/// Why there is no link to a peer, or no longer one.
package enum TransportError: Error, Hashable, Sendable {
  // Dialling: nothing was sent but the handshake.

  /// No address is known for the host's name.
  case nameNotFound(PeerAddress)
  /// The host is there, but nothing listens on the port.
  case connectionRefused(PeerAddress)
  /// The network has no way to the host; `reason` is the system's.
  case unreachable(PeerAddress, reason: String)
  /// Connecting or the handshake took too long.
  case timedOut(PeerAddress)
  /// Something answers, but it does not speak our protocol over TLS 1.3.
  case notKith(PeerAddress)
  /// A node answers, but with another key than the one expected.
  case unexpectedKey(PeerAddress, offered: NodePublicKey)
  /// A node answers with a key that this node does not trust; `reason` is the owner's.
  case untrustedKey(PeerAddress, offered: NodePublicKey, reason: String)
  /// The handshake broke off; `reason` says how.
  case handshakeFailed(PeerAddress, reason: String)

  // Dialling, or at the first frame: in TLS 1.3 the dialling side is done before the other side has
  // looked at its certificate.

  /// The peer answered our key with a TLS alert.
  case refusedByPeer(PeerAddress)

  // Listening.

  /// Another program listens at the address.
  case addressInUse(PeerAddress)
  /// The system does not let us listen; `reason` is its own.
  case cannotListen(PeerAddress, reason: String)

  // A link that was up; it is closed after each of these, except that a frame of ours that is not
  // fit to send is refused and nothing else happens, and after a peer's the owner closes it.

  /// A frame is longer than the limit.
  case frameTooLarge(byteCount: Int, limit: Int)
  /// A frame has no bytes.
  case frameEmpty
  /// The peer closed the link in the middle of a frame.
  case frameTruncated
  /// The peer has taken nothing of what waits for it for too long.
  case peerStoppedReading(PeerAddress)
  /// The peer was let in to join and has not joined in time.
  case joiningTookTooLong(PeerAddress)
  /// The connection broke off without an orderly close.
  case linkLost(PeerAddress)
  /// The link has been closed, by either side.
  case linkClosed(PeerAddress)

  /// This node's own key cannot be used for TLS; `reason` is the library's.
  case keyUnusable(reason: String)
}

extension TransportError: UserFacingError {
  /// What went wrong.
  package var summary: String {
    switch self {
    case .nameNotFound(let address):
      "The name \(address.host) does not resolve to an address."
    case .connectionRefused(let address):
      "Nothing listens at \(address)."
    case .unreachable(let address, let reason):
      "\(address) cannot be reached: \(reason)."
    case .timedOut(let address):
      "\(address) did not answer in time."
    case .notKith(let address):
      "What answers at \(address) is not a kith node."
    case .unexpectedKey(let address, _):
      "\(address) presented a different key than the one expected."
    case .untrustedKey(let address, _, let reason):
      "\(address) is not trusted: \(reason)."
    case .handshakeFailed(let address, let reason):
      "No secure connection to \(address): \(reason)."
    case .refusedByPeer(let address):
      "\(address) refused this node's key."
    case .addressInUse(let address):
      "Another program listens at \(address)."
    case .cannotListen(let address, let reason):
      "Cannot listen at \(address): \(reason)."
    case .frameTooLarge(let byteCount, let limit):
      "A frame of \(byteCount) bytes is over the limit of \(limit)."
    case .frameEmpty:
      "A frame has no bytes."
    case .frameTruncated:
      "The peer closed the link in the middle of a frame."
    case .peerStoppedReading(let address):
      "\(address) has stopped reading what is sent to it."
    case .joiningTookTooLong(let address):
      "\(address) did not join in time."
    case .linkLost(let address):
      "The connection to \(address) broke off."
    case .linkClosed(let address):
      "The link to \(address) is closed."
    case .keyUnusable(let reason):
      "This node's key cannot be used for TLS: \(reason)."
    }
  }

  /// What to do next.
  package var hint: String? {
    switch self {
    case .nameNotFound:
      "Check the spelling and the network."
    case .connectionRefused:
      "Check the port, and that the other node is serving."
    case .unreachable, .timedOut:
      "Check the network and any firewall in between, then sync again."
    case .notKith:
      "Check host and port."
    case .unexpectedKey:
      "Nothing was sent; ask an administrator whether the node was set up anew, and for an invite."
    case .untrustedKey:
      "Nothing was sent; sync with a node that knows the peer first."
    case .refusedByPeer:
      "Ask an administrator whether this node is still in the workspace."
    case .addressInUse:
      "Choose another port, or stop the other program."
    case .linkLost:
      "Sync again; what was acknowledged is kept."
    case .handshakeFailed, .cannotListen, .frameTooLarge, .frameEmpty, .frameTruncated,
      .peerStoppedReading, .joiningTookTooLong, .linkClosed, .keyUnusable:
      nil
    }
  }
}
