/// What a session has moved so far; all of it since the session opened.
public struct SyncReport: Hashable, Sendable {
  /// Entries sent, acknowledged or not.
  public internal(set) var entriesSent = 0
  /// Entries sent and acknowledged: durable at the peer.
  public internal(set) var entriesConfirmed = 0
  /// Entries that the peer lacked when it told what it holds.
  public internal(set) var entriesToSend: UInt64 = 0
  /// Entries received that were new here, and are durable.
  public internal(set) var entriesReceived = 0
  /// Entries that were lacking here when the peer told what it holds.
  public internal(set) var entriesToReceive: UInt64 = 0
  /// Bytes of messages sent, without framing and TLS.
  public internal(set) var bytesSent = 0
  /// Bytes of messages received, without framing and TLS.
  public internal(set) var bytesReceived = 0

  /// Creates the report of a session in which nothing has happened.
  public init() {}

  /// Counts a batch that was applied when the session was over already.
  public mutating func noteReceived(_ batch: BatchApplied) { entriesReceived += batch.entryCount }

  /// The report of this session and of another one after it.
  public func followed(by next: Self) -> Self {
    var sum = next
    sum.entriesSent += entriesSent
    sum.entriesConfirmed += entriesConfirmed
    sum.entriesReceived += entriesReceived
    sum.bytesSent += bytesSent
    sum.bytesReceived += bytesReceived
    return sum
  }
}
