package import CRDTCore
import Foundation
import GRDB
package import ReplicaStore

/// One row of a replica's log, read back and verified.
package struct CollectedEntry: Sendable {
  /// The entry.
  package let entry: OracleEntry
  /// What the replica calls it.
  package let name: Dot
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

  private let workspace: WorkspaceID
  private var logs: [Int64: CollectedLog] = [:]
  /// The hashes of the entries that have arrived, by the dots in their headers.
  private var held: [Dot: Set<EntryHash>] = [:]

  /// Reads a snapshot of a replica of `workspace`.
  package init(_ snapshot: Snapshot, workspace: WorkspaceID) throws {
    self.workspace = workspace
    logs = try CollectedLog.all(in: snapshot.database)
    let rows = try Row.fetchCursor(
      snapshot.database,
      sql: """
        SELECT arrival, replica, sequence, time, hash, verdict, header, payload FROM _log
        ORDER BY arrival
        """)
    while let row = try rows.next() { collect(row) }
    for (_, log) in logs.sorted(by: { $0.key < $1.key }) { findings += log.faults(among: logs) }
  }

  private mutating func collect(_ row: Row) {
    let arrival: Int64 = row[0]
    guard var log = logs[row[1]] else {
      findings.append("Entry \(arrival) of the log is of a replica that is not listed.")
      return
    }
    let sequence = UInt64(bitPattern: row[2] as Int64)
    let name = Dot(replica: log.id, sequence: sequence)
    if let branch = log.branch, log.hashes.isEmpty {
      log.sequence = branch.sequence
      log.hash = logs[branch.parent]?.hashes[branch.sequence] ?? .none
    }
    do {
      var reader = ByteReader(Array(row[6] as Data))
      let compact = try CompactHeader(from: &reader)
      let payload = try PayloadBytes(bytes: Array(row[7] as Data))
      let context = HeaderContext(
        workspace: workspace, dot: Dot(replica: log.original, sequence: sequence),
        time: HybridTimestamp(packed: UInt64(bitPattern: row[3] as Int64)), member: log.member,
        previous: log.hash)
      let header = compact.header(in: context, payload: payload)
      let stored = EntryHash(bytes: row[4] as Data)
      // Others name what its author wrote, so one altered entry is one finding.
      let entry = OracleEntry(header: header, payload: payload, hash: stored)
      if header.hash != stored {
        findings.append("Entry \(name.short) does not have the hash under which it is stored.")
      }
      check(entry, called: name, in: log)
      log.sequence = sequence
      log.hash = entry.hash
      log.hashes[sequence] = entry.hash
      logs[row[1]] = log
      held[entry.dot, default: []].insert(entry.hash)
      let verdict = (row[5] as Int?).flatMap(SetAsideReason.init)
      entries.append(CollectedEntry(entry: entry, name: name, verdict: verdict))
    } catch {
      findings.append("Entry \(name.short) cannot be read: \(error).")
    }
  }

  private mutating func check(_ entry: OracleEntry, called name: Dot, in log: CollectedLog) {
    let words = name.short
    if name.sequence != log.sequence + 1 {
      findings.append("Entry \(words) arrived after entry \(log.sequence) of its log.")
    }
    if (entry.origin != nil) != (name.sequence == 1) {
      findings.append("Entry \(words) has an origin, or lacks one, in the wrong place.")
    }
    if let origin = entry.origin,
      origin.replica != log.original || origin.member != log.member || origin.key != log.key
    {
      findings.append("The origin in entry \(words) is not the one that the log is listed with.")
    }
    for dependency in entry.dependencies {
      let other = dependency.dot.short
      switch held[dependency.dot] {
      case nil: findings.append("Entry \(words) arrived before \(other), which its author held.")
      case .some(let hashes) where !hashes.contains(dependency.hash):
        findings.append("Entry \(words) rests on another \(other) than the one held here.")
      case .some: break
      }
    }
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
