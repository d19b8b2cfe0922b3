package import CRDTCore
package import ReplicaStore

/// Reads what a record's fields say, and those of the records it refers to.
///
/// Belongs to one snapshot.
package final class FieldReader {
  private let catalog: EntityCatalog
  private let snapshot: Snapshot
  /// Tells what the records that fields refer to are called.
  package let names: RecordNames

  package init(_ catalog: EntityCatalog, in snapshot: Snapshot) {
    self.catalog = catalog
    self.snapshot = snapshot
    names = RecordNames(catalog, in: snapshot.database)
  }

  /// What a path from a record leads to; empty if a reference on the way is, or leads to a record that
  /// is unknown here.
  package func reading(of path: FieldPath, from state: RecordState) throws -> FieldReading {
    var state = state
    for reference in path.references {
      guard case .reference(let id) = state[reference.name], let kind = reference.target,
        let next = try snapshot.record(kind, try names.joined().followed(id))
      else { return .empty }
      state = next
    }
    if let part = path.part {
      let text = StructureFormat.texts(of: state[path.field.name])[part]
      return text.map { .value(.text($0)) } ?? .empty
    }
    return try reading(of: path.field, in: state)
  }

  /// What one field of a record says.
  package func reading(of field: Field, in state: RecordState) throws -> FieldReading {
    guard field.isSet else { return try reading(state[field.name], of: field) }
    let elements = state.elements(of: field.name)
    return elements.isEmpty
      ? .empty : .elements(try elements.map { try reading($0, of: field) }.distinct)
  }

  /// What a value of a field says, such as one side of a conflict.
  package func reading(_ value: Value, of field: Field) throws -> FieldReading {
    switch value {
    case .null: .empty
    case .reference(let id): .reference(try names.reference(id, of: field))
    case .bool, .integer, .decimal, .text, .bytes, .date, .instant, .money, .structure, .unknown:
      .value(value)
    }
  }

  /// What a record is called.
  package func name(of state: RecordState) throws -> RecordReference {
    let field = Field(state.kind, .reference(to: state.kind), .latest, "")
    return try names.reference(state.id, of: field)
  }
}
