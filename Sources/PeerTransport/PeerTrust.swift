package import CRDTCore

/// What the owner of the transport says of a peer's key.
package enum PeerTrust: Hashable, Sendable {
  /// The key is in the roster.
  case known
  /// The key is unknown, but an invite is open: the peer may ask to join, within narrow limits.
  case joining
  /// The peer stays outside; `reason` completes the sentence "It was refused because …".
  case refused(reason: String)

  /// Answers for a key.
  ///
  /// Asked once in each handshake, which waits for the answer. The peer has not yet proved at this
  /// point that it holds the key, so asking must change nothing.
  package typealias Judge = @Sendable (NodePublicKey) async -> PeerTrust
}
