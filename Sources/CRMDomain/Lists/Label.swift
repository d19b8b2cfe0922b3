package import CRDTCore
package import GRDB
package import ReplicaStore

/// A word that people put on records, and on how many it is.
///
/// Records refer to a label by its id, so that renaming and merging labels touches no record.
package struct Label: Hashable, Sendable {
  package let id: RecordID
  package let name: String
  /// `nil` where it has none.
  package let colour: Colour?
  /// How many live records have it, by kind; kinds without any are left out.
  package let counts: [Count]

  /// How many records of a kind have a label.
  package struct Count: Hashable, Sendable {
    package let kind: String
    package let count: Int
  }

  static let kind = "label"

  /// On how many records it is.
  package var total: Int { counts.reduce(0) { $0 + $1.count } }

  /// Every label by name, those that are on no record, too; a joined one counts for the one that stands.
  package static func all(
    in database: Database, _ catalog: EntityCatalog
  ) throws -> [Label] {
    let joined = try JoinedRecords(catalog, in: database)
    var counts: [RecordID: [Count]] = [:]
    for entity in catalog.entities {
      guard let field = entity.field(named: "labels"), field.target == kind, field.isSet else {
        continue
      }
      var found: [RecordID: Set<Int64>] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT s.value, s._rec FROM \(SQL.name("\(entity.name)_\(field.name)")) s
          JOIN \(SQL.name(entity.name)) t ON t._rec = s._rec
          WHERE s.present = 1 AND t._hidden IS NULL ORDER BY s._rec
          """)
      while let row = try rows.next() {
        guard let id = RecordID(row[0] as DatabaseValue) else { continue }
        found[joined.followed(id), default: []].insert(row[1])
      }
      for (id, records) in found {
        counts[id, default: []].append(Count(kind: entity.name, count: records.count))
      }
    }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, name, colour FROM label WHERE _hidden IS NULL ORDER BY name, id
        """)
    return rows.compactMap { row in
      RecordID(row[0] as DatabaseValue).map { id in
        Label(
          id: id, name: row[1] ?? "", colour: (row[2] as String?).flatMap(Colour.init),
          counts: counts[id] ?? [])
      }
    }.sorted { NameFolding.folded($0.name) < NameFolding.folded($1.name) }
  }

  /// The label of a name, whatever its case and accents.
  ///
  /// - Throws: ``LabelError/unknown(_:closest:)``.
  package static func named(_ name: String, among labels: [Label]) throws(LabelError) -> Label {
    let typed = NameFolding.folded(name)
    guard
      let label = labels.first(where: { $0.name == name })
        ?? labels.first(where: { NameFolding.folded($0.name) == typed })
    else { throw .unknown(name, closest: ClosestName.of(name, among: labels.map(\.name))) }
    return label
  }
}

// MARK: - Changes

extension Label {
  /// Makes a label, unless it is there.
  ///
  /// - Throws: ``LabelError/taken(_:)``.
  package static func add(
    _ name: String, _ colour: Colour?, among labels: [Label], in transaction: Transaction
  ) throws {
    try checkFree(name, among: labels, except: nil)
    let value = ListedValue(kind: kind, name: name)
    var changes = [FieldChange("name", .set(.text(value.name)))]
    if let colour { changes.append(FieldChange("colour", .set(.text(colour.text)))) }
    guard let state = try transaction.snapshot.record(kind, value.id) else {
      try transaction.edit(kind, value.id, basis: Basis(), changes)
      return
    }
    // One that was called so at first is found by that still.
    guard state.isDeleted else { throw LabelError.taken(name) }
    try transaction.restore(kind, value.id, basis: state.basis, changes)
  }

  /// Calls the label something else; it stays on whatever it is on.
  ///
  /// - Throws: ``LabelError/taken(_:)``.
  package func rename(
    to name: String, among labels: [Label], in transaction: Transaction
  ) throws {
    try Self.checkFree(name, among: labels, except: id)
    try edit("name", .text(NameFolding.normalized(name)), transaction)
  }

  /// Gives the label a colour, or takes it away.
  package func paint(_ colour: Colour?, in transaction: Transaction) throws {
    try edit("colour", colour.map { .text($0.text) } ?? .null, transaction)
  }

  /// Makes one label of two: whatever has this one has the other from now on.
  ///
  /// - Throws: ``LabelError/same(_:)``.
  package func merge(
    into other: Label, _ catalog: EntityCatalog, in transaction: Transaction
  ) throws {
    guard id != other.id else { throw LabelError.same(name) }
    guard let joined = try transaction.snapshot.record(Self.kind, id),
      let staying = try transaction.snapshot.record(Self.kind, other.id)
    else { return }
    try JoinPlan(
      of: joined, basis: joined.basis, into: staying, basis: staying.basis, taking: [], open: [:],
      catalog.entity(Self.kind)
    ).apply(in: transaction)
  }

  private static func checkFree(
    _ name: String, among labels: [Label], except id: RecordID?
  ) throws(LabelError) {
    let typed = NameFolding.folded(name)
    guard !labels.contains(where: { $0.id != id && NameFolding.folded($0.name) == typed }) else {
      throw .taken(name)
    }
  }

  private func edit(_ field: String, _ value: Value, _ transaction: Transaction) throws {
    let state = try transaction.snapshot.record(Self.kind, id)
    try transaction.edit(
      Self.kind, id, basis: state?.basis ?? Basis(), [FieldChange(field, .set(value))])
  }
}

/// A label that is not there, or cannot become what was asked; nothing was changed.
package enum LabelError: Error, Hashable, Sendable {
  case unknown(String, closest: String?)
  case taken(String)
  case same(String)
}

extension LabelError: UserFacingError {
  package var summary: String {
    switch self {
    case .unknown(let name, _): "There is no label “\(name)”."
    case .taken(let name): "There is a label “\(name)” already."
    case .same(let name): "“\(name)” is one label already."
    }
  }

  package var hint: String? {
    switch self {
    case .unknown(_, let closest): closest.map { "Did you mean “\($0)”?" } ?? "See: label list"
    case .taken(let name): "Make one of the two: label merge LABEL \"\(name)\""
    case .same: nil
    }
  }
}
