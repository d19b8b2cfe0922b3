import CRDTCore
import CRMDomain
import ReplicaStore

extension RecordPage {
  /// What belongs to a deal: what it may hold, who decides, whose it is, what is open, what happened.
  func dealSections() throws -> [CardView.Section] {
    [
      try lines(), try people(), try credit(), try openTasks(),
      try engagements(["deals"], isSet: true), try visits(),
    ]
  }

  /// What has to be done with an order, and by whom.
  func handoverSteps() throws -> CardView.Section {
    try section(
      "Hand-over", "handover_step", refers(["order"]),
      columns: [["text"], ["owner"], ["closed"]])
  }

  private func lines() throws -> CardView.Section {
    let lines = try section(
      "Lines", "prospect_line", refers(["deal"]),
      columns: [["product"], ["text"], ["quantity"], ["unit_price"], ["discount_percent"]])
    guard !lines.rows.isEmpty else { return lines }
    let total = try ProspectLines(of: id, in: view.snapshot.database).total
    return CardView.Section(
      lines.heading,
      rows: lines.rows
        + [total].compactMap(\.self).map { CardView.Row("total", PeopleFormat.money($0)) })
  }

  private func people() throws -> CardView.Section {
    let contact = view.catalog.entity("deal_contact")
    let rows = try DealContacts.all(of: id, in: view.snapshot).map { part in
      let person = view.catalog.entity("contact")
      let roles = try contact.field(named: "roles").map {
        view.text(try view.fields.reading(of: $0, in: part), of: $0)
      }
      var note = ""
      if case .text(let text) = part["notes"] { note = text }
      guard case .reference(let id) = part["contact"] else { return CardView.Row("", "") }
      let said = [try view.name(of: id, person), roles ?? "", note].filter { !$0.isEmpty }
      return CardView.Row(
        try view.shortID(id, of: person),
        said.joined(separator: view.context.output.style.separator))
    }
    return CardView.Section("People", rows: rows)
  }

  private func credit() throws -> CardView.Section {
    let user = view.catalog.entity("user")
    return CardView.Section(
      "Credit",
      rows: try CreditShares(of: id, in: view.snapshot.database)[id].map {
        CardView.Row(try view.name(of: $0.user, user), PeopleFormat.number($0.percent) + "%")
      })
  }

  private func visits() throws -> CardView.Section {
    try section(
      "Stages", "stage_visit", refers(["deal"]),
      columns: [["at"], ["to"], ["by"], ["reason"]],
      sort: RecordQuery.SortKey(["at"], isDescending: true))
  }
}
