package import CRDTCore

/// What a few replicas wrote while they took in each other's writes at odd moments.
///
/// A history is drawn from a seed. Replicas pull from each other what the other took in first, up to
/// a random point, so what one holds is always causally closed, as arrival-order shipping makes it.
/// Wall clocks are drawn from a small range and run backwards, so equal readings occur.
package struct CausalHistory<Write: Sendable>: Sendable {
  /// One entry.
  package struct Event: Sendable {
    /// Its dot, time and hash.
    package let stamp: Stamp
    /// What its author's wall clock said.
    package let wall: WallTime
    /// Everything its author held.
    package let past: VersionVector
    /// What it did.
    package let write: Write
  }

  /// What the author of the next entry knows.
  package struct Draft {
    /// The entry's name.
    package let dot: Dot
    /// The entry's time.
    package let time: HybridTimestamp
    /// What the author's wall clock says.
    package let wall: WallTime
    /// Everything the author holds, in the order it took it in.
    package let held: [Event]
  }

  /// All entries, in one causal order.
  package let events: [Event]

  /// Draws a history.
  ///
  /// - Parameters:
  ///   - replicas: How many write.
  ///   - steps: How often one of them writes or pulls.
  ///   - random: Where every choice comes from.
  ///   - write: Makes the write of a draft, and its entry's hash.
  package init(
    replicas: Int = 3, steps: Int = 30, using random: inout SplitMix64,
    write: (Draft, inout SplitMix64) -> (Write, EntryHash)
  ) {
    var nodes = (1...replicas).map { Node(replica: ReplicaID(rawValue: UInt128($0))) }
    var events: [Event] = []
    for _ in 0..<steps {
      let index = Int.random(in: nodes.indices, using: &random)
      if random.chance(60) {
        let wall = WallTime(milliseconds: Int.random(in: 0...6, using: &random))
        let event = nodes[index].write(at: wall, using: &random, write)
        events.append(event)
      } else {
        let peer = nodes[Int.random(in: nodes.indices, using: &random)]
        let count = Int.random(in: 0...peer.held.count, using: &random)
        nodes[index].take(peer.held.prefix(count), at: WallTime(milliseconds: 6))
      }
    }
    self.events = events
  }

  /// The same entries in another order that respects causality.
  package func reordered(using random: inout SplitMix64) -> [Event] {
    var waiting = Dictionary(grouping: events, by: \.stamp.dot.replica)
    var vector = VersionVector()
    var order: [Event] = []
    while order.count < events.count {
      let ready = waiting.keys.sorted().filter { replica in
        waiting[replica]?.first.map { vector.covers($0.past) } ?? false
      }
      guard let event = waiting[random.choice(ready)]?.removeFirst() else { continue }
      vector.include(event.stamp.dot)
      order.append(event)
    }
    return order
  }

  /// What `vector` covers, in the history's order.
  package func events(coveredBy vector: VersionVector) -> [Event] {
    events.filter { vector.covers($0.stamp.dot) }
  }

  private struct Node {
    let replica: ReplicaID
    var clock = HybridLogicalClock(resumingFrom: HybridTimestamp(packed: 0))
    var vector = VersionVector()
    var held: [Event] = []

    init(replica: ReplicaID) { self.replica = replica }

    mutating func write(
      at wall: WallTime, using random: inout SplitMix64,
      _ write: (Draft, inout SplitMix64) -> (Write, EntryHash)
    ) -> Event {
      let dot = Dot(replica: replica, sequence: vector[replica] + 1)
      let time = clock.tick(at: wall)
      let (change, hash) = write(Draft(dot: dot, time: time, wall: wall, held: held), &random)
      let event = Event(
        stamp: Stamp(dot: dot, time: time, hash: hash), wall: wall, past: vector, write: change)
      vector.include(dot)
      held.append(event)
      return event
    }

    mutating func take(_ events: some Sequence<Event>, at wall: WallTime) {
      for event in events where !vector.covers(event.stamp.dot) {
        vector.include(event.stamp.dot)
        held.append(event)
        _ = clock.accept(event.stamp.time, at: wall)
      }
    }
  }
}
