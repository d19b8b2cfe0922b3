package import CRDTCore
package import ReplicaStore

/// A write to a record, or to one that it owns, that is no deletion.
package struct OracleTouch: Sendable {
  /// The entry's place in the history.
  let position: Int
  /// The write's name, time and hash.
  package let stamp: Stamp
  /// Whose log it is in.
  let member: MemberID

  init(_ write: OracleWrite) {
    position = write.position
    stamp = write.stamp
    member = write.member
  }

  /// The later of two writes in one log.
  func latest(_ other: Self) -> Self {
    stamp.dot.sequence > other.stamp.dot.sequence ? self : other
  }
}

/// One record as the rules have it.
package struct OracleRecord: Sendable {
  /// One element of a set.
  package struct Element: Sendable {
    /// The dots of the element's heads, in order.
    package let dots: [Dot]
    /// Whether it is in.
    package let isPresent: Bool
    /// The element.
    package let value: Value
  }

  /// A counter that was ever changed.
  package struct Counter: Sendable {
    /// The dots of the entries that changed it, in order.
    package let dots: [Dot]
    /// The sum of their increments; it wraps, so that it does not depend on their order.
    package let sum: Int64
  }

  /// Kind and id.
  package let key: RecordKey
  /// Each register that was ever written.
  package internal(set) var registers: [String: OracleRegister] = [:]
  /// The elements that were ever written, of each set.
  package internal(set) var sets: [String: [ElementKey: Element]] = [:]
  /// Each counter that was ever changed.
  package internal(set) var counters: [String: Counter] = [:]
  /// Whether a deletion, its own or an owner's, hides it.
  package internal(set) var isDeleted = false
  /// The latest writes to it and to all that it owns, by replica, that are no deletions.
  package internal(set) var touches: [ReplicaID: OracleTouch] = [:]
  /// The heads of its deletions and restorations, in order.
  package internal(set) var lifecycle: [Dot] = []

  /// The deletions among those heads.
  var deletes: [OracleWrite] = []
  /// The touches that no head of a deletion had seen, in order; none without deletions.
  var unanswered: [OracleTouch] = []

  init(key: RecordKey) { self.key = key }

  /// Finds the writes that its deletions had not seen.
  mutating func answer(in history: OracleHistory) {
    guard !deletes.isEmpty else { return }
    let seen = deletes.flatMap(\.seen)
    // With an entry, its author had seen all before it: of a branch, what came before the branch.
    unanswered = touches.values.filter { touch in
      !seen.contains { history.isOnPath(touch.position, to: $0) }
    }.sorted { $0.stamp < $1.stamp }
  }

  /// Whether its own deletions hide it: unless an unanswered write ranks above all of them.
  var isDeletedItself: Bool {
    guard let latest = deletes.map(\.stamp).max() else { return false }
    return !unanswered.contains { $0.stamp > latest }
  }
}

/// Everything that was written to one record by entries that count.
private struct RecordContent {
  var fields: Set<String> = []
  var elements: [String: Set<ElementKey>] = [:]
  var touches: [ReplicaID: OracleTouch] = [:]
}

/// Makes the records of a history's writes.
struct OracleRecords {
  private(set) var byKey: [RecordKey: OracleRecord] = [:]
  /// The rules that some of them set for the fields of all.
  private(set) var policies = OraclePolicies([])
  private let writes: OracleWrites
  private let trust: OracleTrust

  init(
    _ writes: OracleWrites, trust: OracleTrust, history: OracleHistory, schema: ReplicaSchema
  ) {
    self.writes = writes
    self.trust = trust
    var contents: [RecordKey: RecordContent] = [:]
    for (place, writes) in writes.byPlace where schema[place.record.kind] != nil {
      let counting = writes.filter(trust.counts)
      guard !counting.isEmpty else { continue }
      contents[place.record, default: RecordContent()].add(counting, at: place)
    }
    // Rules merge as they are built in, and hold for everything else.
    policies = OraclePolicies(
      contents.filter { $0.key.kind == OraclePolicies.kind }.compactMap { key, content in
        guard let kind = schema[key.kind] else { return nil }
        var record = record(key, content, kind: kind)
        record.answer(in: history)
        record.isDeleted = record.isDeletedItself
        return record
      })
    for (key, content) in contents {
      guard let kind = schema[key.kind] else { continue }
      byKey[key] = record(key, content, kind: kind)
    }
    let ownership = OracleOwnership(byKey, schema: schema)
    ownership.addOwnedTouches(to: &byKey)
    for key in byKey.keys { byKey[key]?.answer(in: history) }
    ownership.hide(&byKey)
  }

  private func record(
    _ key: RecordKey, _ content: RecordContent, kind: KindSchema
  ) -> OracleRecord {
    var record = OracleRecord(key: key)
    record.touches = content.touches
    let lifecycle = heads(at: OraclePlace(record: key, field: ""), where: \.isLifecycle)
    record.lifecycle = lifecycle.map(\.stamp.dot).sorted()
    record.deletes = lifecycle.filter { if case .delete = $0.change { true } else { false } }
    for name in content.fields {
      guard let field = kind[name] else { continue }
      let place = OraclePlace(record: key, field: name)
      switch field.merge {
      case .register:
        let heads = heads(at: place) { $0.sides != nil }
        let policy = policies.rule(of: field, in: kind).policy
        if !heads.isEmpty { record.registers[name] = OracleRegister(heads, policy: policy) }
      case .counter: record.counters[name] = counter(at: place)
      case .set(let policy):
        let elements = content.elements[name] ?? []
        if !elements.isEmpty { record.sets[name] = set(at: place, elements, policy: policy) }
      }
    }
    return record
  }

  private func heads(
    at place: OraclePlace, where isOfKind: (OracleWrite) -> Bool
  ) -> [OracleWrite] {
    writes.heads(
      at: place, isApplied: { isOfKind($0) && trust.counts($0) },
      isSetAside: trust.isSetAside)
  }

  /// A counter with the increments that count; `nil` if there are none.
  private func counter(at place: OraclePlace) -> OracleRecord.Counter? {
    var dots: [Dot] = []
    var sum: Int64 = 0
    for write in writes.byPlace[place] ?? [] where trust.counts(write) {
      guard case .counter(let increment) = write.change else { continue }
      dots.append(write.stamp.dot)
      sum &+= increment
    }
    return dots.isEmpty ? nil : OracleRecord.Counter(dots: dots.sorted(), sum: sum)
  }

  private func set(
    at place: OraclePlace, _ elements: Set<ElementKey>, policy: SetPolicy
  ) -> [ElementKey: OracleRecord.Element] {
    elements.reduce(into: [:]) { set, key in
      let place = OraclePlace(record: place.record, field: place.field, element: key)
      let heads = heads(at: place) { $0.isPresent != nil }
      guard case .element(_, _, let value)? = heads.first?.change else { return }
      let isPresent =
        switch policy {
        case .addWins: heads.contains { $0.isPresent == true }
        case .removeWins: heads.allSatisfy { $0.isPresent == true }
        }
      set[key] = OracleRecord.Element(
        dots: heads.map(\.stamp.dot).sorted(), isPresent: isPresent, value: value)
    }
  }
}

extension RecordContent {
  fileprivate mutating func add(_ counting: [OracleWrite], at place: OraclePlace) {
    if let element = place.element {
      elements[place.field, default: []].insert(element)
    }
    fields.insert(place.field)
    for write in counting {
      if case .delete = write.change { continue }
      let touch = OracleTouch(write)
      let replica = touch.stamp.dot.replica
      touches[replica] = touches[replica]?.latest(touch) ?? touch
    }
  }
}
