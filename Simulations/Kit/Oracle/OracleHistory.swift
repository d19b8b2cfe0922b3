import CRDTCore

/// A set of entries with the causal past of each: everything its author held when writing it.
///
/// The set's order shows nowhere: entries stand in an order of causality, ties broken by name.
struct OracleHistory: Sendable {
  /// The entries, each behind its whole past.
  private(set) var entries: [OracleEntry] = []
  /// Whose log each is in, as its first entry says.
  private(set) var origins: [ReplicaID: LogOrigin] = [:]
  /// The logs' places in ``pasts``.
  private var places: [ReplicaID: Int] = [:]
  private var positions: [Dot: Int] = [:]
  /// Per entry and log, the last entry of the log that lies strictly in the entry's past.
  private var pasts: [[UInt64]] = []

  init(_ entries: [OracleEntry]) {
    let logs = Dictionary(grouping: entries, by: \.dot.replica).mapValues { log in
      log.sorted { $0.dot.sequence < $1.dot.sequence }
    }
    let replicas = logs.keys.sorted()
    for (place, replica) in replicas.enumerated() {
      places[replica] = place
      origins[replica] = logs[replica]?.first?.origin
    }
    order(replicas.compactMap { logs[$0] })
    for entry in self.entries { addPast(of: entry) }
  }

  /// Places each log's entries in turn, as far as what they rest on stands before them.
  private mutating func order(_ logs: [[OracleEntry]]) {
    var next = Array(repeating: 0, count: logs.count)
    var hasMoved = true
    while hasMoved {
      hasMoved = false
      for (index, log) in logs.enumerated() {
        while next[index] < log.count, isComplete(log[next[index]]) {
          positions[log[next[index]].dot] = entries.count
          entries.append(log[next[index]])
          next[index] += 1
          hasMoved = true
        }
      }
    }
  }

  private func isComplete(_ entry: OracleEntry) -> Bool {
    entry.dependencies.allSatisfy { positions[$0.dot] != nil }
  }

  private mutating func addPast(of entry: OracleEntry) {
    let previous = Dot(replica: entry.dot.replica, sequence: entry.dot.sequence - 1)
    var past = positions[previous].map { pasts[$0] } ?? Array(repeating: 0, count: places.count)
    for dot in [previous] + entry.dependencies.map(\.dot) {
      guard let place = places[dot.replica] else { continue }
      past[place] = max(past[place], dot.sequence)
    }
    pasts.append(past)
  }

  /// The place in ``entries`` of the entry of that name.
  func position(of dot: Dot) -> Int? { positions[dot] }

  /// Whether `dot` names an entry that lies strictly in the past of the entry at `position`.
  func isPast(_ dot: Dot, of position: Int) -> Bool {
    guard let place = places[dot.replica] else { return false }
    return dot.sequence <= pasts[position][place]
  }

  /// The entries whose time lies more than five minutes above the wall clock of one that had seen them.
  ///
  /// Of each log, the slowest clock among those who had seen an entry or a later one decides.
  var ahead: [Dot] {
    var slowest = Array(repeating: [UInt64: UInt64](), count: places.count)
    for (position, entry) in entries.enumerated() {
      for place in slowest.indices where pasts[position][place] > 0 {
        slowest[place][pasts[position][place], default: .max].lower(to: entry.wall.milliseconds)
      }
    }
    var walls = Array(repeating: UInt64.max, count: places.count)
    var ahead: [Dot] = []
    for entry in entries.reversed() {
      guard let place = places[entry.dot.replica] else { continue }
      walls[place].lower(to: slowest[place][entry.dot.sequence] ?? .max)
      let (limit, isEndless) = walls[place].addingReportingOverflow(Self.driftMilliseconds)
      if !isEndless, entry.time.wallMilliseconds > limit { ahead.append(entry.dot) }
    }
    return ahead.sorted()
  }

  private static let driftMilliseconds: UInt64 = 5 * 60 * 1_000
}

extension UInt64 {
  fileprivate mutating func lower(to other: Self) { self = Swift.min(self, other) }
}
