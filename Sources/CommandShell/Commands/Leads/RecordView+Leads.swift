import CRDTCore
import CRMDomain
import ReplicaStore

extension RecordView {
  /// What is to be said once an edit has made a lead qualified; `nil` of other edits.
  func offerOfConversion(after edit: RecordEdits.Edit) throws -> String? {
    let asks = edit.plan.changes.contains { Qualification.fields.contains($0.field) }
    guard asks, edit.key.kind == "deal", let state = try snapshot.record("deal", edit.key.id),
      case .reference(let stage) = state["stage"],
      try DealStages(in: snapshot.database).stage(stage)?.isOpenLead == true
    else { return nil }
    let threshold = try Qualification.threshold(in: snapshot.database)
    let qualification = Qualification(threshold: threshold) { state[$0] }
    guard qualification.isQualified else { return nil }
    return
      "It is qualified, with \(qualification.score) of 100. Convert it with: convert \(try shortID(edit.key))"
  }
}
