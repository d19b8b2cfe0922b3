package import CRDTCore
import Foundation
import GRDB
package import ReplicaStore

/// One row of a replica's log, read back and verified.
package struct CollectedEntry: Sendable {
  /// The entry.
  package let entry: OracleEntry
  /// Why the replica has set it aside; `nil` if it counts there.
  package let verdict: SetAsideReason?
}

/// Reads every entry of a replica's file by plain SQL, trusting nothing but the stored bytes.
///
/// Each header is restored from its short form, the hash chain is computed anew, and every dependency is
/// looked for among the entries that arrived before: what holds of each entry then holds of every
/// prefix of the log in arrival order.
package struct EntryCollector {
  /// The entries in the order in which the replica took them in.
  package private(set) var entries: [CollectedEntry] = []
  /// What does not hold, each in one sentence.
  package private(set) var findings: [String] = []

  private struct Log {
    let id: ReplicaID
    let member: MemberID
    let key: NodePublicKey?
    let tip: (sequence: UInt64, hash: [UInt8])
    var sequence: UInt64 = 0
    var hash = EntryHash.none
  }

  private let workspace: WorkspaceID
  private var logs: [Int64: Log] = [:]
  private var held: [Dot: EntryHash] = [:]

  /// Reads a snapshot of a replica of `workspace`.
  package init(_ snapshot: Snapshot, workspace: WorkspaceID) throws {
    self.workspace = workspace
    try collectLogs(snapshot.database)
    let rows = try Row.fetchCursor(
      snapshot.database,
      sql: """
        SELECT arrival, replica, sequence, time, hash, verdict, header, payload FROM _log
        ORDER BY arrival
        """)
    while let row = try rows.next() { collect(row) }
    for (_, log) in logs.sorted(by: { $0.key < $1.key })
    where log.tip.sequence != log.sequence || log.tip.hash != log.hash.bytes {
      findings.append(
        "The list of replicas says that log \(log.id.short) ends at \(log.tip.sequence), "
          + "but the log's last entry is \(log.sequence), or has another hash.")
    }
  }

  private mutating func collectLogs(_ database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT number, id, member, key, sequence, hash FROM _replica ORDER BY number")
    for row in rows {
      logs[row[0]] = Log(
        id: ReplicaID(rawValue: UInt128(bigEndianBytes: row[1] as Data)),
        member: MemberID(rawValue: UInt128(bigEndianBytes: row[2] as Data)),
        key: NodePublicKey(bytes: row[3] as Data),
        tip: (UInt64(bitPattern: row[4] as Int64), Array(row[5] as Data)))
    }
  }

  private mutating func collect(_ row: Row) {
    let arrival: Int64 = row[0]
    guard let log = logs[row[1]] else {
      findings.append("Entry \(arrival) of the log is of a replica that is not listed.")
      return
    }
    let dot = Dot(replica: log.id, sequence: UInt64(bitPattern: row[2] as Int64))
    do {
      var reader = ByteReader(Array(row[6] as Data))
      let compact = try CompactHeader(from: &reader)
      let payload = try PayloadBytes(bytes: Array(row[7] as Data))
      let context = HeaderContext(
        workspace: workspace, dot: dot,
        time: HybridTimestamp(packed: UInt64(bitPattern: row[3] as Int64)), member: log.member,
        previous: log.hash)
      let header = compact.header(in: context, payload: payload)
      let entry = OracleEntry(header: header, payload: payload)
      let stored = EntryHash(bytes: row[4] as Data)
      check(entry, of: log, stored: stored)
      take(entry, row: row, stored: stored ?? entry.hash)
    } catch {
      findings.append("Entry \(dot.short) cannot be read: \(error).")
    }
  }

  private mutating func check(_ entry: OracleEntry, of log: Log, stored: EntryHash?) {
    let name = entry.dot.short
    if entry.hash != stored {
      findings.append("Entry \(name) does not have the hash under which it is stored.")
    }
    if entry.dot.sequence != log.sequence + 1 {
      findings.append("Entry \(name) arrived after entry \(log.sequence) of its log.")
    }
    if (entry.origin != nil) != (entry.dot.sequence == 1) {
      findings.append("Entry \(name) has an origin, or lacks one, in the wrong place.")
    }
    if let origin = entry.origin,
      origin.replica != log.id || origin.member != log.member || origin.key != log.key
    {
      findings.append("The origin in entry \(name) is not the one that the log is listed with.")
    }
    for dependency in entry.dependencies {
      let other = dependency.dot.short
      switch held[dependency.dot] {
      case nil: findings.append("Entry \(name) arrived before \(other), which its author held.")
      case .some(let hash) where hash != dependency.hash:
        findings.append("Entry \(name) rests on another \(other) than the one held here.")
      case .some: break
      }
    }
  }

  private mutating func take(_ entry: OracleEntry, row: Row, stored: EntryHash) {
    logs[row[1]]?.sequence = entry.dot.sequence
    // The next entry's header names what its author wrote, so one altered entry is one finding.
    logs[row[1]]?.hash = stored
    held[entry.dot] = stored
    let verdict = (row[5] as Int?).flatMap(SetAsideReason.init)
    entries.append(CollectedEntry(entry: entry, verdict: verdict))
  }
}

extension ReplicaID {
  /// Six characters that tell the replicas of one run apart.
  var short: String { String(Base32.text(of: rawValue).suffix(6)) }
}

extension Dot {
  /// Replica and sequence: `3k9x0q#14`.
  package var short: String { "\(replica.short)#\(sequence)" }
}
