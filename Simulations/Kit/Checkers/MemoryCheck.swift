package import SyncEngine

/// A session keeps no more batches than it has promised, whatever its peer does.
///
/// Counted from outside: what has come in and was not taken in yet, and what has gone out and was not
/// acknowledged. Each is within the credit that the node grants, or one batch alone.
package struct MemoryCheck {
  private let limits: SessionLimits
  private var waiting: [Int] = []
  private var unacknowledged: [(number: UInt64, cost: Int)] = []

  package init(_ limits: SessionLimits) { self.limits = limits }

  /// The session was fed a frame, and goes on.
  package mutating func received(_ frame: [UInt8]) throws {
    guard let message = try? SyncMessage(decoding: frame) else { return }
    switch message {
    case .entries(_, let batch):
      waiting.append(cost(of: batch))
      try check(waiting, "waiting to be taken in")
    case .ack(let number, _): unacknowledged.removeAll { $0.number <= number }
    case .hello, .vector, .parted, .caughtUp, .verify, .ping, .bye, .join, .joined: break
    }
  }

  /// The batch in work was taken in.
  package mutating func applied() { if !waiting.isEmpty { waiting.removeFirst() } }

  /// The session sends a frame.
  package mutating func sent(_ frame: [UInt8]) throws {
    guard case .entries(let number, let batch)? = try? SyncMessage(decoding: frame) else { return }
    unacknowledged.append((number, cost(of: batch)))
    try check(unacknowledged.map(\.cost), "sent and not acknowledged")
  }

  private func cost(of batch: [UInt8]) -> Int { max(batch.count, SessionLimits.batchCostMin) }

  private func check(_ costs: [Int], _ what: String) throws {
    let sum = costs.reduce(0, +)
    guard costs.count <= 1 || sum <= limits.creditBytes else {
      throw Finding(.memory, "\(sum) bytes are \(what), and \(limits.creditBytes) were granted")
    }
  }
}
