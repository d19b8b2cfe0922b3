import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport

extension Workload {
  /// Makes one account or contact of two; the same few are joined on several nodes, in both directions.
  func join(on node: SimulatedNode) throws {
    guard let entity = catalog[values.random.choice(["account", "contact"])] else { return }
    try command("merge two \(entity.plural)", on: node) { replica in
      try replica.write(command: "merge") { transaction in
        guard let joined = try live(entity, in: transaction.snapshot),
          let staying = try live(entity, in: transaction.snapshot)
        else { return }
        do {
          try JoinPlan(
            of: joined, basis: joined.basis, into: staying, basis: staying.basis,
            taking: transaction.snapshot.fieldsWrittenUnseen(of: joined),
            open: transaction.snapshot.openFields(
              of: [joined, staying].map { RecordKey(kind: entity.name, id: $0.id) }), entity
          ).apply(in: transaction)
        } catch JoinError.sameRecord, JoinError.openConflicts {
          // Whoever is told so goes on to something else.
          return
        }
      }
    }
  }

  private func live(_ entity: Entity, in snapshot: Snapshot) throws -> RecordState? {
    guard let id = try values.record(of: entity.name, in: snapshot),
      let state = try snapshot.record(entity.name, id), !state.isDeleted
    else { return nil }
    return state
  }
}
