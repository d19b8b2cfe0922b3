package import CRDTCore
package import ReplicaStore

/// What joining one record into another comes to, field by field, ready to be shown or made.
///
/// The record that stays keeps what it says, takes what it lacks, and gets the elements of the other's
/// sets. The other one is deleted, and what it said alone stays in its history.
package struct JoinPlan: Sendable {
  /// What becomes of a field of which the joined record says something of its own.
  package enum Outcome: Hashable, Sendable {
    /// Its value is taken over in place of what the staying record said.
    case taken(Value)
    /// What the staying record says remains; the value is in history alone.
    case kept(Value)
    /// These of its elements come in.
    case added([Value])
  }

  package let kind: String
  /// The record that stays, and the one that is joined into it.
  package let staying: RecordID
  package let joined: RecordID
  /// By field, in the catalogue's order; fields of which both say the same are left out.
  package let outcomes: [(field: Field, outcome: Outcome)]
  private let changes: [FieldChange]
  private let stayingBasis: Basis
  private let joinedBasis: Basis
  private let isRestoring: Bool

  /// Plans a join of two records of one kind.
  ///
  /// `taken` names registers whose values are to come from the joined record whatever the other says;
  /// `staying` and `joined` are what the records say, and the bases what of it the person has seen;
  /// `open` names the fields of each that a person has still to decide about. `restoring` brings the
  /// staying record back, which somebody had joined into the other.
  ///
  /// - Throws: ``JoinError``.
  package init(
    of joined: RecordState, basis joinedBasis: Basis, into staying: RecordState, basis: Basis,
    taking taken: Set<String>, open: [RecordID: Set<String>], restoring: Bool = false,
    _ entity: Entity
  ) throws {
    guard entity.isJoinable else { throw JoinError.notJoinable(kind: entity.name) }
    guard joined.kind == staying.kind else {
      throw JoinError.differentKinds(joined.kind, staying.kind)
    }
    guard joined.id != staying.id else { throw JoinError.sameRecord }
    // Values of two lists are of two kinds, whatever records they are kept in.
    if case .text(let list) = joined["list"], case .text(let other) = staying["list"],
      list != other
    {
      throw JoinError.differentKinds(list, other)
    }
    let unsettled = entity.fields.map(\.name).filter { open[joined.id]?.contains($0) == true }
    guard unsettled.isEmpty else { throw JoinError.openConflicts(fields: unsettled) }
    let both = Set([joined.id, staying.id].map(Value.reference))
    var outcomes: [(field: Field, outcome: Outcome)] = []
    var changes: [FieldChange] = []
    for field in entity.fields where field.name != JoinedRecords.field && field.mark != .counted {
      if field.isSet {
        let elements = staying.elements(of: field.name)
        let missing = joined.elements(of: field.name).filter {
          !elements.contains($0) && !both.contains($0)
        }
        if !missing.isEmpty { outcomes.append((field, .added(missing))) }
        changes += missing.map { FieldChange(field.name, .insert($0)) }
        // What pointed at the joined record would point at the record itself.
        changes += elements.filter(both.contains).map { FieldChange(field.name, .remove($0)) }
        continue
      }
      let own = staying[field.name]
      let isCircular = both.contains(own)
      let other = both.contains(joined[field.name]) ? .null : joined[field.name]
      if !other.isNull, other != own {
        // What shows of several values may be none; the others are not to go with it.
        let isLacking = own.isNull && open[staying.id]?.contains(field.name) != true
        let isTaken = isLacking || isCircular || taken.contains(field.name)
        outcomes.append((field, isTaken ? .taken(other) : .kept(other)))
        if isTaken {
          changes.append(FieldChange(field.name, .set(other, rank: Self.rank(of: other, field))))
        }
      } else if isCircular {
        changes.append(FieldChange(field.name, .set(.null)))
      }
    }
    // Always a write, so that whoever deletes the staying record meanwhile is told of the join.
    changes.append(FieldChange(JoinedRecords.field, .insert(.reference(joined.id))))
    kind = entity.name
    self.staying = staying.id
    self.joined = joined.id
    self.outcomes = outcomes
    self.changes = changes
    stayingBasis = basis
    self.joinedBasis = joinedBasis
    isRestoring = restoring
  }

  private static func rank(of value: Value, _ field: Field) -> UInt32? {
    guard case .status(let machine) = field.format, case .text(let state) = value else {
      return nil
    }
    return machine.rank(of: state)
  }

  /// Makes the join: one edit of the record that stays, and the deletion of the other.
  package func apply(in transaction: Transaction) throws {
    if isRestoring {
      try transaction.restore(kind, staying, basis: stayingBasis, changes)
    } else {
      try transaction.edit(kind, staying, basis: stayingBasis, changes)
    }
    try transaction.delete(kind, joined, basis: joinedBasis)
  }
}

extension Snapshot {
  /// The fields of some records that a person has still to decide about.
  package func openFields(of records: [RecordKey]) throws -> [RecordID: Set<String>] {
    var fields: [RecordID: Set<String>] = [:]
    for conflict in try conflicts() where conflict.kind == .field && conflict.isOpen {
      guard let field = conflict.field, let record = conflict.records.first,
        records.contains(record)
      else { continue }
      fields[record.id, default: []].insert(field)
    }
    return fields
  }

  /// The registers of a record that somebody wrote to without having seen that it was deleted.
  package func fieldsWrittenUnseen(of state: RecordState) throws -> Set<String> {
    var seen: [VersionVector] = []
    for dot in state.basis.lifecycle {
      let entry = try historyEntry(dot, state.kind, state.id, field: "")
      for write in entry?.writes ?? [] {
        if case .delete(let dots) = write.change { seen.append(VersionVector(dots)) }
      }
    }
    guard !seen.isEmpty else { return [] }
    let unseen = state.basis.heads.filter { _, heads in
      heads.contains { head in !seen.contains { $0.covers(head) } }
    }
    return Set(unseen.keys)
  }
}

/// Why two records are not joined; nothing was changed.
package enum JoinError: Error, Hashable, Sendable {
  case notJoinable(kind: String)
  case differentKinds(String, String)
  case sameRecord
  /// The record that would go has fields in conflict, which nobody would be asked about any more.
  case openConflicts(fields: [String])
  /// The record that would go was joined into a third one.
  case joinedElsewhere(id: String, into: String)
}

extension JoinError: UserFacingError {
  package var summary: String {
    switch self {
    case .notJoinable(let kind): "Two \(kind) records cannot be joined; accounts and contacts can."
    case .differentKinds(let one, let other):
      "One record cannot be both \(one.withArticle) and \(other.withArticle)."
    case .sameRecord: "Both are the same record."
    case .openConflicts(let fields):
      "The record that would go is in conflict on \(fields.joined(separator: ", "))."
    case .joinedElsewhere(let id, let survivor): "\(id) was joined into \(survivor)."
    }
  }

  package var hint: String? {
    switch self {
    case .openConflicts: "Settle that first: conflict list"
    case .joinedElsewhere(let id, let survivor):
      "Join \(survivor) instead, or take the two apart: restore \(id)"
    case .notJoinable, .differentKinds, .sameRecord: nil
    }
  }
}
