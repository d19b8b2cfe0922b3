package import CRDTCore
import NIOCore

/// A channel whose peer has proved its key, with the link's handlers in place.
struct AuthenticatedChannel: Sendable {
  let frames: NIOAsyncChannel<[UInt8], [UInt8]>
  let peerKey: NodePublicKey
  let trust: PeerTrust
  let remoteAddress: PeerAddress
  let failure: LinkFailure
  let activity: LinkActivity
  let frameBytesMax: Int

  /// Lends the link to `body` and closes it when that has returned or thrown.
  ///
  /// The value must be used exactly once, or the library traps.
  func run<Result: Sendable>(
    _ body: (PeerLink) async throws -> Result
  ) async throws -> Result {
    try await frames.executeThenClose { inbound, outbound in
      try await body(PeerLink(channel: self, inbound: inbound, outbound: outbound))
    }
  }
}

/// One authenticated connection to a peer, for as long as the closure that received it runs.
///
/// Frames arrive whole and in order or not at all. The link closes when that closure returns, when
/// its task is cancelled and it returns, when either side closes, and when the connection breaks;
/// ``frames`` then ends and ``send(_:)`` throws. A frame out of bounds ends ``frames`` alone: there is
/// nothing to read behind it, but the owner may still say why it leaves.
package struct PeerLink: Sendable {
  /// The key that the peer has proved to hold.
  package let peerKey: NodePublicKey
  /// What the owner said of that key during the handshake: known, or joining.
  package let trust: PeerTrust
  /// Where the peer is: as dialled, or as its socket says.
  package let remoteAddress: PeerAddress
  /// The frames that the peer sends, each at most ``TransportLimits/frameBytesMax`` long.
  ///
  /// Can be iterated once. A consumer that falls behind stops the reading of the socket, and with
  /// it the peer. Ends when the link is closed in good order; throws a ``TransportError`` when it
  /// breaks, and `CancellationError` when the task is cancelled.
  package let frames: InboundFrames
  /// Whether frames that take long are getting on.
  package let activity: LinkActivity

  private let outbound: NIOAsyncChannelOutboundWriter<[UInt8]>
  private let channel: any Channel
  private let failure: LinkFailure
  private let frameBytesMax: Int

  fileprivate init(
    channel: AuthenticatedChannel, inbound: NIOAsyncChannelInboundStream<[UInt8]>,
    outbound: NIOAsyncChannelOutboundWriter<[UInt8]>
  ) {
    peerKey = channel.peerKey
    trust = channel.trust
    remoteAddress = channel.remoteAddress
    frames = InboundFrames(stream: inbound)
    self.outbound = outbound
    activity = channel.activity
    self.channel = channel.frames.channel
    failure = channel.failure
    frameBytesMax = channel.frameBytesMax
  }

  /// Sends one frame; frames of several tasks do not mix.
  ///
  /// Suspends while more than ``TransportLimits/outboundBytesMax`` wait to be sent. Returning means
  /// that the frame is queued, not that the peer has it.
  ///
  /// - Throws: A ``TransportError``: a frame that is empty or too large leaves the link as it is, all
  ///   else means that it is closed. `CancellationError` if the task is cancelled while it waits;
  ///   the frame is then not sent.
  package func send(_ frame: [UInt8]) async throws {
    guard !frame.isEmpty else { throw TransportError.frameEmpty }
    guard frame.count <= frameBytesMax else {
      throw TransportError.frameTooLarge(byteCount: frame.count, limit: frameBytesMax)
    }
    do {
      try await outbound.write(frame)
      // The writer learns that the channel is full only once the event loop has taken the frame;
      // without this round trip a fast sender would queue frames without bound.
      try await channel.eventLoop.submit {}.get()
    } catch let error as CancellationError {
      throw error
    } catch {
      throw failure.error ?? TransportError.linkClosed(remoteAddress)
    }
  }

  /// What broke the link or its ``frames``; `nil` as long as nothing has.
  package var error: TransportError? { failure.error }

  /// Lifts the limits of a joining peer once it has joined; does nothing on any other link.
  package func promote() async throws(TransportError) {
    do {
      try await channel.triggerUserOutboundEvent(LinkPromotion()).get()
    } catch {
      throw failure.error ?? .linkClosed(remoteAddress)
    }
  }

  /// Begins to close the link in good order; what was sent before still goes out.
  package func close() { channel.close(promise: nil) }
}

/// The frames of one link, in the order in which the peer sent them.
package struct InboundFrames: AsyncSequence, Sendable {
  fileprivate let stream: NIOAsyncChannelInboundStream<[UInt8]>

  package func makeAsyncIterator() -> Iterator { Iterator(base: stream.makeAsyncIterator()) }

  /// Takes one frame after the other off the link.
  package struct Iterator: AsyncIteratorProtocol {
    fileprivate var base: NIOAsyncChannelInboundStream<[UInt8]>.AsyncIterator

    package mutating func next() async throws -> [UInt8]? { try await base.next() }
  }
}
