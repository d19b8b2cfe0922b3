import NIOCore

/// Closes a connection so that what was said last arrives: first its sending half, and the rest when
/// the peer has closed too or a short time has passed.
///
/// Closing at once would answer whatever the peer has sent meanwhile with a reset, and the reset may
/// overtake the TLS alert that tells it why it was refused. Sits between socket and TLS while the
/// handshake lasts.
final class LingeringCloseHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let linger: TimeAmount
  private var closePromise: EventLoopPromise<Void>?
  private var deadline: Scheduled<Void>?

  init(linger: TimeAmount) { self.linger = linger }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all, context.channel.isActive else {
      context.close(mode: mode, promise: promise)
      return
    }
    if let closePromise {
      closePromise.futureResult.cascade(to: promise)
      return
    }
    let closed = context.eventLoop.makePromise(of: Void.self)
    closed.futureResult.cascade(to: promise)
    closePromise = closed
    context.close(mode: .output, promise: nil)
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: linger) {
      context.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if closePromise == nil { context.fireChannelRead(data) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    closePromise?.succeed(())
    context.fireChannelInactive()
  }
}
