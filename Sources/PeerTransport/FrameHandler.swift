package import NIOCore

/// Asks the handlers of a joining peer's link to treat it as any other from now on.
package struct LinkPromotion: Sendable {
  package init() {}
}

/// Cuts the byte stream into frames and back.
///
/// A frame is its length, 4 bytes big-endian, then that many bytes; the length is never 0. Memory is
/// taken for bytes that have arrived, never for bytes that a length announces.
///
/// A length out of bounds, or an end in the middle of a frame, is reported as a ``TransportError``.
/// What follows is dropped; the channel stays open, so that its owner can say why it leaves.
package final class FrameHandler: ChannelDuplexHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = [UInt8]
  package typealias OutboundIn = [UInt8]
  package typealias OutboundOut = ByteBuffer

  /// How many bytes the length takes on the wire.
  private static let lengthByteCount = 4

  private var frameBytesMax: Int
  private let promotedFrameBytesMax: Int
  private let activity: LinkActivity
  private var length = 0
  private var lengthBytesRead = 0
  private var body: [UInt8] = []
  private var hasFailed = false

  /// Creates a handler for one channel.
  ///
  /// - Parameters:
  ///   - frameBytesMax: The longest frame accepted from the peer.
  ///   - promotedFrameBytesMax: The same after a ``LinkPromotion``.
  ///   - activity: Told of bytes that leave a frame unfinished.
  package init(frameBytesMax: Int, promotedFrameBytesMax: Int, activity: LinkActivity) {
    self.activity = activity
    self.frameBytesMax = frameBytesMax
    self.promotedFrameBytesMax = promotedFrameBytesMax
  }

  /// How many bytes of memory the unfinished frame takes.
  package var byteCountHeld: Int { body.capacity }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = Self.unwrapInboundIn(data)
    do {
      while !hasFailed, let frame = try nextFrame(from: &buffer) {
        context.fireChannelRead(Self.wrapInboundOut(frame))
      }
      if lengthBytesRead > 0, !hasFailed { activity.note() }
    } catch {
      fail(error, context: context)
    }
  }

  package func channelInactive(context: ChannelHandlerContext) {
    if lengthBytesRead > 0, !hasFailed { fail(.frameTruncated, context: context) }
    context.fireChannelInactive()
  }

  package func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    let frame = Self.unwrapOutboundIn(data)
    precondition(!frame.isEmpty && frame.count <= UInt32.max, "The link checks what it sends.")
    var buffer = context.channel.allocator.buffer(capacity: Self.lengthByteCount + frame.count)
    buffer.writeInteger(UInt32(frame.count))
    buffer.writeBytes(frame)
    context.write(Self.wrapOutboundOut(buffer), promise: promise)
  }

  package func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard event is LinkPromotion else {
      context.triggerUserOutboundEvent(event, promise: promise)
      return
    }
    frameBytesMax = promotedFrameBytesMax
    promise?.succeed(())
  }

  /// Takes bytes until a frame is whole; `nil` when more must arrive first.
  private func nextFrame(from buffer: inout ByteBuffer) throws(TransportError) -> [UInt8]? {
    while lengthBytesRead < Self.lengthByteCount {
      guard let byte = buffer.readInteger(as: UInt8.self) else { return nil }
      length = length << 8 | Int(byte)
      lengthBytesRead += 1
    }
    guard length > 0 else { throw .frameEmpty }
    guard length <= frameBytesMax else {
      throw .frameTooLarge(byteCount: length, limit: frameBytesMax)
    }
    let missing = length - body.count
    // Grows by doubling, but never beyond the frame itself.
    let needed = body.count + min(missing, buffer.readableBytes)
    if needed > body.capacity { body.reserveCapacity(min(length, 2 * needed)) }
    buffer.readWithUnsafeReadableBytes { bytes in
      let taken = UnsafeRawBufferPointer(rebasing: bytes.prefix(missing))
      body.append(contentsOf: taken)
      return taken.count
    }
    guard body.count == length else { return nil }
    defer {
      length = 0
      lengthBytesRead = 0
      body = []
    }
    return body
  }

  private func fail(_ error: TransportError, context: ChannelHandlerContext) {
    hasFailed = true
    body = []
    context.fireErrorCaught(error)
  }
}
