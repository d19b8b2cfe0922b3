import CRDTCore
import CRMDomain
import ReplicaStore

/// What led to a conflict: its sides' entries, what their authors had seen, the common ancestor.
struct ConflictOrigin {
  /// The entries of the log that the conflict's sides and their past are made of.
  private let entries: [Dot: ReplicaStore.HistoryEntry]
  /// The names of the same, the newest first.
  private let order: [Dot]
  /// The latest writes that every side builds on; none where each was the first.
  let ancestors: [ReplicaStore.HistoryEntry]

  init(_ conflict: ConflictDescription) throws {
    guard let record = conflict.record else {
      (entries, order, ancestors) = ([:], [], [])
      return
    }
    let history = try conflict.view.snapshot.history(
      record.kind, record.id, field: conflict.conflict.field)
    order = history.map(\.stamp.dot)
    var entries = Dictionary(history.map { ($0.stamp.dot, $0) }) { one, _ in one }
    for side in conflict.conflict.sides where entries[side.stamp.dot] == nil {
      guard let place = side.place else { continue }
      entries[side.stamp.dot] = try conflict.view.snapshot.historyEntry(
        side.stamp.dot, place.record.kind, place.record.id, field: place.field)
    }
    self.entries = entries
    guard conflict.conflict.kind == .field else {
      ancestors = []
      return
    }
    ancestors = Self.ancestors(of: Set(conflict.conflict.sides.map(\.stamp.dot)), in: entries)
  }

  /// The entry of a side, as its author wrote it.
  func entry(of side: ConflictSide) -> ReplicaStore.HistoryEntry? { entries[side.stamp.dot] }

  /// An entry of the history.
  func entry(named dot: Dot) -> ReplicaStore.HistoryEntry? { entries[dot] }

  /// The writes that a side's author had seen and meant to replace.
  func seen(by side: ConflictSide) -> [ReplicaStore.HistoryEntry] {
    (entries[side.stamp.dot]?.writes ?? []).flatMap(\.replaces).compactMap { entries[$0] }
  }

  /// The writes from the sides back to the common ancestors, the newest first.
  func way(to sides: [ConflictSide]) -> [ReplicaStore.HistoryEntry] {
    let dots = Set(sides.map(\.stamp.dot))
    let base = Set(ancestors.map(\.stamp.dot))
    let older = base.reduce(into: Set<Dot>()) { $0.formUnion(Self.past(of: $1, in: entries)) }
    let known = dots.reduce(into: dots) { $0.formUnion(Self.past(of: $1, in: entries)) }
    return order.filter { known.contains($0) && !older.contains($0) }.compactMap { entries[$0] }
  }

  /// The sides that settled an earlier conflict: their writes replaced several others.
  func settlements(among sides: [ConflictSide]) -> [ConflictSide] {
    sides.filter { side in
      entries[side.stamp.dot]?.writes.contains { $0.replaces.count > 1 } == true
    }
  }

  private static func ancestors(
    of dots: Set<Dot>, in entries: [Dot: ReplicaStore.HistoryEntry]
  ) -> [ReplicaStore.HistoryEntry] {
    let pasts = dots.map { past(of: $0, in: entries) }
    guard let first = pasts.first else { return [] }
    let common = pasts.dropFirst().reduce(first) { $0.intersection($1) }
    let older = common.reduce(into: Set<Dot>()) { $0.formUnion(past(of: $1, in: entries)) }
    return common.subtracting(older).compactMap { entries[$0] }.sorted { $0.stamp < $1.stamp }
  }

  /// Every write that one replaced, directly or through others.
  private static func past(
    of dot: Dot, in entries: [Dot: ReplicaStore.HistoryEntry]
  ) -> Set<Dot> {
    var found: Set<Dot> = []
    var waiting = [dot]
    while let next = waiting.popLast() {
      for replaced in (entries[next]?.writes ?? []).flatMap(\.replaces)
      where found.insert(replaced).inserted {
        waiting.append(replaced)
      }
    }
    return found
  }
}

/// Whether clocks, rather than the order of events, may have decided what shows.
struct ClockEvidence {
  /// Below this many milliseconds no comparison of clocks over a network tells anything.
  private static let precisionMilliseconds: Int64 = 1_000

  /// How far apart the stamps are of the side that shows and of the one nearest to it.
  let gapMilliseconds: Int64
  /// How far apart the two nodes' clocks were when last compared; `nil` if they never were.
  let skewMilliseconds: Int64?

  /// `nil` where no clock could: fewer than two sides, or none of them shows.
  init?(_ conflict: ConflictDescription) throws {
    let sides = conflict.conflict.sides
    guard let showing = sides.first(where: \.isShowing) else { return nil }
    func time(_ side: ConflictSide) -> Int64 { ConflictDescription.time(of: side).milliseconds }
    func distance(_ side: ConflictSide) -> Int64 { abs(time(side) - time(showing)) }
    let others = sides.filter { $0.stamp.dot != showing.stamp.dot }
    guard let other = others.min(by: { distance($0) < distance($1) }) else { return nil }
    gapMilliseconds = distance(other)
    let offsets = try Self.offsets(conflict.view)
    func offset(_ side: ConflictSide) throws -> Int64? {
      try conflict.view.snapshot.author(of: side.stamp.dot.replica).flatMap { offsets[$0.key] }
    }
    if let one = try offset(showing), let two = try offset(other) {
      skewMilliseconds = abs(one - two)
    } else {
      skewMilliseconds = nil
    }
  }

  /// `nil` if the two clocks were never compared and the stamps are not as good as equal.
  var couldHaveDecided: Bool? {
    if gapMilliseconds <= Self.precisionMilliseconds { return true }
    return skewMilliseconds.map { $0 + Self.precisionMilliseconds >= gapMilliseconds }
  }

  /// One sentence about the clocks.
  var sentence: String {
    let gap = Self.text(gapMilliseconds)
    guard let skew = skewMilliseconds else {
      return """
        the stamps are \(gap) apart; the two clocks were never compared from here, so they may have \
        decided this, not the order of events
        """
    }
    let clocks = "\(Self.text(skew)) apart at the last comparison"
    return couldHaveDecided == false
      ? "\(clocks); the stamps are \(gap) apart, so the clocks did not decide this"
      : """
      \(clocks); the stamps are \(gap) apart, so the clocks may have decided this, not the order of \
      events; please check
      """
  }

  private static func text(_ milliseconds: Int64) -> String {
    milliseconds < 1_000
      ? "\(milliseconds) ms" : PeopleFormat.duration(milliseconds: milliseconds)
  }

  /// Each node's clock minus this one's, as far as they were compared.
  private static func offsets(_ view: RecordView) throws -> [NodePublicKey: Int64] {
    var offsets: [NodePublicKey: Int64] = [:]
    for peer in try view.snapshot.peers() { offsets[peer.key] = peer.clockOffset }
    if let own = try view.snapshot.ownAuthor() { offsets[own.key] = 0 }
    return offsets
  }
}
