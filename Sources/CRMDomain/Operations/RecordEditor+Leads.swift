import CRDTCore
import ReplicaStore

extension RecordEditor {
  /// Puts a new lead or opportunity where such ones begin, unless somebody has said where.
  func addStart(of phase: DealStages.Phase?, to draft: inout EditDraft, _ stages: DealStages) {
    guard let phase, draft["stage"].isNull else { return }
    var process: RecordID?
    if case .reference(let id) = draft["process"] { process = id }
    guard let start = stages.start(of: phase, in: process) else { return }
    draft.values["process"] = .reference(start.process)
    draft.values["stage"] = .reference(start.id)
  }

  /// Calls a deal after the company, or the person, that asks, where nothing else names it.
  func nameByWhoAsks(_ draft: inout EditDraft) {
    guard draft["name"].isNull, draft["number"].isNull else { return }
    let asker = draft["company_text"].isNull ? draft["contact_text"] : draft["company_text"]
    if !asker.isNull { draft.values["name"] = asker }
  }

  /// Finds an owner for a new lead of which nobody has said whose it is.
  func route(_ draft: inout EditDraft, in snapshot: Snapshot) throws {
    guard draft.values["owner"] == nil, case .reference(let stage) = draft["stage"],
      try stages(in: snapshot).stage(stage)?.isOpenLead == true,
      let router = try router(in: snapshot), let route = try router.route(draft)
    else { return }
    try router.remember(route)
    draft.values["routed_by"] = .reference(route.rule.id)
    if let owner = route.owner { draft.values["owner"] = .reference(owner) }
    if let team = route.team, let teams = draft.entity.field(named: "teams") {
      draft.change(teams, .add, elements: [.reference(team)], addsAgain: false)
    }
  }
}
