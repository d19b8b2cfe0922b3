package import CRDTCore
package import ReplicaStore

/// An edit that was checked and is ready to be made, or to be shown before it is.
package struct EditPlan: Sendable {
  /// The kind of the record.
  package let kind: String
  /// The record; `nil` for a new one whose id is drawn when it is made.
  package let id: RecordID?
  /// What was read of the record; `nil` for a new one.
  package let basis: Basis?
  /// What changes, in the catalogue's order.
  package let changes: [FieldChange]
  /// The names of the fields that were given what they say already.
  package let unchanged: [String]
  /// Entries of small lists that the changes refer to and that do not exist yet.
  package let listed: [ListedValue]

  /// The plan as an edit of what was read earlier: what others have written since stays beside it.
  package func based(on earlier: Basis) -> EditPlan {
    EditPlan(
      kind: kind, id: id, basis: earlier, changes: changes, unchanged: unchanged, listed: listed)
  }

  /// Makes the edit.
  ///
  /// - Returns: The record's id.
  @discardableResult
  package func apply(in transaction: Transaction) throws -> RecordID {
    for value in listed { try value.ensure(in: transaction) }
    let id = id ?? transaction.newRecordID()
    if !changes.isEmpty {
      try transaction.edit(kind, id, basis: basis ?? Basis(), changes)
    }
    return id
  }
}
