package import CRDTCore
import Synchronization

/// The true time, which the simulator moves and no node knows.
package final class TrueTime: Sendable {
  private let milliseconds: Mutex<UInt64>

  init(_ start: VirtualTime) { milliseconds = Mutex(start.milliseconds) }

  var now: VirtualTime {
    get { VirtualTime(milliseconds: milliseconds.withLock { $0 }) }
    set { milliseconds.withLock { $0 = newValue.milliseconds } }
  }
}

/// A node's wall clock: right, or wrong in one of the ways in which clocks are.
package final class SimulatedClock: Sendable {
  private struct Error {
    /// How far it is ahead, in milliseconds.
    var lead: Int64 = 0
    /// What it shows for ever, if it has stopped.
    var stopped: WallTime?
  }

  private let time: TrueTime
  private let error = Mutex(Error())

  init(_ time: TrueTime) { self.time = time }

  /// What it shows.
  package var now: WallTime {
    let running = UInt64(time.now.milliseconds)
    return error.withLock { $0.stopped ?? WallTime(milliseconds: Int64(running) + $0.lead) }
  }

  /// Sets it so far ahead of the true time, or, if negative, behind.
  package func set(leadMilliseconds: Int64) {
    error.withLock { $0 = Error(lead: leadMilliseconds) }
  }

  /// Stops it at what it shows.
  package func stop() {
    let shown = now
    error.withLock { $0.stopped = shown }
  }
}
