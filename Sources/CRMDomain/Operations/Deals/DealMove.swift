import CRDTCore
import ReplicaStore

/// A deal's way into another stage: whether it may go, and what that brings with it.
struct DealMove {
  /// Where it comes from; `nil` of a new deal, or one in a stage that is retired or unknown here.
  let from: DealStages.Stage?
  /// What its stage was, whether or not that is known here.
  let left: RecordID?
  let to: DealStages.Stage
  private let stages: DealStages
  private let occasion: EditOccasion

  /// What a draft of a deal does; `nil` if it stays where it is.
  init?(of draft: EditDraft, among stages: DealStages, on occasion: EditOccasion) {
    guard case .reference(let id)? = draft.values["stage"], let to = stages.stage(id) else {
      return nil
    }
    var left: RecordID?
    if case .reference(let id) = draft.state?["stage"] ?? .null { left = id }
    guard left != to.id else { return nil }
    self.left = left
    self.to = to
    self.stages = stages
    self.occasion = occasion
    from = left.flatMap { stages.stage($0) }
  }

  /// Refuses a move that its process, the criteria of its stages or good sense forbid.
  ///
  /// Somebody who settles a conflict may choose any stage.
  ///
  /// - Throws: ``EditError``.
  func check(_ draft: EditDraft) throws {
    guard (draft.state?.basis.heads["stage"]?.count ?? 0) <= 1 else { return }
    if let from, from.process == to.process {
      let allowed = stages.moves(from: from)
      guard allowed.contains(to) else {
        throw EditError.impossibleMove(
          field: "stage", from: from.name, to: to.name, allowed: allowed.map(\.name))
      }
      guard !isReopening || occasion.reason != nil else {
        throw EditError.needsReason(from: from.name, to: to.name)
      }
    }
    let unmet = unmet(in: draft)
    if !unmet.isEmpty {
      guard occasion.overridesCriteria else {
        throw EditError.unmetCriteria(
          stage: to.name, criteria: unmet.map(\.text), remedies: unmet.map(\.remedy))
      }
      guard occasion.reason != nil else { throw EditError.needsReason(from: from?.name, to: to.name) }
    }
    if to.kind == .lost, draft["close_reason"].isNull {
      throw EditError.needsCloseReason(stage: to.name)
    }
  }

  /// Fills in what goes without saying of a deal that ends, is reopened or goes on.
  func complete(_ draft: inout EditDraft) {
    func fill(_ field: String, _ value: Value) {
      if draft.values[field] == nil { draft.values[field] = value }
    }
    if to.kind != .open {
      if left != nil || draft["close_date"].isNull { fill("close_date", .date(occasion.today)) }
    } else if isReopening {
      for field in ["close_date", "close_reason", "lost_to"] { fill(field, .null) }
    }
    if left != nil, !draft["probability_override"].isNull, draft["probability_pinned"] != .bool(true) {
      fill("probability_override", .null)
    }
  }

  /// The visit that records it.
  func visit(of draft: EditDraft, by user: RecordID?) -> StageVisit {
    StageVisit(
      from: left, to: to.id, at: occasion.now, by: user, reason: occasion.reason,
      unmet: occasion.overridesCriteria ? unmet(in: draft).map(\.text) : [])
  }

  private var isReopening: Bool { from.map { $0.kind != .open } == true && to.kind == .open }

  /// Whether the deal was won, and is so no longer.
  var isTakenBack: Bool { from?.kind == .won && to.kind != .won }

  private func unmet(in draft: EditDraft) -> [ExitCriterion] {
    stages.criteria(from: from, to: to).filter { !$0.isOptional && !$0.isMet(by: draft) }
  }
}
