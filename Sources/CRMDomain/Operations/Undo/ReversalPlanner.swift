import CRDTCore
package import ReplicaStore

/// Finds out what taking an operation back does to each of its records.
///
/// Nothing is removed from the log: what the operation replaced is written again, and only where what
/// it wrote is what counts now. Belongs to one snapshot.
package struct ReversalPlanner {
  /// Which entries of an operation wrote to which record, the earliest first.
  package struct Index: Sendable {
    let operation: OperationID
    let entries: Set<Dot>
    let dots: [RecordKey: [Dot]]

    package init(_ operation: Operation, in snapshot: Snapshot) throws {
      self.operation = operation.id
      entries = Set(operation.entries)
      var dots: [RecordKey: [Dot]] = [:]
      for dot in operation.entries.reversed() {
        guard let entry = try snapshot.entry(dot) else { continue }
        for edit in entry.payload.records {
          guard let kind = entry.payload.name(edit.kind) else { continue }
          dots[RecordKey(kind: kind, id: edit.id), default: []].append(dot)
        }
      }
      self.dots = dots
    }
  }

  private let index: Index
  private let catalog: EntityCatalog
  private let snapshot: Snapshot
  private let log: LoggedWrites

  package init(_ index: Index, _ catalog: EntityCatalog, in snapshot: Snapshot) {
    self.index = index
    self.catalog = catalog
    self.snapshot = snapshot
    log = LoggedWrites(snapshot)
  }

  /// What becomes of a record; `nil` if there is nothing to do and nothing to say.
  package func reversal(of key: RecordKey) throws -> RecordReversal? {
    guard let entity = catalog[key.kind], let state = try snapshot.record(key.kind, key.id) else {
      return nil
    }
    let own = try OwnWrites(of: key, by: index, log)
    let planner = RecordPlanner(
      index: index, snapshot: snapshot, log: log, entity: entity, key: key, state: state, own: own)
    return try planner.reversal()
  }
}

/// What an operation wrote to one record, the last write to each place.
private struct OwnWrites {
  var places: [WritePlace: (dot: Dot, change: FieldWrite.Change)] = [:]
  /// The sums by which it changed counters.
  var increments: [String: Int64] = [:]

  init(of key: RecordKey, by index: ReversalPlanner.Index, _ log: LoggedWrites) throws {
    for dot in index.dots[key] ?? [] where try log.entry(dot)?.verdict == nil {
      for (field, write) in try log.writes(dot, to: key) {
        if case .counter(let number) = write.change {
          increments[field, default: 0] &+= number
        } else if let place = WritePlace(of: write, field: field) {
          places[place] = (dot, write.change)
        }
      }
    }
  }
}

/// Finds out what taking an operation back does to one record.
private struct RecordPlanner {
  let index: ReversalPlanner.Index
  let snapshot: Snapshot
  let log: LoggedWrites
  let entity: Entity
  let key: RecordKey
  let state: RecordState
  let own: OwnWrites

  func reversal() throws -> RecordReversal? {
    if let (_, change) = own.places[.lifecycle] { return try lifecycle(after: change) }
    guard try isFirst() else { return try edits() }
    if try isIntact() { return RecordReversal(key: key, act: .delete(state.basis), kept: []) }
    guard try !existedBefore() else { return try edits() }
    let history = try snapshot.history(key.kind, key.id)
    guard let oldest = history.last, index.entries.contains(oldest.stamp.dot) else {
      return try edits()
    }
    guard !state.isDeleted, let later = try latest(in: history) else { return nil }
    return kept(Kept(field: "", own: .created, later: later))
  }

  private typealias Kept = RecordReversal.Kept

  private func kept(_ kept: Kept) -> RecordReversal {
    RecordReversal(key: key, act: .nothing, kept: [kept])
  }

  // MARK: - Existence

  /// Whether the operation replaced nothing, as when it made the record.
  private func isFirst() throws -> Bool {
    try own.places.allSatisfy { place, write in
      try log.replacedFromOutside(by: write.dot, of: index.operation, key, at: place).isEmpty
    }
  }

  /// Whether the record says what the operation wrote and nothing else.
  private func isIntact() throws -> Bool {
    guard !state.isDeleted, try state.basis.lifecycle.allSatisfy(log.isReversal) else {
      return false
    }
    let counters = entity.fields.filter { $0.mark == .counted }
    let isCounted = counters.allSatisfy { field in
      guard case .integer(let sum) = state[field.name] else { return true }
      return sum == own.increments[field.name] ?? 0
    }
    return try isCounted && strangers().isEmpty
  }

  /// What the record stands at beside the operation's own writes.
  private func strangers() throws -> [Dot] {
    var strangers: [Dot] = []
    func add(_ heads: [Dot], at place: WritePlace) throws {
      for head in heads where try !isOwn(head, at: place) {
        if try !log.isBlank(head, key, at: place) { strangers.append(head) }
      }
    }
    for (field, heads) in state.basis.heads { try add(heads, at: .register(field)) }
    for (field, elements) in state.basis.elements {
      for (element, heads) in elements { try add(heads, at: .element(field, element)) }
    }
    return strangers
  }

  /// Whether anything that the record says was here before the operation.
  private func existedBefore() throws -> Bool {
    let arrivals = try (index.dots[key] ?? []).compactMap { try log.entry($0)?.arrival }
    guard let first = arrivals.min() else { return true }
    return try strangers().contains { try log.entry($0).map { $0.arrival < first } ?? false }
  }

  private func lifecycle(after change: FieldWrite.Change) throws -> RecordReversal? {
    let heads = state.basis.lifecycle
    let others = try heads.filter { try !isOwn($0, at: .lifecycle) }
    let isDeletion = if case .delete = change { true } else { false }
    let act: Kept.Own = isDeletion ? .deleted : .restored
    guard others.isEmpty else {
      return kept(Kept(field: "", own: act, later: try latest(of: others, at: .lifecycle)))
    }
    if isDeletion {
      return RecordReversal(key: key, act: .restore(state.basis), kept: [])
    }
    let history = try snapshot.history(key.kind, key.id)
    if let later = try latest(in: history) {
      return kept(Kept(field: "", own: act, later: later))
    }
    return RecordReversal(key: key, act: .delete(state.basis), kept: [])
  }

  /// The latest change to the record that came after the operation and stands.
  private func latest(in history: [HistoryEntry]) throws -> RecordReversal.Later? {
    guard let place = history.firstIndex(where: { index.entries.contains($0.stamp.dot) }) else {
      return nil
    }
    let later = try history[..<place].first { entry in
      try entry.verdict == nil && !log.isReversal(entry.stamp.dot)
    }
    guard let later, let write = later.writes.first, let entry = try log.entry(later.stamp.dot)
    else { return nil }
    return RecordReversal.Later(
      stamp: later.stamp, author: entry.author, field: write.field, change: write.change)
  }

  // MARK: - Fields

  private func edits() throws -> RecordReversal? {
    guard !state.isDeleted else {
      guard let first = own.places.values.first else { return nil }
      let later = try latest(of: state.basis.lifecycle, at: .lifecycle)
      return kept(Kept(field: "", own: .wrote(first.change), later: later))
    }
    var basis = state.basis
    var changes: [FieldChange] = []
    var kept: [Kept] = []
    for (place, write) in own.places.sorted(by: { precedes($0.key, $1.key) }) {
      let made: FieldChange?
      switch place {
      case .lifecycle: made = nil
      case .register(let field): made = try register(field, write.change, &kept)
      case .element(let field, let element):
        made = try self.element(field, element, write, &basis, &kept)
      }
      if let made { changes.append(made) }
    }
    for (field, sum) in own.increments.sorted(by: { $0.key < $1.key })
    where sum != 0 && entity.field(named: field) != nil {
      changes.append(FieldChange(field, .increment(0 &- sum)))
    }
    guard !changes.isEmpty || !kept.isEmpty else { return nil }
    let plan = EditPlan(
      kind: key.kind, id: key.id, basis: basis, present: Basis(), changes: changes, unchanged: [],
      absent: [], listed: [])
    return RecordReversal(key: key, act: changes.isEmpty ? .nothing : .edit(plan), kept: kept)
  }

  private func register(
    _ field: String, _ change: FieldWrite.Change, _ kept: inout [Kept]
  ) throws -> FieldChange? {
    let place = WritePlace.register(field)
    let heads = state.basis.heads[field] ?? []
    guard entity.field(named: field) != nil, !heads.isEmpty else { return nil }
    let others = try heads.filter { try !isOwn($0, at: place) }
    guard others.isEmpty else {
      kept.append(Kept(field: field, own: .wrote(change), later: try latest(of: others, at: place)))
      return nil
    }
    var sides: [Side] = []
    for dot in try before(heads, at: place) {
      switch try log.write(dot, to: key, at: place)?.change {
      case .register(let value): sides.append(Side(value: value))
      case .sides(let several): sides += several
      case .counter, .element, .delete, .restore, .unknown, nil: continue
      }
    }
    var distinct: [Side] = []
    for side in sides where !distinct.contains(where: { $0.value == side.value }) {
      distinct.append(side)
    }
    guard let first = distinct.first else { return FieldChange(field, .set(.null)) }
    return FieldChange(
      field, distinct.count > 1 ? .reopen(distinct) : .set(first.value, rank: first.rank))
  }

  /// An element goes by what the operation itself did to it: what others did beside it stays.
  private func element(
    _ field: String, _ element: ElementKey, _ write: (dot: Dot, change: FieldWrite.Change),
    _ basis: inout Basis, _ kept: inout [Kept]
  ) throws -> FieldChange? {
    let place = WritePlace.element(field, element)
    guard case .element(_, let isIn, let value) = write.change, entity.field(named: field) != nil
    else { return nil }
    let heads = state.basis.elements[field]?[element] ?? []
    let owned = try heads.filter { try isOwn($0, at: place) }
    let others = heads.filter { !owned.contains($0) }
    let replaced = try log.replacedFromOutside(
      by: write.dot, of: index.operation, key, at: place)
    let wasIn = try replaced.contains { try isPresent($0, at: place) }
    guard wasIn != isIn else { return nil }
    // Of several heads, one that puts the element in keeps it in.
    let staysIn = try others.contains { try isPresent($0, at: place) }
    if !others.isEmpty, owned.isEmpty || staysIn != wasIn {
      kept.append(
        Kept(field: field, own: .wrote(write.change), later: try latest(of: others, at: place)))
    }
    guard !owned.isEmpty else { return nil }
    basis.elements[field]?[element] = owned
    return FieldChange(field, wasIn ? .insert(value) : .remove(value))
  }

  // MARK: - Writes

  private func isPresent(_ dot: Dot, at place: WritePlace) throws -> Bool {
    guard case .element(_, let isPresent, _)? = try log.write(dot, to: key, at: place)?.change
    else {
      return false
    }
    return isPresent
  }

  /// Whether a write is one of the operation's, or says again what the operation had written.
  private func isOwn(_ dot: Dot, at place: WritePlace) throws -> Bool {
    try !log.writes(of: index.operation, behind: dot, key, at: place).isEmpty
  }

  /// What the place stood at before the operation.
  private func before(_ heads: [Dot], at place: WritePlace) throws -> [Dot] {
    var dots: Set<Dot> = []
    for head in heads {
      for own in try log.writes(of: index.operation, behind: head, key, at: place) {
        dots.formUnion(
          try log.replacedFromOutside(by: own, of: index.operation, key, at: place))
      }
    }
    return dots.sorted()
  }

  /// The latest of some writes.
  private func latest(of dots: [Dot], at place: WritePlace) throws -> RecordReversal.Later? {
    var found: RecordReversal.Later?
    for dot in dots {
      guard let entry = try log.entry(dot), let write = try log.write(dot, to: key, at: place),
        found.map({ $0.stamp < entry.stamp }) ?? true
      else { continue }
      found = RecordReversal.Later(
        stamp: entry.stamp, author: entry.author, field: place.field, change: write.change)
    }
    return found
  }

  private func precedes(_ one: WritePlace, _ other: WritePlace) -> Bool {
    let fields = (entity.index(of: one.field) ?? .max, entity.index(of: other.field) ?? .max)
    guard fields.0 == fields.1, case .element(_, let left) = one,
      case .element(_, let right) = other
    else { return fields.0 < fields.1 }
    return left < right
  }
}

extension WritePlace {
  /// The field; empty for the record's existence.
  fileprivate var field: String {
    switch self {
    case .lifecycle: ""
    case .register(let field), .element(let field, _): field
    }
  }
}
