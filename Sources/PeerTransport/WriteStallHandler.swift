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
  private var byteCountWritten = 0
  private var check: Scheduled<Void>?

  init(timeout: TimeAmount, remoteAddress: PeerAddress) {
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

  /// Compares what the socket has taken now and one timeout later, as long as anything waits.
  private func scheduleCheck(context: ChannelHandlerContext) {
    let waiting = byteCountWaiting(context: context)
    guard waiting > 0 else {
      check = nil
      return
    }
    let byteCountTaken = byteCountWritten - waiting
    check = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
      let waiting = self.byteCountWaiting(context: context)
      guard waiting > 0, self.byteCountWritten - waiting == byteCountTaken else {
        self.scheduleCheck(context: context)
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
