import CRDTCore
import CustomDump
import TestSupport
import Testing

@Suite("Payload encoding")
struct PayloadCodecTests {
  private let author = ReplicaID(rawValue: 2)
  private let salt = [UInt8](repeating: 0x5A, count: Payload.saltByteCount)

  @Test("a payload reads back", arguments: Seed.all)
  func roundTrip(_ seed: Seed) throws {
    var random = seed.generator()
    for _ in 0..<10 {
      let payload = Payload.random(using: &random)
      let bytes = payload.encoded(author: author, salt: salt)
      expectNoDifference(try Payload(decoding: bytes, author: author), payload)
    }
  }

  @Test("the encoding is one, and survives damage", arguments: Seed.all.prefix(32))
  func damage(_ seed: Seed) throws {
    var random = seed.generator()
    let payload = Payload.random(using: &random)
    let bytes = payload.encoded(author: author, salt: salt).bytes
    // Compressed parts are hashed as they are, so for them only survival is asked.
    guard bytes.count < 500 else { return }
    #expect(CRDTLaws.violation(ofDecoding: bytes, reencoded: reencoded) == nil)
  }

  @Test("a large payload is compressed and reads back")
  func large() throws {
    let payload = Payload.importing(records: 400)
    let bytes = payload.encoded(author: author, salt: salt)
    #expect(bytes.bytes.count < 400 * 30)
    #expect(try Payload(decoding: bytes, author: author) == payload)
    #expect(throws: MalformedBytes.self) {
      try Payload(decoding: PayloadBytes(bytes: bytes.bytes.dropLast()), author: author)
    }
  }

  @Test("the length before compression is what the parts say, and never overflows")
  func uncompressedLength() throws {
    let plain = Payload.importing(records: 1).encoded(author: author, salt: salt)
    #expect(plain.uncompressedByteCount == plain.bytes.count - 3)
    let packed = Payload.importing(records: 400).encoded(author: author, salt: salt)
    #expect(packed.uncompressedByteCount > packed.bytes.count)

    // A frame's header that states 2^63 - 1 bytes.
    let liar: [UInt8] =
      [1, 0x28, 0xB5, 0x2F, 0xFD, 0xE0] + [UInt8](repeating: 0xFF, count: 7) + [0x7F]
    let bytes = try PayloadBytes(bytes: [UInt8(liar.count)] + liar + liar)
    #expect(bytes.uncompressedByteCount == 2 * Limits.transactionBytesMax)
  }

  @Test("values are salted, structure is not")
  func salting() {
    let payload = Payload.importing(records: 1)
    let one = payload.encoded(author: author, salt: salt)
    let two = payload.encoded(author: author, salt: salt.map { $0 &+ 1 })
    #expect(one.structureHash == two.structureHash)
    #expect(one.valuesHash != two.valuesHash)
  }

  @Test("each part's hash changes with each of its bits and with nothing else")
  func partHashes() throws {
    let bytes = Payload.importing(records: 1).encoded(author: author, salt: salt)
    var reader = ByteReader(bytes.bytes)
    let valuesStart = try reader.readCount(max: .max) + reader.offset
    var damaged = bytes.bytes
    for bit in 8..<damaged.count * 8 {
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let other = try PayloadBytes(bytes: damaged)
      #expect((other.structureHash != bytes.structureHash) == (bit / 8 < valuesStart))
      #expect((other.valuesHash != bytes.valuesHash) == (bit / 8 >= valuesStart))
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
    }
  }

  @Test("names are looked up by their text, whether in the table or spelt out")
  func names() throws {
    let payload = Payload(names: ["custom_colour"])
    #expect(payload.name(NameReference(localIndex: 0)) == "custom_colour")
    #expect(payload.name(NameReference(localIndex: 1)) == nil)
    let deal = try #require(NameTable.indexes["deal"])
    #expect(payload.name(NameReference(staticIndex: deal)) == "deal")
    #expect(payload.name(NameReference(staticIndex: NameTable.names.count)) == nil)
    #expect(NameTable.names[0].isEmpty)
  }

  @Test("every dot and touch that a payload names is listed")
  func namedDots() {
    let dots = (1...4).map { Dot(replica: author, sequence: $0) }
    let unknown = FieldWrite.UnknownChange(kind: 9, touches: [dots[3]], body: nil, value: nil)
    let field = NameReference(staticIndex: 1)
    let payload = Payload(writes: [
      FieldWrite(field: NameTable.record, replaces: [dots[0]], change: .delete(seen: [dots[1]])),
      FieldWrite(field: field, replaces: [dots[2]], change: .register(.null)),
      FieldWrite(field: field, change: .unknown(unknown)),
    ])
    #expect(payload.namedDots == dots)
  }

  private func reencoded(_ bytes: [UInt8]) -> [UInt8]? {
    do {
      let encoded = try PayloadBytes(bytes: bytes)
      let payload = try Payload(decoding: encoded, author: author)
      var reader = ByteReader(bytes)
      try reader.skip(reader.readCount(max: .max) + 1)
      let salt = try reader.readBytes(Payload.saltByteCount)
      return payload.encoded(author: author, salt: salt).bytes
    } catch {
      return nil
    }
  }
}

extension Payload {
  /// What an import of so many accounts makes.
  static func importing(records: Int) -> Payload {
    var payload = Payload(command: "import")
    for index in 0..<records {
      payload.writes.append(
        FieldWrite(
          field: NameReference(staticIndex: 1), change: .register(.text("Acme \(index)"))))
      payload.records.append(
        RecordEdit(
          kind: NameReference(staticIndex: 2), id: RecordID(rawValue: UInt128(index + 1)),
          writes: index..<index + 1))
    }
    return payload
  }
}
