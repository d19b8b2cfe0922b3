/// Batches that came from the peer: one being applied, the others waiting for their turn.
///
/// They cost at most the credit granted, or are one batch alone.
struct InboundFlow: Hashable, Sendable {
  private let credit: Int
  private var lastNumber: UInt64 = 0
  private var costInWork: Int?
  private var queue: [[UInt8]] = []
  private var queuedCost = 0

  /// Creates a flow that grants `credit` bytes.
  init(credit: Int) { self.credit = credit }

  /// Whether nothing waits to be applied.
  var isSettled: Bool { costInWork == nil }

  /// Takes a batch in.
  ///
  /// - Returns: The batch, if it can be applied at once.
  mutating func take(_ batch: [UInt8], number: UInt64) throws(Ending) -> [UInt8]? {
    guard number == lastNumber &+ 1 else { throw Ending(.outOfPlace(.entries)) }
    lastNumber = number
    let cost = OutboundFlow.cost(of: batch)
    guard let costInWork else {
      costInWork = cost
      return batch
    }
    guard costInWork + queuedCost + cost <= credit else { throw Ending(.overLimit(.credit)) }
    queue.append(batch)
    queuedCost += cost
    return nil
  }

  /// Takes note that the batch in work is durable.
  ///
  /// - Returns: Its number, and the batch to apply next.
  mutating func finishBatch() throws(Ending) -> (number: UInt64, next: [UInt8]?) {
    guard costInWork != nil else {
      throw Ending(.failed(reason: "A batch was applied that was not asked for."))
    }
    let number = lastNumber - UInt64(queue.count)
    guard !queue.isEmpty else {
      costInWork = nil
      return (number, nil)
    }
    let next = queue.removeFirst()
    let cost = OutboundFlow.cost(of: next)
    queuedCost -= cost
    costInWork = cost
    return (number, next)
  }
}
