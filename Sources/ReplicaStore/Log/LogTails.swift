package import CRDTCore

/// Of some logs the entries from some point on: who wrote to a record, and when, is asked with it.
///
/// A record's packed stamps name the latest write of every log to it, so one look at them answers. Belongs
/// to the file whose numbers it holds.
package struct LogTails: Hashable, Sendable {
  /// Per log's number the first entry that is in; a log that is not named has none.
  private var first: [Int: UInt64] = [:]

  /// No entry.
  package init() {}

  /// Whether no log has an entry that is in.
  package var isEmpty: Bool { first.isEmpty }

  /// Takes in the entries of a log behind one; none if that is the last one held.
  mutating func include(_ log: LogState, behind sequence: UInt64) {
    let next = max(sequence + 1, log.first)
    if next <= log.sequence { first[log.number] = next }
  }

  /// Whether an entry is in.
  package func contains(replica: Int, sequence: UInt64) -> Bool {
    first[replica].map { $0 <= sequence } ?? false
  }

  func contains(_ dot: LocalDot) -> Bool { contains(replica: dot.replica, sequence: dot.sequence) }

  /// Whether an entry that is in has written to the record with these stamps, deletions left out.
  package func haveWritten(stamps: [UInt8]) -> Bool {
    (try? RecordStamps(decoding: stamps))?.touches.contains(where: contains) ?? false
  }

  /// Whether an entry that is in was the first to write to the record with these stamps, as far as they
  /// tell.
  package func haveMade(stamps: [UInt8]) -> Bool {
    (try? RecordStamps(decoding: stamps))?.origins.allSatisfy(contains) ?? false
  }
}

extension Snapshot {
  /// The entries of some authors, all or those from a moment on.
  ///
  /// - Complexity: O(log entries) look-ups for each log.
  package func tails(
    since moment: Instant?, by isMeant: (LogAuthor) -> Bool = { _ in true }
  ) throws -> LogTails {
    var tails = LogTails()
    let table = try LogTable(database)
    for log in try directory().logs where isMeant(LogAuthor(member: log.member, key: log.key)) {
      guard let moment else {
        tails.include(log, behind: 0)
        continue
      }
      // Times rise within a log.
      var (low, high) = (log.first, log.sequence + 1)
      while low < high {
        let middle = low + (high - low) / 2
        let stamp = try table.stamp(of: LocalDot(replica: log.number, sequence: middle))
        let time = Int64(clamping: stamp?.time.wallMilliseconds ?? 0)
        if time < moment.milliseconds { low = middle + 1 } else { high = middle }
      }
      tails.include(log, behind: low - 1)
    }
    return tails
  }

  /// The entries of this node that no peer has confirmed.
  package func unconfirmedTails() throws -> LogTails {
    let confirmed = try peers().reduce(into: VersionVector()) { $0.merge($1.acknowledged) }
    let key = try ownAuthor()?.key
    var tails = LogTails()
    for log in try directory().logs where log.key == key {
      tails.include(log, behind: confirmed[log.id])
    }
    return tails
  }

  /// The entries of which this node does not know that another one holds them.
  ///
  /// It knows by what that node has confirmed, and by what it had seen when it wrote entries of its own.
  package func tails(unseenBy key: NodePublicKey) throws -> LogTails {
    var tails = LogTails()
    let directory = try directory()
    guard try ownAuthor()?.key != key else { return tails }
    let confirmed = try peers().first { $0.key == key }?.acknowledged ?? VersionVector()
    let own = directory.logs.filter { $0.key == key }
    for log in directory.logs where log.key != key {
      let seen = own.map { $0.past[log.number] }.max() ?? 0
      tails.include(log, behind: max(seen, confirmed[log.id]))
    }
    return tails
  }
}

extension Snapshot {
  /// The fields of a record whose value, or any of whose values, these entries have written.
  package func fields(
    of kind: String, _ id: RecordID, writtenIn tails: LogTails
  ) throws -> Set<String> {
    guard let basis = try record(kind, id)?.basis else { return [] }
    let directory = try directory()
    func isIn(_ dot: Dot) -> Bool {
      guard let log = directory[dot.replica] else { return false }
      return tails.contains(replica: log.number, sequence: dot.sequence)
    }
    var fields = Set(basis.heads.filter { $0.value.contains(where: isIn) }.keys)
    for (field, elements) in basis.elements
    where elements.values.contains(where: { $0.contains(where: isIn) }) {
      fields.insert(field)
    }
    let increments = try Statement(
      cached: "SELECT field, replica, sequence FROM _increment WHERE kind = ? AND id = ?",
      in: database)
    increments.bind(1, kind)
    increments.bind(2, id.rawValue)
    defer { increments.reset() }
    while try increments.step() {
      let dot = LocalDot(replica: Int(increments.integer(1)), sequence: increments.unsigned(2))
      if tails.contains(dot) { fields.insert(increments.text(0)) }
    }
    return fields
  }
}
