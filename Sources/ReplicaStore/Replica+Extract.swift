package import CRDTCore

/// Where a reader of the log stands, and what it read there.
package struct ExtractedBatch: Hashable, Sendable {
  /// An encoded ``EntryBatch``; `nil` if there is nothing to send.
  package let bytes: [UInt8]?
  /// How many entries it holds.
  package let entries: Int
  /// The last entry of each log in it.
  package let covers: VersionVector
  /// The arrival number to go on from.
  package let cursor: Int64
  /// Whether the log ends here.
  package let isLast: Bool
  /// How many branches of logs there were, which tells whether `peer` still named what was meant.
  package let branchCount: Int
}

extension Replica {
  /// Reads the next batch for a peer, in this replica's arrival order.
  ///
  /// What `peer` covers, in this replica's names, is passed over; under the names in `parted` it has other
  /// entries. `cursor` is the arrival number read up to so far, 0 to begin;
  /// `end` that of the last entry to look at; `byteLimit` holds before compression, unless one entry
  /// alone is larger. The batch ends, per log, at a sealed entry: seal the tip first, or this node's
  /// own latest entries are left for the next call.
  package func extract(
    lackedBy peer: VersionVector, parted: Set<ReplicaID> = [], after cursor: Int64,
    upTo end: Int64 = .max, byteLimit: Int = Limits.batchBytesTarget
  ) throws -> ExtractedBatch {
    try read { snapshot in
      let reader = LogReader(
        directory: try snapshot.directory(), log: try LogTable(snapshot.database))
      var extraction = Extraction(
        reader: reader, peer: peer, parted: parted, cursor: cursor, byteLimit: byteLimit)
      let selection = try Statement(
        snapshot.database,
        """
        SELECT arrival, replica, sequence, time, header, payload, signature
        FROM _log LEFT JOIN _seal USING (arrival) WHERE arrival > ? AND arrival <= ?
        ORDER BY arrival
        """)
      selection.bind(1, cursor)
      selection.bind(2, end)
      while try selection.step() {
        guard try extraction.take(selection) else { return extraction.batch(isLast: false) }
      }
      return extraction.batch(isLast: true)
    }
  }
}

/// Gathers entries up to the last place where every log in the batch is sealed.
private struct Extraction {
  private let reader: LogReader
  private let peer: [Int: UInt64]
  private let parted: Set<ReplicaID>
  private let byteLimit: Int
  private var items: [EntryBatch.Item] = []
  private var logs: [EntryBatch.Log] = []
  private var logIndexes: [Int: Int] = [:]
  /// Logs whose last entry so far is covered by no seal.
  private var unsealed: Set<Int> = []
  /// The last entry of each log so far.
  private var lasts: [Int: UInt64] = [:]
  private var byteCount = 0
  /// How many items lie before the last place to cut, and the arrival number there.
  private var cut: (items: Int, cursor: Int64)

  init(
    reader: LogReader, peer: VersionVector, parted: Set<ReplicaID>, cursor: Int64, byteLimit: Int
  ) {
    self.reader = reader
    self.parted = parted
    self.peer = Dictionary(
      uniqueKeysWithValues: reader.directory.logs.map { ($0.number, peer[$0.id]) })
    self.byteLimit = byteLimit
    cut = (0, cursor)
  }

  /// Takes in a row; `false` once the batch is full.
  mutating func take(_ row: Statement) throws -> Bool {
    let arrival = row.integer(0)
    let number = Int(row.integer(1))
    let sequence = row.unsigned(2)
    guard let log = reader.directory[number] else {
      throw StoreError.damaged(detail: "an entry's replica is not listed")
    }
    if sequence > peer[number] ?? 0 {
      let payload = try PayloadBytes(bytes: row.bytes(5))
      if cut.items > 0, isFull(adding: payload.bytes.count) { return false }
      var header = ByteReader(row.bytes(4))
      let seal = row.isNull(6) ? nil : row.bytes(6)
      items.append(
        EntryBatch.Item(
          log: try index(of: log, from: sequence), time: HybridTimestamp(packed: row.unsigned(3)),
          header: try CompactHeader(from: &header), payload: payload, seal: seal))
      byteCount += payload.bytes.count + 64
      lasts[number] = sequence
      if seal == nil { unsealed.insert(number) } else { noteSeal(of: log, sequence) }
    }
    if unsealed.isEmpty { cut = (items.count, arrival) }
    return true
  }

  private func isFull(adding bytes: Int) -> Bool {
    byteCount + bytes > byteLimit || items.count >= Limits.batchEntriesMax
  }

  /// Takes note that a seal covers an entry, and all before it.
  private mutating func noteSeal(of log: LogState, _ sequence: UInt64) {
    unsealed.remove(log.number)
    guard log.branch != nil else { return }
    let path = reader.directory.path(to: LocalDot(replica: log.number, sequence: sequence))
    for dot in path.dropFirst() where (lasts[dot.replica] ?? 0) <= dot.sequence {
      unsealed.remove(dot.replica)
    }
  }

  private mutating func index(of log: LogState, from sequence: UInt64) throws -> Int {
    if let index = logIndexes[log.number] { return index }
    logIndexes[log.number] = logs.count
    logs.append(
      EntryBatch.Log(
        replica: log.original, sequence: sequence, previous: try previous(to: sequence, of: log)))
    return logs.count - 1
  }

  /// The hash of the entry before one, unless it is the last that the peer holds of a log that has no
  /// branches here, and as far as is known none there.
  private func previous(to sequence: UInt64, of log: LogState) throws -> EntryHash? {
    let isPlain =
      peer[log.number] == sequence - 1 && !parted.contains(log.id)
      && !reader.directory.isForked(log.original)
    guard sequence > 1, !isPlain else { return nil }
    let number = sequence > log.first ? log.number : log.branch?.parent ?? log.number
    return try reader.log.stamp(of: LocalDot(replica: number, sequence: sequence - 1))?.hash
  }

  /// The batch up to the last place to cut.
  func batch(isLast: Bool) -> ExtractedBatch {
    var kept = Array(items.prefix(cut.items))
    var sealed: Set<Int> = []
    for index in kept.indices.reversed() where !sealed.insert(kept[index].log).inserted {
      kept[index] = kept[index].withoutSeal
    }
    // Logs are listed in order of appearance, so those of the kept items come first.
    let batch = EntryBatch(logs: Array(logs.prefix(sealed.count)), items: kept)
    return ExtractedBatch(
      bytes: kept.isEmpty ? nil : batch.encoded(level: compressionLevel(of: kept)),
      entries: kept.count, covers: covers(of: kept), cursor: cut.cursor, isLast: isLast,
      branchCount: reader.directory.branchCount)
  }

  private func covers(of kept: [EntryBatch.Item]) -> VersionVector {
    let counts = kept.reduce(into: Array(repeating: 0, count: logs.count)) { $0[$1.log] += 1 }
    return VersionVector(
      reader.directory.logs.compactMap { log in
        guard let index = logIndexes[log.number], counts[index] > 0 else { return nil }
        return Dot(
          replica: log.id, sequence: logs[index].sequence + UInt64(counts[index]) - 1)
      })
  }

  /// Large payloads are compressed already; a batch of small ones is worth it.
  private func compressionLevel(of items: [EntryBatch.Item]) -> Int32? {
    let small = items.lazy.filter { $0.payload.bytes.count < 1024 }.count
    return items.count > 1 && small * 2 > items.count ? 1 : nil
  }
}

extension EntryBatch.Item {
  fileprivate var withoutSeal: Self {
    Self(log: log, time: time, header: header, payload: payload, seal: nil)
  }
}
