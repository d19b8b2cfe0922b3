import NIOCore

/// Closes the link of a joining peer when its time is up, unless it has been promoted before.
final class JoiningDeadlineHandler: ChannelInboundHandler, ChannelOutboundHandler {
  typealias InboundIn = [UInt8]
  typealias OutboundIn = [UInt8]

  private let lifetime: TimeAmount
  private let remoteAddress: PeerAddress
  private var deadline: Scheduled<Void>?

  init(lifetime: TimeAmount, remoteAddress: PeerAddress) {
    self.lifetime = lifetime
    self.remoteAddress = remoteAddress
  }

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: lifetime) {
      context.fireErrorCaught(TransportError.joiningTookTooLong(self.remoteAddress))
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    if event is LinkPromotion { deadline?.cancel() }
    context.triggerUserOutboundEvent(event, promise: promise)
  }
}
