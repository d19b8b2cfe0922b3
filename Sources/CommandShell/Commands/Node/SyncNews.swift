import CRDTCore
import CRMDomain
import ReplicaStore

/// What an exchange has brought about that a person should hear of at once: conflicts that were not there
/// before it, and counters to which others had added while this node did.
struct SyncNews {
  /// How things stood before an exchange.
  struct Before {
    fileprivate let open: Set<ConflictID>
    fileprivate let held: VersionVector
    /// The counters that this node has changed without a peer's knowing.
    fileprivate let counters: [Counter]
  }

  /// A counter of one record.
  fileprivate struct Counter {
    let record: RecordKey
    let entity: Entity
    let field: Field
  }

  /// Up to how many conflicts are named one by one.
  private static let namedMax = 10
  /// Up to how many counters are told.
  private static let countersMax = 10

  /// How many conflicts wait for a person.
  let openCount: Int
  /// The ids of those that were not there before.
  let new: [String]
  /// What is to be said of the first of them.
  private let notices: [[TableView.Cell]]
  private let sums: [String]

  /// Looks at a store before an exchange.
  static func before(_ view: RecordView) throws -> Before {
    Before(
      open: Set(try view.snapshot.conflicts().filter(\.isOpen).map(\.id)),
      held: try view.snapshot.holdings().vector, counters: try counters(view))
  }

  /// Compares a store with what it was before an exchange.
  init(since before: Before, _ view: RecordView) throws {
    let open = try view.snapshot.conflicts().filter(\.isOpen)
    openCount = open.count
    let (names, handlings) = (ConflictNames(), try ConflictHandling.all(in: view.snapshot))
    let found = try open.filter { !before.open.contains($0.id) }.map {
      try ConflictDescription($0, view, names, handlings)
    }
    new = found.map(\.fullID)
    notices = try found.prefix(Self.namedMax).map { try ConflictNotice($0).cells() }
    sums = try before.counters.prefix(Self.countersMax).compactMap {
      try Self.sum(of: $0, since: before.held, names, view)
    }
  }

  /// The conflicts and sums, a line each, fitted to a terminal of so many columns.
  func lines(width: Int?, style: Style) -> [String] {
    var lines: [String] = []
    if !new.isEmpty {
      let more = new.count - notices.count
      let table = TableView(
        columns: ConflictNotice.columns, rows: notices,
        footer: more > 0 ? "\(style.ellipsis) and \(more) more. See: conflict list" : nil,
        hasHeader: false)
      let all = openCount > new.count ? ", \(openCount) in all" : ""
      lines = ["\(Self.need(new.count)) a person\(all); every value is kept:"]
      lines += table.lines(width: width.map { $0 - 2 }, style: style).map { "  " + $0 }
    }
    return lines + sums
  }

  /// `1 conflict needs`, `3 conflicts need`.
  static func need(_ count: Int) -> String {
    count == 1 ? "1 conflict needs" : "\(PeopleFormat.number(count)) conflicts need"
  }

  private static func counters(_ view: RecordView) throws -> [Counter] {
    let tails = try view.unconfirmedTails()
    guard !tails.isEmpty else { return [] }
    var counters: [Counter] = []
    for entity in view.catalog.entities where entity.fields.contains(where: { $0.mark == .counted })
    {
      var query = RecordQuery(entity, filter: .changed(tails))
      query.columns = []
      query.includesArchived = true
      for row in try query.rows(in: view.snapshot.database, view.queries) {
        let written = try view.snapshot.fields(of: entity.name, row.id, writtenIn: tails)
        for field in entity.fields where field.mark == .counted && written.contains(field.name) {
          counters.append(
            Counter(
              record: RecordKey(kind: entity.name, id: row.id), entity: entity, field: field))
        }
      }
    }
    return counters
  }

  /// `Added up: P-220 stock 38 − 5 (Tom) = 33. Nothing was overwritten.`; `nil` if nobody else has changed it.
  private static func sum(
    of counter: Counter, since held: VersionVector, _ names: ConflictNames, _ view: RecordView
  ) throws -> String? {
    let (kind, id) = (counter.record.kind, counter.record.id)
    guard let state = try view.snapshot.record(kind, id),
      case .value(.integer(let now)) = try view.fields.reading(of: counter.field, in: state)
    else { return nil }
    var changes: [(author: String, number: Int64)] = []
    for entry in try view.snapshot.history(kind, id, field: counter.field.name).reversed()
    where entry.verdict == nil && !held.covers(entry.stamp.dot) {
      for case .counter(let number) in entry.writes.map(\.change) {
        changes.append((try names.author(entry.member, view), number))
      }
    }
    guard !changes.isEmpty else { return nil }
    let before = changes.reduce(now) { $0 &- $1.number }
    let terms = changes.map { change in
      "\(change.number < 0 ? "−" : "+") \(PeopleFormat.number(Int64(clamping: change.number.magnitude))) "
        + "(\(change.author))"
    }
    let name = try view.name(of: id, counter.entity)
    return """
      Added up: \(name) \(counter.field.label) \(PeopleFormat.number(before)) \
      \(terms.joined(separator: " ")) = \(PeopleFormat.number(now)). Nothing was overwritten.
      """
  }
}
