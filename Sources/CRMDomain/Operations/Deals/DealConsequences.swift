import CRDTCore
import ReplicaStore

/// What is written beside the move of a deal: the visits of stages, and what follows of winning it.
struct DealConsequences: EditConsequences {
  /// The visits that the move adds, one behind the other.
  var visits: [StageVisit]
  /// What the deal says after the move.
  let draft: EditDraft
  /// The stage in which it is won, if it is.
  var wonStage: DealStages.Stage?
  /// Whether it was won, and is so no longer.
  var isTakenBack = false
  /// By what a new lead came, if it says so.
  var source: RecordID?
  /// The tasks that follow of where a lead comes in.
  var followUps: FollowUps?
  /// Those that are no longer to be done.
  var ended: FollowUps?
  /// The open tasks about it that are dropped because it was lost or archived.
  var droppedTasks: [RecordID] = []

  var size: WriteSize {
    var size = WriteSize()
    for _ in visits { size += StageVisit.size }
    // The order and the account, and as many tasks and steps as their plans may have.
    if wonStage != nil || isTakenBack { size += WriteSize(count: 170, bytes: 12_000) }
    for _ in droppedTasks { size += .oneWrite }
    if source != nil { size += WriteSize(count: 4, bytes: 300) }
    size += followUps?.size ?? WriteSize()
    size += ended?.size ?? WriteSize()
    return size
  }

  func apply(to deal: RecordID, in transaction: Transaction) throws {
    var previous =
      draft.state == nil ? nil : try StageVisit.latest(of: deal, in: transaction.snapshot.database)
    if let previous { try ended?.drop(of: previous, in: transaction) }
    for visit in visits {
      previous = try visit.write(of: deal, after: previous, in: transaction)
    }
    if let previous { try followUps?.write(of: deal, in: previous, transaction) }
    if let source, let first = visits.first {
      try Touch.writeFirst(of: deal, source: source, at: first.at, in: transaction)
    }
    let outcome = WonDeal(deal: deal, draft: draft)
    if let wonStage { try outcome.win(in: wonStage, transaction) }
    if isTakenBack { try outcome.takeBack(in: transaction) }
    try DroppedTasks.drop(droppedTasks, in: transaction)
  }
}
