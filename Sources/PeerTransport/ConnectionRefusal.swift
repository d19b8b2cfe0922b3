package import CRDTCore

/// A connection that did not become a link, for the log of the node that turned it away.
package struct ConnectionRefusal: Hashable, Sendable {
  /// Where it came from.
  package let remoteAddress: PeerAddress
  /// Why it went no further.
  package let reason: Reason

  /// Creates a refusal.
  package init(remoteAddress: PeerAddress, reason: Reason) {
    self.remoteAddress = remoteAddress
    self.reason = reason
  }

  /// Why a handshake failed, as far as this side can tell.
  package enum Reason: Error, Hashable, Sendable {
    /// The peer did not present a certificate.
    case noCertificate
    /// The certificate's key is not on the curve P-256, so it is not a node's.
    case keyNotP256
    /// The owner's ``PeerTrust/Judge`` refused the key; `reason` is its own.
    ///
    /// The peer has not proved that it holds the key: it may merely have shown a copy.
    case keyRefused(NodePublicKey, reason: String)
    /// The peer speaks no TLS version from 1.3 on.
    case versionTooOld
    /// The peer offered another application protocol (ALPN) than ours, or none.
    case otherProtocol
    /// What the peer sent is not TLS.
    case notTLS
    /// The peer took up an earlier TLS session, which would have passed by the check of its key.
    case resumedSession
    /// The peer gave up because it does not accept our key.
    case refusedByPeer
    /// The handshake was not over in time.
    case timedOut
    /// The peer closed the connection before the handshake was over.
    case disconnected
    /// The listener had as many handshakes in progress as it may have when another one began, and
    /// this one had taken the longest.
    case displaced
    /// The listener has as many connections as it may have.
    case tooManyConnections
    /// The handshake failed for another reason; `detail` is the TLS library's.
    case other(detail: String)
  }
}

extension ConnectionRefusal: CustomStringConvertible {
  /// One sentence for the log.
  package var description: String { "Refused \(remoteAddress): \(reason)." }
}

extension ConnectionRefusal.Reason: CustomStringConvertible {
  /// The reason in plain words, without a full stop.
  package var description: String {
    switch self {
    case .noCertificate: "it presented no certificate"
    case .keyNotP256: "the key of its certificate is not a P-256 key"
    case .keyRefused(let key, let reason):
      "\(reason) (key \(key.fingerprint.prefix(8).map(Self.hexadecimal).joined()))"
    case .versionTooOld: "it speaks no TLS version from 1.3 on"
    case .otherProtocol: "it did not ask for the protocol \(TLSIdentity.applicationProtocol)"
    case .notTLS: "what it sent is not TLS"
    case .resumedSession: "it tried to resume an earlier TLS session"
    case .refusedByPeer: "it did not accept this node's key"
    case .timedOut: "it did not finish the TLS handshake in time"
    case .disconnected: "it closed the connection during the TLS handshake"
    case .displaced: "it had not finished the TLS handshake when too many others began one"
    case .tooManyConnections: "too many connections are open"
    case .other(let detail): "the TLS handshake failed: \(detail)"
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
  }
}
