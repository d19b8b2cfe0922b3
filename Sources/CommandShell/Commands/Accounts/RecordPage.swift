import CRDTCore
import CRMDomain
import ReplicaStore

/// What belongs to a record beside its own fields: people, open work, figures, history.
struct RecordPage {
  /// How many rows of a section are shown one by one.
  private static let rowsMax = 10

  let view: RecordView
  let entity: Entity
  let id: RecordID

  init(_ entity: Entity, _ id: RecordID, _ view: RecordView) {
    self.view = view
    self.entity = entity
    self.id = id
  }

  /// The sections, in order; of most kinds there are none.
  func sections() throws -> [CardView.Section] {
    switch entity.name {
    case "account":
      [
        try figures(), try people(), try preferences(), try openDeals(["account"]),
        try openTasks(), try openCommitments(), try openCases(), try mood(),
        try engagements(["account"]),
      ]
    case "contact":
      [
        try formerAccounts(), try openDeals(["primary_contact"]), try openTasks(),
        try engagements(["contacts"], isSet: true),
      ]
    case "deal": try [upcomingEvents()] + dealSections() + LeadPage(id, view).sections()
    case "order": [try handoverSteps()]
    case "engagement":
      [
        try amendments(), try questions(), try commitments(["engagement"]), try openTasks(),
      ]
    case "event": [try answers()]
    case "case": [try engagements(["links"], isSet: true), try openTasks()]
    case _: []
    }
  }

  // MARK: - Figures

  private func figures() throws -> CardView.Section {
    let won = deals(["account"], kind: "won")
    let open = deals(["account"], kind: "open")
    var rows = [
      CardView.Row("open deals", try sumText(open)), CardView.Row("won deals", try sumText(won)),
    ]
    if let terms = try paymentTerms() {
      let due = terms.dueDate(of: view.context.calendar.today)
      rows.append(CardView.Row("due", "an invoice of today: \(view.people.resolved(due))"))
    }
    return CardView.Section("Figures", rows: rows)
  }

  private func paymentTerms() throws -> PaymentTerms? {
    guard case .reference(let terms)? = try view.snapshot.record("account", id)?["payment_terms"]
    else { return nil }
    return try view.snapshot.record("payment_terms", terms).flatMap { PaymentTerms($0) }
  }

  /// `3 · €24,650`: how many, and what they add up to in each currency.
  private func sumText(_ filter: Filter) throws -> String {
    guard let deal = view.catalog["deal"] else { return "" }
    let total = try GroupedCount(deal, filter: filter, sums: [["amount"]]).total(
      in: view.snapshot.database, view.queries)
    var parts = [PeopleFormat.number(total.count)]
    for case .money(let amounts) in total.totals { parts += amounts.map(PeopleFormat.money) }
    return parts.joined(separator: view.context.output.style.separator)
  }

  private func deals(_ path: [String], kind: String) -> Filter {
    .and([refers(path), .compare(["stage", "kind"], .equal, .text(kind))])
  }

  func refers(_ path: [String], isSet: Bool = false) -> Filter {
    let operand = Operand.value(.reference(id))
    return isSet ? .has(path, all: false, [operand]) : .compare(path, .equal, operand)
  }

  // MARK: - Lists

  private func people() throws -> CardView.Section {
    try section(
      "People", "contact", refers(["account"]),
      columns: [["name"], ["job_title"], ["primary_phone"], ["primary_email"]])
  }

  private func preferences() throws -> CardView.Section {
    CardView.Section(
      "Preferences",
      rows: try view.preferences(of: id).map { CardView.Row($0.key, $0.value) })
  }

  private func openDeals(_ path: [String]) throws -> CardView.Section {
    try section(
      "Open deals", "deal", deals(path, kind: "open"),
      columns: [["name"], ["stage"], ["amount"], ["target_close"]],
      sort: RecordQuery.SortKey(["target_close"]))
  }

  func openTasks() throws -> CardView.Section {
    try section(
      "Open tasks", "task",
      .and([
        refers(["about"], isSet: true),
        .among(["status"], [.text("open"), .text("in_progress")]),
      ]), columns: [["title"], ["due"], ["assignees"]], sort: RecordQuery.SortKey(["due"]))
  }

  func engagements(_ path: [String], isSet: Bool = false) throws -> CardView.Section {
    try section(
      "Engagements", "engagement", refers(path, isSet: isSet),
      columns: [["date_time"], ["type"], ["subject"], ["users"]],
      sort: RecordQuery.SortKey(["date_time"], isDescending: true))
  }

  /// A line for each record: its id, then what the columns say.
  func section(
    _ heading: String, _ kind: String, _ filter: Filter, columns: [[String]],
    sort: RecordQuery.SortKey? = nil
  ) throws -> CardView.Section {
    guard let entity = view.catalog[kind] else { return CardView.Section(heading, rows: []) }
    var query = RecordQuery(entity, filter: filter)
    query.columns = columns
    query.sort = sort.map { [$0] } ?? []
    query.limit = Self.rowsMax + 1
    let paths = try query.paths(in: view.catalog)
    let found = try query.rows(in: view.snapshot.database, view.queries)
    var rows = try found.prefix(Self.rowsMax).map { row in
      let texts = zip(row.cells, paths).filter { $0.0 != .empty }.map {
        view.text($0.0, of: $0.1.field)
      }
      return CardView.Row(
        try view.shortID(row.id, of: entity),
        texts.joined(separator: view.context.output.style.separator))
    }
    if found.count > Self.rowsMax { rows.append(CardView.Row("…", "more of them")) }
    return CardView.Section(heading, rows: rows)
  }

  /// Where the person worked before, from what the log says of the field, the latest first.
  private func formerAccounts() throws -> CardView.Section {
    guard let field = entity.field(named: "account"),
      let state = try view.snapshot.record(entity.name, id)
    else { return CardView.Section(rows: []) }
    var until: Instant?
    var rows: [CardView.Row] = []
    for entry in try view.snapshot.history(entity.name, id, field: field.name) {
      let time = Instant(milliseconds: Int64(clamping: entry.stamp.time.wallMilliseconds))
      for write in entry.writes {
        guard case .register(let value) = write.change else { continue }
        defer { until = time }
        guard let left = until, !value.isNull, value != state[field.name] else { continue }
        let days = [time, left].map { view.people.dayAndMonth(view.people.calendar.local($0).day) }
        rows.append(
          CardView.Row(days.joined(separator: " – "), try view.text(value, of: field)))
      }
    }
    return CardView.Section("Former accounts", rows: rows)
  }
}
