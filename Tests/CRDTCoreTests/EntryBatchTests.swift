import CRDTCore
import TestSupport
import Testing

@Suite("EntryBatch")
struct EntryBatchTests {
  @Test("a batch has one plain encoding, and survives damage", arguments: Seed.all.prefix(16))
  func damage(_ seed: Seed) {
    var random = seed.generator()
    let batch = EntryBatch.random(using: &random)
    #expect(
      CRDTLaws.violation(ofDecoding: batch.encoded(level: nil)) { bytes in
        do {
          let batch = try EntryBatch(decoding: bytes)
          // The first byte says how the rest is packed.
          return bytes[0] == 0 ? batch.encoded(level: nil) : bytes
        } catch {
          return nil
        }
      } == nil)
  }

  @Test("a compressed batch is shorter and reads back")
  func compressed() throws {
    let item = EntryBatch.Item(
      log: 0, time: HeaderParts().time, header: CompactHeader(HeaderParts().header),
      payload: HeaderParts().payload, seal: nil)
    let batch = EntryBatch(
      logs: [EntryBatch.Log(replica: ReplicaID(rawValue: 1), sequence: 5)],
      items: Array(repeating: item, count: 300))
    let (plain, packed) = (batch.encoded(level: nil), batch.encoded(level: 1))
    #expect(packed.count < plain.count / 4)
    #expect(try EntryBatch(decoding: packed) == batch)
    for length in 0..<packed.count {
      #expect(throws: MalformedBytes.self) {
        try EntryBatch(decoding: Array(packed.prefix(length)))
      }
    }
  }

  @Test(
    "a batch that names no log or a place in no log is refused",
    arguments: [
      [],
      [2],  // neither plain nor compressed
      [0, 1] + log(1, sequence: 0) + [0],  // a log without a first entry
      [0, 1] + log(1, sequence: 0) + hash + [1, 0],  // nothing lies before a first entry
      [0, 1] + log(1, sequence: 0) + hash.dropLast() + [0],  // half a hash before an entry
      [0, 0, 1, 0, 0, 0, 1, 4, 1, 0, 0, 0],  // an entry of no log
      [0, 0, 0, 0],  // a byte too many
      [0, 0x80, 0x80, 0x40],  // more logs than bytes
      [0, 0, 0xFF, 0x7F],  // more entries than bytes
    ] as [[UInt8]])
  func malformed(bytes: [UInt8]) {
    #expect(throws: MalformedBytes.self) { try EntryBatch(decoding: bytes) }
  }

  @Test("an entry on its way costs few bytes beyond its payload")
  func overhead() {
    var parts = HeaderParts()
    parts.origin = nil
    parts.dependencies = []
    parts.wall = WallTime(milliseconds: parts.time.wallMilliseconds)
    let header = CompactHeader(parts.header)
    let items = (0..<100).map { index in
      EntryBatch.Item(
        log: 0, time: HybridTimestamp(packed: parts.time.packed + UInt64(index)), header: header,
        payload: parts.payload, seal: nil)
    }
    let batch = EntryBatch(logs: [EntryBatch.Log(parts.dot)], items: items)
    let bytes = batch.encoded(level: nil).count - 100 * parts.payload.bytes.count
    #expect(bytes <= 100 * 5 + 30)
  }

  private static let hash = [UInt8](repeating: 7, count: EntryHash.byteCount)

  private static func log(_ replica: UInt128, sequence: UInt8) -> [UInt8] {
    replica.bigEndianBytes + [sequence]
  }
}

extension EntryBatch {
  /// At most two entries of at most two logs.
  static func random(using random: inout SplitMix64) -> EntryBatch {
    let logs = VersionVector.random(using: &random).dots.prefix(2)
    guard !logs.isEmpty else { return EntryBatch() }
    return EntryBatch(
      logs: logs.map { dot in
        let previous =
          dot.sequence > 1 && random.chance(30) ? EntryHash.random(using: &random) : nil
        return Log(replica: dot.replica, sequence: dot.sequence, previous: previous)
      },
      items: (0..<Int.random(in: 1...2, using: &random)).map { _ in
        var parts = HeaderParts(random: &random)
        parts.origin = nil
        return Item(
          log: Int.random(in: logs.indices, using: &random), time: parts.time,
          header: CompactHeader(parts.header), payload: parts.payload,
          seal: random.chance(30) ? random.bytes(Seal.byteCount) : nil)
      })
  }
}

extension EntryBatch.Log {
  /// A log whose first entry in a batch is that one.
  init(_ dot: Dot) { self.init(replica: dot.replica, sequence: dot.sequence) }
}
