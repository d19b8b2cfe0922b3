/// One transaction of one replica: header and payload.
public struct Entry: Hashable, Sendable {
  /// What it says about itself.
  public let header: EntryHeader
  /// What it did, as its author encoded it.
  public let payload: PayloadBytes

  /// Creates an entry.
  public init(header: EntryHeader, payload: PayloadBytes) {
    self.header = header
    self.payload = payload
  }
}
