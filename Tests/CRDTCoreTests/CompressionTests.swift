import CRDTCore
import TestSupport
import Testing

@Suite("Compression")
struct CompressionTests {
  private let text = Array(String(repeating: "offline first, ", count: 200).utf8)

  @Test("a frame gives back what went in")
  func roundTrip() throws {
    let frame = try #require(Compression.compressed(text, level: 1))
    #expect(frame.count < text.count)
    #expect(try Compression.decompressed(frame[...], max: text.count) == text)
  }

  @Test("bytes that would not get shorter are left alone")
  func incompressible() {
    var random = Seed(1).generator()
    #expect(Compression.compressed(random.bytes(600), level: 1) == nil)
    #expect(Compression.compressed([], level: 1) == nil)
  }

  @Test("a frame of more than the limit is refused before memory is taken")
  func bomb() throws {
    let bomb = try #require(
      Compression.compressed([UInt8](repeating: 0, count: 32 << 20), level: 1))
    #expect(bomb.count < 64 << 10)
    #expect(throws: MalformedBytes.self) {
      try Compression.decompressed(bomb[...], max: Limits.batchBytesMax)
    }
  }

  /// Hand-made after RFC 8878: magic number, frame header, one raw block of three bytes.
  @Test(
    "frames that do not state their length, or lie about it, are refused",
    arguments: [
      [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0x19, 0, 0, 1, 2, 3],  // no length stated
      [0x28, 0xB5, 0x2F, 0xFD, 0x20, 2, 0x19, 0, 0, 1, 2, 3],  // longer than stated
      [0x28, 0xB5, 0x2F, 0xFD, 0x20, 4, 0x19, 0, 0, 1, 2, 3],  // shorter than stated
      [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 0x01, 0, 0],  // nothing in it
      [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 7],  // a frame to be skipped
      [1, 2, 3], [],
    ] as [[UInt8]])
  func malformedFrames(frame: [UInt8]) {
    #expect(throws: MalformedBytes.self) { try Compression.decompressed(frame[...], max: 100) }
  }

  @Test("a frame with more bytes behind it is refused, be they a frame themselves")
  func trailingBytes() throws {
    let honest: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 3, 0x19, 0, 0, 1, 2, 3]
    #expect(try Compression.decompressed(honest[...], max: 3) == [1, 2, 3])
    let empty: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 0x01, 0, 0]
    let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 7]
    for more in [[0], empty, skippable] {
      #expect(throws: MalformedBytes.self) {
        try Compression.decompressed((honest + more)[...], max: 3)
      }
    }
  }

  @Test("damaged frames never trap nor exceed the limit")
  func damage() throws {
    let frame = try #require(Compression.compressed(text, level: 1))
    var damaged = frame
    for bit in 0..<frame.count * 8 {
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let bytes = try? Compression.decompressed(damaged[...], max: text.count)
      #expect((bytes?.count ?? 0) <= text.count)
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    for length in 0..<frame.count {
      #expect(throws: MalformedBytes.self) {
        try Compression.decompressed(frame.prefix(length), max: text.count)
      }
    }
  }
}
