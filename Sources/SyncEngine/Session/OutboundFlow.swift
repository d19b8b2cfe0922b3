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
  }

  private let credit: Int
  private var flights: [Flight] = []
  private var lastNumber: UInt64 = 0
  private var waiting: BatchRead?
  private var cursor: LogCursor?
  private var isReading = false
  private var hasChangedSinceRead = true

  /// Creates a flow within the credit that the peer grants.
  init(credit: Int) { self.credit = credit }

  /// Whether nothing is left to read, to send or to be acknowledged.
  var isSettled: Bool { isDrained && flights.isEmpty }

  /// Whether nothing is left to read or to send.
  var isDrained: Bool { !isReading && !hasChangedSinceRead && waiting == nil }

  /// Whether the peer owes an acknowledgement.
  var isAwaitingAck: Bool { !flights.isEmpty }

  /// Whether there may be something beyond the cursor that nobody has looked at.
  var mayHaveMore: Bool { hasChangedSinceRead && !isReading }

  /// What a batch takes of the credit.
  static func cost(of batch: [UInt8]) -> Int { max(batch.count, SessionLimits.batchCostMin) }

  private var creditLeft: Int { credit - flights.reduce(0) { $0 + $1.cost } }

  /// Takes note that the replica holds more.
  mutating func noteChange() { hasChangedSinceRead = true }

  /// Takes note that the peer holds everything that could be read.
  mutating func noteNothingLacking() { hasChangedSinceRead = false }

  /// The next read, if there is reason for one and room for what it brings.
  mutating func nextRead() -> (after: LogCursor?, byteLimit: Int)? {
    let byteLimit = min(Limits.batchBytesTarget, credit)
    guard mayHaveMore, waiting == nil, flights.isEmpty || creditLeft >= byteLimit else {
      return nil
    }
    isReading = true
    hasChangedSinceRead = false
    return (cursor, byteLimit)
  }

  /// Takes what was read.
  mutating func take(_ read: BatchRead) throws(Ending) {
    guard isReading else { throw Ending(.failed(reason: "A batch came that was not asked for.")) }
    guard read.bytes.count <= SessionLimits.batchBytesMax else {
      throw Ending(.failed(reason: "A batch of \(read.bytes.count) bytes is too long to send."))
    }
    isReading = false
    cursor = read.cursor
    if !read.isLast { hasChangedSinceRead = true }
    if !read.bytes.isEmpty { waiting = read }
  }

  /// The batch that may be sent now, counted as in flight.
  mutating func nextBatch() -> (number: UInt64, read: BatchRead)? {
    guard let read = waiting else { return nil }
    let cost = Self.cost(of: read.bytes)
    guard flights.isEmpty || cost <= creditLeft else { return nil }
    waiting = nil
    lastNumber += 1
    flights.append(Flight(number: lastNumber, cost: cost, entryCount: read.entryCount))
    return (lastNumber, read)
  }

  /// Takes an acknowledgement of every batch up to `number`.
  ///
  /// - Returns: How many entries it confirms.
  mutating func acknowledge(upTo number: UInt64) throws(Ending) -> Int {
    let confirmed = flights.prefix { $0.number <= number }
    guard confirmed.last?.number == number else { throw Ending(.outOfPlace(.ack)) }
    flights.removeFirst(confirmed.count)
    return confirmed.reduce(0) { $0 + $1.entryCount }
  }
}
