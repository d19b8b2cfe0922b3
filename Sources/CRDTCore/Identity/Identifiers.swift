import Crypto

/// One log's author: the first 16 bytes of SHA-256(tag ‖ node public key ‖ nonce).
public struct ReplicaID: Hashable, Sendable {
  /// The 16 bytes as a big-endian number; ids order by it.
  public let rawValue: UInt128

  /// Creates an id from its stored form.
  public init(rawValue: UInt128) { self.rawValue = rawValue }

  /// Derives the id of the log that a node begins with `nonce`, which the log's first header reveals.
  public init(key: NodePublicKey, nonce: [UInt8]) {
    rawValue = Digests.identifier(tag: "kith/replica/1", [key.bytes, nonce])
  }

  /// Derives the name of a branch of the log that `original` began, from the branch's first entry.
  public init(branchOf original: ReplicaID, first: EntryHash) {
    rawValue = Digests.identifier(
      tag: "kith/branch/1", [original.rawValue.bigEndianBytes, first.bytes])
  }
}

/// An authority in the roster; the id of its `member` record.
public struct MemberID: Hashable, Sendable {
  /// The 16 bytes as a big-endian number; ids order by it.
  public let rawValue: UInt128

  /// Creates an id from its stored form.
  public init(rawValue: UInt128) { self.rawValue = rawValue }
}

/// One company's shared data; commits to the founder's key.
public struct WorkspaceID: Hashable, Sendable {
  /// The 16 bytes as a big-endian number.
  public let rawValue: UInt128

  /// Creates an id from its stored form.
  public init(rawValue: UInt128) { self.rawValue = rawValue }

  /// Derives the id that `founder` makes with `nonce`; the workspace's first entry reveals both.
  public init(founder: NodePublicKey, nonce: [UInt8]) {
    rawValue = Digests.identifier(tag: "kith/workspace/1", [founder.bytes, nonce])
  }
}

/// Names one entry: the replica that wrote it and its place in that replica's log.
public struct Dot: Hashable, Sendable {
  /// Whose log.
  public let replica: ReplicaID
  /// Which entry of it, counted from 1 without gaps.
  public let sequence: UInt64

  /// Creates a dot.
  public init(replica: ReplicaID, sequence: UInt64) {
    self.replica = replica
    self.sequence = sequence
  }
}

/// SHA-256 of an entry's header; through the header it covers payload and every earlier entry.
public struct EntryHash: Hashable, Sendable {
  /// How many bytes a hash takes.
  public static let byteCount = 32
  /// What a log's first entry names as its predecessor.
  public static let none = EntryHash(high: 0, low: 0)

  private let high: UInt128
  private let low: UInt128

  private init(high: UInt128, low: UInt128) {
    self.high = high
    self.low = low
  }

  /// Creates a hash from its stored form; `nil` unless there are 32 bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var high: UInt128 = 0
    var low: UInt128 = 0
    for (index, byte) in bytes.enumerated() {
      if index < 16 { high = high << 8 | UInt128(byte) } else { low = low << 8 | UInt128(byte) }
    }
    self.init(high: high, low: low)
  }

  /// Takes over a digest.
  init(_ digest: SHA256.Digest) {
    (high, low) = digest.withUnsafeBytes {
      (
        UInt128(bigEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt128.self)),
        UInt128(bigEndian: $0.loadUnaligned(fromByteOffset: 16, as: UInt128.self))
      )
    }
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Lends the 32 bytes.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }
}

extension ReplicaID: Comparable {
  /// Compares byte by byte.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension MemberID: Comparable {
  /// Compares byte by byte.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension Dot: Comparable {
  /// Compares by replica, then sequence; an order for printing, not of events.
  public static func < (lhs: Self, rhs: Self) -> Bool {
    lhs.replica != rhs.replica ? lhs.replica < rhs.replica : lhs.sequence < rhs.sequence
  }
}

extension EntryHash: Comparable {
  /// Compares byte by byte.
  public static func < (lhs: Self, rhs: Self) -> Bool {
    lhs.high != rhs.high ? lhs.high < rhs.high : lhs.low < rhs.low
  }
}

extension ByteWriter {
  /// Appends a hash's 32 bytes.
  public mutating func write(hash: EntryHash) {
    hash.withUnsafeBytes { write(bytes: $0) }
  }
}

extension ByteReader {
  /// Reads an entry's sequence: a varint of 1 to ``Limits/sequenceMax``.
  public mutating func readSequence() throws(MalformedBytes) -> UInt64 {
    let sequence = try readVarint()
    guard 1...Limits.sequenceMax ~= sequence else { throw MalformedBytes("a sequence", at: offset) }
    return sequence
  }

  /// Reads a hash of 32 bytes.
  public mutating func readHash() throws(MalformedBytes) -> EntryHash {
    guard let hash = EntryHash(bytes: try readSlice(EntryHash.byteCount)) else {
      throw MalformedBytes("a hash", at: offset)
    }
    return hash
  }
}
