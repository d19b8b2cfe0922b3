import CRDTCore

/// A set of entries with the causal past of each: everything its author held when writing it.
///
/// The set's order shows nowhere: entries stand in an order of causality, and are told apart by hash.
struct OracleHistory: Sendable {
  /// The entries, each behind its whole past.
  private(set) var entries: [OracleEntry] = []
  /// What they are called.
  let names: OracleNames
  /// Per entry, whose log it is in, as the first entry of its path says.
  private(set) var origins: [LogOrigin?] = []
  private var positions: [EntryHash: Int] = [:]
  /// Per entry, the one that it follows.
  private var parents: [Int?] = []
  /// The logs' places in ``pasts``.
  private var places: [ReplicaID: Int] = [:]
  /// Per log, the entry that its first one follows: the last one that a branch shares with others.
  private var roots: [ReplicaID: Int] = [:]
  /// Per entry and log, the last entry of the log that lies strictly in the entry's past.
  ///
  /// What lies in a past lies there with all before it, so one number a log is enough.
  private var pasts: [[UInt64]] = []

  init(_ entries: [OracleEntry]) {
    (self.entries, positions) = Self.ordered(entries)
    names = OracleNames(self.entries)
    for branch in names.branches {
      roots[branch.id] = positions[self.entries[branch.first].previous]
    }
    for dot in names.dots where places[dot.replica] == nil { places[dot.replica] = places.count }
    for entry in self.entries {
      let parent = positions[entry.previous]
      parents.append(parent)
      origins.append(entry.origin ?? parent.flatMap { origins[$0] })
      addPast(of: entry, after: parent)
    }
  }

  /// Places each entry as soon as all that it rests on stands before it.
  private static func ordered(
    _ entries: [OracleEntry]
  ) -> ([OracleEntry], positions: [EntryHash: Int]) {
    var waiting: [EntryHash: [Int]] = [:]
    var lacking: [Int] = []
    var ready: [Int] = []
    for (index, entry) in entries.enumerated() {
      let needed = Set([entry.previous] + entry.dependencies.map(\.hash)).subtracting([.none])
      for hash in needed { waiting[hash, default: []].append(index) }
      lacking.append(needed.count)
      if needed.isEmpty { ready.append(index) }
    }
    var ordered: [OracleEntry] = []
    var positions: [EntryHash: Int] = [:]
    while let index = ready.popLast() {
      let hash = entries[index].hash
      positions[hash] = ordered.count
      ordered.append(entries[index])
      for follower in waiting[hash] ?? [] {
        lacking[follower] -= 1
        if lacking[follower] == 0 { ready.append(follower) }
      }
    }
    return (ordered, positions)
  }

  /// An entry's past is what its own path's headers name as dependencies, and what came before those.
  private mutating func addPast(of entry: OracleEntry, after parent: Int?) {
    var past = parent.map { pasts[$0] } ?? Array(repeating: 0, count: places.count)
    for seen in [parent] + entry.dependencies.map({ positions[$0.hash] }) {
      var next = seen
      while let position = next {
        let name = names.dots[position]
        guard let place = places[name.replica], past[place] < name.sequence else { break }
        past[place] = name.sequence
        next = roots[name.replica]
      }
    }
    pasts.append(past)
  }

  /// The place of the entry that the entry at `position` follows.
  func parent(of position: Int) -> Int? { parents[position] }

  /// What writes of the entry at `position` are ranked by, and shown under.
  func stamp(of position: Int) -> Stamp {
    Stamp(
      dot: names.dots[position], time: entries[position].time, hash: entries[position].hash)
  }

  /// Whose log the entry at `position` is in.
  func member(of position: Int) -> MemberID {
    origins[position]?.member ?? MemberID(rawValue: 0)
  }

  /// Whether one entry lies strictly in the past of another.
  func isPast(_ earlier: Int, of position: Int) -> Bool {
    let name = names.dots[earlier]
    guard let place = places[name.replica] else { return false }
    // In a damaged file, sequences may run against the order of the entries.
    return earlier < position && name.sequence <= pasts[position][place]
  }

  /// The entry that the author of the one at `position` meant by a name; `nil` if there was none.
  func place(of name: Dot, asMeantBy position: Int) -> Int? {
    names.place(of: name) { isPast($0, of: position) }
  }

  /// Whether the entry at `end` is that one, or follows it by however many others.
  func isOnPath(_ position: Int, to end: Int) -> Bool {
    let name = names.dots[position]
    var next: Int? = end
    while let at = next {
      let other = names.dots[at]
      if other.replica == name.replica { return name.sequence <= other.sequence }
      next = roots[other.replica]
    }
    return false
  }

  /// The entries whose time lies more than five minutes above the wall clock of one that had seen
  /// them, by place.
  ///
  /// Of each log, the slowest clock among those who had seen an entry or a later one decides.
  var ahead: [Int] {
    var slowest = Array(repeating: [UInt64: UInt64](), count: places.count)
    for (position, entry) in entries.enumerated() {
      for place in slowest.indices where pasts[position][place] > 0 {
        slowest[place][pasts[position][place], default: .max].lower(to: entry.wall.milliseconds)
      }
    }
    var walls = Array(repeating: UInt64.max, count: places.count)
    var ahead: [Int] = []
    for (position, entry) in entries.enumerated().reversed() {
      let name = names.dots[position]
      guard let place = places[name.replica] else { continue }
      walls[place].lower(to: slowest[place][name.sequence] ?? .max)
      let (limit, isEndless) = walls[place].addingReportingOverflow(Self.driftMilliseconds)
      if !isEndless, entry.time.wallMilliseconds > limit { ahead.append(position) }
    }
    return ahead
  }

  private static let driftMilliseconds: UInt64 = 5 * 60 * 1_000
}

extension UInt64 {
  fileprivate mutating func lower(to other: Self) { self = Swift.min(self, other) }
}
