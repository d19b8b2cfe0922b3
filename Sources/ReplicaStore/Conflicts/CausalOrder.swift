import CRDTCore
import GRDB

/// Puts the entries of a history in an order in which nobody writes before what he had seen.
///
/// Times alone are such an order as long as no clock was far ahead: an author's own clock moves past
/// whatever he takes in, up to ``Limits/clockDriftMilliseconds``. An entry further ahead than that
/// is placed before the earliest of those written by people who had seen it.
struct CausalOrder {
  /// An entry, where it stands in the file, and when its author's clock says it was written.
  struct Place {
    let dot: LocalDot
    let arrival: Int64
    let stamp: Stamp
  }

  private let database: Database
  private let directory: LogDirectory

  init(_ database: Database, _ directory: LogDirectory) {
    self.database = database
    self.directory = directory
  }

  /// The positions of `places`, the newest first.
  ///
  /// - Complexity: Where an entry is far ahead of the clocks, O(log) from the oldest entry on, and
  ///   quadratic in the number of entries; otherwise that of sorting.
  func newestFirst(_ places: [Place]) throws -> [Int] {
    guard try places.contains(where: isAhead) else {
      return places.indices.sorted { places[$0].stamp > places[$1].stamp }
    }
    let times = try plausibleTimes(places)
    return places.indices.sorted { one, two in
      times[one] != times[two]
        ? times[one] > times[two] : places[one].arrival > places[two].arrival
    }
  }

  private func isAhead(_ place: Place) throws -> Bool {
    let selection = try Statement(
      cached: "SELECT 1 FROM _ahead WHERE replica = ? AND sequence = ?", in: database)
    selection.bind(1, place.dot.replica)
    selection.bind(2, place.dot.sequence)
    defer { selection.reset() }
    return try selection.step()
  }

  /// Each entry's time, or the least of those that causally follow it if that is less.
  private func plausibleTimes(_ places: [Place]) throws -> [HybridTimestamp] {
    let pasts = try pasts(of: places)
    let latestFirst = places.indices.sorted { places[$0].arrival > places[$1].arrival }
    var times = places.map(\.stamp.time)
    for (count, index) in latestFirst.enumerated() {
      let dot = places[index].dot
      // What follows an entry arrives after it.
      for later in latestFirst[..<count] where times[later] < times[index] {
        if pasts[later][dot.replica] >= dot.sequence { times[index] = times[later] }
      }
    }
    return times
  }

  /// What the author of each entry held, as far as it arrived here after the oldest of `places`.
  private func pasts(of places: [Place]) throws -> [CausalPast] {
    if directory.hasBranches {
      let reader = LogReader(directory: directory, log: try LogTable(database))
      return try places.map { try reader.past(of: $0.dot) }
    }
    var pasts = [CausalPast](repeating: CausalPast(), count: places.count)
    let positions = Dictionary(
      places.enumerated().map { ($1.arrival, $0) }, uniquingKeysWith: { one, _ in one })
    var authors: [Int: CausalPast] = [:]
    let selection = try Statement(
      database, "SELECT replica, sequence, header, arrival FROM _log WHERE arrival >= ?")
    selection.bind(1, places.lazy.map(\.arrival).min() ?? 0)
    while try selection.step() {
      let replica = Int(selection.integer(0))
      var reader = ByteReader(selection.bytes(2))
      for dependency in try CompactHeader(from: &reader).dependencies {
        guard let dot = directory.local(dependency.dot) else { continue }
        authors[replica, default: CausalPast()].include(dot)
      }
      if let position = positions[selection.integer(3)] {
        pasts[position] = authors[replica] ?? CausalPast()
      }
      authors[replica, default: CausalPast()].include(
        LocalDot(replica: replica, sequence: selection.unsigned(1)))
    }
    return pasts
  }
}
