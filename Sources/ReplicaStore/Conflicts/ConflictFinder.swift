package import CRDTCore

extension Snapshot {
  /// Every conflict, ordered by kind, then id: the same list on every replica that holds the same.
  ///
  /// - Complexity: O(conflicts), apart from one pass over the index of each unique field.
  package func conflicts() throws -> [Conflict] {
    try ConflictFinder(self).conflicts()
  }
}

/// The one function that finds conflicts.
struct ConflictFinder {
  let snapshot: Snapshot
  let directory: LogDirectory
  let log: LogTable
  private let policies: ConflictPolicies

  init(_ snapshot: Snapshot) throws {
    self.snapshot = snapshot
    directory = try snapshot.directory()
    log = try LogTable(snapshot.database)
    policies = try snapshot.policies()
  }

  func conflicts() throws -> [Conflict] {
    let broken = try brokenConstraints()
    return try [
      fieldConflicts(), lifecycleConflicts(), uniqueConflicts(),
      broken.filter { $0.kind == .constraint }, broken.filter { $0.kind == .transition },
      heldEntries(), clockConflicts(), forks(),
    ]
    .flatMap { $0.sorted { $0.id.rawValue < $1.id.rawValue } }
  }

  func statement(_ sql: String) throws -> Statement {
    try Statement(snapshot.database, sql)
  }

  private func stamp(of local: LocalDot) throws -> Stamp {
    guard let known = try log.stamp(of: local) else {
      throw StoreError.damaged(detail: "the log lacks an entry that a conflict is about")
    }
    return Stamp(dot: try directory.dot(local), time: known.time, hash: known.hash)
  }

  private func member(of local: LocalDot) throws -> MemberID {
    guard let log = directory[local.replica] else {
      throw StoreError.damaged(detail: "an entry's replica is not listed")
    }
    return log.member
  }
}

// MARK: - Fields

extension ConflictFinder {
  private struct Place: Hashable {
    let kind: String
    let record: Int64
    let field: String
  }

  private func fieldConflicts() throws -> [Conflict] {
    try conflicts { [policies] kind, field in policies.rule(of: field, in: kind) }
  }

  /// The conflicts of one field, as a rule would have them.
  func fieldConflicts(
    of kind: String, field: String, under rule: RegisterRule
  ) throws -> [Conflict] {
    try conflicts(of: kind, field) { _, _ in rule }.sorted { $0.id.rawValue < $1.id.rawValue }
  }

  private func conflicts(
    of kind: String? = nil, _ field: String? = nil,
    under rule: (KindLayout, FieldLayout) -> RegisterRule?
  ) throws -> [Conflict] {
    let selection = try statement(
      """
      SELECT kind, rec, field, replica, sequence, sides FROM _head
      WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR field = ?2)
      ORDER BY kind, rec, field, replica, sequence
      """)
    if let kind { selection.bind(1, kind) }
    if let field { selection.bind(2, field) }
    var conflicts: [Conflict] = []
    var place: Place?
    var heads: [(LocalDot, Head)] = []
    while try selection.step() {
      let next = Place(
        kind: selection.text(0), record: selection.integer(1), field: selection.text(2))
      if let place, place != next {
        if let conflict = try conflict(at: place, heads, under: rule) { conflicts.append(conflict) }
        heads = []
      }
      place = next
      let local = selection.dot(3)
      let sides = try SidesCodec.sides(from: selection.bytes(5))
      heads.append((local, Head(stamp: try stamp(of: local), sides: sides)))
    }
    if let place, let conflict = try conflict(at: place, heads, under: rule) {
      conflicts.append(conflict)
    }
    return conflicts
  }

  private func conflict(
    at place: Place, _ heads: [(LocalDot, Head)],
    under rule: (KindLayout, FieldLayout) -> RegisterRule?
  ) throws -> Conflict? {
    let register = RegisterHeads(heads: heads.map(\.1))
    guard register.distinctValues.count > 1, let kind = snapshot.layout[place.kind],
      let field = kind[place.field], let rule = rule(kind, field),
      let id = try visibleRecord(place.record, kind: kind)
    else { return nil }
    let winner = register.winner(under: rule.policy)
    var sides: [ConflictSide] = []
    for (local, head) in heads {
      for (index, side) in head.sides.enumerated() {
        sides.append(
          ConflictSide(
            stamp: head.stamp, member: try member(of: local), value: side.value,
            isShowing: winner?.stamp == head.stamp && winner?.side == index))
      }
    }
    let record = RecordKey(kind: place.kind, id: id)
    return Conflict(
      id: ConflictID(of: record, field: place.field, heads: heads.map(\.1.stamp.dot)),
      kind: .field, records: [record], field: place.field,
      sides: sides.inOrder, isOpen: rule.conflicts != .automatic)
  }

  /// The id of a record that is not hidden.
  private func visibleRecord(_ record: Int64, kind: KindLayout) throws -> RecordID? {
    let selection = try Statement(
      cached: "SELECT id FROM \(kind.table) WHERE _rec = ? AND _hidden IS NULL",
      in: snapshot.database)
    selection.bind(1, record)
    defer { selection.reset() }
    return try selection.step() ? RecordID(rawValue: selection.number(0)) : nil
  }
}

// MARK: - Records deleted here and edited there

extension ConflictFinder {
  private func lifecycleConflicts() throws -> [Conflict] {
    let selection = try statement(
      "SELECT DISTINCT kind, rec FROM _lifecycle WHERE seen IS NOT NULL ORDER BY kind, rec")
    let fold = try Fold(
      database: snapshot.database, layout: snapshot.layout, log: log)
    fold.directory = directory
    var conflicts: [Conflict] = []
    while try selection.step() {
      guard let kind = snapshot.layout[selection.text(0)] else { continue }
      if let conflict = try lifecycleConflict(
        record: selection.integer(1), kind: kind, reading: fold)
      {
        conflicts.append(conflict)
      }
    }
    return conflicts
  }

  private func lifecycleConflict(
    record: Int64, kind: KindLayout, reading fold: Fold
  ) throws -> Conflict? {
    let row = try statement("SELECT id, _stamps FROM \(kind.table) WHERE _rec = ?")
    row.bind(1, record)
    guard try row.step() else { return nil }
    let id = RecordID(rawValue: row.number(0))
    var touches = try fold.touchVector(RecordStamps(decoding: row.bytes(1)))
    try fold.mergeTouchesOwned(by: id, kind: kind, into: &touches)
    let lifecycle = try fold.lifecycle(kind: kind.name, record: record)
    let unanswered = lifecycle.unanswered(in: touches)
    guard !unanswered.isEmpty else { return nil }
    let isHidden = lifecycle.isHidden(with: touches)
    var sides = try lifecycle.deletes.map { head in
      try side(of: head.stamp.dot, act: .deleted, isShowing: isHidden)
    }
    sides += try unanswered.map { try side(of: $0.dot, act: .edited, isShowing: !isHidden) }
    let stamps = sides.map(\.stamp.dot).sorted()
    return Conflict(
      id: ConflictID(
        .lifecycle,
        [Array(kind.name.utf8), id.rawValue.bigEndianBytes] + stamps.map(\.encoded)),
      kind: .lifecycle, records: [RecordKey(kind: kind.name, id: id)], sides: sides.inOrder)
  }

  func side(
    of dot: Dot, act: ConflictSide.Act, isShowing: Bool
  ) throws -> ConflictSide {
    guard let local = directory.local(dot) else {
      throw StoreError.damaged(detail: "an entry's replica is not listed")
    }
    return ConflictSide(
      stamp: try stamp(of: local), member: try member(of: local), act: act, isShowing: isShowing)
  }
}

// MARK: - Values that should be unique

extension ConflictFinder {
  private func uniqueConflicts() throws -> [Conflict] {
    var conflicts: [Conflict] = []
    for kind in snapshot.layout.kinds {
      for field in kind.fields where field.schema.isUnique && field.setTable == nil {
        conflicts += try uniqueConflicts(field, of: kind)
      }
    }
    return conflicts
  }

  private func uniqueConflicts(_ field: FieldLayout, of kind: KindLayout) throws -> [Conflict] {
    let column = field.columns[0]
    let shared = try statement(
      """
      SELECT \(field.columns.joined(separator: ", ")) FROM \(kind.table)
      WHERE \(column) IS NOT NULL AND _hidden IS NULL
      GROUP BY \(column) HAVING count(*) > 1 ORDER BY \(column)
      """)
    let holders = try statement(
      "SELECT id FROM \(kind.table) WHERE \(column) = ? AND _hidden IS NULL ORDER BY id")
    var conflicts: [Conflict] = []
    while try shared.step() {
      let value = try ColumnCodec.read(field.schema.type, from: shared, at: 0)
      ColumnCodec.bind(value, to: holders, at: 1)
      var records: [RecordKey] = []
      while try holders.step() {
        records.append(RecordKey(kind: kind.name, id: RecordID(rawValue: holders.number(0))))
      }
      holders.reset()
      let sides = try records.compactMap {
        try shownSide(at: ConflictPlace(record: $0, field: field.name))
      }
      var encoded = ByteWriter()
      encoded.write(value: value)
      conflicts.append(
        Conflict(
          id: ConflictID(
            .unique,
            [Array(kind.name.utf8), Array(field.name.utf8), encoded.bytes]
              + records.map(\.id.rawValue.bigEndianBytes)),
          kind: .unique, records: records, field: field.name, sides: sides.inOrder))
    }
    return conflicts
  }
}

// MARK: - What shows

extension ConflictFinder {
  /// What a register shows, and who wrote it; `nil` of one never written, and of a record not held.
  func shownSide(at place: ConflictPlace) throws -> ConflictSide? {
    guard let kind = snapshot.layout[place.record.kind], let field = kind[place.field],
      !field.columns.isEmpty
    else { return nil }
    let row = try statement(
      """
      SELECT _stamps, _rec, \(field.columns.joined(separator: ", ")) FROM \(kind.table) WHERE id = ?
      """)
    row.bind(1, place.record.id.rawValue)
    guard try row.step() else { return nil }
    let stamps = try RecordStamps(decoding: row.bytes(0))
    guard
      let dot = try shownWrite(
        at: Place(kind: kind.name, record: row.integer(1), field: field.name),
        stamps.place(of: field.number, columnIsNull: row.isNull(2)),
        policy: policies.policy(of: field, in: kind))
    else { return nil }
    return ConflictSide(
      stamp: try stamp(of: dot), member: try member(of: dot),
      value: try ColumnCodec.read(field.schema.type, from: row, at: 2), at: place, isShowing: true)
  }

  /// The write that a register shows; `nil` of one never written.
  private func shownWrite(
    at place: Place, _ standing: RecordStamps.Place, policy: MergePolicy
  ) throws -> LocalDot? {
    switch standing {
    case .unwritten: return nil
    case .single(let dot): return dot
    case .several:
      let selection = try statement(
        "SELECT replica, sequence, sides FROM _head WHERE kind = ? AND rec = ? AND field = ?")
      selection.bind(1, place.kind)
      selection.bind(2, place.record)
      selection.bind(3, place.field)
      var heads: [Head] = []
      while try selection.step() {
        heads.append(
          Head(
            stamp: try stamp(of: selection.dot(0)),
            sides: try SidesCodec.sides(from: selection.bytes(2))))
      }
      return RegisterHeads(heads: heads).winner(under: policy).flatMap {
        directory.local($0.stamp.dot)
      }
    }
  }
}

// MARK: - Entries

extension ConflictFinder {
  private func heldEntries() throws -> [Conflict] {
    let selection = try statement(
      "SELECT replica, sequence, verdict FROM _log WHERE verdict IS NOT NULL")
    var conflicts: [Conflict] = []
    while try selection.step() {
      let local = selection.dot(0)
      let stamp = try stamp(of: local)
      let id = ConflictID(.held, [stamp.dot.encoded, stamp.hash.bytes])
      guard try !isDismissed(id) else { continue }
      let side = ConflictSide(stamp: stamp, member: try member(of: local), isShowing: false)
      conflicts.append(
        Conflict(
          id: id, kind: .held, sides: [side],
          reason: SetAsideReason(rawValue: Int(selection.integer(2)))))
    }
    return conflicts
  }

  /// One conflict a log: all its entries whose clock was ahead, by the first and the last of them.
  private func clockConflicts() throws -> [Conflict] {
    let selection = try statement(
      """
      SELECT replica, min(sequence), max(sequence), count(*) FROM _ahead
      GROUP BY replica ORDER BY replica
      """)
    var conflicts: [Conflict] = []
    while try selection.step() {
      let replica = Int(selection.integer(0))
      let first = LocalDot(replica: replica, sequence: selection.unsigned(1))
      let last = LocalDot(replica: replica, sequence: selection.unsigned(2))
      let stamps = try [first, last].map(stamp)
      let id = ConflictID(.clock, stamps.map(\.dot.encoded))
      guard try !isDismissed(id) else { continue }
      let sides = try stamps.map {
        ConflictSide(stamp: $0, member: try member(of: first), isShowing: false)
      }
      conflicts.append(
        Conflict(
          id: id, kind: .clock, sides: first == last ? Array(sides.prefix(1)) : sides))
    }
    return conflicts
  }

  /// One conflict a branch: its first entry, and the one that kept the name of the log.
  private func forks() throws -> [Conflict] {
    try directory.logs.compactMap { log in
      guard let branch = log.branch else { return nil }
      let dots = [log.number, branch.parent].map { LocalDot(replica: $0, sequence: log.first) }
      let sides = try dots.map { dot in
        ConflictSide(
          stamp: try stamp(of: dot), member: try member(of: dot),
          isShowing: dot.replica == branch.parent)
      }
      return Conflict(
        id: ConflictID(.fork, [log.id.rawValue.bigEndianBytes]), kind: .fork,
        sides: sides.inOrder, isOpen: false)
    }
  }

  /// Whether somebody has put a conflict aside that no write can clear.
  private func isDismissed(_ id: ConflictID) throws -> Bool {
    guard let kind = snapshot.layout[Dismissal.kind] else { return false }
    let selection = try statement("SELECT 1 FROM \(kind.table) WHERE id = ? AND _hidden IS NULL")
    selection.bind(1, Dismissal.record(of: id).rawValue)
    return try selection.step()
  }
}

/// The record by which a conflict that no write can clear is put aside, on every node.
package enum Dismissal {
  /// Its kind; schemas without it know no dismissals.
  package static let kind = "dismissal"

  /// Its id, derived from the conflict's.
  package static func record(of id: ConflictID) -> RecordID {
    RecordID(derivedFrom: kind, [id.rawValue.bigEndianBytes])
  }
}

extension [ConflictSide] {
  /// In order of time, then replica; sides of one write stay in its order.
  var inOrder: Self {
    enumerated().sorted { one, two in
      one.element.stamp != two.element.stamp
        ? one.element.stamp < two.element.stamp : one.offset < two.offset
    }.map(\.element)
  }
}

extension Dot {
  /// Replica (16 bytes), sequence (varint): what ids of conflicts are made of.
  var encoded: [UInt8] {
    var writer = ByteWriter(capacity: 20)
    writer.write(fixed: replica.rawValue)
    writer.write(varint: sequence)
    return writer.bytes
  }
}
