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
}

/// What a replica holds of all logs.
package struct Holdings: Hashable, Sendable {
  /// The log that this node writes.
  package let own: ReplicaID
  /// What is held.
  package let vector: VersionVector
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
      digest: directory.digest, lastArrival: try LogTable(database).lastArrival())
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
