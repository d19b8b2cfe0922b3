import CRDTCore

/// Every bound of the transport; what a peer sends or leaves undone costs no more than this.
package struct TransportLimits: Hashable, Sendable {
  /// Bytes in one frame, without its length: the greatest batch, its number and its type.
  package var frameBytesMax = Limits.batchBytesMax + 11
  /// Bytes in one frame of a peer that is joining; a request to join takes a few hundred.
  package var joiningFrameBytesMax = 4 << 10
  /// How long a link of a joining peer lives: what a session gives it to ask, in which case the
  /// session says why it leaves, and as much again for an answer that a busy store keeps waiting.
  package var joiningLifetime = Duration.seconds(20)
  /// Frames received and not yet taken by the owner before the socket is no longer read.
  ///
  /// One is in work while the next waits, so the event loop and the owner overlap.
  package var inboundFramesMax = 2
  /// Bytes waiting to be sent before ``PeerLink/send(_:)`` suspends; about one socket buffer.
  package var outboundBytesMax = 256 << 10
  /// How long a peer may take nothing of what waits to be sent before the link is closed.
  ///
  /// Any progress will do, so a slow line is fine and a stopped reader is not.
  package var writeTimeout = Duration.seconds(30)
  /// How long a TCP connection may take, name look-up included.
  package var connectTimeout = Duration.seconds(10)
  /// How long a handshake may take; a satellite line needs about 2 s.
  package var handshakeTimeout = Duration.seconds(10)
  /// How long an orderly close waits for what is queued to arrive and for the peer to close its
  /// half, before the socket is dropped; ``outboundBytesMax`` over a line of 1 Mbit/s take 2 s.
  package var closeTimeout = Duration.seconds(5)
  /// Connections a listener has open at a time, handshakes included; each takes a descriptor and up
  /// to ``inboundFramesMax`` + 1 frames.
  package var connectionsMax = 64
  /// Handshakes a listener has in progress at a time; a further one takes the place of the oldest,
  /// so that strangers who connect and say nothing keep no member out.
  package var handshakesMax = 16

  /// Creates the limits the product runs with; tests tighten single ones.
  package init() {}
}
