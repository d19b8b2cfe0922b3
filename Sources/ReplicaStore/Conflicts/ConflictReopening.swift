package import CRDTCore

/// A settled conflict that was reopened, told by those who first wrote its sides.
///
/// The write that reopened it holds all sides; who wrote them, and when, is in the writes that the
/// settlement had replaced.
package struct ConflictReopening: Hashable, Sendable {
  /// The conflict under its present id, each side with the stamp and the author of its own write.
  package let conflict: Conflict
  /// The id that those sides made before the conflict was settled.
  package let former: ConflictID
  /// The writes that reopened it, in order of time.
  package let acts: [Stamp]
}

extension Snapshot {
  /// What a conflict of a field was before it was settled and reopened; `nil` if it never was.
  ///
  /// - Complexity: A look-up and decoding of each write between the heads and the sides.
  package func reopening(of conflict: Conflict) throws -> ConflictReopening? {
    let stamps = conflict.sides.map(\.stamp)
    guard conflict.kind == .field, let record = conflict.records.first, let field = conflict.field,
      Set(stamps).count < stamps.count
    else { return nil }
    let past = try WrittenPast(self, record, field)
    var sides: [ConflictSide] = []
    for side in conflict.sides {
      let source = try past.source(of: side)
      if let index = sides.firstIndex(where: {
        $0.stamp == source.stamp && $0.value == source.value
      }) {
        // Reopened on two nodes at once, a side stands in both writes.
        if source.isShowing { sides[index] = source }
      } else {
        sides.append(source)
      }
    }
    sides = sides.inOrder
    return ConflictReopening(
      conflict: Conflict(
        id: conflict.id, kind: .field, records: conflict.records, field: field, sides: sides,
        isOpen: conflict.isOpen),
      former: ConflictID(of: record, field: field, heads: sides.map(\.stamp.dot)),
      acts: Set(stamps.filter { stamp in stamps.count { $0 == stamp } > 1 }).sorted())
  }
}

/// The writes of one field, read as they are asked for.
private struct WrittenPast {
  /// How often one conflict may have been settled and reopened before its sides are told by the last act.
  private static let depthMax = 32

  private let snapshot: Snapshot
  private let record: RecordKey
  private let field: String

  init(_ snapshot: Snapshot, _ record: RecordKey, _ field: String) throws {
    self.snapshot = snapshot
    self.record = record
    self.field = field
  }

  /// The side as whoever first wrote it did.
  func source(of side: ConflictSide) throws -> ConflictSide {
    var dots = [side.stamp.dot]
    for _ in 0..<Self.depthMax {
      let reopened = try dots.compactMap(write).filter { $0.1.change.sideCount > 1 }
      guard !reopened.isEmpty else { break }
      // A reopening replaces the settlement, and that the sides.
      let settled = try reopened.flatMap(\.1.replaces).compactMap(write)
      let before = try settled.flatMap(\.1.replaces).compactMap(write)
      let sources = before.filter { side.value.map($0.1.change.holds) ?? false }
        .sorted { $0.0.stamp < $1.0.stamp }
      guard let (entry, write) = sources.first else { break }
      if write.change.sideCount == 1 {
        return ConflictSide(
          stamp: entry.stamp, member: entry.member, value: side.value,
          isShowing: side.isShowing)
      }
      dots = sources.map(\.0.stamp.dot)
    }
    return side
  }

  private func write(_ dot: Dot) throws -> (HistoryEntry, HistoryEntry.Write)? {
    guard
      let entry = try snapshot.historyEntry(dot, record.kind, record.id, field: field),
      let write = entry.writes.first
    else { return nil }
    return (entry, write)
  }
}

extension FieldWrite.Change {
  /// How many sides a register's write brings.
  fileprivate var sideCount: Int {
    switch self {
    case .register: 1
    case .sides(let sides): sides.count
    case .counter, .element, .delete, .restore, .unknown: 0
    }
  }

  fileprivate func holds(_ value: Value) -> Bool {
    switch self {
    case .register(let own): own == value
    case .sides(let sides): sides.contains { $0.value == value }
    case .counter, .element, .delete, .restore, .unknown: false
    }
  }
}
