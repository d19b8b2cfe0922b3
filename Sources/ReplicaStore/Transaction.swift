package import CRDTCore

/// What an edit does to one field.
package enum FieldEdit: Hashable, Sendable {
  /// Sets a register; `rank` where its policy is precedence.
  case set(Value, rank: UInt32? = nil)
  /// Sets a register to several sides again, as when a settled conflict is reopened.
  case reopen([Side])
  /// Adds to a counter.
  case increment(Int64)
  /// Puts an element into a set.
  case insert(Value)
  /// Takes an element out of a set.
  case remove(Value)
}

/// One field's edit.
package struct FieldChange: Hashable, Sendable {
  /// The field's stable name.
  package let field: String
  /// What happens to it.
  package let edit: FieldEdit

  /// Creates a change.
  package init(_ field: String, _ edit: FieldEdit) {
    self.field = field
    self.edit = edit
  }
}

/// The edits that become one entry of the log.
///
/// Reads as a ``Snapshot`` of the state before it; its own edits show after it.
package final class Transaction {
  /// The state before the transaction.
  package let snapshot: Snapshot
  private let layout: Layout
  private let environment: ReplicaEnvironment
  private let time: HybridTimestamp
  private var ordinal: UInt16 = 0
  private var records: [WritePlace: RecordWrites] = [:]
  private var names = LocalNames()
  private var count = 0

  private struct RecordWrites {
    let kind: NameReference
    let id: RecordID
    var writes: [FieldWrite]
  }

  init(
    snapshot: Snapshot, layout: Layout, environment: ReplicaEnvironment, time: HybridTimestamp
  ) {
    self.snapshot = snapshot
    self.layout = layout
    self.environment = environment
    self.time = time
  }

  /// Whether nothing has been edited.
  package var isEmpty: Bool { records.isEmpty }

  /// Makes an id for a new record.
  package func newRecordID() -> RecordID {
    defer { ordinal &+= 1 }
    let random = environment.random(8).reduce(0) { $0 << 8 | UInt64($1) }
    return RecordID(time: time, ordinal: ordinal, random: random)
  }

  /// Makes a record.
  ///
  /// `id` is a derived id, or `nil` for a new one. A record that exists under it already is edited,
  /// on what it says now. Returns the record's id.
  @discardableResult
  package func create(
    _ kind: String, id: RecordID? = nil, _ changes: [FieldChange]
  ) throws -> RecordID {
    let basis = try id.flatMap { try snapshot.record(kind, $0)?.basis } ?? Basis()
    let id = id ?? newRecordID()
    try edit(kind, id, basis: basis, changes)
    return id
  }

  /// Changes fields of a record.
  ///
  /// `basis` is what was read of the record: the edit replaces the heads it had then, and is
  /// concurrent to what others have written since. After a ``ReplicaError`` the transaction is to be
  /// given up.
  package func edit(
    _ kind: String, _ id: RecordID, basis: Basis, _ changes: [FieldChange]
  ) throws {
    guard !basis.isDeleted else { throw ReplicaError.deleted(kind: kind, id: id) }
    try write(kind, id, basis: basis, changes)
  }

  /// Deletes a record: hides it and what it owns, until it is restored.
  package func delete(_ kind: String, _ id: RecordID, basis: Basis) throws {
    try add(
      [
        FieldWrite(
          field: NameTable.record, replaces: basis.lifecycle,
          change: .delete(seen: basis.touches))
      ], kind: kind, id: id)
  }

  /// Brings a record back, and may change fields of it in the same breath.
  package func restore(
    _ kind: String, _ id: RecordID, basis: Basis, _ changes: [FieldChange] = []
  ) throws {
    try add(
      [FieldWrite(field: NameTable.record, replaces: basis.lifecycle, change: .restore)],
      kind: kind, id: id)
    try write(kind, id, basis: basis, changes)
  }

  private func write(
    _ kindName: String, _ id: RecordID, basis: Basis, _ changes: [FieldChange]
  ) throws {
    guard let kind = layout[kindName] else {
      throw ReplicaError.unknownName(kind: kindName, field: nil)
    }
    try add(
      changes.map { change in
        guard let field = kind[change.field] else {
          throw ReplicaError.unknownName(kind: kindName, field: change.field)
        }
        return try write(change.edit, field: field, kind: kindName, basis: basis)
      }, kind: kindName, id: id)
  }

  private func write(
    _ edit: FieldEdit, field: FieldLayout, kind: String, basis: Basis
  ) throws -> FieldWrite {
    let reference = field.reference ?? names.reference(to: field.name)
    switch (edit, field.schema.merge) {
    case (.set(let value, let rank), .register):
      try check(value, kind: kind, field: field.name)
      let change: FieldWrite.Change =
        rank == nil ? .register(value) : .sides([Side(value: value, rank: rank)])
      return FieldWrite(
        field: reference, replaces: basis.heads[field.name] ?? [], change: change)
    case (.reopen(let sides), .register) where sides.count > 1:
      for side in sides { try check(side.value, kind: kind, field: field.name) }
      return FieldWrite(
        field: reference, replaces: basis.heads[field.name] ?? [], change: .sides(sides))
    case (.increment(let number), .counter):
      return FieldWrite(field: reference, change: .counter(number))
    case (.insert(let value), .set), (.remove(let value), .set):
      try check(value, kind: kind, field: field.name)
      let key = ElementKey(of: value)
      let isPresent = if case .insert = edit { true } else { false }
      return FieldWrite(
        field: reference, replaces: basis.elements[field.name]?[key] ?? [],
        change: .element(key, isPresent: isPresent, value))
    case (.set, _), (.reopen, _), (.increment, _), (.insert, _), (.remove, _):
      throw ReplicaError.wrongEdit(kind: kind, field: field.name)
    }
  }

  private func check(_ value: Value, kind: String, field: String) throws {
    let bytes =
      switch value {
      case .text(let text): text.utf8.count
      case .bytes(let bytes): bytes.count
      case .structure(let parts) where parts.count > Limits.partsMax: Int.max
      case _: 0
      }
    guard bytes <= Limits.valueBytesMax else {
      throw ReplicaError.valueTooLarge(kind: kind, field: field, bytes: bytes)
    }
  }

  /// Adds writes to a record's; a later write to the same field or element takes the earlier's place.
  private func add(_ writes: [FieldWrite], kind: String, id: RecordID) throws {
    guard let layout = layout[kind] else { throw ReplicaError.unknownName(kind: kind, field: nil) }
    guard !writes.isEmpty else { return }
    let place = WritePlace(kind: kind, id: id, field: "")
    let reference = layout.reference ?? names.reference(to: kind)
    var record =
      records.removeValue(forKey: place) ?? RecordWrites(kind: reference, id: id, writes: [])
    for write in writes {
      let same = record.writes.firstIndex {
        $0.field == write.field && $0.element == write.element
      }
      if let same { record.writes[same] = write } else { record.writes.append(write) }
    }
    records[place] = record
    count += writes.count
    guard count <= Limits.transactionWritesMax else {
      throw ReplicaError.tooLarge(writes: count, bytes: 0)
    }
  }

  /// The canonical payload of all edits.
  func payload(reason: String?, command: String?, batch: UInt128?) -> Payload {
    var payload = Payload(names: names.names, batch: batch, reason: reason, command: command)
    payload.records.reserveCapacity(records.count)
    payload.writes.reserveCapacity(count)
    let ordered = records.values.sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }
    for record in ordered {
      let start = payload.writes.count
      payload.writes += record.writes.sorted {
        ($0.field, $0.element?.rawValue ?? 0) < ($1.field, $1.element?.rawValue ?? 0)
      }
      payload.records.append(
        RecordEdit(kind: record.kind, id: record.id, writes: start..<payload.writes.count))
    }
    return payload
  }
}

/// The names that an entry must spell out, numbered in order of first use.
private struct LocalNames {
  private(set) var names: [String] = []

  mutating func reference(to name: String) -> NameReference {
    if let index = names.firstIndex(of: name) { return NameReference(localIndex: index) }
    names.append(name)
    return NameReference(localIndex: names.count - 1)
  }
}
