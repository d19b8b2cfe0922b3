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
  private let random: @Sendable (_ byteCount: Int) -> [UInt8]
  private let time: HybridTimestamp
  private var ordinal: UInt16 = 0
  /// What was edited, in order of the calls; a record may come several times.
  private var edits: [RecordEdit] = []
  private var writes: [FieldWrite] = []
  private var names = LocalNames()

  init(
    snapshot: Snapshot, layout: Layout, random: @escaping @Sendable (_ byteCount: Int) -> [UInt8],
    time: HybridTimestamp
  ) {
    self.snapshot = snapshot
    self.layout = layout
    self.random = random
    self.time = time
  }

  /// Whether nothing has been edited.
  package var isEmpty: Bool { edits.isEmpty }

  /// Makes an id for a new record.
  package func newRecordID() -> RecordID {
    defer { ordinal &+= 1 }
    let bits = random(8).reduce(0) { $0 << 8 | UInt64($1) }
    return RecordID(time: time, ordinal: ordinal, random: bits)
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
    try checkNames(of: basis, kind: kind, id)
    writes.append(
      FieldWrite(
        field: NameTable.record, replaces: basis.lifecycle, change: .delete(seen: basis.touches)))
    try endEdit(of: try layout(of: kind), id, from: writes.count - 1)
  }

  /// Brings a record back, and may change fields of it in the same breath.
  package func restore(
    _ kind: String, _ id: RecordID, basis: Basis, _ changes: [FieldChange] = []
  ) throws {
    try checkNames(of: basis, kind: kind, id)
    writes.append(
      FieldWrite(field: NameTable.record, replaces: basis.lifecycle, change: .restore))
    try endEdit(of: try layout(of: kind), id, from: writes.count - 1)
    try write(kind, id, basis: basis, changes)
  }

  private func layout(of kind: String) throws -> KindLayout {
    guard let layout = layout[kind] else { throw ReplicaError.unknownName(kind: kind, field: nil) }
    return layout
  }

  private func write(
    _ kindName: String, _ id: RecordID, basis: Basis, _ changes: [FieldChange]
  ) throws {
    let kind = try layout(of: kindName)
    try checkNames(of: basis, kind: kindName, id)
    let start = writes.count
    try append(changes, of: kind, basis: basis, to: &writes)
    try endEdit(of: kind, id, from: start)
  }

  private func append(
    _ changes: [FieldChange], of kind: KindLayout, basis: Basis, to writes: inout [FieldWrite]
  ) throws {
    // Most transactions edit one record; the array grows by itself for the others.
    if writes.isEmpty { writes.reserveCapacity(changes.count) }
    var previous: FieldLayout?
    // By index, since an iterator would retain what each change holds.
    for index in changes.indices {
      guard let field = kind.field(changes[index].field, after: previous) else {
        throw ReplicaError.unknownName(kind: kind.name, field: changes[index].field)
      }
      writes.append(try write(changes[index].edit, field: field, kind: kind.name, basis: basis))
      previous = field
    }
  }

  /// Makes sure that the dots of a basis still mean the entries that were read.
  private func checkNames(of basis: Basis, kind: String, _ id: RecordID) throws {
    guard !basis.isEmpty, try basis.branchCount != snapshot.directory().branchCount else { return }
    throw ReplicaError.renamedBasis(kind: kind, id: id)
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

  /// Makes the writes from `start` on the edit of one record, in canonical order.
  private func endEdit(of kind: KindLayout, _ id: RecordID, from start: Int) throws {
    guard start < writes.count else { return }
    guard writes.count <= Limits.transactionWritesMax else {
      throw ReplicaError.tooLarge(writes: writes.count, bytes: 0)
    }
    let edit = RecordEdit(
      kind: kind.reference ?? names.reference(to: kind.name), id: id, writes: start..<writes.count)
    if !Self.isInOrder(edit.writes, of: writes) {
      // Stable, so that of two writes to one place the later call's stays behind the earlier's.
      writes.withUnsafeMutableBufferPointer {
        var own = UnsafeMutableBufferPointer(rebasing: $0[start...])
        own.sort { $0.precedes($1) }
      }
    }
    edits.append(edit)
  }

  private static func isInOrder(_ range: Range<Int>, of writes: [FieldWrite]) -> Bool {
    range.dropFirst().allSatisfy { writes[$0 - 1].precedes(writes[$0]) }
  }

  /// The canonical payload of all edits.
  ///
  /// A later write to a field or element takes an earlier one's place.
  /// A command that is too long for the format is cut: it only tells where the edits came from.
  func payload(reason: String?, command: String?, batch: UInt128?) throws -> Payload {
    if let reason, reason.utf8.count > Limits.valueBytesMax {
      throw ReplicaError.reasonTooLong(bytes: reason.utf8.count)
    }
    // A cut character may grow to a mark of three bytes, for which a quarter leaves room.
    let command = command.map { command in
      command.utf8.count <= Limits.valueBytesMax
        ? command : String(decoding: command.utf8.prefix(Limits.valueBytesMax / 4), as: UTF8.self)
    }
    let edits = edits
    let writes = writes
    let isCanonical =
      edits.indices.dropFirst().allSatisfy { edits[$0 - 1].precedes(edits[$0]) }
      && edits.allSatisfy { Self.isInOrder($0.writes, of: writes) }
    var payload = Payload(
      names: names.names, batch: batch, reason: reason, command: command,
      records: isCanonical ? edits : [], writes: isCanonical ? writes : [])
    if !isCanonical { for edits in recordEdits() { add(edits, to: &payload) } }
    return payload
  }

  /// The edits in canonical order, those of one record together in the order of the calls.
  private func recordEdits() -> [[RecordEdit]] {
    let ordered = edits.sorted { $0.precedes($1) }
    return ordered.reduce(into: []) { groups, edit in
      if let last = groups.last?.last, !last.precedes(edit) {
        groups[groups.count - 1].append(edit)
      } else {
        groups.append([edit])
      }
    }
  }

  private func add(_ edits: [RecordEdit], to payload: inout Payload) {
    let start = payload.writes.count
    let ordered = edits.flatMap { writes[$0.writes] }.sorted { $0.precedes($1) }
    for (index, write) in ordered.enumerated()
    where index + 1 == ordered.count || write.precedes(ordered[index + 1]) {
      payload.writes.append(write)
    }
    payload.records.append(
      RecordEdit(kind: edits[0].kind, id: edits[0].id, writes: start..<payload.writes.count))
  }
}

extension RecordEdit {
  /// The canonical order of records.
  fileprivate func precedes(_ other: Self) -> Bool {
    kind == other.kind ? id < other.id : kind < other.kind
  }
}

extension FieldWrite {
  /// The canonical order of one record's writes; two to the same place have none.
  fileprivate func precedes(_ other: Self) -> Bool {
    guard field == other.field else { return field < other.field }
    guard let element, let otherElement = other.element else { return false }
    return element < otherElement
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
