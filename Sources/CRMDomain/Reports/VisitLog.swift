import CRDTCore
import GRDB

/// The visits of stages of the deals that a request is about, each deal's in their order.
///
/// A visit stands behind the one that it ended, whatever the clocks said; otherwise their moments decide, so
/// that moves which were made offline and came late stand where they belong.
struct VisitLog {
  struct Visit {
    let id: RecordID
    let stage: RecordID
    let at: Instant
    /// The visit that it ended.
    let after: RecordID?
  }

  struct Deal {
    let id: RecordID
    let key: [DatabaseValue]
    /// Where it stands now.
    let stage: RecordID?
    var visits: [Visit] = []
  }

  /// The deals that have visits, by id.
  private(set) var deals: [Deal] = []

  init(_ figures: DealFigures) throws {
    var places: [RecordID: [Int]] = [:]
    for row in try figures.rows.each("t.id, t.stage") {
      guard let id = RecordID(row[figures.keyCount]) else { continue }
      places[id, default: []].append(deals.count)
      deals.append(
        Deal(
          id: id, key: Array(row.prefix(figures.keyCount)),
          stage: RecordID(row[figures.keyCount + 1])))
    }
    let rows = try Row.fetchCursor(
      figures.database,
      sql: """
        SELECT deal, "to", at, id, after FROM stage_visit
        WHERE _hidden IS NULL AND "to" IS NOT NULL AND at IS NOT NULL ORDER BY deal, at, id
        """)
    while let row = try rows.next() {
      guard let deal = RecordID(row[0] as DatabaseValue), let places = places[deal],
        let stage = RecordID(row[1] as DatabaseValue), let id = RecordID(row[3] as DatabaseValue)
      else { continue }
      let visit = Visit(
        id: id, stage: stage, at: Instant(milliseconds: row[2]),
        after: RecordID(row[4] as DatabaseValue))
      for place in places { deals[place].visits.append(visit) }
    }
    for place in deals.indices { deals[place].visits = Self.inOrder(deals[place].visits) }
  }

  /// Puts visits, which are in the order of their moments, behind those that they ended.
  static func inOrder(_ visits: [Visit]) -> [Visit] {
    let isInOrder = visits.indices.dropFirst().allSatisfy { visits[$0].after == visits[$0 - 1].id }
    guard !isInOrder else { return visits }
    var (ordered, rest) = ([Visit](), visits)
    while !rest.isEmpty {
      let next = rest.firstIndex { visit in !rest.contains { $0.id == visit.after } } ?? 0
      ordered.append(rest.remove(at: next))
    }
    return ordered
  }
}

/// The process that a report is about.
struct ReportedProcess {
  let stages: [DealStages.Stage]
  let id: RecordID

  /// The process that the request names, or the one in which new deals begin.
  ///
  /// - Throws: ``ReportError``.
  init(_ request: ReportRequest, in database: Database) throws {
    let all = try DealStages(in: database)
    let named = request.arguments["process"]
    guard let outline = try ProcessOutline(named: named, in: database) else {
      guard let named else { throw ReportError.noProcess }
      throw ReportError.noSuchProcess(
        named, processes: try ProcessOutline.names(in: database))
    }
    id = outline.id
    stages = all.stages(of: outline.id)
  }

  func stage(named name: String) throws(ReportError) -> DealStages.Stage {
    let key = NameFolding.folded(name)
    guard let stage = stages.first(where: { NameFolding.folded($0.name) == key }) else {
      throw .noSuchStage(name, stages: stages.map(\.name))
    }
    return stage
  }

  /// Whether whoever came into `stage` got as far as `target`: to it, beyond it, or to a win.
  func isReached(_ target: DealStages.Stage, by stage: DealStages.Stage) -> Bool {
    stage.kind == .won || (stage.kind == .open && target.kind == .open && stage.place >= target.place)
  }
}
