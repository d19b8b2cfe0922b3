import CRDTCore

/// What the entries of a set are called: docs/decisions/0014-forked-logs.md.
///
/// The entries of one replica form a tree, each being behind the one whose hash it names. Where a path
/// goes on in several ways, the one whose next entry has the least hash keeps the path's name, and
/// every other one gets a name of its own. So names are a function of the set.
struct OracleNames: Sendable {
  /// A way that does not bear the name of the path it comes from.
  struct Branch: Sendable {
    let id: ReplicaID
    /// Its first entry, by place.
    let first: Int
    /// The entry beside that one which kept the name.
    let kept: Int
  }

  /// A place where a path may go on in several ways; before the first entry, too.
  private struct Parting: Hashable {
    let replica: ReplicaID
    let previous: EntryHash

    init(_ replica: ReplicaID, after previous: EntryHash) {
      self.replica = replica
      self.previous = previous
    }
  }

  /// Per entry, what it is called.
  private(set) var dots: [Dot] = []
  private(set) var branches: [Branch] = []
  private let entries: [OracleEntry]
  private var places: [Dot: Int] = [:]
  /// How each path goes on, the least hash first.
  private var ways: [Parting: [Int]] = [:]
  /// The entries with others beside them, by the name that each bears for who knows a lesser one.
  private var firsts: [ReplicaID: Int] = [:]
  /// The replicas whose logs have several ways somewhere.
  private var forked: Set<ReplicaID> = []

  /// Names entries, each of which stands behind its predecessor.
  init(_ entries: [OracleEntry]) {
    self.entries = entries
    for (place, entry) in entries.enumerated() {
      ways[Parting(entry.dot.replica, after: entry.previous), default: []].append(place)
    }
    for (parting, several) in ways where several.count > 1 {
      ways[parting] = several.sorted { entries[$0].hash < entries[$1].hash }
      forked.insert(parting.replica)
      for place in several { firsts[Self.branchID(of: entries[place])] = place }
    }
    var paths: [EntryHash: ReplicaID] = [:]
    for (place, entry) in entries.enumerated() {
      let kept = ways[Parting(entry.dot.replica, after: entry.previous)]?.first ?? place
      var path = paths[entry.previous] ?? entry.dot.replica
      if kept != place {
        path = Self.branchID(of: entry)
        branches.append(Branch(id: path, first: place, kept: kept))
      }
      paths[entry.hash] = path
      let dot = Dot(replica: path, sequence: entry.dot.sequence)
      dots.append(dot)
      places[dot] = place
    }
  }

  /// What the way is called that begins with an entry, unless it keeps the name of its path.
  static func branchID(of first: OracleEntry) -> ReplicaID {
    let digest = Digests.digest(
      tag: "kith/branch/1", [first.dot.replica.rawValue.bigEndianBytes, first.hash.bytes])
    return ReplicaID(rawValue: UInt128(bigEndianBytes: digest.bytes.prefix(16)))
  }

  /// The entry that somebody who held only some of the entries called by that name.
  ///
  /// `isHeld` tells which those are; with an entry it holds all before it.
  func place(of name: Dot, amongst isHeld: (Int) -> Bool) -> Int? {
    var place: Int?
    if let first = firsts[name.replica] {
      let entry = entries[first]
      let least = ways[Parting(entry.dot.replica, after: entry.previous)]?.first(where: isHeld)
      // The least of the ways that are held keeps the path's name, and has none of its own.
      if isHeld(first), least != first { place = first }
    } else if forked.contains(name.replica) {
      place = ways[Parting(name.replica, after: .none)]?.first(where: isHeld)
    } else {
      return places[name].flatMap { isHeld($0) ? $0 : nil }
    }
    while let at = place, entries[at].dot.sequence < name.sequence {
      place = ways[Parting(entries[at].dot.replica, after: entries[at].hash)]?.first(where: isHeld)
    }
    return place.flatMap { entries[$0].dot.sequence == name.sequence ? $0 : nil }
  }
}
