import NIOCore

/// Closes a connection whose peer takes nothing of what waits to be sent for too long.
///
/// It counts bytes rather than writes, so that one large frame over a slow line is progress. Sits
/// next to the socket: what it counts are the bytes of TLS.
final class WriteStallHandler: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let timeout: TimeAmount
  private let remoteAddress: PeerAddress
  private let activity: LinkActivity
  private var byteCountWritten = 0
  private var check: Scheduled<Void>?

  /// How often it is looked at within one timeout.
  private static let checksPerTimeout = 6

  init(timeout: TimeAmount, remoteAddress: PeerAddress, activity: LinkActivity) {
    self.activity = activity
    self.timeout = timeout
    self.remoteAddress = remoteAddress
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    byteCountWritten += Self.unwrapOutboundIn(data).readableBytes
    context.write(data, promise: promise)
  }

  func flush(context: ChannelHandlerContext) {
    context.flush()
    if check == nil { scheduleCheck(context: context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { check?.cancel() }

  /// Compares what the socket has taken now and some time later, as long as anything waits.
  private func scheduleCheck(context: ChannelHandlerContext, afterIdle idleChecks: Int = 0) {
    let waiting = byteCountWaiting(context: context)
    guard waiting > 0 else {
      check = nil
      return
    }
    let byteCountTaken = byteCountWritten - waiting
    let interval = TimeAmount.nanoseconds(timeout.nanoseconds / Int64(Self.checksPerTimeout))
    check = context.eventLoop.assumeIsolated().scheduleTask(in: interval) {
      let hasMoved =
        self.byteCountWritten - self.byteCountWaiting(context: context) > byteCountTaken
      if hasMoved { self.activity.note() }
      let idleChecks = hasMoved ? 0 : idleChecks + 1
      guard idleChecks == Self.checksPerTimeout else {
        self.scheduleCheck(context: context, afterIdle: idleChecks)
        return
      }
      context.fireErrorCaught(TransportError.peerStoppedReading(self.remoteAddress))
      // Past TLS: its farewell would only queue up behind what the peer does not take.
      context.close(promise: nil)
    }
  }

  private func byteCountWaiting(context: ChannelHandlerContext) -> Int {
    // A closed channel has no options, and nothing that waits.
    (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }
}
