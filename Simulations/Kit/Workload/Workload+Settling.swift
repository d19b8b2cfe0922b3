import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport

extension Workload {
  /// Settles one of the open conflicts, by an ordinary write that has seen all of its sides.
  func settle(on node: SimulatedNode) throws {
    var settled: ConflictKind?
    let isDone = try command("settle a conflict", on: node) { replica in
      try replica.write(reason: "settled", command: "conflict take") { transaction in
        let open = try transaction.snapshot.conflicts().filter(\.isOpen)
        guard !open.isEmpty else { return }
        let conflict = values.random.choice(open)
        if try settle(conflict, in: transaction) { settled = conflict.kind }
      }
    }
    if isDone, settled != nil { world.totals.conflictsSettled += 1 }
  }

  private func settle(_ conflict: Conflict, in transaction: Transaction) throws -> Bool {
    switch conflict.kind {
    case .held, .clock:
      try transaction.create(
        Dismissal.kind, id: Dismissal.record(of: conflict.id),
        [
          FieldChange("conflict", .set(.bytes(conflict.id.rawValue.bigEndianBytes))),
          FieldChange("reason", .set(.text("kept"))),
        ])
      return true
    case .fork: return false
    case .constraint, .transition: return try repair(conflict, in: transaction)
    case .field, .lifecycle, .unique: break
    }
    guard let key = conflict.records.last,
      let state = try transaction.snapshot.record(key.kind, key.id)
    else { return false }
    switch conflict.kind {
    case .field:
      guard let field = conflict.field, let value = values.random.choice(conflict.sides).value
      else { return false }
      let rank = rank(of: value, field, of: key.kind)
      try transaction.edit(
        key.kind, key.id, basis: state.basis, [FieldChange(field, .set(value, rank: rank))])
    case .lifecycle where values.random.chance(50):
      try transaction.restore(key.kind, key.id, basis: state.basis)
    case .lifecycle: try transaction.delete(key.kind, key.id, basis: state.basis)
    case .unique:
      guard let field = conflict.field else { return false }
      let text = "\(values.word()) \(values.random.next() % 1_000_000)"
      try transaction.edit(
        key.kind, key.id, basis: state.basis, [FieldChange(field, .set(.text(text)))])
    case .constraint, .transition, .held, .clock, .fork: return false
    }
    return true
  }

  /// Takes back what one of the places says, whatever that makes of the others.
  private func repair(_ conflict: Conflict, in transaction: Transaction) throws -> Bool {
    let places = conflict.sides.compactMap(\.place)
    guard !places.isEmpty else { return false }
    let place = values.random.choice(places)
    let key = place.record
    guard let state = try transaction.snapshot.record(key.kind, key.id), !state.isDeleted else {
      return false
    }
    try transaction.edit(
      key.kind, key.id, basis: state.basis, [FieldChange(place.field, .set(.null))])
    return true
  }

  private func rank(of value: Value, _ field: String, of kind: String) -> UInt32? {
    guard case .status(let machine)? = catalog[kind]?.field(named: field)?.format,
      case .text(let state) = value
    else { return nil }
    return machine.rank(of: state)
  }
}

// MARK: - Rules

extension Workload {
  /// Sets the rule of some field, whether or not this node's member may; takes one back now and then.
  func setRule(on node: SimulatedNode) throws {
    try command("conflict policy set", on: node) { replica in
      try replica.write(command: "conflict policy set") { transaction in
        let fields = catalog[values.random.choice(habits.kinds)].map { entity in
          entity.fields.filter { ConflictPolicy.allows($0, of: entity) }.map { (entity, $0) }
        }
        guard let fields, !fields.isEmpty else { return }
        let (entity, field) = values.random.choice(fields)
        let id = ConflictPolicies.record(of: entity.name, field: field.name)
        if values.random.chance(15),
          let state = try transaction.snapshot.record(ConflictPolicies.kind, id)
        {
          try transaction.delete(ConflictPolicies.kind, id, basis: state.basis)
        } else {
          try ConflictPolicy.set(
            values.random.choice(RegisterRule.words + ["nonsense"]), for: field, of: entity,
            basis: ConflictPolicy.basis(for: field, of: entity, in: transaction.snapshot),
            in: transaction)
        }
      }
    }
  }
}
