import CRDTCore

// MARK: - Deleting and restoring

extension Fold {
  func mergeLifecycle(
    _ write: FieldWrite, place: WritePlace, into row: inout FoldedRow, entry: FoldEntry
  ) throws {
    var lifecycle = try self.lifecycle(kind: place.kind, record: row.record)
    let act: LifecycleHead.Act =
      if case .delete(let seen) = write.change {
        .delete(seen: try directory.covered(by: seen))
      } else {
        .restore
      }
    lifecycle.apply(
      LifecycleHead(stamp: entry.stamp, act: act),
      replacing: try replacedDots(write.replaces, at: place).map(directory.dot))
    row.stamps.hasLifecycle = true
    try save(lifecycle, kind: place.kind, record: row.record)
  }

  /// A record's lifecycle heads.
  func lifecycle(kind: String, record: Int64) throws -> Lifecycle {
    let selection = try statement(
      "SELECT replica, sequence, seen FROM _lifecycle WHERE kind = ? AND rec = ?")
    selection.bind(1, kind)
    selection.bind(2, record)
    defer { selection.reset() }
    var heads: [LifecycleHead] = []
    while try selection.step() {
      let dot = LocalDot(replica: Int(selection.integer(0)), sequence: selection.unsigned(1))
      var seen: VersionVector?
      if !selection.isNull(2) {
        var reader = ByteReader(selection.bytes(2))
        seen = try reader.readVector()
      }
      heads.append(
        LifecycleHead(
          stamp: try stamp(of: dot), act: seen.map { .delete(seen: $0) } ?? .restore))
    }
    return Lifecycle(heads: heads)
  }

  private func save(_ lifecycle: Lifecycle, kind: String, record: Int64) throws {
    let deletion = try statement("DELETE FROM _lifecycle WHERE kind = ? AND rec = ?")
    deletion.bind(1, kind)
    deletion.bind(2, record)
    try deletion.run()
    let insertion = try statement(
      "INSERT INTO _lifecycle (kind, rec, replica, sequence, seen) VALUES (?, ?, ?, ?, ?)")
    for head in lifecycle.heads {
      guard let dot = directory.local(head.stamp.dot) else { continue }
      insertion.bind(1, kind)
      insertion.bind(2, record)
      insertion.bind(3, dot.replica)
      insertion.bind(4, dot.sequence)
      switch head.act {
      case .delete(let seen):
        var writer = ByteWriter()
        writer.write(vector: seen)
        insertion.bind(5, writer.bytes)
      case .restore: insertion.bindNull(5)
      }
      try insertion.run()
    }
  }

  /// Whether a record's own lifecycle hides it, given the writes to it and to all that it owns.
  func isDeleted(_ id: RecordID, row: FoldedRow, kind: KindLayout) throws -> Bool {
    var touches = try touchVector(row.stamps)
    try mergeTouchesOwned(by: id, kind: kind, into: &touches)
    return try lifecycle(kind: kind.name, record: row.record).isHidden(with: touches)
  }

  func mergeTouchesOwned(
    by id: RecordID, kind: KindLayout, into touches: inout TouchVector
  ) throws {
    for (child, owner) in layout.kindsOwned(by: kind) {
      try forEachOwned(by: id, child: child, owner: owner) { stamps, _, childID, _ in
        touches.merge(try touchVector(stamps))
        try mergeTouchesOwned(by: childID, kind: child, into: &touches)
      }
    }
  }

  /// A record's touches with their times.
  func touchVector(_ stamps: RecordStamps) throws -> TouchVector {
    TouchVector(
      try stamps.touches.map { local in
        let stamp = try stamp(of: local)
        return TouchVector.Touch(dot: stamp.dot, time: stamp.time)
      })
  }
}

// MARK: - Owners and what they own

extension Fold {
  /// Looks again at the owners of a record that was written to or has moved: a write to what a
  /// deleted record owns is a write to it.
  func refreshOwners(_ owners: [Value?], of kind: KindLayout) throws {
    guard case .reference(let ownerKind)? = kind.owner?.schema.type,
      let owner = layout[ownerKind]
    else { return }
    for case .reference(let id)? in Set(owners) {
      let selection = try statement(
        "SELECT 1 FROM \(owner.table) WHERE id = ?")
      selection.bind(1, id.rawValue)
      let isHeld = try selection.step()
      selection.reset()
      guard isHeld else { continue }
      let above = owner.owner.map { [$0.index] } ?? []
      var row = try row(of: id, kind: owner, fields: above)
      if row.stamps.hasLifecycle {
        row.hidden = try row.hidden & 2 | (isDeleted(id, row: row, kind: owner) ? 1 : 0)
        try save(row, kind: owner)
      }
      try refreshOwned(by: id, kind: owner, isHidden: row.hidden != 0)
      try refreshOwners(above.map { row.values[$0] }, of: owner)
    }
  }

  /// Hides what a hidden record owns, and shows what a visible one owns.
  func refreshOwned(by id: RecordID, kind: KindLayout, isHidden: Bool) throws {
    for (child, owner) in layout.kindsOwned(by: kind) {
      var changes: [(record: Int64, id: RecordID, hidden: Int64)] = []
      try forEachOwned(by: id, child: child, owner: owner) { _, record, childID, hidden in
        let wanted = hidden & 1 | (isHidden ? 2 : 0)
        if wanted != hidden { changes.append((record, childID, wanted)) }
      }
      let update = try statement("UPDATE \(child.table) SET _hidden = ? WHERE _rec = ?")
      for change in changes {
        if change.hidden == 0 { update.bindNull(1) } else { update.bind(1, change.hidden) }
        update.bind(2, change.record)
        try update.run()
        try refreshOwned(by: change.id, kind: child, isHidden: change.hidden != 0)
      }
    }
  }

  private func forEachOwned(
    by id: RecordID, child: KindLayout, owner: FieldLayout,
    _ body: (RecordStamps, _ record: Int64, RecordID, _ hidden: Int64) throws -> Void
  ) throws {
    // Not kept by its text: the walk over what is owned may nest.
    let selection = try Statement(
      database,
      """
      SELECT _stamps, _rec, id, _hidden FROM \(child.table) WHERE \(owner.columns[0]) = ?
      ORDER BY _rec
      """)
    selection.bind(1, id.rawValue)
    while try selection.step() {
      try body(
        try RecordStamps(decoding: selection.bytes(0)), selection.integer(1),
        RecordID(rawValue: selection.number(2)), selection.integer(3))
    }
  }
}
