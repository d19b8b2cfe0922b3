package import CRDTCore

/// One entry of the log as the oracle sees it: what its author said, and nothing of what became of it.
package struct OracleEntry: Sendable {
  /// The entry's name.
  package let dot: Dot
  /// The author's hybrid clock.
  package let time: HybridTimestamp
  /// What the author's wall clock said.
  package let wall: WallTime
  /// The entry's hash, computed from its bytes.
  package let hash: EntryHash
  /// What the author had taken in since its previous entry.
  package let dependencies: [Dependency]
  /// On the first entry of a log: whose log it is.
  package let origin: LogOrigin?
  /// What it did; `nil` if that cannot be decoded.
  package let payload: Payload?

  /// Reads an entry off its header and payload.
  package init(header: EntryHeader, payload: PayloadBytes) {
    dot = header.dot
    time = header.time
    wall = header.wall
    hash = header.hash
    dependencies = header.dependencies
    origin = header.origin
    self.payload = try? Payload(decoding: payload, author: header.dot.replica)
  }

  /// What its writes are ranked by.
  package var stamp: Stamp { Stamp(dot: dot, time: time, hash: hash) }
}
