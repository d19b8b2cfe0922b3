import CRDTCore
import CRMDomain
import ReplicaStore

/// What is said when a deal is won: what it brought, how long it took, and what follows.
struct WonDealLine {
  let text: String

  init(_ deal: RecordID, _ view: RecordView) throws {
    let entity = view.catalog.entity("deal")
    guard let state = try view.snapshot.record("deal", deal) else {
      text = ""
      return
    }
    var parts: [String] = []
    if case .money(let money) = state["amount"] { parts.append(PeopleFormat.money(money)) }
    if let account = entity.field(named: "account") {
      let reading = try view.fields.reading(of: account, in: state)
      if reading != .empty { parts.append(view.text(reading, of: account)) }
    }
    let order = view.catalog.entity("order")
    var query = RecordQuery(
      order, filter: .compare(["deal"], .equal, .value(.reference(deal))))
    query.columns = []
    let orders = try query.rows(in: view.snapshot.database, view.queries).map(\.id)
    parts += try orders.map { "order \(try view.shortID($0, of: order))" }
    let tasks = try OpenTasks.ids(about: deal, in: view.snapshot.database).count
    if tasks > 0 { parts.append("\(tasks) open \(tasks == 1 ? "task" : "tasks")") }
    if state["win_reason"].isNull {
      parts.append("why? edit \(try view.shortID(deal, of: entity)) win_reason=…")
    }
    let separator = view.context.output.style.separator
    text = "Won: \(([try view.name(of: deal, entity)] + parts).joined(separator: separator))"
  }
}
