package import CRDTCore
package import GRDB
package import ReplicaStore

/// One of the workspace's own lists: the values that a field chooses from, in their order.
///
/// Records refer to a value by its id, so that renaming, ordering, retiring and merging values touches
/// no record. A value of one moment.
package struct Picklist: Sendable {
  /// One value of the list.
  package struct Value: Hashable, Sendable {
    package let id: RecordID
    /// What it is called.
    package let label: String
    /// What it was first called; it is still found by that.
    package let key: String
    let position: String?
    /// The colour it is shown in; `nil` where it has none.
    package let colour: Colour?
    /// Whether it is no longer to be chosen.
    package let isRetired: Bool
  }

  /// Where a value is moved to.
  package enum Place: Hashable, Sendable {
    case first
    case last
    case before(RecordID)
    case after(RecordID)
  }

  /// The list's name: `industry`.
  package let name: String
  /// Those with a place in its order, then the others by label.
  package let values: [Value]

  static let kind = "picklist"

  /// The lists that no field of a record chooses from as yet.
  private static let unboundLists = ["contract_type", "payment_method"]

  /// Every list there is, in alphabetical order.
  package static func names(in catalog: EntityCatalog) -> [String] {
    let bound = catalog.entities.flatMap(\.fields).compactMap { field -> String? in
      if case .listed(let list) = field.format { list } else { nil }
    }
    return Set(bound + unboundLists).sorted()
  }

  /// The fields that choose from a list: `account.industry`.
  package static func fields(choosingFrom list: String, in catalog: EntityCatalog) -> [String] {
    catalog.entities.flatMap { entity in
      entity.fields.filter { $0.format == .listed(list) }.map { "\(entity.name).\($0.name)" }
    }
  }

  /// The list that a word names.
  ///
  /// - Throws: ``PicklistError/unknownList(_:closest:)``.
  package static func name(
    of word: String, in catalog: EntityCatalog
  ) throws(PicklistError) -> String {
    let names = names(in: catalog)
    let typed = FieldName.normalized(word)
    guard let name = names.first(where: { $0 == typed || $0 + "s" == typed }) else {
      throw .unknownList(word, closest: ClosestName.of(typed, among: names))
    }
    return name
  }

  package init(_ name: String, in database: Database) throws {
    self.name = name
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, label, key, position, retired, colour FROM picklist
        WHERE _hidden IS NULL AND list = ? ORDER BY position IS NULL, position, label, id
        """, arguments: [name])
    values = rows.compactMap { row in
      RecordID(row[0] as DatabaseValue).map { id in
        Value(
          id: id, label: row[1] ?? "", key: row[2] ?? "", position: row[3],
          colour: (row[5] as String?).flatMap(Colour.init), isRetired: row[4] ?? false)
      }
    }
  }

  /// The value that a word names, whatever its case and accents: by its label, else by its first name.
  ///
  /// - Throws: ``PicklistError/unknownValue(_:list:closest:)``.
  package func value(named word: String) throws(PicklistError) -> Value {
    let typed = NameFolding.folded(word)
    let found =
      values.first { NameFolding.folded($0.label) == typed }
      ?? values.first { NameFolding.folded($0.key) == typed }
    guard let found else {
      throw .unknownValue(
        word, list: name, closest: ClosestName.of(word, among: values.map(\.label)))
    }
    return found
  }
}

// MARK: - Changes

extension Picklist {
  /// Puts values into the list, behind those that have a place in its order.
  ///
  /// - Returns: Those that were not there.
  package func add(_ labels: [String], in transaction: Transaction) throws -> [String] {
    var last = values.last { $0.position != nil }?.position
    var known = Set(values.flatMap { [$0.label, $0.key] }.map(NameFolding.folded))
    return try labels.filter { label in
      guard known.insert(NameFolding.folded(label)).inserted else { return false }
      let position = PositionKey.between(last, nil)
      last = position
      try ListedValue(kind: Self.kind, list: name, name: label).ensure(
        in: transaction, position: position)
      return true
    }
  }

  /// Calls a value something else; whatever refers to it does so as before.
  ///
  /// - Throws: ``PicklistError/takenLabel(_:list:)``.
  package func rename(_ value: Value, to label: String, in transaction: Transaction) throws {
    let typed = NameFolding.folded(label)
    let isTaken = values.contains { $0.id != value.id && NameFolding.folded($0.label) == typed }
    guard !isTaken else { throw PicklistError.takenLabel(label, list: name) }
    try edit(value, [FieldChange("label", .set(.text(NameFolding.normalized(label))))], transaction)
  }

  /// Takes a value out of what can be chosen, or puts it back; records that have it keep it.
  package func retire(
    _ value: Value, _ isRetired: Bool = true, in transaction: Transaction
  ) throws {
    try edit(value, [FieldChange("retired", .set(.bool(isRetired)))], transaction)
  }

  /// Gives a value the colour that it is shown in, or none.
  package func paint(_ value: Value, _ colour: Colour?, in transaction: Transaction) throws {
    let text = colour.map { CRDTCore.Value.text($0.text) } ?? .null
    try edit(value, [FieldChange("colour", .set(text))], transaction)
  }

  /// Makes one value of two: whatever refers to the one means the other from now on.
  ///
  /// - Throws: ``PicklistError/sameValue(_:)``.
  package func merge(
    _ value: Value, into other: Value, _ catalog: EntityCatalog, in transaction: Transaction
  ) throws {
    guard value.id != other.id else { throw PicklistError.sameValue(value.label) }
    guard let joined = try transaction.snapshot.record(Self.kind, value.id),
      let staying = try transaction.snapshot.record(Self.kind, other.id)
    else { return }
    try JoinPlan(
      of: joined, basis: joined.basis, into: staying, basis: staying.basis, taking: [], open: [:],
      catalog.entity(Self.kind)
    ).apply(in: transaction)
  }

  /// Gives a value another place in the order.
  ///
  /// Values before it that had no place get the one they stand at.
  package func move(_ value: Value, to place: Place, in transaction: Transaction) throws {
    var order = values.filter { $0.id != value.id }
    let index =
      switch place {
      case .first: 0
      case .last: order.count
      case .before(let id): order.firstIndex { $0.id == id } ?? order.count
      case .after(let id): (order.firstIndex { $0.id == id } ?? order.count - 1) + 1
      }
    order.insert(value, at: index)
    var last: String?
    for (number, item) in order[...index].enumerated() {
      if number < index, let position = item.position {
        last = position
        continue
      }
      let next = order[(number + 1)...].first { $0.position != nil && $0.id != value.id }?.position
      let position = PositionKey.between(last, number == index ? next : nil)
      last = position
      try edit(item, [FieldChange("position", .set(.text(position)))], transaction)
    }
  }

  private func edit(
    _ value: Value, _ changes: [FieldChange], _ transaction: Transaction
  ) throws {
    let state = try transaction.snapshot.record(Self.kind, value.id)
    try transaction.edit(Self.kind, value.id, basis: state?.basis ?? Basis(), changes)
  }
}

/// A list or value that is not there, or cannot become what was asked; nothing was changed.
package enum PicklistError: Error, Hashable, Sendable {
  case unknownList(String, closest: String?)
  case unknownValue(String, list: String, closest: String?)
  case takenLabel(String, list: String)
  case sameValue(String)
}

extension PicklistError: UserFacingError {
  package var summary: String {
    switch self {
    case .unknownList(let name, _): "There is no list “\(name)”."
    case .unknownValue(let text, let list, _): "The list \(list) has no value “\(text)”."
    case .takenLabel(let text, let list): "The list \(list) has a value “\(text)” already."
    case .sameValue(let text): "“\(text)” is one value already."
    }
  }

  package var hint: String? {
    switch self {
    case .unknownList(_, let closest):
      closest.map { "Did you mean “\($0)”?" } ?? "See: picklist list"
    case .unknownValue(_, let list, let closest):
      closest.map { "Did you mean “\($0)”?" } ?? "See: picklist list \(list)"
    case .takenLabel(let text, let list):
      "Make one of the two: picklist merge \(list) VALUE \"\(text)\""
    case .sameValue: nil
    }
  }
}
