import NIOCore
import NIOEmbedded
import PeerTransport

/// A stream gives the frames that its lengths say, however its bytes arrive, and holds no memory for
/// bytes that have not.
///
/// The first byte is the length of the chunks; the rest is the stream.
enum FrameLaws {
  private static let frameBytesMax = 4096

  static func violation(of bytes: [UInt8]) -> String? {
    guard let size = bytes.first else { return nil }
    let stream = bytes.dropFirst()
    let expected = Reading(stream)
    var arrived = 0
    let handler = FrameHandler(
      frameBytesMax: frameBytesMax, promotedFrameBytesMax: frameBytesMax, activity: LinkActivity())
    let channel = EmbeddedChannel(handler: handler)
    var reading = Reading()
    do {
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      for chunk in FuzzInput.chunks(of: stream, size: Int(size)) {
        arrived += chunk.count
        reading.note { try channel.writeInbound(ByteBuffer(bytes: chunk)) }
        while let frame = try channel.readInbound(as: [UInt8].self) { reading.frames.append(frame) }
        // An array doubles, and has a little room even for one byte.
        guard handler.byteCountHeld <= 2 * arrived + 64 else {
          return "The handler holds \(handler.byteCountHeld) bytes when \(arrived) have come."
        }
      }
    } catch {
      return "The channel failed: \(error)."
    }
    reading.note { _ = try channel.finish(acceptAlreadyClosed: true) }
    return reading == expected
      ? nil : "Chunks of \(size) bytes read as \(reading), the stream says \(expected)."
  }

  /// The frames of a stream, and how it ends.
  private struct Reading: Equatable {
    var frames: [[UInt8]] = []
    var error: TransportError?

    init() {}

    /// What a stream says, by its definition.
    init(_ stream: ArraySlice<UInt8>) {
      var rest = stream
      while !rest.isEmpty, error == nil { takeFrame(from: &rest) }
    }

    private mutating func takeFrame(from rest: inout ArraySlice<UInt8>) {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let isWhole = rest.count >= 4
      rest = rest.dropFirst(4)
      if !isWhole {
        error = .frameTruncated
      } else if length == 0 {
        error = .frameEmpty
      } else if length > frameBytesMax {
        error = .frameTooLarge(byteCount: length, limit: frameBytesMax)
      } else if rest.count < length {
        error = .frameTruncated
      } else {
        frames.append(Array(rest.prefix(length)))
        rest = rest.dropFirst(length)
      }
    }

    /// Does something with the channel, and takes note of the first error.
    mutating func note(_ body: () throws -> Void) {
      do {
        try body()
      } catch {
        self.error = self.error ?? (error as? TransportError)
      }
    }
  }
}
