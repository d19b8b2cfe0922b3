package import CRDTCore

/// One entry of the log as the oracle sees it: what its author said, and nothing of what became of it.
///
/// It is what its hash says. What it is called depends on the entries beside it: see ``OracleNames``.
package struct OracleEntry: Sendable {
  /// The replica id and sequence in its header, under which its author wrote it.
  package let dot: Dot
  /// The hash of the entry that it follows; ``EntryHash/none`` of a first one.
  package let previous: EntryHash
  /// The author's hybrid clock.
  package let time: HybridTimestamp
  /// What the author's wall clock said.
  package let wall: WallTime
  /// The hash that others name it by.
  package let hash: EntryHash
  /// What the author had taken in since its previous entry.
  package let dependencies: [Dependency]
  /// On the first entry of a log: whose log it is.
  package let origin: LogOrigin?
  /// What it did; `nil` if that cannot be decoded.
  package let payload: Payload?

  /// Reads an entry off its header and payload; `hash` is another than the header's only of damaged files.
  package init(header: EntryHeader, payload: PayloadBytes, hash: EntryHash? = nil) {
    dot = header.dot
    previous = header.previous
    time = header.time
    wall = header.wall
    self.hash = hash ?? header.hash
    dependencies = header.dependencies
    origin = header.origin
    self.payload = try? Payload(decoding: payload, author: header.dot.replica)
  }
}
