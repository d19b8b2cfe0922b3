import CRDTCore
import CRMDomain
import ReplicaStore

extension RecordPage {
  /// How far ahead events are shown, in days.
  private static let daysAhead = 366

  /// The times still to come of the events that are about the record, each event with its next.
  func upcomingEvents() throws -> CardView.Section {
    let calendar = view.context.calendar
    let now = view.context.asOf
    var query = RecordQuery(
      view.catalog.entity("event"), filter: refers(["about"], isSet: true))
    query.columns = []
    let about = Set(try query.rows(in: view.snapshot.database, view.queries).map(\.id))
    let until = calendar.instant(on: calendar.local(now).day.adding(days: Self.daysAhead))
    let events = try CalendarEvents(of: nil, in: view.snapshot.database).events
    let next = events.filter { about.contains($0.id) }.compactMap { event in
      event.spans(from: now, until: until).first.map { (event, $0) }
    }
    return CardView.Section(
      "Upcoming events",
      rows: try next.sorted { ($0.1.startInstant, $0.0.id) < ($1.1.startInstant, $1.0.id) }.map {
        event, span in
        let when =
          span.isAllDay ? view.people.day(span.start.day) : view.people.moment(span.startInstant)
        let parts = [when, event.title] + [event.place].compactMap(\.self)
        return CardView.Row(
          try view.shortID(event.id, of: view.catalog.entity("event")),
          parts.joined(separator: view.context.output.style.separator))
      })
  }

  /// What those who were invited say.
  func answers() throws -> CardView.Section {
    var query = RecordQuery(view.catalog.entity("event_answer"), filter: refers(["event"]))
    query.columns = [["who"], ["answer"]]
    let paths = try query.paths(in: view.catalog)
    let rows = try query.rows(in: view.snapshot.database, view.queries)
    return CardView.Section(
      "Answers",
      rows: try rows.map { row in
        let texts = zip(row.cells, paths).map { view.text($0, of: $1.field) }
        // Of our own people and contacts the id is kept, of others the address.
        let person = try RecordID(texts[0]).flatMap { try view.lookup.record($0) }
        return CardView.Row(person?.text ?? texts[0], texts[1])
      })
  }

  func amendments() throws -> CardView.Section {
    try section(
      "Amendments", "amendment", refers(["engagement"]),
      columns: [["date_time"], ["text"], ["added_by"]],
      sort: RecordQuery.SortKey(["date_time"]))
  }

  func questions() throws -> CardView.Section {
    try section(
      "Questions", "question", refers(["engagement"]), columns: [["text"], ["answer"]])
  }

  func commitments(_ path: [String]) throws -> CardView.Section {
    try section(
      "Promises", "commitment", refers(path),
      columns: [["text"], ["promised_by"], ["due"], ["status"]],
      sort: RecordQuery.SortKey(["due"]))
  }

  func openCommitments() throws -> CardView.Section {
    try section(
      "Open promises", "commitment",
      .and([refers(["account"]), .compare(["status"], .equal, .text("open"))]),
      columns: [["text"], ["promised_by"], ["due"]], sort: RecordQuery.SortKey(["due"]))
  }

  func openCases() throws -> CardView.Section {
    try section(
      "Open cases", "case",
      .and([
        refers(["account"]), .among(["status"], [.text("new"), .text("open"), .text("waiting")]),
      ]), columns: [["subject"], ["status"], ["response_due"]],
      sort: RecordQuery.SortKey(["response_due"]))
  }

  /// How the customer felt, the latest last.
  func mood() throws -> CardView.Section {
    var query = RecordQuery(
      view.catalog.entity("engagement"),
      filter: .and([refers(["account"]), .not(.isEmpty(["sentiment"]))]))
    query.columns = [["date_time"], ["sentiment"]]
    query.sort = [RecordQuery.SortKey(["date_time"], isDescending: true)]
    query.limit = Self.moodsMax
    let paths = try query.paths(in: view.catalog)
    let rows = try query.rows(in: view.snapshot.database, view.queries).reversed()
    guard let first = rows.first else { return CardView.Section(rows: []) }
    let words = rows.map { view.text($0.cells[1], of: paths[1].field) }
    return CardView.Section(
      "Mood",
      rows: [
        CardView.Row(
          "since \(view.text(first.cells[0], of: paths[0].field))",
          words.joined(separator: view.context.output.style.isASCII ? " > " : " → "))
      ])
  }

  /// How many moods are shown.
  private static let moodsMax = 8
}
