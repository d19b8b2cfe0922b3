package import CRDTCore
package import ReplicaStore

/// An element that was to leave a set and was not in it.
package struct AbsentElement: Hashable, Sendable {
  /// The set's name.
  package let field: String
  /// The element as it was given: a text that names nothing, or a value.
  package let operand: Operand
}

/// What is written beside an edit of itself, in the same entry.
protocol EditConsequences: Sendable {
  /// How much room it takes in an entry, roughly.
  var size: WriteSize { get }

  func apply(to record: RecordID, in transaction: Transaction) throws
}

/// An edit that was checked and is ready to be made, or to be shown before it is.
package struct EditPlan: Sendable {
  /// The kind of the record.
  package let kind: String
  /// The record; `nil` for a new one whose id is drawn when it is made.
  package let id: RecordID?
  /// What was read of the record; `nil` for a new one.
  package let basis: Basis?
  /// The part of ``basis`` that the changes were made from, or speak of by name.
  let present: Basis
  /// What changes, in the catalogue's order.
  package let changes: [FieldChange]
  /// The names of the fields that were given what they say already.
  package let unchanged: [String]
  /// What was to leave a set and was not in it.
  package let absent: [AbsentElement]
  /// Entries of small lists that the changes refer to and that do not exist yet.
  package let listed: [ListedValue]
  /// What is written beside it of itself.
  var consequences: (any EditConsequences)?
  /// Whether a deal is won by it.
  package var isWin: Bool { (consequences as? DealConsequences)?.wonStage != nil }

  /// The plan as an edit of what was read earlier: what others have written since stays beside it.
  ///
  /// What was made from a present value replaces that value, and elements spoken of by name are known
  /// to whoever named them. Elements that go only because nobody named them stay if they have come in
  /// since.
  package func based(on earlier: Basis) -> EditPlan {
    var basis = earlier
    basis.heads.merge(present.heads) { _, now in now }
    for (field, elements) in present.elements {
      basis.elements[field, default: [:]].merge(elements) { _, now in now }
    }
    let seen = changes.filter { change in
      guard case .remove(let value) = change.edit else { return true }
      return basis.elements[change.field]?[ElementKey(of: value)]?.isEmpty == false
    }
    return EditPlan(
      kind: kind, id: id, basis: basis, present: present, changes: seen, unchanged: unchanged,
      absent: absent, listed: listed, consequences: consequences)
  }

  /// The fields spoken of that hold more than the plan is based on, in the catalogue's order.
  ///
  /// `state` is the record as it is now, and `whole` the plan before it was based on less.
  package func overtaken(by state: RecordState, whole: EditPlan) -> [String] {
    var names: [String] = []
    for change in whole.changes where !names.contains(change.field) {
      let heads = Set(state.basis.heads[change.field] ?? [])
      let isNewer = !heads.isSubset(of: basis?.heads[change.field] ?? [])
      if isNewer || !changes.contains(change) { names.append(change.field) }
    }
    return names
  }

  /// How much room its writes take in an entry, roughly.
  package var size: WriteSize {
    changes.reduce(into: consequences?.size ?? WriteSize()) { $0 += WriteSize(of: $1.edit) }
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
      try consequences?.apply(to: id, in: transaction)
    }
    return id
  }
}
