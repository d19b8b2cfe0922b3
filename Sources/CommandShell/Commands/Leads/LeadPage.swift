import CRDTCore
import CRMDomain
import ReplicaStore

/// What is known of a deal as a lead beside its own fields: worth, origin, and what brought it nearer.
struct LeadPage {
  /// How many touches are shown one by one.
  private static let touchesMax = 10

  private let id: RecordID
  private let view: RecordView

  init(_ id: RecordID, _ view: RecordView) {
    self.id = id
    self.view = view
  }

  func sections() throws -> [CardView.Section] { [try standing(), try touches()] }

  private func standing() throws -> CardView.Section {
    var rows: [CardView.Row] = []
    let (scoring, _) = try LeadRules(view).scoring()
    let explained = try scoring.explanation(
      of: id, in: view.snapshot.database, view.queries)
    if let score = explained?.score {
      let grade = scoring.grades.grade(of: score)
      rows.append(CardView.Row("score", "\(score.number), grade \(grade)"))
      let threshold = try Qualification.threshold(in: view.snapshot.database)
      if let state = try view.snapshot.record("deal", id) {
        let qualification = Qualification(threshold: threshold) { state[$0] }
        rows.append(CardView.Row("qualified", qualification.text))
      }
    }
    let rounds = try NurtureRounds.count(of: id, in: view.snapshot.database)
    if rounds > 0 {
      rows.append(CardView.Row("requalified", rounds == 1 ? "once" : "\(rounds) times"))
    }
    if let enquiry = try enquiry() { rows.append(CardView.Row("enquiry", enquiry)) }
    return CardView.Section("Lead", rows: rows)
  }

  /// The first engagement that the deal is linked to: the enquiry that it goes back to.
  private func enquiry() throws -> String? {
    guard let engagement = view.catalog["engagement"] else { return nil }
    var query = RecordQuery(
      engagement, filter: .has(["deals"], all: false, [.value(.reference(id))]))
    query.columns = [["date_time"], ["type"], ["subject"]]
    query.sort = [RecordQuery.SortKey(["date_time"])]
    query.limit = 1
    return try query.rows(in: view.snapshot.database, view.queries).first.map { row in
      "\(try view.shortID(row.id, of: engagement))  \(try texts(of: row, query))"
    }
  }

  private func touches() throws -> CardView.Section {
    let touch = view.catalog.entity(Touch.kind)
    var query = RecordQuery(touch, filter: .compare(["deal"], .equal, .value(.reference(id))))
    query.columns = [["at"], ["source"], ["campaign"], ["text"]]
    query.limit = Self.touchesMax + 1
    let found = try query.rows(in: view.snapshot.database, view.queries)
    var rows = try found.prefix(Self.touchesMax).map { row in
      CardView.Row(try view.shortID(row.id, of: touch), try texts(of: row, query))
    }
    if found.count > Self.touchesMax { rows.append(CardView.Row("…", "more of them")) }
    return CardView.Section("Touches", rows: rows)
  }

  private func texts(of row: RecordQuery.Row, _ query: RecordQuery) throws -> String {
    zip(row.cells, try query.paths(in: view.catalog)).filter { $0.0 != .empty }.map {
      view.text($0.0, of: $0.1.field)
    }.joined(separator: view.context.output.style.separator)
  }
}
