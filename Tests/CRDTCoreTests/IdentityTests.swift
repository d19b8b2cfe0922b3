import CRDTCore
import Crypto
import TestSupport
import Testing

@Suite("Identity")
struct IdentityTests {
  @Test("an id's text reads back, in any case", arguments: Seed.all)
  func recordText(_ seed: Seed) {
    var random = seed.generator()
    let id = RecordID(rawValue: UInt128.random(in: .min ... .max, using: &random))
    #expect(RecordID(id.description) == id)
    #expect(RecordID(id.description.uppercased()) == id)
    #expect(id.description.utf8.count == 26)
    #expect(id.shortText.utf8.count == 13)
    #expect(id.description.hasSuffix(id.shortText.suffix(12)))
  }

  @Test("the texts of ids order as the ids do", arguments: Seed.all)
  func textOrder(_ seed: Seed) {
    var random = seed.generator()
    let (one, two) = (RecordID.random(using: &random), RecordID.random(using: &random))
    #expect((one < two) == (one.description < two.description))
  }

  @Test(
    "text that is no id is refused",
    arguments: [
      "", "0", String(repeating: "0", count: 25), String(repeating: "0", count: 27),
      "8" + String(repeating: "0", count: 25), String(repeating: "u", count: 26),
      String(repeating: "-", count: 26), "é" + String(repeating: "0", count: 24),
    ])
  func malformedText(text: String) { #expect(RecordID(text) == nil) }

  @Test("letters that look like digits read as digits")
  func lookalikes() {
    let digits = String(repeating: "0", count: 23)
    #expect(RecordID(digits + "oiL") == RecordID(digits + "011"))
  }

  @Test("bytes survive their base 32 text", arguments: 0..<12)
  func base32Bytes(count: Int) {
    var random = Seed(UInt64(count)).generator()
    let bytes = random.bytes(count)
    let text = Base32.text(of: bytes)
    #expect(text.utf8.count == (count * 8 + 4) / 5)
    #expect(Base32.bytes(from: text) == bytes)
    #expect(Base32.bytes(from: text + "u") == nil)
  }

  @Test("base 32 text is the RFC's with Crockford's letters")
  func base32Known() {
    #expect(Base32.text(of: Array("foobar".utf8)) == "csqpyrk1e8")
  }

  @Test("a text that encodes no bytes, or sets bits that stand for none, is refused")
  func base32Canonical() {
    #expect(Base32.bytes(from: "0") == nil)
    #expect(Base32.bytes(from: "01") == nil)
    #expect(Base32.bytes(from: "00") == [0])
  }

  @Test("drawn ids order by time, then by their number within the transaction")
  func drawnIDs() {
    func id(_ wall: UInt64, _ ordinal: UInt16, _ random: UInt64) -> RecordID {
      RecordID(
        time: HybridTimestamp(wallMilliseconds: wall, counter: 9), ordinal: ordinal, random: random)
    }
    #expect(id(1, 0, .max) < id(1, 1, 0))
    #expect(id(1, .max, .max) < id(2, 0, 0))
    #expect(!id((1 << 48) - 1, .max, .max).isDerived)
    #expect(id(1, 2, 3).distinguishingBits == 3)
  }

  @Test("derived ids depend on the kind, on every part and on where parts end")
  func derivedIDs() {
    let ids = [
      RecordID(derivedFrom: "order", [[1], [2]]), RecordID(derivedFrom: "invoice", [[1], [2]]),
      RecordID(derivedFrom: "order", [[1, 2]]), RecordID(derivedFrom: "order", [[1], [2], []]),
      RecordID(derivedFrom: "order", [[2], [1]]),
    ]
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.isDerived })
    #expect(RecordID(derivedFrom: "order", [[1], [2]]) == ids[0])
  }

  @Test("digests of different purposes never meet")
  func digestTags() {
    #expect(Digests.digest(tag: "a", [[0]]) != Digests.digest(tag: "b", [[0]]))
    #expect(Digests.digest(tag: "a", []) != Digests.digest(tag: "a", [[]]))
  }

  @Test("a hash has 32 bytes, in and out")
  func entryHash() throws {
    let bytes = (1...32).map { UInt8($0) }
    let hash = try #require(EntryHash(bytes: bytes))
    #expect(hash.bytes == bytes)
    #expect(EntryHash(bytes: bytes.dropLast()) == nil)
    #expect(EntryHash(bytes: bytes + [33]) == nil)
    #expect(hash > .none)
  }

  @Test("a node key is a point of the curve in its compressed form, and nothing else")
  func nodePublicKey() throws {
    let key = P256.Signing.PrivateKey().publicKey
    let compressed = Array(key.compressedRepresentation)
    #expect(NodePublicKey(bytes: compressed)?.bytes == compressed)
    var flipped = compressed
    flipped[0] ^= 6
    for bytes in [
      Array(key.x963Representation), Array(compressed.dropLast()), compressed + [0], flipped, [],
      [0],
      [UInt8](repeating: 0, count: 33), [2] + [UInt8](repeating: 0xFF, count: 32),
    ] {
      #expect(NodePublicKey(bytes: bytes) == nil, "\(Hexadecimal.text(of: bytes))")
    }
  }

  @Test("replica and workspace ids commit to key and nonce")
  func commitments() throws {
    let one = try #require(
      NodePublicKey(bytes: P256.Signing.PrivateKey().publicKey.compressedRepresentation))
    let two = try #require(
      NodePublicKey(bytes: P256.Signing.PrivateKey().publicKey.compressedRepresentation))
    let nonces = [[UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16)]
    let numbers = [one, two].flatMap { key in
      nonces.flatMap { nonce in
        [
          ReplicaID(key: key, nonce: nonce).rawValue,
          WorkspaceID(founder: key, nonce: nonce).rawValue,
        ]
      }
    }
    #expect(Set(numbers).count == numbers.count)
  }
}
