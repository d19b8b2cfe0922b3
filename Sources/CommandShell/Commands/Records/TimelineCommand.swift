import CRDTCore
import CRMDomain
import ReplicaStore

/// `timeline REF`: what happened to a record and to what belongs to it.
package struct TimelineCommand: ShellCommand {
  package let name = "timeline"
  package let summary =
    "Shows engagements and changes of a record and of what refers to it, by day."
  package let syntax = ["timeline REF [since TIME] [until TIME] [limit N] [at TIME]"]
  package let examples = [
    "timeline müller since monday",
    "timeline d7h2k limit 20",
    "timeline @1 since 2026-03-01 until 2026-03-31",
    "timeline d7h2k --format json",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.since, .until, .limit, .at],
    formats: ["table", "json", "ndjson", "csv", "tsv", "md"])

  /// How many happenings are shown unless told otherwise.
  private static let countUsual = 50

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard case .word(let word)? = command.targets.first else {
      throw RecordError.missing("a record", example: examples[0])
    }
    try context.read { view in
      let reference = try RecordFinder(view).record(
        named: word, kind: view.entity(command.kind), deleted: true)
      guard let entity = reference.entity else {
        throw RecordError.noSuchRecord(word.text, kind: nil, closest: [])
      }
      context.state.last = RecordKey(kind: entity.name, id: reference.id)
      let timeline = try Timeline(view, since: command.clauses.since, until: command.clauses.until)
      let all = try timeline.happenings(of: reference.id, entity)
      let limit = command.clauses.limit ?? Self.countUsual
      try timeline.write(Array(all.prefix(limit)), title: try view.label(reference))
      if all.count > limit, context.isForPeople {
        context.talk("\(PeopleFormat.number(all.count - limit)) more: add limit \(all.count)")
      }
    }
    return .done
  }
}

/// What happened to a record and to the records that refer to it, in one stream.
struct Timeline {
  /// One change, or one engagement.
  struct Happening {
    let time: Instant
    let member: MemberID
    let dot: Dot
    let key: RecordKey
    /// The record's kind and name.
    let record: String
    let what: String
    /// The short id of the open conflict that it is a side of.
    let conflict: String?
  }

  /// The fields that say when something was that is written down later.
  private static let moments = ["engagement": "date_time", "touch": "at"]
  /// How many records that refer by one field are looked at.
  private static let recordsMax = 1_000

  private let view: RecordView
  private let since: Instant?
  private let until: Instant?
  private let tails: LogTails
  private let conflicts: [RecordKey: [Conflict]]

  init(_ view: RecordView, since: ValueText?, until: ValueText?) throws {
    let calendar = view.context.calendar
    let dates = DateReader(calendar: calendar)
    self.view = view
    self.since = try since.map { try dates.read($0.text).start(in: calendar) }
    self.until = try until.map { try dates.read($0.text).end(in: calendar) }
    tails = try view.snapshot.tails(since: self.since)
    var conflicts: [RecordKey: [Conflict]] = [:]
    for conflict in try view.snapshot.conflicts() where conflict.isOpen {
      for key in conflict.records { conflicts[key, default: []].append(conflict) }
    }
    self.conflicts = conflicts
  }

  /// Everything in the time asked for, the newest first.
  func happenings(of id: RecordID, _ entity: Entity) throws -> [Happening] {
    // What happened to the records that it stands for, has happened to it.
    let own = try view.fields.names.joined().group(of: id)
    var found = try own.flatMap {
      try happenings(of: RecordKey(kind: entity.name, id: $0), entity)
    }
    // What a record owns was written beside it, and says nothing that it does not.
    for kind in view.catalog.entities where kind.role == .business && kind.ownedBy == nil {
      var ids: Set<RecordID> = []
      for field in kind.fields
      where field.target == entity.name || field.format == .anyReference {
        let operand = Operand.value(.reference(id))
        let refers: Filter =
          field.isSet
          ? .has([field.name], all: false, [operand]) : .compare([field.name], .equal, operand)
        var query = RecordQuery(kind, filter: .and([refers, .changed(tails)]))
        query.columns = []
        query.limit = Self.recordsMax
        query.includesArchived = true
        for row in try query.rows(in: view.snapshot.database, view.queries)
        where !own.contains(row.id) {
          ids.insert(row.id)
        }
      }
      for id in ids.sorted() {
        try Task.checkCancellation()
        found += try happenings(of: RecordKey(kind: kind.name, id: id), kind)
      }
    }
    return found.sorted { ($0.time, $0.dot, $0.what) > ($1.time, $1.dot, $1.what) }
  }

  private func happenings(of key: RecordKey, _ entity: Entity) throws -> [Happening] {
    let history = try view.snapshot.history(key.kind, key.id)
    guard let state = try view.snapshot.record(key.kind, key.id) else { return [] }
    let name = "\(entity.name) \(try view.name(of: key.id, entity))"
    let byDot = Dictionary(history.map { ($0.stamp.dot, $0) }) { first, _ in first }
    var found: [Happening] = []
    for entry in history where entry.verdict == nil {
      let isFirst = entry.stamp.dot == history.last?.stamp.dot
      var time = Instant(milliseconds: Int64(clamping: entry.stamp.time.wallMilliseconds))
      if isFirst, let moment = Self.moments[entity.name], case .instant(let met) = state[moment] {
        time = met
      }
      guard since.map({ time >= $0 }) != false, until.map({ time <= $0 }) != false else { continue }
      let texts =
        isFirst
        ? [(what: "new", conflict: nil)]
        : try entry.writes.map { write in
          (try text(write, entity, byDot), conflict(of: write, entry, key))
        }
      for (what, conflict) in texts {
        found.append(
          Happening(
            time: time, member: entry.member, dot: entry.stamp.dot, key: key, record: name,
            what: what, conflict: conflict))
      }
    }
    return found
  }

  /// `value €18,400 → €18,000`, `+ vip`, `deleted`.
  private func text(
    _ write: ReplicaStore.HistoryEntry.Write, _ entity: Entity,
    _ entries: [Dot: ReplicaStore.HistoryEntry]
  ) throws -> String {
    let words = ChangeText(view: view, entity: entity)
    let label = entity.field(named: write.field)?.label ?? write.field
    switch write.change {
    case .register, .sides:
      let before = try write.replaces.compactMap { dot in
        try entries[dot]?.writes.first { $0.field == write.field }.map(words.text)
      }
      let old = before.isEmpty ? "(empty)" : before.joined(separator: " | ")
      return "\(label) \(old) → \(try words.text(write))"
    case .counter, .element: return "\(label) \(try words.text(write))"
    case .delete, .restore, .unknown: return try words.text(write)
    }
  }

  private func conflict(
    of write: ReplicaStore.HistoryEntry.Write, _ entry: ReplicaStore.HistoryEntry, _ key: RecordKey
  ) -> String? {
    conflicts[key]?.first { conflict in
      (conflict.field ?? "") == write.field
        && conflict.sides.contains { $0.stamp.dot == entry.stamp.dot }
    }.map { "x" + $0.id.text }
  }

  /// Everything in the time asked for that happened to records of some kinds, the newest first.
  func happenings(of kinds: [Entity]) throws -> [Happening] {
    var found: [Happening] = []
    for kind in kinds {
      var query = RecordQuery(kind, filter: .or([.changed(tails), .deletedIn(tails)]))
      query.columns = []
      query.limit = Self.recordsMax
      query.includesArchived = true
      for row in try query.rows(in: view.snapshot.database, view.queries) {
        try Task.checkCancellation()
        found += try happenings(of: RecordKey(kind: kind.name, id: row.id), kind)
      }
    }
    return found.sorted { ($0.time, $0.dot, $0.what) > ($1.time, $1.dot, $1.what) }
  }

  // MARK: - Printing

  /// Writes happenings as the format wants them, under a title where there is one.
  func write(_ happenings: [Happening], title: String?) throws {
    let context = view.context
    switch context.format(onTerminal: "table", elsewhere: "tsv") {
    case "json":
      context.json([
        "schema": "kith.timeline/1", "happenings": .array(try happenings.map(json)),
      ])
    case "ndjson": for happening in happenings { context.json(try json(happening)) }
    case "table":
      if let title { context.output.data(PlainText.oneLine(title)) }
      for line in try lines(happenings) { context.output.data(line) }
      context.writeMoment()
    default: try context.write(table(happenings))
    }
  }

  /// How much of a conflict's id is shown; `conflict show` takes any beginning of it.
  private static let conflictLength = 6

  /// A line each, under the days.
  func lines(_ happenings: [Happening]) throws -> [String] {
    let output = view.context.output
    var table = TableView(
      columns: [
        TableView.Column("", isWhole: true), TableView.Column("", importance: 4),
        TableView.Column("", importance: 2), TableView.Column("", importance: 3),
        TableView.Column("", importance: 5), TableView.Column("", isWhole: true),
      ],
      rows: try happenings.map { happening in
        [
          TableView.Cell("  " + view.people.time(happening.time)),
          TableView.Cell(try view.authorName(happening.member)),
          TableView.Cell(try view.nodeName(happening.dot)), TableView.Cell(happening.record),
          TableView.Cell(happening.what),
          TableView.Cell(happening.conflict.map { "! " + $0.prefix(Self.conflictLength) } ?? ""),
        ]
      })
    table.hasHeader = false
    let rows = table.lines(width: output.isTerminal ? output.width : nil, style: output.style)
    var lines: [String] = []
    var day: CivilDate?
    for (happening, row) in zip(happenings, rows) {
      let itsDay = view.people.calendar.local(happening.time).day
      if itsDay != day { lines.append(output.style.paint(view.people.day(itsDay), .bold)) }
      day = itsDay
      lines.append(row)
    }
    return lines
  }

  func table(_ happenings: [Happening]) throws -> TableView {
    let names = ["when", "who", "node", "record", "change", "conflict"]
    return TableView(
      columns: names.map { TableView.Column($0) },
      rows: try happenings.map { happening in
        [
          TableView.Cell(view.people.timestamp(happening.time)),
          TableView.Cell(try view.authorName(happening.member)),
          TableView.Cell(try view.nodeName(happening.dot)), TableView.Cell(happening.record),
          TableView.Cell(happening.what), TableView.Cell(happening.conflict ?? ""),
        ]
      })
  }

  func json(_ happening: Happening) throws -> JSONValue {
    [
      "time": .string(view.people.timestamp(happening.time)),
      "user": .string(try view.authorName(happening.member)),
      "node": .string(try view.nodeName(happening.dot)), "kind": .string(happening.key.kind),
      "id": .string(happening.key.id.description), "record": .string(happening.record),
      "change": .string(happening.what),
      "conflict": happening.conflict.map(JSONValue.string) ?? .null,
    ]
  }
}
