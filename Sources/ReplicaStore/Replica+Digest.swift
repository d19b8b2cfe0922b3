package import CRDTCore
import Crypto
import GRDB

/// What two replicas compare: equal vectors must come with equal states.
package struct ReplicaDigest: Hashable, Sendable {
  /// Of the canonical state.
  package let state: EntryHash
  /// Of the version vector and every log's last hash.
  package let logs: EntryHash
}

extension Replica {
  /// The digests of the state and of the logs, of one moment.
  package func digest() throws -> ReplicaDigest {
    try read { snapshot in
      ReplicaDigest(state: try snapshot.digest(), logs: try snapshot.directory().digest)
    }
  }

  /// What is held, of one moment.
  package func holdings() throws -> Holdings { try read { try $0.holdings() } }

  /// What a peer with these tips holds, in this replica's names, and those of its logs, in its names,
  /// under which this replica has other entries.
  ///
  /// It is what the peer says; it may claim entries that nobody has written.
  package func holdings(
    ofPeerWith tips: [LogTip]
  ) throws -> (vector: VersionVector, parted: [ReplicaID]) {
    try read { snapshot in
      try LogReader(
        directory: try snapshot.directory(), log: try LogTable(snapshot.database)
      ).holdings(of: tips)
    }
  }
}

/// What a replica holds of all logs.
package struct Holdings: Hashable, Sendable {
  /// The log that this node writes.
  package let own: ReplicaID
  /// What is held.
  package let vector: VersionVector
  /// The same with the hash of each log's last entry.
  package let tips: [LogTip]
  /// How many of the logs are branches of others; names have changed if this has.
  package let branchCount: Int
  /// The names of the logs that have branches, and of these.
  package let forked: Set<ReplicaID>
  /// Digest of every log's last hash: equal on two nodes that hold the same entries.
  package let digest: EntryHash
  /// The arrival number of the last entry taken in.
  package let lastArrival: Int64
}

extension Snapshot {
  /// What is held.
  package func holdings() throws -> Holdings {
    let directory = try directory()
    return Holdings(
      own: try MetaTable(database).ownReplica(), vector: directory.vector,
      tips: directory.tips, branchCount: directory.branchCount, forked: directory.forked,
      digest: directory.digest,
      lastArrival: try LogTable(database).lastArrival())
  }

  /// SHA-256 of the canonical dump.
  package func digest() throws -> EntryHash {
    var hasher = SHA256()
    try CanonicalDump(self).forEachPiece { hasher.update(data: $0) }
    return EntryHash(bytes: Array(hasher.finalize())) ?? .none
  }

  /// The canonical dump: the whole state without what depends on this file alone.
  package func canonicalDump() throws -> [UInt8] {
    var bytes: [UInt8] = []
    try CanonicalDump(self).forEachPiece { bytes += $0 }
    return bytes
  }
}
