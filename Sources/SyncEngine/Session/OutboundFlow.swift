import CRDTCore

/// Batches on their way to the peer: what is being read, what waits for credit, what is in flight.
///
/// Holds at most one batch that was read and not sent. What is in flight costs at most the credit,
/// or is one batch alone.
struct OutboundFlow: Hashable, Sendable {
  private struct Flight: Hashable {
    let number: UInt64
    let cost: Int
    let entryCount: Int
    let covers: VersionVector
  }

  private let credit: Int
  private var flights: [Flight] = []
  private var lastNumber: UInt64 = 0
  private var waiting: BatchRead?
  /// How far the log has been read, and to where the read under way goes.
  private var cursor = LogCursor.start
  private var readEnd: LogCursor?
  /// Whether a read got nowhere, so that the next one must wait for a change.
  private var isBlocked = false

  /// Creates a flow within the credit that the peer grants.
  init(credit: Int) { self.credit = credit }

  /// Whether the peer owes an acknowledgement.
  var isAwaitingAck: Bool { !flights.isEmpty }

  /// Whether nothing of a log that reaches to `end` is left to read or to send.
  func isDrained(to end: LogCursor) -> Bool {
    readEnd == nil && waiting == nil && (cursor >= end || isBlocked)
  }

  /// What a batch takes of the credit.
  static func cost(of batch: [UInt8]) -> Int { max(batch.count, SessionLimits.batchCostMin) }

  private var creditLeft: Int { credit - flights.reduce(0) { $0 + $1.cost } }

  /// Takes note that the replica has changed.
  mutating func noteChange() { isBlocked = false }

  /// Takes note that the peer holds everything up to `end`, so that nothing needs reading there.
  mutating func skip(to end: LogCursor) {
    if readEnd == nil { cursor = max(cursor, end) }
  }

  /// The next read in a log that reaches to `end`, if there is reason for one and room for what it
  /// brings.
  mutating func nextRead(to end: LogCursor) -> (after: LogCursor, byteLimit: Int)? {
    let byteLimit = min(Limits.batchBytesTarget, credit)
    guard !isDrained(to: end), readEnd == nil, waiting == nil,
      flights.isEmpty || creditLeft >= byteLimit
    else { return nil }
    readEnd = end
    return (cursor, byteLimit)
  }

  /// Takes what was read.
  mutating func take(_ read: BatchRead) throws(Ending) {
    guard let end = readEnd, cursor <= read.cursor, read.cursor <= end else {
      throw Ending(.failed(reason: "A batch came that was not asked for."))
    }
    isBlocked = cursor == read.cursor
    guard !isBlocked || read.bytes.isEmpty else {
      throw Ending(.failed(reason: "A batch came and the cursor stayed where it was."))
    }
    guard read.bytes.count <= SessionLimits.batchBytesMax else {
      throw Ending(.failed(reason: "A batch of \(read.bytes.count) bytes is too long to send."))
    }
    readEnd = nil
    cursor = read.cursor
    if !read.bytes.isEmpty { waiting = read }
  }

  /// The batch that may be sent now, counted as in flight.
  mutating func nextBatch() -> (number: UInt64, read: BatchRead)? {
    guard let read = waiting else { return nil }
    let cost = Self.cost(of: read.bytes)
    guard flights.isEmpty || cost <= creditLeft else { return nil }
    waiting = nil
    lastNumber += 1
    flights.append(
      Flight(
        number: lastNumber, cost: cost, entryCount: read.entryCount, covers: read.covers))
    return (lastNumber, read)
  }

  /// Takes an acknowledgement of every batch up to `number`.
  ///
  /// - Returns: How many entries it confirms, and the greatest dot of each of their logs.
  mutating func acknowledge(
    upTo number: UInt64
  ) throws(Ending) -> (entryCount: Int, covers: VersionVector) {
    let confirmed = flights.prefix { $0.number <= number }
    guard confirmed.last?.number == number else { throw Ending(.outOfPlace(.ack)) }
    flights.removeFirst(confirmed.count)
    return confirmed.reduce(into: (0, VersionVector())) { sum, flight in
      sum.0 += flight.entryCount
      sum.1.merge(flight.covers)
    }
  }
}
