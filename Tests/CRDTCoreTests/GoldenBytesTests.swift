import CRDTCore
import Foundation
import TestSupport
import Testing

/// The stored and sent bytes, for good; `docs/protocol.md` shows the same and says what they mean.
///
/// The world of the examples: Alice makes a deal and lowers its amount; Bob, who has seen both,
/// deletes it. Their private keys are 1 and 2.
@Suite("Golden bytes")
struct GoldenBytesTests {
  private let aliceOrigin: LogOrigin
  private let bobOrigin: LogOrigin
  private let workspace: WorkspaceID
  private let deal: RecordID

  init() throws {
    let alice = try #require(
      key("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"))
    let bob = try #require(
      key("037cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978"))
    aliceOrigin = LogOrigin(
      key: alice, nonce: repeated(0xA1), member: MemberID(rawValue: 0x4D),
      workspaceNonce: repeated(0x77))
    bobOrigin = LogOrigin(key: bob, nonce: repeated(0xB0), member: MemberID(rawValue: 0x4E))
    workspace = WorkspaceID(founder: alice, nonce: repeated(0x77))
    deal = RecordID(time: Self.times[0], ordinal: 0, random: 0x0123_4567_89AB_CDEF)
  }

  // MARK: - Values

  @Test("values", arguments: Self.values)
  func value(value: Value, hex: String) throws {
    var writer = ByteWriter()
    writer.write(value: value)
    #expect(Hexadecimal.text(of: writer.bytes) == hex)
    var reader = ByteReader(bytes(hex))
    #expect(try reader.readValue() == value)
    try reader.expectEnd()
  }

  private static let values: [(Value, String)] = [
    (.null, "00"), (.bool(false), "01"), (.bool(true), "02"), (.integer(-3), "0305"),
    (.decimal(DecimalNumber("1.50") ?? DecimalNumber(0)), "0402ac02"),
    (.text("Zürich"), "875ac3bc72696368"),
    (.text(String(repeating: "x", count: 128)), "058001" + String(repeating: "78", count: 128)),
    (.bytes([0xCA, 0xFE]), "0602cafe"),
    (.date(CivilDate("2026-03-13") ?? CivilDate(days: 0)), "07dac002"),
    (.instant(Instant(milliseconds: 1_767_225_600_000)), "0880a0d5edee66"),
    (
      .reference(RecordID(rawValue: 0x019B_76DA_A800_0000_0123_4567_89AB_CDEF)),
      "09019b76daa80000000123456789abcdef"
    ),
    (.money(Money(minorUnits: 1_840_000, currency: .euro)), "0a80cee001455552"),
    (
      .structure([
        StructurePart(name: "city", value: .text("Zürich")),
        StructurePart(name: "postal_code", value: .text("8001")),
      ]), "0b020463697479875ac3bc726963680b706f7374616c5f636f64658438303031"
    ),
    (.unknown([12, 2, 1, 2]), "0c020102"),
  ]

  // MARK: - Entries

  private static let times = [
    HybridTimestamp(wallMilliseconds: 1_767_225_600_000, counter: 0),
    HybridTimestamp(wallMilliseconds: 1_767_225_660_000, counter: 3),
    HybridTimestamp(wallMilliseconds: 1_767_225_660_500, counter: 0),
  ]

  private static let payloads = [
    """
    3e0000010a63616c6c5f636f756e74000108019b76daa80000000123456789abcdef08014201060281108116c311\
    01398b5fb0f11a2a8b2d551d450392aaa9001111111111111111111111111111111102086e6577206465616c8450\
    756d700a80cee00145555286656173746572
    """,
    """
    1c000000000108019b76daa80000000123456789abcdef0391100100010022222222222222222222222222222222\
    0108646973636f756e740ae0c0da01455552
    """,
    """
    2e00011a7f52fd6cbdeb211a431e3db0a4f8cb00000108019b76daa80000000123456789abcdef03640001010201\
    00003333333333333333333333333333333300
    """,
  ]

  private static let hashes = [
    "3aec27f5fcabadb568fe6bb9e9241cb1593dfe3b6695894d68e50806e0da79cf",
    "96cdb688197975a5969ef6696f70193ace4761514370466b849486e06f9bccec",
    "eabc30ae8357f10ea6081edd0b1b0652f7d975ddc486b0e7f0decff9bf30f7ee",
  ]

  private static let seals = [
    """
    33b8c47730111a7282cbddc459d4b3575f3a9f7f74438323a8395a87f01c2ec710bece5fac492a47a9752ffda84f\
    a19ad6ce52821d9f980243d89e1f6af71218
    """,
    """
    9319ee32fd5444de57874a9c9cb9c578b58ce863cda9573d186359124739b70fd355e0a7eaeb2478ad894a182b49\
    9d70b2b59ba4bf4ef402125a71b0b6f6bab2
    """,
  ]

  private func name(_ name: String) -> NameReference {
    NameReference(staticIndex: NameTable.indexes[name] ?? -1)
  }

  /// What the three entries did.
  private func transactions() -> [Payload] {
    func payload(_ writes: [FieldWrite]) -> Payload {
      Payload(
        records: [RecordEdit(kind: name("deal"), id: deal, writes: writes.indices)],
        writes: writes)
    }
    func amount(_ minorUnits: Int64) -> FieldWrite.Change {
      .register(.money(Money(minorUnits: minorUnits, currency: .euro)))
    }
    let label = Value.text("easter")
    var making = payload([
      FieldWrite(field: NameReference(localIndex: 0), change: .counter(3)),
      FieldWrite(field: name("name"), change: .register(.text("Pump"))),
      FieldWrite(field: name("amount"), change: amount(1_840_000)),
      FieldWrite(
        field: name("labels"), change: .element(ElementKey(of: label), isPresent: true, label)),
    ])
    making.names = ["call_count"]
    making.command = "new deal"
    var lowering = payload([
      FieldWrite(
        field: name("amount"), replaces: [Dot(replica: aliceOrigin.replica, sequence: 1)],
        change: amount(1_790_000))
    ])
    lowering.reason = "discount"
    let deleting = payload([
      FieldWrite(
        field: NameTable.record,
        change: .delete(seen: [Dot(replica: aliceOrigin.replica, sequence: 2)]))
    ])
    return [making, lowering, deleting]
  }

  private func headers() throws -> [EntryHeader] {
    let payloads = try Self.payloads.map { try PayloadBytes(bytes: bytes($0)) }
    let alice = aliceOrigin.replica
    func header(
      _ index: Int, _ dot: Dot, wallLead: Int64 = 0, previous: EntryHash,
      dependencies: [Dependency] = [], of log: LogOrigin
    ) -> EntryHeader {
      let time = Self.times[index]
      return EntryHeader(
        workspace: workspace, dot: dot, time: time,
        wall: WallTime(milliseconds: Int64(time.wallMilliseconds) + wallLead),
        member: log.member, dependencies: dependencies, previous: previous,
        payload: payloads[index], origin: dot.sequence == 1 ? log : nil)
    }
    let first = header(0, Dot(replica: alice, sequence: 1), previous: .none, of: aliceOrigin)
    let second = header(
      1, Dot(replica: alice, sequence: 2), wallLead: -250, previous: first.hash, of: aliceOrigin)
    let third = header(
      2, Dot(replica: bobOrigin.replica, sequence: 1), previous: .none,
      dependencies: [Dependency(dot: second.dot, hash: second.hash)], of: bobOrigin)
    return [first, second, third]
  }

  @Test("payloads", arguments: 0..<3)
  func payload(index: Int) throws {
    let author = index == 2 ? bobOrigin.replica : aliceOrigin.replica
    let payload = transactions()[index]
    let salt = repeated([0x11, 0x22, 0x33][index])
    let golden = Self.payloads[index]
    #expect(Hexadecimal.text(of: payload.encoded(author: author, salt: salt).bytes) == golden)
    let decoded = try Payload(decoding: PayloadBytes(bytes: bytes(golden)), author: author)
    #expect(decoded == payload)
  }

  @Test("entry hashes")
  func entryHashes() throws {
    #expect(try headers().map { Hexadecimal.text(of: $0.hash.bytes) } == Self.hashes)
  }

  @Test("seals, which the authors' keys verify")
  func seals() throws {
    let headers = try headers()
    for (header, origin, seal) in [
      (headers[1], aliceOrigin, Self.seals[0]), (headers[2], bobOrigin, Self.seals[1]),
    ] {
      let message = Seal.message(workspace: workspace, dot: header.dot, hash: header.hash)
      #expect(origin.key.isValid(signature: bytes(seal), for: message))
    }
  }

  @Test("a batch, whose bytes the protocol's page shows")
  func batch() throws {
    let headers = try headers()
    func item(_ index: Int, log: Int, seal: String?) throws -> EntryBatch.Item {
      EntryBatch.Item(
        log: log, time: headers[index].time, header: CompactHeader(headers[index]),
        payload: try PayloadBytes(bytes: bytes(Self.payloads[index])), seal: seal.map(bytes))
    }
    let batch = EntryBatch(
      logs: [headers[0].dot, headers[2].dot].map {
        EntryBatch.Log(replica: $0.replica, sequence: $0.sequence)
      },
      items: [
        try item(0, log: 0, seal: nil), try item(1, log: 0, seal: Self.seals[0]),
        try item(2, log: 1, seal: Self.seals[1]),
      ])
    let golden = try example("core batch")
    #expect(batch.encoded(level: nil) == golden)
    #expect(try EntryBatch(decoding: golden) == batch)
    for level in [1, 9] as [Int32] {
      #expect(try EntryBatch(decoding: batch.encoded(level: level)) == batch)
    }
  }

  @Test("the protocol's page shows these payloads and hashes")
  func page() throws {
    for index in 0..<3 {
      #expect(
        try Hexadecimal.text(of: example("core payload-\(index + 1)")) == Self.payloads[index])
    }
    #expect(try Hexadecimal.text(of: example("core hash-2")) == Self.hashes[1])
    let short = Self.values.map(\.1).filter { !$0.hasPrefix("0580") }
    #expect(try Hexadecimal.text(of: example("core values")) == short.joined())
  }

  // MARK: - Reading

  /// The bytes of the block fenced as `hex NAME` on the protocol's page.
  private func example(_ name: String) throws -> [UInt8] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/protocol.md"), encoding: .utf8)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "```hex \(name)"))
    let block = lines[(start + 1)...].prefix { $0 != "```" }
    return bytes(block.map { $0.prefix { $0 != ";" } }.joined())
  }
}

private func key(_ hex: String) -> NodePublicKey? { NodePublicKey(bytes: bytes(hex)) }

private func repeated(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 16) }

private func bytes(_ hex: String) -> [UInt8] { Hexadecimal.bytes(from: hex) ?? [] }
