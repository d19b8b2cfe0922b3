import CRDTCore
import Foundation
import GRDB

/// One log as a replica lists it, and what was found of it.
struct CollectedLog {
  /// Where a log leaves another one.
  struct Branch {
    /// The number of the log that it leaves.
    let parent: Int64
    /// The last entry that both share; 0 if they share none.
    let sequence: UInt64
    /// The hash of the branch's first entry.
    let first: EntryHash?
  }

  /// What it is called here.
  let id: ReplicaID
  /// What it is called in its entries' headers.
  let original: ReplicaID
  let member: MemberID
  let key: NodePublicKey?
  /// `nil` of a log that keeps its original name.
  let branch: Branch?
  private let tip: (sequence: UInt64, hash: [UInt8])
  /// The last entry that has arrived, and its hash.
  var sequence: UInt64 = 0
  var hash = EntryHash.none
  /// The hashes of its entries that have arrived.
  var hashes: [UInt64: EntryHash] = [:]

  /// Every log that a file lists, by its number there.
  static func all(in database: Database) throws -> [Int64: CollectedLog] {
    let branches = try Row.fetchAll(
      database,
      sql: "SELECT number, original, parent, sequence, hash FROM _branch ORDER BY number"
    ).reduce(into: [Int64: Row]()) { $0[$1[0]] = $1 }
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT number, id, member, key, sequence, hash FROM _replica ORDER BY number")
    return rows.reduce(into: [:]) { $0[$1[0]] = CollectedLog($1, branch: branches[$1[0]]) }
  }

  private init(_ row: Row, branch: Row?) {
    let id = ReplicaID(rawValue: UInt128(bigEndianBytes: row[1] as Data))
    self.id = id
    member = MemberID(rawValue: UInt128(bigEndianBytes: row[2] as Data))
    key = NodePublicKey(bytes: row[3] as Data)
    tip = (UInt64(bitPattern: row[4] as Int64), Array(row[5] as Data))
    original =
      branch.map { ReplicaID(rawValue: UInt128(bigEndianBytes: $0[1] as Data)) } ?? id
    self.branch = branch.map {
      Branch(
        parent: $0[2], sequence: UInt64(bitPattern: $0[3] as Int64),
        first: EntryHash(bytes: $0[4] as Data))
    }
  }

  /// What is wrong with how the log is listed, now that all of it has arrived.
  func faults(among logs: [Int64: CollectedLog]) -> [String] {
    var faults: [String] = []
    if tip.sequence != sequence || tip.hash != hash.bytes {
      faults.append(
        "The list of replicas says that log \(id.short) ends at \(tip.sequence), "
          + "but the log's last entry is \(sequence), or has another hash.")
    }
    guard let branch else { return faults }
    guard let parent = logs[branch.parent], parent.original == original else {
      return faults + ["Branch \(id.short) leaves a log that is none of its replica's."]
    }
    let isShared = parent.hashes[branch.sequence] != nil
    if !isShared, branch.sequence != 0 || parent.branch != nil {
      faults.append("Branch \(id.short) leaves \(parent.id.short) where that one has no entry.")
    }
    guard let first = branch.first, first == hashes[branch.sequence + 1] else {
      return faults + ["Branch \(id.short) is listed with another first entry than its own."]
    }
    let digest = Digests.digest(
      tag: "kith/branch/1", [original.rawValue.bigEndianBytes, first.bytes])
    if id.rawValue != UInt128(bigEndianBytes: digest.bytes.prefix(16)) {
      faults.append("Branch \(id.short) does not have the name that its first entry gives it.")
    }
    if !(parent.hashes[branch.sequence + 1].map { $0 < first } ?? false) {
      faults.append("Branch \(id.short) leaves \(parent.id.short), whose next entry is no lesser.")
    }
    return faults
  }
}
