import CRDTCore
import CRMDomain
import Foundation
import GRDB
import ReplicaStore

/// A form that was saved replaces what it had shown, and nothing that came in meanwhile.
enum SeenCheck {
  static func run(
    _ plan: EditPlan, of state: RecordState, shown: [Dot: EntryHash], on replica: Replica
  ) throws {
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
        // Whatever the entries were called when the form was opened, it is these that were shown.
        let replaced = try snapshot.hashes(of: write.replaces)
        guard replaced.count == seen.count, Set(replaced.values) == Set(seen.map { shown[$0] })
        else {
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

extension Snapshot {
  /// The hashes of the entries of those names.
  func hashes(of dots: [Dot]) throws -> [Dot: EntryHash] {
    try dots.reduce(into: [:]) { hashes, dot in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT hash FROM _log WHERE sequence = ?
          AND replica = (SELECT number FROM _replica WHERE id = ?)
          """,
        arguments: [Int64(bitPattern: dot.sequence), Data(dot.replica.rawValue.bigEndianBytes)])
      hashes[dot] = row.flatMap { EntryHash(bytes: $0[0] as Data) }
    }
  }
}
