import CRDTCore
import ReplicaStore

extension RecordEditor {
  /// Judges and completes a draft of a deal that goes into another stage.
  ///
  /// A file says how things are: it moves deals wherever it likes, and nothing follows but their visits.
  ///
  /// - Returns: What is to be written beside it; `nil` of a deal that stays, and of other records.
  /// - Throws: ``EditError``, or what reading the tables throws.
  func consequences(
    of draft: inout EditDraft, in snapshot: Snapshot
  ) throws -> DealConsequences? {
    guard draft.entity.name == "deal" else { return nil }
    let stages = try stages(in: snapshot)
    if draft.state != nil, draft.values["process"] != nil, draft.values["stage"] == nil {
      enterProcess(&draft, stages)
    }
    guard let move = DealMove(of: draft, among: stages, on: occasion) else { return nil }
    guard mode == .person else {
      return DealConsequences(visits: [move.visit(of: draft, by: actingUser)], draft: draft)
    }
    try move.check(draft)
    move.complete(&draft)
    var consequences = DealConsequences(
      visits: [move.visit(of: draft, by: actingUser)], draft: draft,
      wonStage: move.to.kind == .won ? move.to : nil, isTakenBack: move.isTakenBack)
    if let id = draft.state?.id, [.lost, .archived].contains(move.to.kind) {
      consequences.droppedTasks = try DroppedTasks.ids(of: id, in: snapshot)
    }
    return consequences
  }

  /// Gives a new deal the next number of its process's series, if it has one.
  func addNumber(to draft: inout EditDraft, in snapshot: Snapshot) throws {
    guard draft["number"].isNull, case .reference(let process) = draft["process"],
      case .text(let series)? = try snapshot.record("process", process)?["number_series"],
      let tag = try DealNumber.tag(in: snapshot),
      let number = DealNumber(series: series, day: occasion.today, tag: tag)
    else { return }
    draft.values["number"] = .text(try number.next(in: snapshot))
  }

  /// Puts a deal that changes its process into the first stage of the new one.
  private func enterProcess(_ draft: inout EditDraft, _ stages: DealStages) {
    guard case .reference(let process) = draft["process"],
      case .reference(let stage) = draft["stage"], stages.stage(stage)?.process != process,
      let first = stages.stages(of: process).first
    else { return }
    draft.values["stage"] = .reference(first.id)
  }
}
