import CRDTCore
import CRMDomain
import ReplicaStore

/// A form that was saved replaces what it had shown, and nothing that came in meanwhile.
enum SeenCheck {
  static func run(_ plan: EditPlan, of state: RecordState, on replica: Replica) throws {
    try replica.read { snapshot in
      for change in plan.changes {
        guard case .set = change.edit else { continue }
        let history = try snapshot.history(state.kind, state.id, field: change.field)
        let own = try snapshot.holdings().own
        let writes = history.filter { $0.stamp.dot.replica == own }
        guard
          let write = writes.max(by: { $0.stamp.dot.sequence < $1.stamp.dot.sequence })?
            .writes.first
        else { throw Finding(.loss, "\(state.kind).\(change.field) was saved and has no history") }
        let seen = state.basis.heads[change.field] ?? []
        guard write.replaces == seen else {
          throw Finding(
            .loss,
            """
            \(state.kind).\(change.field) replaced \(write.replaces.count) values; the form had \
            shown \(seen.count)
            """)
        }
      }
    }
  }
}
