import CRDTCore
import Crypto
import TestSupport
import Testing

@Suite("EntryHeader")
struct EntryHeaderTests {
  @Test("the entry's hash changes with every field")
  func everyFieldIsHashed() throws {
    let base = HeaderParts()
    var variants = [base]
    func vary(_ change: (inout HeaderParts) throws -> Void) rethrows {
      var parts = base
      try change(&parts)
      variants.append(parts)
    }
    vary { $0.version = 2 }
    vary { $0.workspace = WorkspaceID(rawValue: 9) }
    vary { $0.dot = Dot(replica: ReplicaID(rawValue: 9), sequence: 1) }
    vary { $0.dot = Dot(replica: ReplicaID(rawValue: 1), sequence: 9) }
    vary { $0.time = HybridTimestamp(packed: 9) }
    vary { $0.wall = WallTime(milliseconds: 9) }
    vary { $0.member = MemberID(rawValue: 9) }
    vary { $0.scope = 9 }
    vary { $0.previous = Digests.digest(tag: "test", [[9]]) }
    vary { $0.dependencies = [] }
    vary { $0.dependencies[0] = Dependency(dot: $0.dot, hash: .none) }
    vary {
      $0.dependencies[0] = Dependency(
        dot: $0.dependencies[0].dot, hash: Digests.digest(tag: "test", [[9]]))
    }
    vary { $0.text = "other structure, same values" }
    vary { $0.salt[0] ^= 1 }
    vary { $0.origin = nil }
    let key = HeaderParts.key
    try vary {
      let other = try #require(
        NodePublicKey(bytes: P256.Signing.PrivateKey().publicKey.compressedRepresentation))
      $0.origin = LogOrigin(key: other, nonce: $0.nonce, member: $0.member)
    }
    vary {
      $0.origin = LogOrigin(key: key, nonce: $0.nonce.map { $0 + 1 }, member: $0.member)
    }
    vary { $0.origin = LogOrigin(key: key, nonce: $0.nonce, member: MemberID(rawValue: 9)) }
    vary {
      $0.origin = LogOrigin(key: key, nonce: $0.nonce, member: $0.member, workspaceNonce: $0.nonce)
    }
    #expect(Set(variants.map(\.header.hash)).count == variants.count)
    #expect(base.header.hash == HeaderParts().header.hash)
  }

  @Test("a header survives being shortened and restored", arguments: Seed.all)
  func compactRoundTrip(_ seed: Seed) throws {
    var random = seed.generator()
    let header = HeaderParts(random: &random).header
    let compact = CompactHeader(header)
    var reader = ByteReader(compact.encoded)
    let read = try CompactHeader(from: &reader)
    #expect(reader.isAtEnd)
    #expect(read == compact)
    let context = HeaderContext(
      workspace: header.workspace, dot: header.dot, time: header.time, member: header.member,
      previous: header.previous)
    #expect(read.header(in: context, payload: HeaderParts().payload).hash == header.hash)
  }

  @Test("a short header has one encoding, and survives damage", arguments: Seed.all)
  func compactDamage(_ seed: Seed) {
    var random = seed.generator()
    var parts = HeaderParts(random: &random)
    // Most flips of a key's bits give no point of the curve; that is slow to find out.
    if seed.value > 8 { parts.origin = nil }
    #expect(
      CRDTLaws.violation(ofDecoding: CompactHeader(parts.header).encoded) { bytes in
        reencoded(bytes, { try CompactHeader(from: &$0) }, { $1.write(to: &$0) })
      } == nil)
  }

  @Test(
    "a flag for what is not there is refused",
    arguments: [
      [2, 1, 0],  // no dependencies
      [4, 1, 0],  // scope 0
      [8, 1, 0],  // a wall clock that agrees
      [16, 1],  // an unknown flag
      [0, 2],  // a format of the future
    ] as [[UInt8]])
  func emptyFlags(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    #expect(throws: MalformedBytes.self) { try CompactHeader(from: &reader) }
  }

  @Test("the usual header, one entry after another on one node, takes two bytes")
  func usualHeader() {
    var parts = HeaderParts()
    parts.origin = nil
    parts.dependencies = []
    parts.wall = WallTime(milliseconds: parts.time.wallMilliseconds)
    #expect(CompactHeader(parts.header).encoded == [0, 1])
  }
}

/// The parts of a header, to be varied one by one.
struct HeaderParts {
  /// The point that the private key 1 has: the curve's generator.
  static let key: NodePublicKey = {
    let generator = "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    guard let key = NodePublicKey(bytes: Hexadecimal.bytes(from: generator) ?? []) else {
      preconditionFailure("The generator is a point of the curve.")
    }
    return key
  }()

  var version = EntryHeader.currentVersion
  var workspace = WorkspaceID(rawValue: 1)
  var dot = Dot(replica: ReplicaID(rawValue: 1), sequence: 1)
  var time = HybridTimestamp(wallMilliseconds: 1_000, counter: 2)
  var wall = WallTime(milliseconds: 900)
  var member = MemberID(rawValue: 3)
  var dependencies = [
    Dependency(dot: Dot(replica: ReplicaID(rawValue: 2), sequence: 4), hash: .none)
  ]
  var scope: UInt64 = 0
  var previous = EntryHash.none
  var nonce = [UInt8](repeating: 7, count: LogOrigin.nonceByteCount)
  var text = "Acme"
  var salt = [UInt8](repeating: 0, count: Payload.saltByteCount)
  var origin: LogOrigin?

  init() { origin = LogOrigin(key: Self.key, nonce: nonce, member: member) }

  init(random: inout SplitMix64) {
    self.init()
    time = .random(using: &random)
    wall = WallTime(milliseconds: Int.random(in: 0...3, using: &random))
    scope = random.chance(50) ? 0 : random.next()
    let dots = VersionVector.random(using: &random).dots
    dependencies = dots.map { Dependency(dot: $0, hash: .random(using: &random)) }
    if random.chance(50) { origin = nil }
  }

  var payload: PayloadBytes {
    let change = FieldWrite.Change.register(.text(text))
    let field = NameReference(staticIndex: text == "Acme" ? 1 : 2)
    return Payload(
      records: [
        RecordEdit(kind: NameReference(staticIndex: 2), id: RecordID(rawValue: 1), writes: 0..<1)
      ],
      writes: [FieldWrite(field: field, change: change)]
    ).encoded(author: dot.replica, salt: salt)
  }

  var header: EntryHeader {
    EntryHeader(
      version: version, workspace: workspace, dot: dot, time: time, wall: wall, member: member,
      dependencies: dependencies, scope: scope, previous: previous, payload: payload,
      origin: origin)
  }
}
