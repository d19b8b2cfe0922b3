/// What a simulation has done.
package struct Totals: Hashable, Sendable, Codable {
  package var nodes = 0
  package var transactions = 0
  package var entriesApplied = 0
  package var sessions = 0
  package var bytesSent = 0
  package var conflictsRaised = 0
  package var conflictsSettled = 0
  package var virtualDays = 0.0
  /// What it took nodes that were away for long to catch up.
  package var catchUp = CatchUp()
  /// How often each kind of fault struck.
  package var faults: [String: Int] = [:]

  package init() {}

  mutating func fault(_ kind: String) { faults[kind, default: 0] += 1 }

  /// Adds another simulation's.
  package mutating func add(_ other: Totals) {
    nodes += other.nodes
    transactions += other.transactions
    entriesApplied += other.entriesApplied
    sessions += other.sessions
    bytesSent += other.bytesSent
    conflictsRaised += other.conflictsRaised
    conflictsSettled += other.conflictsSettled
    virtualDays += other.virtualDays
    catchUp.add(other.catchUp)
    faults.merge(other.faults, uniquingKeysWith: +)
  }
}
