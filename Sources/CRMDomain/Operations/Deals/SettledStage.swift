package import CRDTCore
package import ReplicaStore

/// Where a deal stands once somebody has settled it, and what follows of that as it does of a move: a won deal
/// has its order, and the order of a deal that is not won is cancelled unless somebody has confirmed it.
package struct SettledStage {
  private let deal: RecordID
  private let stage: RecordID

  /// The settlement of a field; `nil` if it is not about where a deal stands.
  package init?(_ record: RecordKey, _ field: String, _ value: Value) {
    guard record.kind == "deal", field == "stage", case .reference(let stage) = value else {
      return nil
    }
    deal = record.id
    self.stage = stage
  }

  /// Writes what follows; `state` is the deal before it was settled.
  package func follow(_ state: RecordState, in transaction: Transaction) throws {
    guard let stage = try DealStages(in: transaction.snapshot.database).stage(stage) else { return }
    let draft = EditDraft(entity: EntityCatalog.standard.entity("deal"), state: state)
    let outcome = WonDeal(deal: deal, draft: draft)
    if stage.kind == .won {
      try outcome.win(in: stage, transaction)
    } else {
      try outcome.takeBack(in: transaction)
    }
  }
}
