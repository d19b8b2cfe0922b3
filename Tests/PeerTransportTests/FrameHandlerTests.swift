import NIOCore
import NIOEmbedded
import PeerTransport
import Testing

@Suite("FrameHandler")
struct FrameHandlerTests {
  private let frames: [[UInt8]] = [[7], [1, 2, 3, 4, 5], [0, 0, 0, 0], [9, 9]]

  @Test("frames survive every cut of the stream into three pieces")
  func everySplit() throws {
    let stream = frames.flatMap(framed)
    for first in 0...stream.count {
      for second in first...stream.count {
        let channel = try openChannel()
        for piece in [stream[..<first], stream[first..<second], stream[second...]] {
          try channel.writeInbound(ByteBuffer(bytes: piece))
        }
        #expect(try received(on: channel) == frames)
        _ = try channel.finish()
      }
    }
  }

  @Test("frames survive arriving byte by byte")
  func byteByByte() throws {
    let channel = try openChannel()
    for byte in frames.flatMap(framed) { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
    #expect(try received(on: channel) == frames)
    #expect(try channel.finish().isClean)
  }

  @Test("a frame goes out as its big-endian length and its bytes")
  func encoding() throws {
    let channel = try openChannel()
    try channel.writeOutbound([UInt8](repeating: 5, count: 258))
    let bytes = try channel.readOutbound(as: ByteBuffer.self).map { Array($0.readableBytesView) }
    #expect(bytes == [0, 0, 1, 2] + [UInt8](repeating: 5, count: 258))
    _ = try channel.finish()
  }

  @Test("a frame as long as the limit is taken, a longer one and what follows is not")
  func limit() throws {
    let channel = try openChannel(frameBytesMax: 3)
    try channel.writeInbound(ByteBuffer(bytes: framed([1, 2, 3])))
    #expect(try received(on: channel) == [[1, 2, 3]])
    #expect(throws: TransportError.frameTooLarge(byteCount: 4, limit: 3)) {
      try channel.writeInbound(ByteBuffer(bytes: framed([1, 2, 3, 4]) + framed([1])))
    }
    #expect(channel.isActive)
    #expect(try received(on: channel).isEmpty)
  }

  @Test("the largest length there is, is one over the limit like any other")
  func largestLength() throws {
    let channel = try openChannel()
    #expect(throws: TransportError.frameTooLarge(byteCount: 0xFFFF_FFFF, limit: 1 << 20)) {
      try channel.writeInbound(ByteBuffer(bytes: [0xFF, 0xFF, 0xFF, 0xFF]))
    }
  }

  @Test("after an empty frame nothing is taken, and the frames before it still arrive")
  func emptyFrame() throws {
    let channel = try openChannel()
    #expect(throws: TransportError.frameEmpty) {
      try channel.writeInbound(ByteBuffer(bytes: framed([1]) + [0, 0, 0, 0] + framed([2])))
    }
    #expect(channel.isActive)
    #expect(try received(on: channel) == [[1]])
  }

  @Test("the end in the middle of a frame is an error, between frames it is none")
  func truncation() throws {
    let stream = framed([1, 2, 3])
    for byteCount in 0...stream.count {
      let channel = try openChannel()
      try channel.writeInbound(ByteBuffer(bytes: stream.prefix(byteCount)))
      if byteCount == 0 || byteCount == stream.count {
        _ = try channel.finish()
      } else {
        #expect(throws: TransportError.frameTruncated) { try channel.finish() }
      }
    }
  }

  @Test("a length that lies takes no memory")
  func lyingLength() throws {
    let handler = FrameHandler(
      frameBytesMax: 1 << 30, promotedFrameBytesMax: 1 << 30, activity: LinkActivity())
    let channel = EmbeddedChannel(handler: handler)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.writeInbound(
      ByteBuffer(bytes: [0x40, 0, 0, 0] + [UInt8](repeating: 1, count: 100)))
    #expect(handler.byteCountHeld < 1000)
    #expect(throws: TransportError.frameTruncated) { try channel.finish() }
  }

  @Test("bytes of an unfinished frame are activity, a frame that comes whole is none")
  func activity() throws {
    let activity = LinkActivity()
    let channel = try openChannel(activity: activity)
    try channel.writeInbound(ByteBuffer(bytes: framed([7]) + framed([7])))
    #expect(!activity.take())
    for byte in framed([1, 2]).dropLast() {
      try channel.writeInbound(ByteBuffer(bytes: [byte]))
      #expect(activity.take())
    }
    try channel.writeInbound(ByteBuffer(bytes: [2]))
    #expect(!activity.take())
    _ = try channel.finish()
  }

  @Test("after a promotion longer frames are taken")
  func promotion() throws {
    let handler = FrameHandler(frameBytesMax: 1, promotedFrameBytesMax: 2, activity: LinkActivity())
    let channel = EmbeddedChannel(handler: handler)
    try channel.triggerUserOutboundEvent(LinkPromotion()).wait()
    try channel.writeInbound(ByteBuffer(bytes: framed([1, 2])))
    #expect(try received(on: channel) == [[1, 2]])
    #expect(throws: TransportError.frameTooLarge(byteCount: 3, limit: 2)) {
      try channel.writeInbound(ByteBuffer(bytes: framed([1, 2, 3])))
    }
  }

  private func openChannel(
    frameBytesMax: Int = 1 << 20, activity: LinkActivity = LinkActivity()
  ) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(
      handler: FrameHandler(
        frameBytesMax: frameBytesMax, promotedFrameBytesMax: frameBytesMax, activity: activity))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  private func received(on channel: EmbeddedChannel) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while let frame = try channel.readInbound(as: [UInt8].self) { frames.append(frame) }
    return frames
  }
}

/// The bytes of a frame on the wire.
func framed(_ frame: [UInt8]) -> [UInt8] {
  withUnsafeBytes(of: UInt32(frame.count).bigEndian, Array.init) + frame
}
