import CRDTCore
import GRDB
package import ReplicaStore

/// The log as operations, the latest first.
///
/// Belongs to one snapshot.
package struct OperationLog {
  /// How many entries of one author may lie between two of one batch.
  ///
  /// Whoever works at another prompt while a file is being imported writes a few; nobody so many.
  private static let batchGapMax = 10_000

  private let snapshot: Snapshot

  package init(_ snapshot: Snapshot) { self.snapshot = snapshot }

  /// The latest operations for which `isWanted` holds, at most `limit`.
  ///
  /// - Complexity: Decodes every entry that arrived after the last operation returned.
  package func latest(
    _ limit: Int, where isWanted: (Operation) throws -> Bool = { _ in true }
  ) throws -> [Operation] {
    var scan = OperationScan(gapMax: Self.batchGapMax)
    guard limit > 0 else { return [] }
    try snapshot.forEachEntry { entry in
      let hasRoom = scan.found.count < limit
      try scan.take(entry) { try hasRoom && isWanted($0) }
      return scan.found.count < limit || scan.hasOpenBatch
    }
    return scan.found
  }

  /// The last operation of an author that `undo` means: not yet taken back, and taking nothing back.
  package func lastUndoable(by author: LogAuthor) throws -> Operation? {
    try latest(1) {
      $0.author == author && $0.reversal == nil && $0.reversedBy == nil && $0.isApplied
        && !$0.isAboutRoster
    }.first
  }

  /// The last undo of an author, which `redo` means: one not taken back itself.
  package func lastUndo(by author: LogAuthor) throws -> Operation? {
    try latest(1) {
      $0.author == author && $0.reversal?.verb == .undo && $0.reversedBy == nil && $0.isApplied
    }.first
  }

  /// The id of the latest operation of an author that this command began.
  package func lastID(of command: String, by author: LogAuthor) throws -> OperationID? {
    var found: OperationID?
    try snapshot.forEachEntry { entry in
      if entry.author == author, entry.payload.command == command { found = OperationID(of: entry) }
      return found == nil
    }
    return found
  }

  /// How many characters of its id tell an operation from 99 % of the others.
  package func idLength() throws -> Int {
    let count =
      try Int.fetchOne(snapshot.database, sql: "SELECT max(arrival) FROM _log") ?? 0
    // The first character stands for three bits, each further one for five.
    var (length, room) = (4, 8 << 15)
    while room < count * 100, length < 26 {
      length += 1
      room <<= 5
    }
    return length
  }

  /// The operations whose ids begin with these digits, the latest first.
  ///
  /// - Complexity: Decodes the whole log.
  package func operations(beginningWith digits: String) throws -> [Operation] {
    try latest(.max) { $0.id.text.hasPrefix(digits) }
  }
}

/// Gathers operations from entries, the latest first.
private struct OperationScan {
  private let gapMax: Int
  private(set) var found: [Operation] = []
  /// Which operation takes back which, of those that are not taken back themselves.
  private var reversals: [OperationID: OperationID] = [:]
  /// The batches among ``found``.
  private var batches: [OperationID: Batch] = [:]
  /// How many entries of each author were met.
  private var counts: [NodePublicKey: Int] = [:]

  private struct Batch {
    let index: Int
    let author: NodePublicKey
    var records: Set<RecordKey>
    /// How many entries of the author had been met at the last one of the batch.
    var count: Int
  }

  init(gapMax: Int) { self.gapMax = gapMax }

  /// Whether more entries of an operation found may come.
  var hasOpenBatch: Bool {
    batches.values.contains { counts[$0.author, default: 0] - $0.count < gapMax }
  }

  mutating func take(_ entry: LoggedEntry, isWanted: (Operation) throws -> Bool) throws {
    let author = entry.author.key
    let count = counts[author, default: 0] + 1
    counts[author] = count
    let id = OperationID(of: entry)
    let records = entry.payload.records.compactMap { edit in
      entry.payload.name(edit.kind).map { RecordKey(kind: $0, id: edit.id) }
    }
    guard batches[id] == nil else {
      add(entry.stamp.dot, records, to: id, count: count)
      return
    }
    let operation = Operation(
      id: id, stamp: entry.stamp, author: entry.author, command: entry.payload.command,
      reason: entry.payload.reason, entries: [entry.stamp.dot], records: records,
      reversedBy: reversals[id], isApplied: entry.verdict == nil)
    // Whatever takes this one back has arrived after it, and so was met before.
    if operation.reversedBy == nil, operation.isApplied,
      let target = operation.reversal?.operation, reversals[target] == nil
    {
      reversals[target] = id
    }
    guard try isWanted(operation) else { return }
    if entry.payload.batch != nil {
      batches[id] = Batch(
        index: found.count, author: author, records: Set(records), count: count)
    }
    found.append(operation)
  }

  private mutating func add(
    _ dot: Dot, _ records: [RecordKey], to id: OperationID, count: Int
  ) {
    guard var batch = batches.removeValue(forKey: id) else { return }
    batch.count = count
    found[batch.index].entries.append(dot)
    for key in records where batch.records.insert(key).inserted {
      found[batch.index].records.append(key)
    }
    batches[id] = batch
  }
}
