import CRDTCore
import CRMDomain
import ReplicaStore

/// A conflict in the words and documents that people and programs read.
struct ConflictDescription {
  let conflict: Conflict
  let view: RecordView
  /// How many characters of a conflict's id are shown, its letter not counted.
  static let digitCount = 5

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
    guard let record, let entity else { return "" }
    return try view.lookup.record(record.id, of: entity)?.name ?? ""
  }

  /// The side that a letter, a user or a node names.
  func side(named word: String) throws -> (index: Int, side: ConflictSide) {
    let sides = conflict.sides
    let letters = sides.indices.map(Self.letter)
    if let index = letters.firstIndex(of: word.uppercased()) { return (index, sides[index]) }
    let wanted = NameMatcher.folded(word)
    let named = try sides.indices.filter { index in
      let names = [
        try view.authorName(sides[index].member), try view.nodeName(sides[index].stamp.dot),
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
    if let act = side.act { return act == .deleted ? "deleted" : "edited" }
    guard let value = side.value, let field else { return "" }
    return try view.text(value, of: field)
  }

  /// Which record a side is about, where the conflict is about several.
  func place(of side: ConflictSide) throws -> String {
    guard conflict.kind == .unique, let field = conflict.field else { return "" }
    for key in conflict.records {
      guard let state = try view.snapshot.record(key.kind, key.id),
        state.basis.heads[field]?.contains(side.stamp.dot) == true
      else { continue }
      let name = try entity.flatMap { try view.lookup.record(key.id, of: $0)?.name } ?? ""
      return "\(try view.shortID(key)) \(name)"
    }
    return ""
  }

  /// Why an entry is set aside.
  var reasonInWords: String {
    switch conflict.reason {
    case .unknownAuthor: "its author was not in the roster"
    case .notAdministrator: "only administrators may write to the roster"
    case .malformed: "it breaks a rule of the format"
    case nil: "of a rule that this version does not know"
    }
  }

  /// When the latest side was written.
  var written: Instant { conflict.sides.map(Self.time).max() ?? Instant(milliseconds: 0) }

  /// When a side was written.
  static func time(of side: ConflictSide) -> Instant {
    Instant(milliseconds: Int64(clamping: side.stamp.time.wallMilliseconds))
  }

  /// `open`, or `automatic` where a rule has settled it.
  var status: String { Self.statuses[conflict.isOpen ? 0 : 1] }

  static let statuses = ["open", "automatic"]

  /// One line: `x7m2q  field  deal  Pump retrofit  value  A €17,900 Lena   B €18,000 Tom`.
  func cells(isForPeople: Bool) throws -> [TableView.Cell] {
    let sides = try conflict.sides.enumerated().map { index, side in
      let parts = [
        Self.letter(index), try place(of: side), try text(of: side),
        try view.authorName(side.member),
      ]
      return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
    let age = isForPeople ? view.people.age(of: written) : view.people.timestamp(written)
    return [
      TableView.Cell(shortID, ink: .bold), TableView.Cell(conflict.kind.word),
      TableView.Cell(record?.kind ?? ""), TableView.Cell(try recordName()),
      TableView.Cell(conflict.field ?? ""), TableView.Cell(sides.joined(separator: "   ")),
      TableView.Cell(age),
    ]
  }

  static let columns = [
    TableView.Column("id", importance: 9, isWhole: true), TableView.Column("kind", importance: 5),
    TableView.Column("entity", importance: 4), TableView.Column("record", importance: 6),
    TableView.Column("field", importance: 7), TableView.Column("sides", importance: 8),
    TableView.Column("written"),
  ]

  /// A row of `kith.conflicts/1`; `sideMembers` adds to what is said of each side.
  func json(
    sideMembers: (ConflictSide) throws -> [JSONValue.Member] = { _ in [] }
  ) throws -> JSONValue {
    let showing = conflict.sides.firstIndex(where: \.isShowing).map(Self.letter)
    return [
      "id": .string(fullID), "short": .string(shortID), "kind": .string(conflict.kind.word),
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
      .init("user", .string(try view.authorName(side.member))),
      .init("node", .string(try view.nodeName(side.stamp.dot))),
      .init("time", .string(view.people.timestamp(Self.time(of: side)))),
      .init("showing", .bool(side.isShowing)),
    ]
  }
}

/// The conflicts of one moment.
struct ConflictFinding {
  let view: RecordView
  let all: [ConflictDescription]
  /// The fewest characters by which a conflict is named, its letter counted.
  private static let prefixLengthMin = 4

  init(_ view: RecordView) throws {
    self.view = view
    all = try view.snapshot.conflicts().map { ConflictDescription(conflict: $0, view: view) }
  }

  var open: [ConflictDescription] { all.filter(\.conflict.isOpen) }

  /// The conflict whose id begins with a text, open or settled by a rule.
  func conflict(_ word: String) throws -> ConflictDescription {
    let digits = word.dropFirst().lowercased()
    guard word.count >= Self.prefixLengthMin, word.lowercased().first == "x" else {
      throw RecordError.noSuchConflict(word)
    }
    let found = all.filter { $0.conflict.id.text.hasPrefix(digits) }
    guard let first = found.first else { throw try past(word, digits) }
    guard found.count == 1 else {
      throw RecordError.ambiguousConflict(word, candidates: found.map(\.fullID))
    }
    return first
  }

  /// What is to be said of a conflict that is not, or no longer, there.
  private func past(_ word: String, _ digits: String) throws -> RecordError {
    guard digits.count >= ConflictDescription.digitCount else { return .noSuchConflict(word) }
    guard let settlement = try view.snapshot.settlement(ofConflict: digits) else {
      let now = try view.snapshot.successor(ofConflict: digits)
      return now.map { .grownConflict(word, now: ConflictDescription.shortID(of: $0)) }
        ?? .noSuchConflict(word)
    }
    let time = Instant(milliseconds: Int64(clamping: settlement.stamp.time.wallMilliseconds))
    let reason = settlement.reason.map { ": \"\($0)\"" } ?? ""
    return .settledConflict(
      word,
      act: """
        on \(view.people.stamp(time)) by \(try view.authorName(settlement.member))\(reason)
        """,
      history: try settlement.record.map { record in
        try view.shortID(record) + (settlement.field.map { "." + $0 } ?? "")
      })
  }

  /// The conflicts that several words name, each once.
  func conflicts(_ words: ArraySlice<String>) throws -> [ConflictDescription] {
    var seen: Set<ConflictID> = []
    return try words.map(conflict).filter { seen.insert($0.conflict.id).inserted }
  }

  /// The open conflicts of a record.
  func conflicts(of key: RecordKey) -> [ConflictDescription] {
    open.filter { $0.conflict.records.contains(key) }
  }
}
