import Crypto

/// An entry that another entry's author held, named so that a receiver can check it.
public struct Dependency: Hashable, Sendable {
  /// Which entry, by the name in its header.
  public let dot: Dot
  /// Its hash; of several entries under one dot it says which.
  public let hash: EntryHash

  /// Creates a dependency.
  public init(dot: Dot, hash: EntryHash) {
    self.dot = dot
    self.hash = hash
  }
}

/// What a log's first header reveals about its author; it holds for the whole log.
public struct LogOrigin: Hashable, Sendable {
  /// How many bytes a nonce takes.
  public static let nonceByteCount = 16

  /// The key that seals the log.
  public let key: NodePublicKey
  /// With ``key``, what the replica's id is the hash of.
  public let nonce: [UInt8]
  /// The member for whom the node writes.
  public let member: MemberID
  /// On the workspace's very first entry: with ``key``, what the workspace's id is the hash of.
  public let workspaceNonce: [UInt8]?

  /// Creates an origin.
  public init(
    key: NodePublicKey, nonce: [UInt8], member: MemberID, workspaceNonce: [UInt8]? = nil
  ) {
    precondition(nonce.count == Self.nonceByteCount, "A nonce has 16 bytes.")
    precondition((workspaceNonce?.count ?? 16) == Self.nonceByteCount, "A nonce has 16 bytes.")
    self.key = key
    self.nonce = nonce
    self.member = member
    self.workspaceNonce = workspaceNonce
  }

  /// The id of the log that this origin begins.
  public var replica: ReplicaID { ReplicaID(key: key, nonce: nonce) }

  /// The encoding: key (33 bytes), nonce (16), member (16), then 0, or 1 and the workspace's nonce.
  public var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(origin: self)
    return writer.bytes
  }

  /// Reads an origin back.
  public init(from reader: inout ByteReader) throws(MalformedBytes) {
    self = try reader.readOrigin()
  }
}

/// What an entry says about itself; hashed whole, sent and stored without what the receiver knows.
public struct EntryHeader: Hashable, Sendable {
  /// The format that this program writes.
  public static let currentVersion: UInt8 = 1

  /// The format of the entry.
  public let version: UInt8
  /// The workspace it belongs to.
  public let workspace: WorkspaceID
  /// The entry's name.
  public let dot: Dot
  /// The author's hybrid clock; rises strictly within a log.
  public let time: HybridTimestamp
  /// What the author's wall clock said, right or wrong.
  public let wall: WallTime
  /// The member for whom the node wrote.
  public let member: MemberID
  /// What the author had taken in since its previous entry, ordered.
  public let dependencies: [Dependency]
  /// Which part of the workspace the entry belongs to; 0 is the whole.
  public let scope: UInt64
  /// The hash of the log's previous entry; ``EntryHash/none`` for the first.
  public let previous: EntryHash
  /// The hash of the payload's structure.
  public let structureHash: EntryHash
  /// The hash of the payload's values.
  public let valuesHash: EntryHash
  /// On the first entry of a log, its origin.
  public let origin: LogOrigin?

  /// Creates a header.
  public init(
    version: UInt8 = EntryHeader.currentVersion, workspace: WorkspaceID, dot: Dot,
    time: HybridTimestamp, wall: WallTime, member: MemberID, dependencies: [Dependency],
    scope: UInt64 = 0, previous: EntryHash, payload: PayloadBytes, origin: LogOrigin?
  ) {
    self.version = version
    self.workspace = workspace
    self.dot = dot
    self.time = time
    self.wall = wall
    self.member = member
    self.dependencies = dependencies
    self.scope = scope
    self.previous = previous
    structureHash = payload.structureHash
    valuesHash = payload.valuesHash
    self.origin = origin
  }

  /// SHA-256(tag ‖ header): the entry's identity, and the next link of its log's chain.
  public var hash: EntryHash {
    var writer = ByteWriter(capacity: 224 + dependencies.count * 58)
    writer.write(bytes: Self.hashTag)
    writer.write(byte: version)
    writer.write(fixed: workspace.rawValue)
    writer.write(fixed: dot.replica.rawValue)
    writer.write(fixed: dot.sequence)
    writer.write(fixed: time.packed)
    writer.write(fixed: wall.milliseconds)
    writer.write(fixed: member.rawValue)
    writer.write(varint: scope)
    writer.write(hash: previous)
    writer.write(hash: structureHash)
    writer.write(hash: valuesHash)
    writer.write(dependencies: dependencies)
    writer.write(byte: origin == nil ? 0 : 1)
    if let origin { writer.write(origin: origin) }
    return EntryHash(SHA256.hash(data: writer.bytes))
  }

  private static let hashTag: [UInt8] = Array("kith/entry/1".utf8) + [0]
}

extension Dependency: Comparable {
  /// Compares by dot, then hash; an order for writing down.
  public static func < (lhs: Self, rhs: Self) -> Bool {
    lhs.dot != rhs.dot ? lhs.dot < rhs.dot : lhs.hash < rhs.hash
  }
}

extension ByteWriter {
  /// Appends a count, then per dependency replica (16 bytes), sequence (varint) and hash (32 bytes).
  mutating func write(dependencies: [Dependency]) {
    write(count: dependencies.count)
    for dependency in dependencies {
      write(fixed: dependency.dot.replica.rawValue)
      write(varint: dependency.dot.sequence)
      write(hash: dependency.hash)
    }
  }

  /// Appends key (33 bytes), nonce (16), member (16), then 0, or 1 and the workspace's nonce (16).
  mutating func write(origin: LogOrigin) {
    write(bytes: origin.key.bytes)
    write(bytes: origin.nonce)
    write(fixed: origin.member.rawValue)
    write(byte: origin.workspaceNonce == nil ? 0 : 1)
    if let nonce = origin.workspaceNonce { write(bytes: nonce) }
  }
}

extension ByteReader {
  mutating func readDependencies() throws(MalformedBytes) -> [Dependency] {
    let count = try readCount(max: min(Limits.replicasMax, remaining / 49))
    var dependencies: [Dependency] = []
    dependencies.reserveCapacity(count)
    for _ in 0..<count {
      let dot = Dot(replica: ReplicaID(rawValue: try readFixed()), sequence: try readSequence())
      let dependency = Dependency(dot: dot, hash: try readHash())
      guard dependencies.last.map({ $0 < dependency }) ?? true else {
        throw MalformedBytes("dependencies in order", at: offset)
      }
      dependencies.append(dependency)
    }
    return dependencies
  }

  mutating func readOrigin() throws(MalformedBytes) -> LogOrigin {
    guard let key = NodePublicKey(bytes: try readSlice(NodePublicKey.byteCount)) else {
      throw MalformedBytes("a key on the curve", at: offset)
    }
    let nonce = try readBytes(LogOrigin.nonceByteCount)
    let member = MemberID(rawValue: try readFixed())
    let flag = try readByte()
    guard flag <= 1 else { throw MalformedBytes("0 or 1", at: offset) }
    let workspaceNonce = flag == 1 ? try readBytes(LogOrigin.nonceByteCount) : nil
    return LogOrigin(key: key, nonce: nonce, member: member, workspaceNonce: workspaceNonce)
  }
}
