/// What it took nodes that had been away for long to hold all that their peers hold.
package struct CatchUp: Hashable, Sendable, Codable {
  /// How many nodes came back.
  package private(set) var nodes = 0
  /// The sessions that they took, and the entries and bytes that crossed, both ways together.
  package private(set) var sessions = 0
  package private(set) var entries = 0
  package private(set) var bytes = 0
  /// From going online to being in sync, in virtual time.
  package private(set) var milliseconds: UInt64 = 0
  package private(set) var millisecondsMax: UInt64 = 0

  package init() {}

  /// One node that went online at `start` and was in sync at `end`; what the totals were at either.
  init(from before: Totals, to after: Totals, start: VirtualTime, end: VirtualTime) {
    nodes = 1
    sessions = after.sessions - before.sessions
    entries = after.entriesApplied - before.entriesApplied
    bytes = after.bytesSent - before.bytesSent
    milliseconds = end.milliseconds - start.milliseconds
    millisecondsMax = milliseconds
  }

  mutating func add(_ other: CatchUp) {
    nodes += other.nodes
    sessions += other.sessions
    entries += other.entries
    bytes += other.bytes
    milliseconds += other.milliseconds
    millisecondsMax = max(millisecondsMax, other.millisecondsMax)
  }
}
