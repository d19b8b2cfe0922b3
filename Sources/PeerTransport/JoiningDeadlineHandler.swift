package import NIOCore

/// Closes the link of a joining peer when its time is up, unless it has been promoted before.
package final class JoiningDeadlineHandler: ChannelInboundHandler, ChannelOutboundHandler {
  package typealias InboundIn = [UInt8]
  package typealias OutboundIn = [UInt8]

  private let lifetime: TimeAmount
  private let remoteAddress: PeerAddress
  private var deadline: Scheduled<Void>?

  /// Creates the handler of one link, which may live for `lifetime` from now.
  package init(lifetime: TimeAmount, remoteAddress: PeerAddress) {
    self.lifetime = lifetime
    self.remoteAddress = remoteAddress
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: lifetime) {
      context.fireErrorCaught(TransportError.joiningTookTooLong(self.remoteAddress))
      context.close(promise: nil)
    }
  }

  package func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  package func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    if event is LinkPromotion { deadline?.cancel() }
    context.triggerUserOutboundEvent(event, promise: promise)
  }
}
