import CRDTCore

// Names of logs that have branches; docs/decisions/0014-forked-logs.md says what they mean.
extension LogDirectory {
  /// Whether any log has branches.
  var hasBranches: Bool { branchCount > 0 }

  /// The log that `replica` began, and its branches.
  func family(of replica: ReplicaID) -> [LogState] { logs.filter { $0.original == replica } }

  /// Whether entries of several branches bear the names of that log.
  func isForked(_ replica: ReplicaID) -> Bool {
    hasBranches && logs.contains { $0.branch != nil && $0.original == replica }
  }

  /// The names of all logs that have branches, and of these.
  var forked: Set<ReplicaID> {
    hasBranches ? Set(logs.lazy.filter { isForked($0.original) }.map(\.id)) : []
  }

  /// The branches that part from a log, whatever parts from those.
  func branches(of number: Int) -> [LogState] {
    hasBranches ? logs.filter { $0.branch?.parent == number } : []
  }

  /// Whether a payload names what could mean several entries, by what its author held.
  func isAmbiguous(_ payload: Payload) -> Bool {
    hasBranches
      && payload.namedDots.contains { name in
        guard let log = self[name.replica] else { return false }
        return log.branch != nil
          || branches(of: log.number).contains { $0.first <= name.sequence }
      }
  }

  /// The entry and, on the way to its log's beginning, the last entry before each branch.
  func path(to dot: LocalDot) -> [LocalDot] {
    var path = [dot]
    while let last = path.last, let branch = self[last.replica]?.branch, branch.sequence > 0 {
      path.append(LocalDot(replica: branch.parent, sequence: branch.sequence))
    }
    return path
  }

  /// What whoever holds these entries holds.
  func covered(by dots: [Dot]) throws -> VersionVector {
    var vector = VersionVector(dots)
    guard hasBranches else { return vector }
    for local in dots.compactMap(local) {
      for dot in path(to: local).dropFirst() { vector.include(try self.dot(dot)) }
    }
    return vector
  }

  /// The entry that an author means by a name; `nil` if it lies outside the author's past.
  ///
  /// `past` says how far the author held each log. Where the path of that name parts, the author
  /// followed the least hash of those ways that it held.
  func entry(named name: Dot, in past: CausalPast) -> LocalDot? {
    guard var log = self[name.replica], log.first <= name.sequence, isNamed(log, in: past) else {
      return nil
    }
    while past[log.number] < name.sequence {
      let parting = past[log.number]
      let ways = branches(of: log.number).compactMap { way in
        way.branch.map { (log: way, branch: $0) }
      }
      guard
        let way = ways.filter({ $0.branch.sequence == parting && past[$0.log.number] > parting })
          .min(by: { $0.branch.first < $1.branch.first })
      else { return nil }
      log = way.log
    }
    return LocalDot(replica: log.number, sequence: name.sequence)
  }
}

extension LogDirectory {
  /// Whether a log has a name of its own for whoever holds `past`.
  ///
  /// A branch has only where another way with a lesser hash lies in that past.
  private func isNamed(_ log: LogState, in past: CausalPast) -> Bool {
    guard let branch = log.branch else { return true }
    // What kept the name has the least hash of all.
    return past[branch.parent] > branch.sequence
      || branches(of: branch.parent).contains { other in
        guard let way = other.branch else { return false }
        return way.sequence == branch.sequence && way.first < branch.first
          && past[other.number] > branch.sequence
      }
  }
}

/// Per log, the last entry that somebody held.
struct CausalPast: Hashable {
  private(set) var sequences: [Int: UInt64] = [:]

  subscript(number: Int) -> UInt64 { sequences[number] ?? 0 }

  /// Takes in an entry, and what lies before it under the same number.
  mutating func include(_ dot: LocalDot) {
    if dot.sequence > self[dot.replica] { sequences[dot.replica] = dot.sequence }
  }

  /// Takes in an entry, and all that lies before it.
  mutating func include(_ dot: LocalDot, in directory: LogDirectory) {
    include(dot)
    guard directory.hasBranches else { return }
    for dot in directory.path(to: dot).dropFirst() { include(dot) }
  }
}
