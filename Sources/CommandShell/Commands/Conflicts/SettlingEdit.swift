import CRDTCore
import CRMDomain
import ReplicaStore

/// Tells which conflicts ordinary edits settle, because they replace every one of the sides.
///
/// Belongs to one command on one snapshot.
final class SettlingEdit {
  private let view: RecordView
  /// The conflicts, once an edit has turned out to need them.
  private var finding: ConflictFinding?

  init(_ view: RecordView) { self.view = view }

  /// `settles the conflict on stage: kept "Won", set aside "Lost"`, one line for each field.
  func lines(of plan: EditPlan, on state: RecordState) throws -> [String] {
    try plan.changes.compactMap { change in
      guard case .set(let value, _) = change.edit else { return nil }
      let replaced = Set(plan.basis?.heads[change.field] ?? [])
      guard replaced.count > 1, let conflict = try conflict(on: change.field, of: state),
        conflict.heads.allSatisfy({ replaced.contains($0.dot) })
      else { return nil }
      var aside: [String] = []
      for side in conflict.conflict.sides where side.value != value {
        let text = "\"\(try conflict.text(of: side))\""
        if !aside.contains(text) { aside.append(text) }
      }
      let isSide = conflict.conflict.sides.contains { $0.value == value }
      let kept = try conflict.field.map { try view.text(value, of: $0) } ?? ""
      return "settles the conflict on \(change.field): "
        + (isSide ? "kept \"\(kept)\", " : "") + "set aside \(aside.joined(separator: ", "))"
    }
  }

  private func conflict(on field: String, of state: RecordState) throws -> ConflictDescription? {
    let known = try finding ?? ConflictFinding(view)
    finding = known
    let key = RecordKey(kind: state.kind, id: state.id)
    return known.all.first {
      $0.conflict.kind == .field && $0.conflict.field == field && $0.conflict.records == [key]
    }
  }
}
