import CRDTCore

/// Where a value is found from a record: a field, one behind references, or a part of a structure.
///
/// `amount`, `account.owner.region`, `billing_address.city`; entities have shortcuts for common ones.
package struct FieldPath: Hashable, Sendable {
  /// The references that are followed, in order.
  package let references: [Field]
  /// The entity of the record that holds the value.
  package let entity: Entity
  /// The field that holds it.
  package let field: Field
  /// The part of a structured field; `nil` for the whole of it.
  package let part: String?

  /// Finds the path that the words name, starting at a record of `root`.
  ///
  /// - Throws: ``FieldPathError``.
  package init(
    _ words: [String], from root: Entity, in catalog: EntityCatalog
  ) throws(FieldPathError) {
    var entity = root
    var references: [Field] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      guard let field = entity.field(named: word) else {
        guard let shortcut = entity.shortcuts[FieldName.normalized(word)] else {
          throw .unknownField(
            name: word, entity: entity.name, closest: entity.closestField(to: word))
        }
        rest = shortcut + rest
        continue
      }
      guard let next = rest.first else {
        self.init(references: references, entity: entity, field: field, part: nil)
        return
      }
      if case .structure(let format) = field.format, rest.count == 1, !field.isSet {
        guard let part = format.part(named: next) else {
          throw .unknownPart(name: next, field: field.name, parts: format.parts)
        }
        self.init(references: references, entity: entity, field: field, part: part)
        return
      }
      guard let target = field.target, !field.isSet else {
        throw .leadsNowhere(field: field.name, next: next)
      }
      references.append(field)
      entity = catalog.entity(target)
    }
    throw .unknownField(name: "", entity: entity.name, closest: nil)
  }

  private init(references: [Field], entity: Entity, field: Field, part: String?) {
    self.references = references
    self.entity = entity
    self.field = field
    self.part = part
  }

  /// The path as written: `account.owner.region`.
  package var text: String {
    (references.map(\.name) + [field.name] + [part].compactMap(\.self)).joined(separator: ".")
  }
}

/// Words that name no field.
package enum FieldPathError: Error, Hashable, Sendable {
  case unknownField(name: String, entity: String, closest: String?)
  case unknownPart(name: String, field: String, parts: [String])
  case leadsNowhere(field: String, next: String)
}

extension FieldPathError: UserFacingError {
  package var summary: String {
    switch self {
    case .unknownField(let name, let entity, _): "“\(name)” is not a field of \(entity)."
    case .unknownPart(let name, let field, _): "“\(name)” is not a part of \(field)."
    case .leadsNowhere(let field, let next):
      "“\(field).\(next)” leads nowhere: \(field) does not refer to one record."
    }
  }

  package var hint: String? {
    switch self {
    case .unknownField(_, let entity, let closest):
      closest.map { "Did you mean “\($0)”?" } ?? "See `help fields \(entity)`."
    case .unknownPart(_, _, let parts): "Its parts are \(parts.joined(separator: ", "))."
    case .leadsNowhere(let field, _): "Use \(field) alone."
    }
  }
}
