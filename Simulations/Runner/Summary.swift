import SimulationKit

/// What many runs have done, in lines.
struct Summary {
  let text: String

  init(_ totals: Totals, runs: Int, time: Duration) {
    let faults = totals.faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    var lines = [
      "clean: \(runs) run\(runs == 1 ? "" : "s") in \(time.components.seconds) s",
      "nodes \(totals.nodes), transactions \(totals.transactions), entries moved "
        + "\(totals.entriesApplied), bytes sent \(totals.bytesSent), sessions \(totals.sessions)",
      "conflicts raised \(totals.conflictsRaised), settled \(totals.conflictsSettled); "
        + "virtual days \(Int(totals.virtualDays))",
      "faults: \(faults.isEmpty ? "none" : faults.joined(separator: ", "))",
    ]
    let catchUp = totals.catchUp
    if catchUp.nodes > 0 {
      let count = catchUp.nodes
      lines.append(
        """
        after a long absence: \(count) node\(count == 1 ? "" : "s") in sync within \
        \(catchUp.milliseconds / UInt64(count)) ms of virtual time (at most \
        \(catchUp.millisecondsMax) ms), \(catchUp.sessions) sessions, \(catchUp.entries) entries, \
        \(catchUp.bytes) bytes
        """)
    }
    text = lines.joined(separator: "\n")
  }
}
