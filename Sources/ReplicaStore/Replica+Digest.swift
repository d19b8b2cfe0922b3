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

  /// What is held, and the digest of the logs, of one moment.
  package func logState() throws -> (vector: VersionVector, digest: EntryHash) {
    try read { snapshot in
      let directory = try snapshot.directory()
      return (directory.vector, directory.digest)
    }
  }
}

extension Snapshot {
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
