import CRDTCore
import SyncEngine
import TestSupport

/// A replica of entries that say nothing: a log in arrival order, and what a driver asks of it.
struct TinyReplica {
  struct TinyEntry: Hashable {
    let dot: Dot
    /// What its author held.
    let past: VersionVector
    let padding: Int
  }

  let node: NodePublicKey
  let id: ReplicaID
  private(set) var arrival: [TinyEntry] = []
  private(set) var vector = VersionVector()
  /// Entries that came although they were held.
  private(set) var duplicateCount = 0
  /// Folded into the state digest, so that a test can make equal entries give unequal states.
  var bias: UInt8 = 0
  /// Folded into every entry's hash, so that a test can make logs fork.
  var hashBias: UInt8 = 0

  init(node: NodePublicKey, id: UInt128) {
    self.node = node
    self.id = ReplicaID(rawValue: id)
  }

  mutating func write(padding: Int = 0) {
    append(
      TinyEntry(
        dot: Dot(replica: id, sequence: vector[id] + 1), past: vector, padding: padding))
  }

  private mutating func append(_ entry: TinyEntry) {
    arrival.append(entry)
    vector.include(entry.dot)
  }

  /// Reads as a driver would: one entry at least, then as many as fit.
  func read(
    lackedBy vector: VersionVector, after cursor: LogCursor, upTo end: LogCursor, byteLimit: Int
  ) -> BatchRead {
    var index = Int(cursor.rawValue)
    var batch: [TinyEntry] = []
    var byteCount = 0
    while index < Int(end.rawValue) {
      let entry = arrival[index]
      if !vector.covers(entry.dot) {
        let size = Self.encode([entry]).count
        if !batch.isEmpty, byteCount + size > byteLimit { break }
        batch.append(entry)
        byteCount += size
      }
      index += 1
    }
    return BatchRead(
      bytes: batch.isEmpty ? [] : Self.encode(batch), entryCount: batch.count,
      cursor: LogCursor(rawValue: UInt64(index)))
  }

  /// Applies all of a batch or, where something is missing before an entry, nothing.
  mutating func apply(_ bytes: [UInt8]) -> SyncSession.Input {
    let before = self
    var covers = VersionVector()
    var newCount = 0
    for entry in Self.decode(bytes) {
      covers.include(entry.dot)
      if vector.covers(entry.dot) {
        duplicateCount += 1
      } else if entry.dot.sequence == vector[entry.dot.replica] + 1, vector.covers(entry.past) {
        append(entry)
        newCount += 1
      } else {
        self = before
        return .batchRefused(reason: "something is missing before \(entry.dot)")
      }
    }
    return .batchApplied(
      BatchApplied(entryCount: newCount, covers: covers, log: log))
  }

  var log: LogSnapshot {
    LogSnapshot(vector: vector, end: LogCursor(rawValue: UInt64(arrival.count)))
  }

  var tips: [LogTip] {
    vector.dots.map { dot in
      var writer = ByteWriter()
      writer.write(vector: VersionVector([dot]))
      return LogTip(dot: dot, hash: Digests.digest(tag: "tiny", [writer.bytes, [hashBias]]))
    }
  }

  var logDigest: EntryHash { TinyReplica.logDigest(tips) }

  /// What a peer with these tips holds, its logs being called the same there and here.
  func located(_ tips: [LogTip]) -> PeerPlace { PeerPlace(vector: VersionVector(tips.map(\.dot))) }

  /// The digest of every log's last hash, as `docs/protocol.md` makes it.
  static func logDigest(_ heads: [LogTip]) -> EntryHash {
    var writer = ByteWriter()
    for head in heads {
      writer.write(fixed: head.dot.replica.rawValue)
      writer.write(fixed: head.dot.sequence)
      writer.write(hash: head.hash)
    }
    return Digests.digest(tag: "kith/logs/1", [writer.bytes])
  }

  func digests(includingState: Bool) -> ComputedDigests {
    ComputedDigests(
      vector: vector, logDigest: logDigest,
      stateDigest: includingState ? Digests.digest(tag: "state", [[bias]]) : nil)
  }

  func localState(
    workspace: WorkspaceID = WorkspaceID(rawValue: 7), schema: UInt8 = 1, wall: UInt64 = 1_000_000
  ) -> LocalState {
    LocalState(
      workspace: workspace, node: node, replica: id, log: log, tips: tips,
      logDigest: logDigest, schemaDigest: Digests.digest(tag: "schema", [[schema]]),
      wall: WallTime(milliseconds: wall))
  }

  static func encode(_ entries: [TinyEntry]) -> [UInt8] {
    var writer = ByteWriter()
    for entry in entries {
      writer.write(fixed: entry.dot.replica.rawValue)
      writer.write(varint: entry.dot.sequence)
      writer.write(vector: entry.past)
      writer.write(prefixed: [UInt8](repeating: 0, count: entry.padding))
    }
    return writer.bytes
  }

  private static func decode(_ bytes: [UInt8]) -> [TinyEntry] {
    var reader = ByteReader(bytes)
    var entries: [TinyEntry] = []
    do {
      while !reader.isAtEnd {
        let dot = Dot(
          replica: ReplicaID(rawValue: try reader.readFixed()), sequence: try reader.readVarint())
        let past = try reader.readVector()
        entries.append(
          TinyEntry(dot: dot, past: past, padding: try reader.readPrefixed(max: 1 << 23).count))
      }
    } catch {
      preconditionFailure("The batch was encoded above: \(error)")
    }
    return entries
  }
}

/// Two nodes' keys: the base point of P-256, and its double.
enum TestKeys {
  static let alice = key("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
  static let bob = key("037cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978")

  private static func key(_ hex: String) -> NodePublicKey {
    guard let bytes = Hexadecimal.bytes(from: hex), let key = NodePublicKey(bytes: bytes) else {
      preconditionFailure("\(hex) is no key.")
    }
    return key
  }
}
