import CRDTCore
import TestSupport
import Testing

@Suite("ByteReader and ByteWriter")
struct ByteCodecTests {
  @Test(
    "varints take as few bytes as they can",
    arguments: [
      (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 1]), (300, [0xAC, 2]),
      (UInt64.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
    ] as [(UInt64, [UInt8])])
  func varints(value: UInt64, bytes: [UInt8]) throws {
    var writer = ByteWriter()
    writer.write(varint: value)
    #expect(writer.bytes == bytes)
    var reader = ByteReader(bytes)
    #expect(try reader.readVarint() == value)
    #expect(reader.isAtEnd)
  }

  @Test(
    "varints that are cut short, too long or longer than needed are refused",
    arguments: [
      [], [0x80], [0x80, 0x80], [0x80, 0], [0xFF, 0x80, 0],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
    ] as [[UInt8]])
  func malformedVarints(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    #expect(throws: MalformedBytes.self) { try reader.readVarint() }
  }

  @Test(
    "signed numbers near zero are short",
    arguments: [(0, 1), (-1, 1), (63, 1), (-64, 1), (64, 2), (Int64.max, 10), (.min, 10)]
      as [(Int64, Int)])
  func signedNumbers(value: Int64, byteCount: Int) throws {
    var writer = ByteWriter()
    writer.write(signed: value)
    #expect(writer.count == byteCount)
    var reader = ByteReader(writer.bytes)
    #expect(try reader.readSigned() == value)
  }

  @Test("every primitive survives truncation and flipped bits", arguments: Seed.all)
  func damage(_ seed: Seed) {
    var random = seed.generator()
    let text = random.choice(["", "plain", "Ærø 🜁"])
    let number = random.next() >> UInt64.random(in: 0..<64, using: &random)
    var writer = ByteWriter()
    writer.write(text: text)
    writer.write(signed: Int64(bitPattern: number))
    writer.write(fixed: number)
    writer.write(prefixed: random.bytes(3))
    #expect(
      CRDTLaws.violation(ofDecoding: writer.bytes) { bytes in
        reencoded(
          bytes,
          {
            (
              try $0.readText(max: 100), try $0.readSigned(), try $0.readFixed(UInt64.self),
              try $0.readPrefixed(max: 100)
            )
          },
          {
            $0.write(text: $1.0)
            $0.write(signed: $1.1)
            $0.write(fixed: $1.2)
            $0.write(prefixed: $1.3)
          })
      } == nil)
  }

  @Test("a length beyond what is left is refused before anything is allocated")
  func hostileLength() {
    var writer = ByteWriter()
    writer.write(count: Int.max)
    var reader = ByteReader(writer.bytes)
    #expect(throws: MalformedBytes.self) { try reader.readPrefixed(max: .max) }
  }

  @Test("text that is not UTF-8 is refused")
  func invalidText() {
    var reader = ByteReader([2, 0xC3, 0x28])
    #expect(throws: MalformedBytes.self) { try reader.readText(max: 10) }
  }

  @Test("a slice is read in its own offsets")
  func slices() throws {
    var reader = ByteReader([9, 9, 1, 2, 3, 4, 9][2..<6])
    #expect(reader.remaining == 4)
    #expect(try reader.readByte() == 1)
    #expect(reader.offset == 1)
    #expect(try Array(reader.readSlice(2)) == [2, 3])
    #expect(try reader.readFixed(UInt8.self) == 4)
    #expect(reader.isAtEnd)
    #expect(throws: MalformedBytes.self) { try reader.readByte() }
  }

  @Test("bytes left over are refused")
  func leftOver() throws {
    var reader = ByteReader([1, 2])
    try reader.skip(1)
    #expect(throws: MalformedBytes.self) { try reader.expectEnd() }
    try reader.skip(1)
    try reader.expectEnd()
  }
}
