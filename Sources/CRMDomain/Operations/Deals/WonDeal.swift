import CRDTCore
import ReplicaStore

/// What follows of itself when a deal is won, or when that is taken back: written on the node where the deal
/// was moved, in the same entry.
///
/// The order's id is derived from the deal's, so that two nodes which win one deal offline make one order.
struct WonDeal {
  let deal: RecordID
  /// What the deal says after the move.
  let draft: EditDraft

  /// The id of the order that a deal becomes.
  static func order(of deal: RecordID) -> RecordID {
    RecordID(derivedFrom: "order", [deal.rawValue.bigEndianBytes])
  }

  /// Makes the order, and the organisation a customer.
  func win(in stage: DealStages.Stage, _ transaction: Transaction) throws {
    guard case .date(let day) = draft["close_date"] else { return }
    try makeOrder(on: day, stage, transaction)
    try makeSteps(in: transaction)
    try followUp(since: day, in: transaction)
    if case .reference(let account) = draft["account"] {
      try makeCustomer(account, since: day, transaction)
    }
  }

  /// Cancels the order, unless it was confirmed, and drops the tasks that were to follow.
  func takeBack(in transaction: Transaction) throws {
    try dropFollowUps(in: transaction)
    let id = Self.order(of: deal)
    guard let state = try transaction.snapshot.record("order", id), !state.isDeleted,
      state["status"] == .text("open")
    else { return }
    try transaction.edit("order", id, basis: state.basis, [status("cancelled", of: .order)])
  }

  private func makeOrder(
    on day: CivilDate, _ stage: DealStages.Stage, _ transaction: Transaction
  ) throws {
    let id = Self.order(of: deal)
    let state = try transaction.snapshot.record("order", id)
    if let state, !state.isDeleted {
      // Won again before anybody confirmed it: the same order.
      guard state["status"] == .text("cancelled") else { return }
      return try transaction.edit(
        "order", id, basis: state.basis, [status("open", of: .order)])
    }
    var changes = [
      FieldChange("deal", .set(.reference(deal))), status("open", of: .order),
      FieldChange("ordered_on", .set(.date(day))),
    ]
    for field in ["account", "owner", "region"] where !draft[field].isNull {
      changes.append(FieldChange(field, .set(draft[field])))
    }
    if let type = stage.orderType {
      changes.append(FieldChange("order_type", .set(.reference(type))))
    }
    if let state {
      try transaction.restore("order", id, basis: state.basis, changes)
    } else {
      try transaction.edit("order", id, basis: Basis(), changes)
    }
  }

  /// Somebody's own word on where the account stands, `blocked`, stays.
  private func makeCustomer(
    _ account: RecordID, since day: CivilDate, _ transaction: Transaction
  ) throws {
    let isWanted = try WorkspaceSettings.value(
      of: .automaticCustomers, in: transaction.snapshot.database)
    guard isWanted != "no", let state = try transaction.snapshot.record("account", account),
      !state.isDeleted
    else { return }
    var changes: [FieldChange] = []
    if ["prospect", "inactive"].map(Value.text).contains(state["status"]) || state["status"].isNull
    {
      changes.append(status("active", of: .account))
    }
    let isEarlier = if case .date(let known) = state["customer_since"] { day < known } else { true }
    if isEarlier { changes.append(FieldChange("customer_since", .set(.date(day)))) }
    guard !changes.isEmpty else { return }
    try transaction.edit("account", account, basis: state.basis, changes)
  }

  func status(_ state: StatusMachine.State, of machine: StatusMachine) -> FieldChange {
    FieldChange("status", .set(.text(state), rank: machine.rank(of: state)))
  }
}
