/// Per replica, the highest sequence held; contiguous from 1, so it states exactly what is held.
public struct VersionVector: Hashable, Sendable {
  private var sequences: [ReplicaID: UInt64]

  /// Creates the vector of a replica that holds nothing.
  public init() { sequences = [:] }

  /// Creates a vector from dots, the greatest sequence of each replica counting.
  public init(_ dots: some Sequence<Dot>) {
    self.init()
    for dot in dots { include(dot) }
  }

  /// The highest sequence held of `replica`; 0 for none.
  public subscript(replica: ReplicaID) -> UInt64 { sequences[replica] ?? 0 }

  /// Whether nothing is held.
  public var isEmpty: Bool { sequences.isEmpty }

  /// How many replicas something is held of.
  public var count: Int { sequences.count }

  /// Each replica's highest dot, ordered by replica.
  public var dots: [Dot] {
    sequences.map { Dot(replica: $0.key, sequence: $0.value) }.sorted()
  }

  /// How many entries the vector covers.
  public var entryCount: UInt64 { sequences.values.reduce(0, &+) }

  /// Whether `dot` is held.
  public func covers(_ dot: Dot) -> Bool { self[dot.replica] >= dot.sequence }

  /// Whether everything `other` covers is covered here too.
  public func covers(_ other: Self) -> Bool {
    other.sequences.allSatisfy { self[$0.key] >= $0.value }
  }

  /// Takes in `dot` and everything before it in its log.
  public mutating func include(_ dot: Dot) {
    guard dot.sequence > self[dot.replica] else { return }
    sequences[dot.replica] = dot.sequence
  }

  /// Takes out everything of a log.
  public mutating func remove(_ replica: ReplicaID) { sequences[replica] = nil }

  /// Takes in everything `other` covers.
  public mutating func merge(_ other: Self) {
    sequences.merge(other.sequences) { max($0, $1) }
  }

  /// The dots in which this vector is ahead of `other`, ordered by replica.
  public func ahead(of other: Self) -> [Dot] {
    sequences.lazy.filter { $0.value > other[$0.key] }
      .map { Dot(replica: $0.key, sequence: $0.value) }.sorted()
  }
}

extension ByteWriter {
  /// Appends a count, then per replica its 16 bytes and the sequence, ordered by replica.
  public mutating func write(vector: VersionVector) {
    write(count: vector.count)
    for dot in vector.dots {
      write(fixed: dot.replica.rawValue)
      write(varint: dot.sequence)
    }
  }
}

extension ByteReader {
  /// Reads a vector of at most `limit` replicas, in strictly rising order.
  public mutating func readVector(
    max limit: Int = Limits.replicasMax
  ) throws(MalformedBytes) -> VersionVector {
    let count = try readCount(max: min(limit, remaining / 17))
    var vector = VersionVector()
    var previous: ReplicaID?
    for _ in 0..<count {
      let replica = ReplicaID(rawValue: try readFixed())
      let sequence = try readSequence()
      guard previous.map({ $0 < replica }) ?? true else {
        throw MalformedBytes("replicas in order", at: offset)
      }
      vector.include(Dot(replica: replica, sequence: sequence))
      previous = replica
    }
    return vector
  }
}
