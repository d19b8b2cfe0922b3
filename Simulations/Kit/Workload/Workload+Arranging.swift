import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport

extension Workload {
  /// Rearranges what other records rest on: who reports to whom, which stage takes another's place, in which
  /// process deals begin, what stages mean.
  ///
  /// Each act is right where it is made; together they break what has to hold between records.
  func arrange(on node: SimulatedNode) throws {
    try command("arrange", on: node) { replica in
      try replica.write(command: "arrange") { transaction in
        switch Int.random(in: 0..<7, using: &values.random) {
        case 0: try refer("contact", "reports_to", in: transaction)
        case 1: try refer("account", "parent", in: transaction)
        case 2: try refer("stage", "retired_to", in: transaction)
        case 3: try say("process", "default", .bool(values.random.chance(70)), in: transaction)
        case 4:
          let kind = values.random.choice(["open", "won", "lost"])
          try say("stage", "kind", .text(kind), in: transaction)
        case 5: try share(in: transaction)
        case _: try drop(values.random.choice(["stage", "process"]), in: transaction)
        }
      }
    }
  }

  /// Lets a record refer to another of its kind, or to none.
  private func refer(_ kind: String, _ field: String, in transaction: Transaction) throws {
    let target =
      values.random.chance(80) ? try values.record(of: kind, in: transaction.snapshot) : nil
    try say(kind, field, target.map(Value.reference) ?? .null, in: transaction)
  }

  private func say(
    _ kind: String, _ field: String, _ value: Value, in transaction: Transaction
  ) throws {
    guard let id = try values.record(of: kind, in: transaction.snapshot),
      let state = try transaction.snapshot.record(kind, id), !state.isDeleted
    else { return }
    try transaction.edit(kind, id, basis: state.basis, [FieldChange(field, .set(value))])
  }

  /// Gives somebody a share of the credit for a deal, under an id that others derive as well.
  private func share(in transaction: Transaction) throws {
    guard catalog["credit_share"] != nil,
      let deal = try values.record(of: "deal", in: transaction.snapshot)
    else { return }
    let person = UInt8(Int.random(in: 0..<3, using: &values.random))
    let id = RecordID(derivedFrom: "credit_share", [deal.rawValue.bigEndianBytes, [person]])
    let state = try transaction.snapshot.record("credit_share", id)
    guard state?.isDeleted != true else { return }
    let percent = DecimalNumber(values.random.choice([100, 60, 50, 40, 33]))
    try transaction.edit(
      "credit_share", id, basis: state?.basis ?? Basis(),
      [
        FieldChange("deal", .set(.reference(deal))),
        FieldChange("percent", .set(.decimal(percent))),
      ])
  }

  /// Deletes a record that others refer to, or restores it.
  private func drop(_ kind: String, in transaction: Transaction) throws {
    guard let id = try values.record(of: kind, in: transaction.snapshot),
      let state = try transaction.snapshot.record(kind, id)
    else { return }
    if state.isDeleted {
      try transaction.restore(kind, id, basis: state.basis)
    } else {
      try transaction.delete(kind, id, basis: state.basis)
    }
  }
}
