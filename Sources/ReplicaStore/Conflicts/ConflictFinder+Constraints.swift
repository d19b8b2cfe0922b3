import CRDTCore

// What holds between records no longer, though every write was right when it was made.

extension ConflictFinder {
  /// Records that break a constraint together, and the fields by which they do.
  private struct Breach {
    /// What it is about first.
    let records: [RecordKey]
    let places: [ConflictPlace]
    /// A record whose deletion has a part in it.
    var deleted: RecordKey?
  }

  func brokenConstraints() throws -> [Conflict] {
    try snapshot.layout.constraints.flatMap { constraint -> [Conflict] in
      guard let kind = snapshot.layout[constraint.kind], let field = kind[constraint.field] else {
        return []
      }
      return try breaches(of: constraint, kind, field).map { try conflict(constraint, $0) }
    }
  }

  private func breaches(
    of constraint: Constraint, _ kind: KindLayout, _ field: FieldLayout
  ) throws -> [Breach] {
    switch constraint.rule {
    case .acyclic: try rings(of: kind, field)
    case .single: try several(of: kind, field)
    case .total(let total, let per):
      try kind[per].map { try wrongTotals(of: kind, field, per: $0, total) } ?? []
    case .living: try dangling(kind, field)
    case .current(let unless): try retired(kind, field, unless: unless)
    case .backed(let except, let path, let last, let value):
      try unbacked(kind, field, except: except, path: path, last, value)
    }
  }

  private func conflict(_ constraint: Constraint, _ breach: Breach) throws -> Conflict {
    var sides = try breach.places.compactMap { try shownSide(at: $0) }
    if let deleted = breach.deleted { sides += try deletions(of: deleted) }
    return Conflict(
      id: ConflictID(
        constraint.conflict,
        [Array(constraint.name.utf8)] + breach.records.map(\.id.rawValue.bigEndianBytes)),
      kind: constraint.conflict, records: breach.records, field: constraint.field,
      sides: sides.inOrder, isOpen: true, constraint: constraint)
  }

  /// The deletions by which a record is hidden; none of one that is hidden with its owner.
  private func deletions(of key: RecordKey) throws -> [ConflictSide] {
    guard let kind = snapshot.layout[key.kind] else { return [] }
    let row = try statement("SELECT _rec FROM \(kind.table) WHERE id = ?")
    row.bind(1, key.id.rawValue)
    guard try row.step() else { return [] }
    let fold = try Fold(database: snapshot.database, layout: snapshot.layout, log: log)
    fold.directory = directory
    return try fold.lifecycle(kind: kind.name, record: row.integer(0)).deletes.map {
      try side(of: $0.stamp.dot, act: .deleted, isShowing: true)
    }
  }
}

// MARK: - One rule each

extension ConflictFinder {
  private func rings(of kind: KindLayout, _ field: FieldLayout) throws -> [Breach] {
    let column = field.columns[0]
    // Whatever is in a ring is referred to.
    let selection = try statement(
      """
      SELECT id, \(column) FROM \(kind.table) WHERE \(column) IS NOT NULL AND _hidden IS NULL
      AND id IN (SELECT \(column) FROM \(kind.table) WHERE \(column) IS NOT NULL)
      """)
    var next: [UInt128: UInt128] = [:]
    while try selection.step() { next[selection.number(0)] = selection.number(1) }
    return Self.rings(in: next).map { ring in
      let records = ring.map { RecordKey(kind: kind.name, id: RecordID(rawValue: $0)) }
      return Breach(
        records: records, places: records.map { ConflictPlace(record: $0, field: field.name) })
    }
  }

  /// The rings among references of which each record has one; each from its least record on.
  private static func rings(in next: [UInt128: UInt128]) -> [[UInt128]] {
    var rings: [[UInt128]] = []
    var visited: Set<UInt128> = []
    for start in next.keys {
      var path: [UInt128] = []
      var record = start
      while let following = next[record], visited.insert(record).inserted {
        path.append(record)
        record = following
      }
      // Who comes back to the own path has gone round; who comes to an earlier one has not.
      guard let entrance = path.firstIndex(of: record) else { continue }
      let ring = path[entrance...]
      guard let least = ring.min(), let first = ring.firstIndex(of: least) else { continue }
      rings.append(Array(ring[first...] + ring[..<first]))
    }
    return rings
  }

  private func several(of kind: KindLayout, _ field: FieldLayout) throws -> [Breach] {
    let selection = try statement(
      "SELECT id FROM \(kind.table) WHERE \(field.columns[0]) = 1 AND _hidden IS NULL ORDER BY id")
    var records: [RecordKey] = []
    while try selection.step() {
      records.append(RecordKey(kind: kind.name, id: RecordID(rawValue: selection.number(0))))
    }
    guard records.count > 1 else { return [] }
    return [
      Breach(
        records: records, places: records.map { ConflictPlace(record: $0, field: field.name) })
    ]
  }

  private func wrongTotals(
    of kind: KindLayout, _ field: FieldLayout, per owner: FieldLayout, _ total: Int64
  ) throws -> [Breach] {
    guard case .reference(let ownerKind) = owner.schema.type else { return [] }
    let selection = try statement(
      """
      SELECT \(owner.columns[0]), id, \(field.columns[0]) FROM \(kind.table)
      WHERE \(owner.columns[0]) IS NOT NULL AND _hidden IS NULL ORDER BY 1, 2
      """)
    var breaches: [Breach] = []
    var group: (owner: UInt128, records: [RecordKey], sum: Int128)?
    func close() {
      guard let group, group.sum != Int128(total) * Self.billion else { return }
      breaches.append(
        Breach(
          records: [RecordKey(kind: ownerKind, id: RecordID(rawValue: group.owner))]
            + group.records,
          places: group.records.map { ConflictPlace(record: $0, field: field.name) }))
    }
    while try selection.step() {
      let owner = selection.number(0)
      if group?.owner != owner {
        close()
        group = (owner, [], 0)
      }
      let id = RecordID(rawValue: selection.number(1))
      group?.records.append(RecordKey(kind: kind.name, id: id))
      guard !selection.isNull(2) else { continue }
      group?.sum += Self.billionths(try ColumnCodec.read(field.schema.type, from: selection, at: 2))
    }
    close()
    return breaches
  }

  private static let billion: Int128 = 1_000_000_000

  /// A number, exactly: decimals have at most nine digits behind the point.
  private static func billionths(_ value: Value) -> Int128 {
    switch value {
    case .integer(let number): Int128(number) * billion
    case .decimal(let number): number.billionths
    case _: 0
    }
  }

  private func dangling(_ kind: KindLayout, _ field: FieldLayout) throws -> [Breach] {
    try pairs(kind, field, where: "target._hidden IS NOT NULL").map { record, target in
      Breach(
        records: [record, target], places: [ConflictPlace(record: record, field: field.name)],
        deleted: target)
    }
  }

  private func retired(
    _ kind: KindLayout, _ field: FieldLayout, unless: String
  ) throws -> [Breach] {
    try pairs(
      kind, field, where: "target.\(quoted(unless)) IS NOT NULL AND target._hidden IS NULL"
    ).map { record, target in
      Breach(
        records: [record, target],
        places: [
          ConflictPlace(record: record, field: field.name),
          ConflictPlace(record: target, field: unless),
        ])
    }
  }

  /// The records that refer to a record of which the condition holds, each with that.
  private func pairs(
    _ kind: KindLayout, _ field: FieldLayout, where condition: String
  ) throws -> [(RecordKey, RecordKey)] {
    guard case .reference(let name) = field.schema.type, let target = snapshot.layout[name] else {
      return []
    }
    // From the few that are deleted or retired to those that refer to them.
    let selection = try statement(
      """
      SELECT record.id, target.id FROM \(target.table) AS target
      CROSS JOIN \(kind.table) AS record ON record.\(field.columns[0]) = target.id
      WHERE \(condition) AND record._hidden IS NULL
      """)
    var pairs: [(RecordKey, RecordKey)] = []
    while try selection.step() {
      pairs.append(
        (
          RecordKey(kind: kind.name, id: RecordID(rawValue: selection.number(0))),
          RecordKey(kind: name, id: RecordID(rawValue: selection.number(1)))
        ))
    }
    return pairs
  }

  private func unbacked(
    _ kind: KindLayout, _ field: FieldLayout, except: String, path: [String], _ last: String,
    _ value: String
  ) throws -> [Breach] {
    var kinds = [kind]
    var joins = ""
    for (index, name) in path.enumerated() {
      guard case .reference(let target)? = kinds[index][name]?.schema.type,
        let next = snapshot.layout[target]
      else { return [] }
      kinds.append(next)
      joins +=
        " JOIN \(next.table) AS t\(index + 1) ON t\(index + 1).id = t\(index).\(quoted(name))"
    }
    let visible = kinds.indices.map { " AND t\($0)._hidden IS NULL" }.joined()
    let selection = try statement(
      """
      SELECT \(kinds.indices.map { "t\($0).id" }.joined(separator: ", "))
      FROM \(kind.table) AS t0\(joins)
      WHERE t0.\(field.columns[0]) <> ? AND t\(path.count).\(quoted(last)) <> ?\(visible)
      """)
    selection.bind(1, except)
    selection.bind(2, value)
    var breaches: [Breach] = []
    while try selection.step() {
      let records = kinds.enumerated().map { index, kind in
        RecordKey(kind: kind.name, id: RecordID(rawValue: selection.number(Int32(index))))
      }
      breaches.append(
        Breach(
          records: records,
          places: [
            ConflictPlace(record: records[0], field: field.name),
            ConflictPlace(record: records[path.count - 1], field: path[path.count - 1]),
          ]))
    }
    return breaches
  }
}
