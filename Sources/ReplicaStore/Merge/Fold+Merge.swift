import CRDTCore

// MARK: - The general path

extension Fold {
  /// Merges an edit into a record that exists, or that a plain insert cannot make.
  func merge(
    _ edit: RecordEdit, kind: KindLayout, payload: Payload, entry: FoldEntry
  ) throws {
    let writes = payload.writes[edit.writes]
    var fields = writes.compactMap { kind.field($0.field, in: payload)?.index }
    let ownerIndex = kind.owner?.index
    if let ownerIndex, !fields.contains(ownerIndex) { fields.append(ownerIndex) }
    var row = try row(of: edit.id, kind: kind, fields: fields)
    let ownerBefore = ownerIndex.flatMap { row.values[$0] }
    for write in writes {
      try merge(write, id: edit.id, into: &row, kind: kind, payload: payload, entry: entry)
    }
    if row.stamps.hasLifecycle {
      row.hidden = try row.hidden & 2 | (isDeleted(edit.id, row: row, kind: kind) ? 1 : 0)
    }
    let ownerAfter = ownerIndex.flatMap { row.values[$0] }
    // What hid it was the owner it had; the one it has now hides it again below, if it does.
    if ownerAfter != ownerBefore { row.hidden &= 1 }
    try save(row, kind: kind)
    try refreshOwned(by: edit.id, kind: kind, isHidden: row.hidden != 0)
    if kind.schema.owner != nil { try refreshOwners([ownerBefore, ownerAfter], of: kind) }
  }

  private func merge(
    _ write: FieldWrite, id: RecordID, into row: inout FoldedRow, kind: KindLayout,
    payload: Payload, entry: FoldEntry
  ) throws {
    var isTouch = true
    let field = kind.field(write.field, in: payload)
    let place = WritePlace(kind: kind.name, id: id, field: payload.name(write.field) ?? "")
    switch (write.change, field?.schema.merge) {
    case (.delete, _), (.restore, _):
      isTouch = write.change == .restore
      try mergeLifecycle(write, place: place, into: &row, entry: entry)
    case (.register(let value), .register?):
      guard let field else { break }
      try mergeRegister(
        [Side(value: value)], write, field: field, of: kind, place: place, into: &row, entry: entry)
    case (.sides(let sides), .register?):
      guard let field else { break }
      try mergeRegister(
        sides, write, field: field, of: kind, place: place, into: &row, entry: entry)
    case (.counter(let increment), .counter?):
      guard let field else { break }
      mergeCounter(increment, field: field, into: &row)
      try noteIncrement(kind: kind, id: id, field: field, entry: entry)
    case (.element(let key, let isPresent, let value), .set?):
      guard let field else { break }
      try mergeElement(
        ElementWrite(key: key, isPresent: isPresent, value: value), write, field: field,
        place: place, record: row.record, entry: entry)
    case (.unknown, _), (_, nil):
      try noteUnread(kind: kind.name, field: place.field)
    case (.register, _), (.sides, _), (.counter, _), (.element, _):
      // The schema gives the field another kind, which no program writes; it stays in the log.
      break
    }
    if isTouch { row.stamps.touch(entry.dot) }
  }

  private func mergeCounter(_ increment: Int64, field: FieldLayout, into row: inout FoldedRow) {
    let sum: Int64 = if case .integer(let number)? = row.values[field.index] { number } else { 0 }
    // Wraps rather than traps: addition then still commutes, whatever a peer sends.
    row.values[field.index] = .integer(sum &+ increment)
    row.note(field.index)
  }

  func noteIncrement(
    kind: KindLayout, id: RecordID, field: FieldLayout, entry: FoldEntry
  ) throws {
    let insertion = try statement(
      """
      INSERT OR IGNORE INTO _increment (kind, id, field, replica, sequence) VALUES (?, ?, ?, ?, ?)
      """)
    insertion.bind(1, kind.name)
    insertion.bind(2, id.rawValue)
    insertion.bind(3, field.name)
    insertion.bind(4, entry.dot.replica)
    insertion.bind(5, entry.dot.sequence)
    try insertion.run()
  }
}

extension FoldedRow {
  /// Notes that a field's columns must be written back.
  mutating func note(_ field: Int) {
    if !changed.contains(field) { changed.append(field) }
  }
}

/// Names what a write is about, whoever wrote it.
struct WritePlace: Hashable {
  let kind: String
  let id: RecordID
  let field: String
  var element: ElementKey?
}

// MARK: - Registers

extension Fold {
  private func mergeRegister(
    _ sides: [Side], _ write: FieldWrite, field: FieldLayout, of kind: KindLayout,
    place: WritePlace, into row: inout FoldedRow, entry: FoldEntry
  ) throws {
    let present = row.values[field.index] ?? .null
    let state = row.stamps.place(of: field.number, columnIsNull: present.isNull)
    let replaced = try replacedDots(write.replaces, at: place)
    if sides.count == 1, ColumnCodec.fits(sides[0].value, field.schema.type),
      replacesAll(of: state, replaced)
    {
      row.values[field.index] = sides[0].value
      row.note(field.index)
      row.stamps.set(field.number, to: entry.dot, columnIsNull: sides[0].value.isNull)
      return
    }
    var register = RegisterHeads(
      heads: try heads(of: field, state: state, value: present, place: place, record: row.record))
    register.apply(
      Head(stamp: entry.stamp, sides: sides), replacing: try replaced.map(directory.dot))
    let winner = register.winner(under: policies.policy(of: field, in: kind))?.value.value
    try store(register, showing: winner, field: field, was: state, place: place, into: &row)
  }

  /// Whether a write that replaces `replaced` leaves no other head beside it.
  private func replacesAll(of state: RecordStamps.Place, _ replaced: [LocalDot]) -> Bool {
    switch state {
    case .unwritten: true
    case .single(let dot): replaced.contains(dot)
    case .several: false
    }
  }

  private func store(
    _ register: RegisterHeads, showing winner: Value?, field: FieldLayout,
    was state: RecordStamps.Place, place: WritePlace, into row: inout FoldedRow
  ) throws {
    if state == .several { try deleteHeads(place: place, record: row.record) }
    let winner = winner ?? .null
    row.values[field.index] = winner
    row.note(field.index)
    if register.heads.count == 1, register.heads[0].sides.count == 1,
      ColumnCodec.fits(winner, field.schema.type),
      let dot = directory.local(register.heads[0].stamp.dot)
    {
      row.stamps.set(field.number, to: dot, columnIsNull: winner.isNull)
      return
    }
    row.stamps.setSeveral(field.number)
    let insertion = try statement(
      """
      INSERT INTO _head (kind, rec, field, replica, sequence, sides) VALUES (?, ?, ?, ?, ?, ?)
      """)
    for head in register.heads {
      guard let dot = directory.local(head.stamp.dot) else { continue }
      insertion.bind(1, place.kind)
      insertion.bind(2, row.record)
      insertion.bind(3, place.field)
      insertion.bind(4, dot.replica)
      insertion.bind(5, dot.sequence)
      insertion.bind(6, SidesCodec.encoded(head.sides))
      try insertion.run()
    }
  }

  private func deleteHeads(place: WritePlace, record: Int64) throws {
    let deletion = try statement("DELETE FROM _head WHERE kind = ? AND rec = ? AND field = ?")
    deletion.bind(1, place.kind)
    deletion.bind(2, record)
    deletion.bind(3, place.field)
    try deletion.run()
  }

  func heads(
    of field: FieldLayout, state: RecordStamps.Place, value: Value, place: WritePlace,
    record: Int64
  ) throws -> [Head] {
    switch state {
    case .unwritten: return []
    case .single(let dot):
      // A column holds no rank; where the policy needs it, or may again, the log does.
      if field.schema.merge.rule?.policy == .precedence,
        case .sides(let sides)? = try write(at: place, in: dot)?.change
      {
        return [Head(stamp: try stamp(of: dot), sides: sides)]
      }
      return [Head(stamp: try stamp(of: dot), sides: [Side(value: value)])]
    case .several:
      let selection = try statement(
        "SELECT replica, sequence, sides FROM _head WHERE kind = ? AND rec = ? AND field = ?")
      selection.bind(1, place.kind)
      selection.bind(2, record)
      selection.bind(3, place.field)
      defer { selection.reset() }
      var heads: [Head] = []
      while try selection.step() {
        let dot = LocalDot(
          replica: Int(selection.integer(0)), sequence: selection.unsigned(1))
        heads.append(
          Head(stamp: try stamp(of: dot), sides: try SidesCodec.sides(from: selection.bytes(2))))
      }
      return heads
    }
  }

  /// The name, time and hash of an entry that is held.
  func stamp(of dot: LocalDot) throws -> Stamp {
    guard let known = try log.stamp(of: dot) else {
      throw StoreError.damaged(detail: "the log lacks an entry that a record stands at")
    }
    return Stamp(dot: try directory.dot(dot), time: known.time, hash: known.hash)
  }
}

/// The sides of a head as `_head.sides` holds them: count, then per side value and rank + 1 or 0.
enum SidesCodec {
  static func encoded(_ sides: [Side]) -> [UInt8] {
    var writer = ByteWriter(capacity: 32)
    writer.write(count: sides.count)
    for side in sides {
      writer.write(value: side.value)
      writer.write(varint: side.rank.map { UInt64($0) + 1 } ?? 0)
    }
    return writer.bytes
  }

  static func sides(from bytes: [UInt8]) throws(MalformedBytes) -> [Side] {
    var reader = ByteReader(bytes)
    var sides: [Side] = []
    for _ in 0..<(try reader.readCount(max: Limits.partsMax)) {
      let value = try reader.readValue()
      let rank = try reader.readVarint()
      sides.append(Side(value: value, rank: rank == 0 ? nil : UInt32(truncatingIfNeeded: rank - 1)))
    }
    return sides
  }
}

// MARK: - Replaced heads

extension Fold {
  /// The heads a write replaces: those it names, and those that named entries set aside replaced.
  func replacedDots(_ dots: [Dot], at place: WritePlace) throws -> [LocalDot] {
    var replaced = dots.compactMap(directory.local)
    guard !setAside.isEmpty else { return replaced }
    var index = 0
    while index < replaced.count {
      if setAside.contains(replaced[index]), let write = try write(at: place, in: replaced[index]) {
        for dot in write.replaces.compactMap(directory.local) where !replaced.contains(dot) {
          replaced.append(dot)
        }
      }
      index += 1
    }
    return replaced
  }

  /// The write that an entry of the log made at a place; `nil` if it made none that can be read.
  func write(at place: WritePlace, in dot: LocalDot) throws -> FieldWrite? {
    guard let row = try log.row(of: dot) else { return nil }
    return try LogReader(directory: directory, log: log).payload(of: row)?.write(at: place)
  }
}

extension Payload {
  /// The write that the payload makes at a place.
  func write(at place: WritePlace) -> FieldWrite? {
    guard let edit = records.first(where: { $0.id == place.id && name($0.kind) == place.kind })
    else { return nil }
    return writes[edit.writes].first {
      name($0.field) == place.field && $0.element == place.element
    }
  }
}

// MARK: - Sets

extension Fold {
  private struct ElementWrite {
    let key: ElementKey
    let isPresent: Bool
    let value: Value
  }

  private func mergeElement(
    _ element: ElementWrite, _ write: FieldWrite, field: FieldLayout, place: WritePlace,
    record: Int64, entry: FoldEntry
  ) throws {
    guard let table = field.setTable, case .set(let policy) = field.schema.merge else { return }
    let selection = try statement("SELECT heads FROM \(table) WHERE _rec = ? AND key = ?")
    selection.bind(1, record)
    selection.bind(2, element.key.rawValue)
    var state = ElementHeads<LocalDot>()
    if try selection.step() { state = try ElementHeadsCodec.state(from: selection.bytes(0)) }
    selection.reset()
    var elementPlace = place
    elementPlace.element = element.key
    state.apply(
      ElementHead(entry.dot, isPresent: element.isPresent),
      replacing: try replacedDots(write.replaces, at: elementPlace))
    try saveElement(
      state, key: element.key, value: element.value, policy: policy, field: field, record: record)
  }

  func saveElement(
    _ state: ElementHeads<LocalDot>, key: ElementKey, value: Value, policy: SetPolicy,
    field: FieldLayout, record: Int64
  ) throws {
    guard let table = field.setTable else { return }
    let insertion = try statement(
      """
      INSERT INTO \(table) (_rec, key, value, present, heads) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (_rec, key) DO UPDATE SET present = excluded.present, heads = excluded.heads
      """)
    insertion.bind(1, record)
    insertion.bind(2, key.rawValue)
    if ColumnCodec.fits(value, field.schema.type) {
      ColumnCodec.bind(value, to: insertion, at: 3)
    } else {
      insertion.bindNull(3)
    }
    insertion.bind(4, state.isPresent(under: policy) ? 1 : 0)
    insertion.bind(5, ElementHeadsCodec.encoded(state))
    try insertion.run()
  }
}

/// An element's heads as a set's table holds them: per head replica number, sequence, 1 if present.
enum ElementHeadsCodec {
  static func encoded(_ state: ElementHeads<LocalDot>) -> [UInt8] {
    var writer = ByteWriter(capacity: state.heads.count * 6)
    for head in state.heads {
      writer.write(dot: head.name)
      writer.write(byte: head.isPresent ? 1 : 0)
    }
    return writer.bytes
  }

  static func state(from bytes: [UInt8]) throws(MalformedBytes) -> ElementHeads<LocalDot> {
    var reader = ByteReader(bytes)
    var heads: [ElementHead<LocalDot>] = []
    while !reader.isAtEnd {
      let dot = try reader.readDot()
      heads.append(ElementHead(dot, isPresent: try reader.readByte() == 1))
    }
    return ElementHeads(heads: heads)
  }
}
