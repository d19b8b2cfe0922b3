/// Entries on their way to a peer, in the sender's arrival order.
///
/// Per log the entries are contiguous, and the last one carries a seal unless another log of the batch
/// goes on from it; so the whole batch can be verified before any of it is applied.
public struct EntryBatch: Hashable, Sendable {
  /// One entry as it travels.
  public struct Item: Hashable, Sendable {
    /// Whose log; an index into ``EntryBatch/logs``.
    public let log: Int
    /// The entry's time.
    public let time: HybridTimestamp
    /// What of its header the receiver does not know.
    public let header: CompactHeader
    /// Its payload, as the author encoded it.
    public let payload: PayloadBytes
    /// The author's signature, if the entry is sealed.
    public let seal: [UInt8]?

    /// Creates an item.
    public init(
      log: Int, time: HybridTimestamp, header: CompactHeader, payload: PayloadBytes, seal: [UInt8]?
    ) {
      self.log = log
      self.time = time
      self.header = header
      self.payload = payload
      self.seal = seal
    }
  }

  /// A log that entries are of; branches of one replica's log are listed each by itself.
  public struct Log: Hashable, Sendable {
    /// Whose log, by the name in its headers.
    public let replica: ReplicaID
    /// The sequence of its first entry here.
    public let sequence: UInt64
    /// The hash of the entry before that; `nil` at a log's beginning, and where the receiver is known to
    /// hold just what lies before and the log to have no branches.
    public let previous: EntryHash?

    /// Creates a log.
    public init(replica: ReplicaID, sequence: UInt64, previous: EntryHash? = nil) {
      precondition(previous == nil || sequence > 1, "Nothing precedes a log's first entry.")
      self.replica = replica
      self.sequence = sequence
      self.previous = previous
    }
  }

  /// The logs that entries are of.
  public var logs: [Log]
  /// The entries.
  public var items: [Item]

  /// Creates a batch.
  public init(logs: [Log] = [], items: [Item] = []) {
    self.logs = logs
    self.items = items
  }

  private static let plain: UInt8 = 0
  private static let compressed: UInt8 = 1
  /// Stands where the sequence does, which is never 0, if a hash follows.
  private static let branch: UInt64 = 0

  /// Encodes the batch; `docs/protocol.md` gives the bytes.
  ///
  /// - Parameter level: Zstandard's level, or `nil` where the payloads are compressed already.
  /// - Returns: The encoding; plain if compressing does not shorten it.
  public func encoded(level: Int32?) -> [UInt8] {
    var writer = ByteWriter(
      capacity: items.reduce(64 + logs.count * 24) { $0 + $1.payload.bytes.count + 96 })
    writer.write(byte: Self.plain)
    writer.write(count: logs.count)
    for log in logs {
      writer.write(fixed: log.replica.rawValue)
      if let previous = log.previous {
        writer.write(varint: Self.branch)
        writer.write(hash: previous)
      }
      writer.write(varint: log.sequence)
    }
    writer.write(count: items.count)
    var previous = HybridTimestamp(packed: 0)
    for item in items {
      writer.write(varint: UInt64(item.log) << 1 | (item.seal == nil ? 0 : 1))
      writer.write(signed: Int64(bitPattern: item.time.packed &- previous.packed))
      previous = item.time
      item.header.write(to: &writer)
      writer.write(prefixed: item.payload.bytes)
      if let seal = item.seal { writer.write(bytes: seal) }
    }
    guard let level,
      let frame = Compression.compressed(Array(writer.bytes.dropFirst()), level: level)
    else { return writer.bytes }
    return [Self.compressed] + frame
  }

  /// Decodes a batch.
  ///
  /// - Throws: ``MalformedBytes`` if the bytes are none, or exceed ``Limits``.
  public init(decoding bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    switch try reader.readByte() {
    case Self.plain: break
    case Self.compressed:
      reader = ByteReader(
        try Compression.decompressed(bytes.dropFirst(), max: Limits.batchBytesMax))
    default: throw MalformedBytes("a plain or compressed batch")
    }
    self.init()
    try readLogs(from: &reader)
    try readItems(from: &reader)
    try reader.expectEnd()
  }

  private mutating func readLogs(from reader: inout ByteReader) throws(MalformedBytes) {
    let logCount = try reader.readCount(max: min(Limits.replicasMax, reader.remaining / 17))
    logs.reserveCapacity(logCount)
    for _ in 0..<logCount { logs.append(try Self.readLog(from: &reader)) }
  }

  private static func readLog(from reader: inout ByteReader) throws(MalformedBytes) -> Log {
    let replica = ReplicaID(rawValue: try reader.readFixed())
    var after = reader
    guard try after.readVarint() == branch else {
      return Log(replica: replica, sequence: try reader.readSequence())
    }
    let previous = try after.readHash()
    reader = after
    let sequence = try reader.readSequence()
    guard sequence > 1 else { throw MalformedBytes("an entry behind another", at: reader.offset) }
    return Log(replica: replica, sequence: sequence, previous: previous)
  }

  private mutating func readItems(from reader: inout ByteReader) throws(MalformedBytes) {
    let itemCount = try reader.readCount(max: min(Limits.batchEntriesMax, reader.remaining / 6))
    items.reserveCapacity(itemCount)
    var previous = HybridTimestamp(packed: 0)
    for _ in 0..<itemCount {
      let index = try reader.readVarint()
      guard index >> 1 < UInt64(logs.count) else {
        throw MalformedBytes("one of the batch's logs", at: reader.offset)
      }
      let step = UInt64(bitPattern: try reader.readSigned())
      let time = HybridTimestamp(packed: previous.packed &+ step)
      previous = time
      let header = try CompactHeader(from: &reader)
      guard header.isPossible(at: time) else {
        throw MalformedBytes("a wall clock's reading", at: reader.offset)
      }
      let payload = try PayloadBytes(bytes: try reader.readPrefixed(max: Limits.entryBytesMax))
      let seal = index & 1 == 1 ? try reader.readBytes(Seal.byteCount) : nil
      items.append(
        Item(log: Int(index >> 1), time: time, header: header, payload: payload, seal: seal))
    }
  }
}
