import CRDTCore
import SyncEngine
import TestSupport
import Testing

@Suite("The protocol's page and its bytes")
struct ProtocolPageTests {
  /// The wire, for good: a change here is a change of the protocol.
  private static let golden: [String: String] = [
    "hello": """
    010101cc374c11bfaf061fd3a9513790cedc81036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0\
    f4a13945d898c2961a7f52fd6cbdeb211a431e3db0a4f8cb86f7325cabf77c89a0c8cc47d65970dc080ae9b1\
    68ced937d0ba4b0ce5967b283ded8f79366350f6f766849d2836d223a9b0ebf4c4a45a7946fff28ecf046677\
    0000019b76db94540080808002
    """,
    "vector": """
    02021a7f52fd6cbdeb211a431e3db0a4f8cb0296cdb688197975a5969ef6696f70193ace4761514370466b84\
    9486e06f9bccec9d00e7d99c5c07cfd6860b9d31b307c901eabc30ae8357f10ea6081edd0b1b0652f7d975dd\
    c486b0e7f0decff9bf30f7ee
    """,
    "parted": "0b019d00e7d99c5c07cfd6860b9d31b307c9",
    "entries": "0301000000",
    "ack": "0401019d00e7d99c5c07cfd6860b9d31b307c9ac02",
    "caught-up": "05",
    "verify": """
    06796841c9685a7ee0f211d02888cf0db653ce3c763700538f97e7a8db8b47b0ab86f7325cabf77c89a0c8cc\
    47d65970dc080ae9b168ced937d0ba4b0ce5967b2801d231f9e6cf7a53d799a9ab1a67f2abe984726b41f928\
    31fde0cc52b8066c1b37
    """,
    "verify-logs": """
    06796841c9685a7ee0f211d02888cf0db653ce3c763700538f97e7a8db8b47b0ab86f7325cabf77c89a0c8cc\
    47d65970dc080ae9b168ced937d0ba4b0ce5967b2800
    """,
    "ping": "07",
    "bye": "080115546865206e6f6465207761732073746f707065642e",
    "join": """
    095050505050505050505050505050505050505050505050505050505050505050076c656e612d7831094c65\
    6e6120566f6774
    """,
    "joined": """
    0a0000000000000000000000000000004d036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a1\
    3945d898c29677777777777777777777777777777777020102
    """,
  ]

  @Test("each message has the bytes it always had", arguments: Examples.messages.map(\.name))
  func golden(name: String) throws {
    let message = try #require(Examples.messages.first { $0.name == name }?.message)
    let hex = try #require(Self.golden[name])
    #expect(Hexadecimal.text(of: message.encoded) == hex)
    #expect(try SyncMessage(decoding: #require(Hexadecimal.bytes(from: hex))) == message)
  }

  @Test("the page shows the bytes of every message")
  func completeness() {
    let shown = ProtocolPage.examples.filter { $0.name.hasPrefix("message ") }
    #expect(
      Dictionary(uniqueKeysWithValues: shown.map { ($0.name, Hexadecimal.text(of: $0.bytes)) })
        == Dictionary(uniqueKeysWithValues: Self.golden.map { ("message \($0)", $1) }))
  }

  @Test("every example on the page decodes", arguments: ProtocolPage.examples)
  func decode(example: ProtocolPage.Example) throws {
    let alice = Examples.alice
    switch example.name {
    case let name where name.hasPrefix("message "):
      #expect(try SyncMessage(decoding: example.bytes).encoded == example.bytes)
    case "frame ping":
      var reader = ByteReader(example.bytes)
      let length: UInt32 = try reader.readFixed()
      #expect(try SyncMessage(decoding: reader.readBytes(Int(length))) == .ping)
      try reader.expectEnd()
    case "core batch":
      #expect(try EntryBatch(decoding: example.bytes).encoded(level: nil) == example.bytes)
    case "core payload-1", "core payload-2":
      _ = try Payload(decoding: PayloadBytes(bytes: example.bytes), author: alice)
    case "core payload-3":
      _ = try Payload(decoding: PayloadBytes(bytes: example.bytes), author: Examples.bob)
    case "core compact-2", "core compact-3":
      var reader = ByteReader(example.bytes)
      #expect(try CompactHeader(from: &reader).encoded == example.bytes)
      try reader.expectEnd()
    case "core header-2": try decodeHashedHeader(example.bytes)
    case "core hash-2": #expect(EntryHash(bytes: example.bytes) != nil)
    case "core values":
      for line in example.lines {
        var reader = ByteReader(line)
        var writer = ByteWriter()
        writer.write(value: try reader.readValue())
        try reader.expectEnd()
        #expect(writer.bytes == line)
      }
    default: Issue.record("Nothing here decodes “\(example.name)”.")
    }
  }

  /// Takes a hashed header apart, puts it together again, and compares its hash with the page's.
  private func decodeHashedHeader(_ bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    #expect(try reader.readBytes(13) == Array("kith/entry/1".utf8) + [0])
    let version = try reader.readByte()
    let workspace = WorkspaceID(rawValue: try reader.readFixed())
    let dot = Dot(
      replica: ReplicaID(rawValue: try reader.readFixed()), sequence: try reader.readFixed())
    let time = HybridTimestamp(packed: try reader.readFixed())
    let wall: UInt64 = try reader.readFixed()
    let member = MemberID(rawValue: try reader.readFixed())
    let scope = try reader.readVarint()
    let previous = try reader.readHash()
    let payload = try PayloadBytes(bytes: bytesOfPage("core payload-2"))
    #expect(try reader.readHash() == payload.structureHash)
    #expect(try reader.readHash() == payload.valuesHash)
    #expect(try reader.readBytes(2) == [0, 0])
    try reader.expectEnd()
    let header = EntryHeader(
      version: version, workspace: workspace, dot: dot, time: time,
      wall: WallTime(milliseconds: wall), member: member, dependencies: [], scope: scope,
      previous: previous, payload: payload, origin: nil)
    #expect(header.hash.bytes == (try bytesOfPage("core hash-2")))
  }

  private func bytesOfPage(_ name: String) throws -> [UInt8] {
    try #require(ProtocolPage.examples.first { $0.name == name }).bytes
  }

  @Test("the page lists the static names in their order")
  func names() {
    #expect(ProtocolPage.names == Array(NameTable.names.dropFirst()))
  }
}
