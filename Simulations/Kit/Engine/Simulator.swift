import HeapModule

/// A moment of virtual time, in milliseconds since 1970.
package struct VirtualTime: Hashable, Sendable, Comparable {
  package var milliseconds: UInt64

  package init(milliseconds: UInt64) { self.milliseconds = milliseconds }

  package static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }

  package static func + (lhs: Self, rhs: Duration) -> Self {
    let (seconds, attoseconds) = rhs.components
    let step = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    return Self(milliseconds: UInt64(max(0, Int64(lhs.milliseconds) + step)))
  }
}

/// Runs events in the order of their times; those of one time in the order of their making.
///
/// Nothing here waits: time jumps to the next event.
package final class Simulator {
  private struct Event: Comparable {
    let time: VirtualTime
    let order: UInt64
    let run: () throws -> Void

    static func < (lhs: Self, rhs: Self) -> Bool {
      (lhs.time, lhs.order) < (rhs.time, rhs.order)
    }

    static func == (lhs: Self, rhs: Self) -> Bool { lhs.order == rhs.order }
  }

  /// The true time, which no node knows.
  package var now: VirtualTime { time.now }
  let time: TrueTime
  private var events = Heap<Event>()
  private var nextOrder: UInt64 = 0

  package init(start: VirtualTime) { time = TrueTime(start) }

  /// Runs `body` after some time has passed; at once, in its turn, where that is nothing.
  package func schedule(after delay: Duration = .zero, _ body: @escaping () throws -> Void) {
    events.insert(Event(time: max(now, now + delay), order: nextOrder, run: body))
    nextOrder += 1
  }

  /// Forgets what was to come.
  func clear() { events = Heap() }

  /// Runs what is due until `end`, or until nothing is left to do before it.
  package func run(until end: VirtualTime) throws {
    while let next = events.min, next.time <= end {
      events.removeMin()
      time.now = next.time
      try next.run()
    }
    time.now = max(now, end)
  }
}
