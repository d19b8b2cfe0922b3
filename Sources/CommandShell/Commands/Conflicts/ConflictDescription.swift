import CRDTCore
import CRMDomain
import ReplicaStore

/// A conflict in the words and documents that people and programs read.
struct ConflictDescription {
  /// The conflict; of one that was reopened, with each side as its author wrote it.
  let conflict: Conflict
  let view: RecordView
  /// What the field stands at: a settlement replaces these writes.
  let heads: [Stamp]
  /// What was settled and reopened; `nil` of a conflict that was not.
  let reopening: ConflictReopening?
  let names: ConflictNames
  /// What people have arranged about it.
  let handling: ConflictHandling?
  /// What becomes of the field's concurrent values; `nil` of a conflict that is about no field.
  let rule: FieldRule?
  /// How many characters of a conflict's id are shown, its letter not counted.
  static let digitCount = 5

  init(
    _ found: Conflict, _ view: RecordView, _ names: ConflictNames,
    _ handlings: [ConflictID: ConflictHandling]
  ) throws {
    self.view = view
    self.names = names
    reopening = try view.snapshot.reopening(of: found)
    conflict = reopening?.conflict ?? found
    handling = handlings[found.id] ?? reopening.flatMap { handlings[$0.former] }
    rule = try found.records.first.flatMap { view.catalog[$0.kind] }.flatMap { entity in
      try found.field.flatMap { entity.field(named: $0) }.map { try view.rule(of: $0, in: entity) }
    }
    heads = Set(found.sides.map(\.stamp)).sorted()
  }

  /// `x` and the whole id.
  var fullID: String { "x" + conflict.id.text }
  /// What people say to each other.
  var shortID: String { Self.shortID(of: conflict) }

  static func shortID(of conflict: Conflict) -> String {
    "x" + conflict.id.text.prefix(digitCount)
  }

  /// A, B, C and so on.
  static func letter(_ index: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return index < letters.count ? String(letters[index]) : "S\(index + 1)"
  }

  /// The record it is about: of several, the first.
  var record: RecordKey? { conflict.records.first }

  var entity: Entity? { record.flatMap { view.catalog[$0.kind] } }

  var field: Field? { conflict.field.flatMap { entity?.field(named: $0) } }

  /// What the record is called.
  func recordName() throws -> String {
    try record.map { try names.record($0, view) } ?? ""
  }

  /// The side that a letter, a user or a node names.
  func side(named word: String) throws -> (index: Int, side: ConflictSide) {
    let sides = conflict.sides
    let letters = sides.indices.map(Self.letter)
    if let index = letters.firstIndex(of: word.uppercased()) { return (index, sides[index]) }
    let wanted = NameMatcher.folded(word)
    let named = try sides.indices.filter { index in
      let names = [
        try names.author(sides[index].member, view), try names.node(sides[index].stamp.dot, view),
      ]
      return names.map(NameMatcher.folded).contains { name in
        name == wanted || name.split(separator: " ").first.map(String.init) == wanted
      }
    }
    guard let index = named.first, named.count == 1 else {
      throw RecordError.noSuchSide(word, sides: letters)
    }
    return (index, sides[index])
  }

  /// What a side says: its value, or what it did.
  func text(of side: ConflictSide) throws -> String {
    if let act = side.act {
      return act == .edited ? "edited" : try standIn() == nil ? "deleted" : "joined"
    }
    let own = side.place.flatMap { view.catalog[$0.record.kind]?.field(named: $0.field) }
    guard let value = side.value, let field = own ?? field else { return "" }
    return try view.text(value, of: field)
  }

  /// Which record a side is about, where the conflict is about several: its id and name.
  func place(ofSideAt index: Int) throws -> String {
    guard conflict.records.count > 1, let key = record(ofSideAt: index) else { return "" }
    return "\(try view.shortID(key)) \(try names.record(key, view))"
  }

  /// The record that a side is about: what was deleted is what the others refer to.
  func record(ofSideAt index: Int) -> RecordKey? {
    let side = conflict.sides[index]
    if conflict.constraint != nil, side.act == .deleted { return conflict.records.last }
    return side.place?.record ?? record
  }

  /// What a person calls it: more exact than its kind.
  func label() throws -> String {
    if try standIn() != nil { return ConflictLabel.duplicate.rawValue }
    guard conflict.kind == .field else { return conflict.kind.word }
    if try reopening == nil && settlementCount() > 1 { return ConflictLabel.resolution.rawValue }
    return field?.format == .longText
      ? ConflictLabel.text.rawValue : ConflictLabel.field.rawValue
  }

  /// The record into which the one was joined that somebody has written to without having seen that.
  func standIn() throws -> RecordReference? {
    guard conflict.kind == .lifecycle, let record, let entity,
      let holder = try JoinedRecords.holders(of: record.id, entity, in: view.snapshot.database)
        .first
    else { return nil }
    return try view.lookup.record(holder, of: entity)
  }

  /// How many of the sides settled an earlier conflict: their writes replaced several.
  private func settlementCount() throws -> Int {
    guard let record else { return 0 }
    return try conflict.sides.count { side in
      let entry = try view.snapshot.historyEntry(
        side.stamp.dot, record.kind, record.id, field: conflict.field)
      return entry?.writes.contains { $0.replaces.count > 1 } == true
    }
  }

  /// Why an entry is set aside.
  var reasonInWords: String {
    switch conflict.reason {
    case .unknownAuthor: "its author was not in the roster"
    case .notAdministrator: "only administrators may write that"
    case .malformed: "it breaks a rule of the format"
    case nil: "of a rule that this version does not know"
    }
  }

  /// What waits until somebody has settled it.
  var blocks: [String] {
    guard let rule, rule.isHeld else { return [] }
    return ["what uses \(rule.entity.name).\(rule.field.name)"]
  }

  /// A write that a field stands at, as `conflict apply` compares it.
  static func headText(_ stamp: Stamp) -> String {
    "\(Base32.text(of: stamp.dot.replica.rawValue))/\(stamp.dot.sequence)"
  }

  /// When the latest side was written.
  var written: Instant { conflict.sides.map(Self.time).max() ?? Instant(milliseconds: 0) }

  /// When a side was written.
  static func time(of side: ConflictSide) -> Instant {
    Instant(milliseconds: Int64(clamping: side.stamp.time.wallMilliseconds))
  }

  /// What becomes of it.
  enum Status: String, CaseIterable {
    case open
    /// Open, and out of the usual list until a time.
    case deferred
    /// A rule has settled it.
    case automatic
  }

  var status: Status {
    guard conflict.isOpen else { return .automatic }
    let until = handling?.deferredUntil
    return until.map { $0 > view.people.calendar.now } == true ? .deferred : .open
  }

  /// Who is to look at it.
  func assignees() throws -> [String] {
    try (handling?.assignees ?? []).map {
      try names.record(RecordKey(kind: "user", id: $0), view)
    }.sorted()
  }

  /// How old its latest side is, in a few steps.
  enum Age: String, CaseIterable {
    case hour = "within an hour"
    case day = "within a day"
    case week = "within a week"
    case older

    init(milliseconds: Int64) {
      switch milliseconds {
      case ..<3_600_000: self = .hour
      case ..<86_400_000: self = .day
      case ..<604_800_000: self = .week
      case _: self = .older
      }
    }
  }

  var age: Age {
    Age(milliseconds: view.people.calendar.now.milliseconds - written.milliseconds)
  }

  /// One line: `x7m2q  field  deal  Pump retrofit  value  A €17,900 Lena   B €18,000 Tom`.
  func cells(isForPeople: Bool) throws -> [TableView.Cell] {
    let sides = try conflict.sides.enumerated().map { index, side in
      let parts = [
        Self.letter(index), try place(ofSideAt: index), try text(of: side),
        try names.author(side.member, view),
      ]
      return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
    let age = isForPeople ? view.people.age(of: written) : view.people.timestamp(written)
    return [
      TableView.Cell(shortID, ink: .bold), TableView.Cell(try label()),
      TableView.Cell(record?.kind ?? ""), TableView.Cell(try recordName()),
      TableView.Cell(conflict.field ?? ""), TableView.Cell(sides.joined(separator: "   ")),
      TableView.Cell(age), TableView.Cell(try assignees().joined(separator: ", ")),
    ]
  }

  static let columns = [
    TableView.Column("id", importance: 9, isWhole: true),
    TableView.Column("kind", importance: 4, isOptional: true),
    TableView.Column("entity", importance: 1, isOptional: true),
    TableView.Column("record", importance: 6), TableView.Column("field", importance: 7),
    TableView.Column("sides", importance: 8),
    TableView.Column("written", importance: 2, isOptional: true),
    TableView.Column("assignee", importance: 3, isOptional: true),
  ]

  /// A row of `kith.conflicts/1`; `sideMembers` adds to what is said of each side.
  func json(
    sideMembers: (ConflictSide) throws -> [JSONValue.Member] = { _ in [] }
  ) throws -> JSONValue {
    let showing = conflict.sides.firstIndex(where: \.isShowing).map(Self.letter)
    return [
      "id": .string(fullID), "short": .string(shortID), "kind": .string(conflict.kind.rawValue),
      "label": .string(try label()), "status": .string(status.rawValue),
      "assigned_to": .array(try assignees().map(JSONValue.string)),
      "deferred_until": handling?.deferredUntil.map { .string(view.people.timestamp($0)) } ?? .null,
      "record": record.map { .string($0.id.description) } ?? .null,
      "records": .array(conflict.records.map { .string($0.id.description) }),
      "record_kind": record.map { .string($0.kind) } ?? .null,
      "name": .string(try recordName()), "field": conflict.field.map(JSONValue.string) ?? .null,
      "open": .bool(conflict.isOpen), "showing": showing.map(JSONValue.string) ?? .null,
      "sides": .array(
        try conflict.sides.enumerated().map { index, side in
          .object(try members(index, side) + sideMembers(side))
        }),
    ]
  }

  private func members(_ index: Int, _ side: ConflictSide) throws -> [JSONValue.Member] {
    var value = JSONValue.null
    if let written = side.value, let field {
      value = JSONValue(try view.fields.reading(written, of: field).json(of: field))
    }
    let act: JSONValue =
      switch side.act {
      case .deleted: "deleted"
      case .edited: "edited"
      case nil: .null
      }
    return [
      .init("side", .string(Self.letter(index))), .init("value", value), .init("act", act),
      .init("user", .string(try names.author(side.member, view))),
      .init("node", .string(try names.node(side.stamp.dot, view))),
      .init("time", .string(view.people.timestamp(Self.time(of: side)))),
      .init("showing", .bool(side.isShowing)),
    ]
  }
}
