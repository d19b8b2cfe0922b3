import CRDTCore
import ReplicaStore

/// What a write is about: a register, one element of a set, or (without a field) a record's existence.
struct OraclePlace: Hashable, Sendable {
  let record: RecordKey
  let field: String
  var element: ElementKey?
}

/// One write at a place, and the entry it is in.
struct OracleWrite: Sendable {
  /// The entry's place in the history.
  let position: Int
  let stamp: Stamp
  let member: MemberID
  /// The entries whose writes it replaces, as its author called them.
  let replaces: [Int]
  let change: FieldWrite.Change
  /// The entries whose writes to the record a deletion had seen.
  let seen: [Int]

  init(_ write: FieldWrite, at position: Int, of history: OracleHistory) {
    self.position = position
    stamp = history.stamp(of: position)
    member = history.member(of: position)
    change = write.change
    // A name that means nothing makes the whole entry malformed, and none of it is asked for.
    replaces = write.replaces.compactMap { history.place(of: $0, asMeantBy: position) }
    if case .delete(let seen) = change {
      self.seen = seen.compactMap { history.place(of: $0, asMeantBy: position) }
    } else {
      seen = []
    }
  }

  /// The values that a write of a register brings; `nil` of any other.
  var sides: [Side]? {
    switch change {
    case .register(let value): [Side(value: value)]
    case .sides(let sides): sides
    case .counter, .element, .delete, .restore, .unknown: nil
    }
  }

  /// Whether a write of an element puts it in; `nil` of any other write.
  var isPresent: Bool? {
    if case .element(_, let isPresent, _) = change { isPresent } else { nil }
  }

  /// Whether it deletes or restores a record.
  var isLifecycle: Bool {
    switch change {
    case .delete, .restore: true
    case .register, .sides, .counter, .element, .unknown: false
    }
  }
}

/// Every write of a history that can be read, by place; those of entries that do not count, too.
struct OracleWrites: Sendable {
  private(set) var byPlace: [OraclePlace: [OracleWrite]] = [:]

  init(_ history: OracleHistory) {
    for (position, entry) in history.entries.enumerated() {
      guard let payload = entry.payload else { continue }
      for edit in payload.records {
        let record = RecordKey(kind: payload.name(edit.kind) ?? "", id: edit.id)
        for write in payload.writes[edit.writes] {
          let place = OraclePlace(
            record: record, field: payload.name(write.field) ?? "", element: write.element)
          byPlace[place, default: []].append(OracleWrite(write, at: position, of: history))
        }
      }
    }
  }

  /// The heads at a place: the applied writes that no applied write replaces.
  ///
  /// Who replaces a write that is set aside replaces also what that one replaced.
  func heads(
    at place: OraclePlace, isApplied: (OracleWrite) -> Bool, isSetAside: (OracleWrite) -> Bool
  ) -> [OracleWrite] {
    let writes = byPlace[place] ?? []
    let applied = writes.filter(isApplied)
    guard applied.count > 1 else { return applied }
    let aside = writes.filter(isSetAside)
    var replaced: Set<Int> = []
    var replacing = applied
    while let write = replacing.popLast() {
      for position in write.replaces {
        guard replaced.insert(position).inserted else { continue }
        replacing += aside.filter { $0.position == position }
      }
    }
    return applied.filter { !replaced.contains($0.position) }
  }
}
