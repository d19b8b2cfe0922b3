import CRDTCore
package import ReplicaStore

/// Adds fields to kinds of records and changes what is said of them.
///
/// What a field is called and what its values are is said once. Two nodes that add one apart make one
/// definition; if they give it different types, that is a conflict, and the first shows meanwhile.
package struct OwnFieldChange {
  /// What can be said of a field more than once.
  package struct Words: Hashable, Sendable {
    package var label: String?
    package var help: String?
    package var isRequired: Bool?
    package var isRetired: Bool?

    package init() {}
  }

  private let catalog: EntityCatalog
  private let transaction: Transaction

  /// Creates a change by the workspace's catalogue.
  package init(_ catalog: EntityCatalog, in transaction: Transaction) {
    self.catalog = catalog
    self.transaction = transaction
  }

  /// Adds a field to a kind; one that was taken back comes back with what it held.
  ///
  /// - Returns: The field's key.
  /// - Throws: ``OwnFieldError``.
  package func add(
    _ name: String, to entity: Entity, _ reading: OwnFieldReading, _ words: Words
  ) throws -> String {
    let key = FieldName.normalized(name)
    guard OwnFields.isKey(key), !key.hasPrefix(OwnFields.prefix) else {
      throw OwnFieldError.unusableName(name)
    }
    guard entity.role != .system, OwnFields.allows(entity.schema) else {
      throw OwnFieldError.closedKind(entity.name)
    }
    if let field = entity.field(named: key) {
      let taken = field.isOwn ? String(field.name.dropFirst(OwnFields.prefix.count)) : field.name
      throw OwnFieldError.taken(key, kind: entity.name, by: taken)
    }
    guard transaction.snapshot.ownFields.count(in: entity.name) < OwnFields.countMax else {
      throw OwnFieldError.tooMany(kind: entity.name)
    }
    try define(key, of: entity, reading, words)
    return key
  }

  private func define(
    _ key: String, of entity: Entity, _ reading: OwnFieldReading, _ words: Words
  ) throws {
    let id = OwnFields.record(of: entity.name, key: key)
    let state = try transaction.snapshot.record(OwnFields.kind, id)
    // One that is added again is in use again.
    var words = words
    if state != nil { words.isRetired = words.isRetired ?? false }
    let changes =
      [
        FieldChange(OwnFields.subject, .set(.text(entity.name))),
        FieldChange(OwnFields.key, .set(.text(key))),
        FieldChange(OwnFields.type, .set(.text(reading.type.word))),
      ] + Self.changes(words)
    if let state, state.isDeleted {
      try transaction.restore(OwnFields.kind, id, basis: state.basis, changes)
    } else {
      try transaction.edit(OwnFields.kind, id, basis: state?.basis ?? Basis(), changes)
    }
    guard !reading.options.isEmpty else { return }
    let list = try Picklist("\(entity.name).\(key)", in: transaction.snapshot.database)
    _ = try list.add(reading.options, in: transaction)
  }

  /// Says something else of a field, and puts further values into its list.
  package func set(_ field: OwnField, _ words: Words, options: [String]) throws {
    if let list = field.list, !options.isEmpty {
      _ = try Picklist(list, in: transaction.snapshot.database).add(options, in: transaction)
    }
    let changes = Self.changes(words)
    guard !changes.isEmpty else { return }
    let state = try transaction.snapshot.record(OwnFields.kind, field.id)
    try transaction.edit(OwnFields.kind, field.id, basis: state?.basis ?? Basis(), changes)
  }

  private static func changes(_ words: Words) -> [FieldChange] {
    var changes: [FieldChange] = []
    if let label = words.label {
      let text = NameFolding.normalized(label).trimmed
      changes.append(FieldChange("label", .set(text.isEmpty ? .null : .text(text))))
    }
    if let help = words.help {
      let text = NameFolding.normalized(help).trimmed
      changes.append(FieldChange("description", .set(text.isEmpty ? .null : .text(text))))
    }
    if let flag = words.isRequired { changes.append(FieldChange("required", .set(.bool(flag)))) }
    if let flag = words.isRetired { changes.append(FieldChange("retired", .set(.bool(flag)))) }
    return changes
  }
}
