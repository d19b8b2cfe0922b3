import CRDTCore
import CRMDomain
import ReplicaStore

/// The signs after the cells of a listing: `↑` not yet synced, `!` in conflict, `~` decided by a rule.
struct CellMarkers {
  /// Up to how many records a query names one by one.
  private static let namedMax = 1_000
  /// A rule's decision is worth a sign for so long.
  private static let recentMilliseconds: Int64 = 7 * 86_400_000

  private let style: Style
  /// The fields that wait to be sent; `nil` of an earlier moment, for what peers had confirmed by then
  /// is not kept.
  private var unsynced: [RecordID: Set<String>]?
  /// The open conflicts by record.
  private(set) var open: [RecordID: [Conflict]] = [:]
  private var decided: [RecordID: Set<String>] = [:]

  init(of ids: [RecordID], _ entity: Entity, _ view: RecordView) throws {
    style = view.context.output.style
    let listed = Set(ids)
    let start = view.context.asOf.milliseconds - Self.recentMilliseconds
    for conflict in try view.snapshot.conflicts() {
      for key in conflict.records where key.kind == entity.name && listed.contains(key.id) {
        if conflict.isOpen {
          open[key.id, default: []].append(conflict)
        } else if let field = conflict.field, conflict.sides.contains(where: { $0.isSince(start) })
        {
          decided[key.id, default: []].insert(field)
        }
      }
    }
    guard view.context.past?.replica == nil else { return }
    unsynced = try Self.unsynced(listed, entity, view)
  }

  private static func unsynced(
    _ listed: Set<RecordID>, _ entity: Entity, _ view: RecordView
  ) throws -> [RecordID: Set<String>] {
    var fields: [RecordID: Set<String>] = [:]
    let tails = try view.unconfirmedTails()
    guard !tails.isEmpty else { return fields }
    let isNamed = listed.count <= namedMax
    var query = RecordQuery(
      entity, filter: .and((isNamed ? [.records(listed)] : []) + [.changed(tails)]))
    query.columns = []
    query.includesArchived = true
    for row in try query.rows(in: view.snapshot.database, view.queries)
    where listed.contains(row.id) {
      fields[row.id] = try view.snapshot.fields(of: entity.name, row.id, writtenIn: tails)
    }
    return fields
  }

  /// Whether anything of a record waits to be sent; `nil` where that is not known.
  func isUnsynced(_ id: RecordID) -> Bool? { unsynced.map { $0[id] != nil } }

  /// The signs of one cell; those of the record as a whole stand in its first one.
  func signs(of id: RecordID, field: String, isFirst: Bool) -> String {
    var signs = ""
    if unsynced?[id]?.contains(field) == true { signs += style.isASCII ? "^" : "↑" }
    let isInConflict = open[id]?.contains { $0.field == field || ($0.field == nil && isFirst) }
    if isInConflict == true { signs += "!" }
    if decided[id]?.contains(field) == true { signs += "~" }
    return signs
  }
}

extension ConflictSide {
  fileprivate func isSince(_ milliseconds: Int64) -> Bool {
    Int64(clamping: stamp.time.wallMilliseconds) >= milliseconds
  }
}
