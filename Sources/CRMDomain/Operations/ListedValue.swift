package import CRDTCore
package import ReplicaStore

/// An entry of a small list that somebody named before it existed: a picklist value, label, team,
/// territory or region.
///
/// Its id is derived from kind, list and name, so two nodes that come upon one name offline make one
/// record.
package struct ListedValue: Hashable, Sendable {
  /// The kind, such as `picklist` or `label`.
  package let kind: String
  /// The list that a picklist value is in; empty for other kinds.
  package let list: String
  /// The name.
  package let name: String

  package init(kind: String, list: String = "", name: String) {
    self.kind = kind
    self.list = list
    self.name = NameFolding.normalized(name)
  }

  /// The record that it is or will be.
  package var id: RecordID {
    RecordID(derivedFrom: kind, [Array(list.utf8), NameFolding.derivationKey(name)])
  }

  /// What people call the list: `industry`, `label`.
  package var listName: String { list.isEmpty ? kind : String(list.map { $0 == "_" ? " " : $0 }) }

  /// Makes the record, or brings it back, unless it is there.
  ///
  /// A value made on demand has no position, and stands last in its list.
  package func ensure(in transaction: Transaction, position: String? = nil) throws {
    let state = try transaction.snapshot.record(kind, id)
    if let state, state.isDeleted {
      try transaction.restore(kind, id, basis: state.basis)
    } else if state == nil {
      try transaction.edit(kind, id, basis: Basis(), changes(position: position))
    }
  }

  private func changes(position: String?) -> [FieldChange] {
    guard kind == "picklist" else { return [FieldChange("name", .set(.text(name)))] }
    let key = String(decoding: NameFolding.derivationKey(name), as: UTF8.self)
    return [
      FieldChange("list", .set(.text(list))), FieldChange("key", .set(.text(key))),
      FieldChange("label", .set(.text(name))),
    ] + (position.map { [FieldChange("position", .set(.text($0)))] } ?? [])
  }
}
