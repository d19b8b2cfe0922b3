package import CRDTCore
import GRDB
package import ReplicaStore

/// A field that the workspace has added to a kind of record, as its definition says it.
package struct OwnField: Hashable, Sendable {
  /// The definition.
  package let id: RecordID
  /// The kind of record that has it.
  package let kind: String
  /// What it is called in commands: `renewal_risk`.
  package let key: String
  /// What its values are.
  package let type: OwnFieldType
  /// What stands above and beside it.
  package let label: String
  /// What it says; empty where nobody has told.
  package let help: String
  /// Whether people have to fill it in.
  package let isRequired: Bool
  /// Whether it is no longer to be filled in.
  package let isRetired: Bool

  /// Its stable name, in the log, in exports and of the column.
  package var name: String { OwnFields.name(of: key) }

  /// The list that it chooses from; `nil` if it chooses from none.
  ///
  /// No list of the catalogue has a point in its name.
  package var list: String? {
    switch type {
    case .oneOfList, .severalOfList: "\(kind).\(key)"
    case .text, .longText, .wholeNumber, .decimal, .percent, .money, .date, .moment, .yesOrNo,
      .reference:
      nil
    }
  }

  /// The definitions that show, by kind and key.
  package static func all(in snapshot: Snapshot) throws -> [OwnField] {
    let own = snapshot.ownFields
    let rows = try Row.fetchAll(
      snapshot.database,
      sql: """
        SELECT id, kind, key, type, label, description, required, retired FROM own_field
        WHERE _hidden IS NULL ORDER BY kind, key
        """)
    return rows.compactMap { row in
      guard let id = RecordID(row[0] as DatabaseValue), let kind: String = row[1],
        let key: String = row[2], let word: String = row[3], let type = OwnFieldType(word),
        own.type(of: key, in: kind) == type, id == OwnFields.record(of: kind, key: key)
      else { return nil }
      return OwnField(
        id: id, kind: kind, key: key, type: type, label: row[4] ?? FieldName.words(of: key),
        help: row[5] ?? "", isRequired: row[6] ?? false, isRetired: row[7] ?? false)
    }
  }

  /// The own field of a kind that a word names: by key, stable name or label.
  ///
  /// - Throws: ``OwnFieldError/unknownField(_:kind:closest:)``.
  package static func named(
    _ word: String, of entity: Entity, in snapshot: Snapshot
  ) throws -> OwnField {
    let fields = try all(in: snapshot).filter { $0.kind == entity.name }
    let typed = FieldName.normalized(word)
    guard
      let field = fields.first(where: { $0.key == typed || $0.name == typed })
        ?? fields.first(where: { FieldName.normalized($0.label) == typed })
    else {
      throw OwnFieldError.unknownField(
        word, kind: entity.name, closest: ClosestName.of(typed, among: fields.map(\.key)))
    }
    return field
  }

  /// The field that the catalogue gets; `nil` where it refers to a kind that this program does not know.
  func field(in catalog: EntityCatalog) -> Field? {
    let format: FieldFormat
    switch type {
    case .text: format = .text
    case .longText: format = .longText
    case .wholeNumber: format = .integer
    case .decimal: format = .decimal
    case .percent: format = .percent
    case .money: format = .money
    case .date: format = .date
    case .moment: format = .instant
    case .yesOrNo: format = .bool
    case .oneOfList, .severalOfList: format = .listed(list ?? "")
    case .reference(let kind):
      guard catalog[kind] != nil else { return nil }
      format = .reference(to: kind)
    }
    let typed = FieldName.normalized(label)
    return Field(
      name, format, type == .severalOfList ? .elements : .latest,
      help.isEmpty ? "The workspace's own." : help, aliases: [key] + (typed == key ? [] : [typed]),
      isRequired: isRequired && !isRetired, label: label, isClosed: list != nil,
      isRetired: isRetired)
  }
}

extension EntityCatalog {
  /// The catalogue with the fields that the workspace has added, as a snapshot has them.
  package func adding(ownFieldsIn snapshot: Snapshot) throws -> EntityCatalog {
    guard self[OwnFields.kind] != nil else { return self }
    let fields = Dictionary(grouping: try OwnField.all(in: snapshot), by: \.kind)
    guard !fields.isEmpty else { return self }
    return EntityCatalog(
      entities.map { entity in
        let further = (fields[entity.name] ?? []).compactMap { $0.field(in: self) }
        return further.isEmpty ? entity : entity.adding(further)
      })
  }
}
