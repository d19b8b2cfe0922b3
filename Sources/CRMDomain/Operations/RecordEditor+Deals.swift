import CRDTCore
import ReplicaStore

extension RecordEditor {
  /// Judges and completes a draft of a deal that goes into another stage.
  ///
  /// A file says how things are: it moves deals wherever it likes, and nothing follows but their visits and the
  /// first touches of leads.
  ///
  /// - Returns: What is to be written beside it; `nil` of a deal that stays.
  /// - Throws: ``EditError``, or what reading the tables throws.
  func dealConsequences(
    of draft: inout EditDraft, in snapshot: Snapshot
  ) throws -> DealConsequences? {
    let stages = try stages(in: snapshot)
    if draft.state != nil, draft.values["process"] != nil, draft.values["stage"] == nil {
      enterProcess(&draft, stages)
    }
    guard let move = DealMove(of: draft, among: stages, on: occasion) else { return nil }
    if mode == .person {
      try move.check(draft)
      move.complete(&draft)
    }
    var consequences = DealConsequences(
      visits: [move.visit(of: draft, by: actingUser)], draft: draft)
    if draft.state == nil, move.to.isOpenLead, case .reference(let source) = draft["source"] {
      consequences.source = source
    }
    guard mode == .person else { return consequences }
    consequences.wonStage = move.to.kind == .won ? move.to : nil
    consequences.isTakenBack = move.isTakenBack
    consequences.followUps = FollowUps(for: draft, in: move.to, on: occasion)
    if let id = draft.state?.id, [.lost, .archived].contains(move.to.kind) {
      // Those that kept a lead warm are among them.
      consequences.droppedTasks = try DroppedTasks.ids(of: id, in: snapshot)
    } else {
      consequences.ended = move.from.flatMap { FollowUps(for: draft, in: $0, on: occasion) }
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
