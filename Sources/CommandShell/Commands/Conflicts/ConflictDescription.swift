import CRDTCore
import CRMDomain
import ReplicaStore

/// A conflict in the words and documents that people and programs read.
struct ConflictDescription {
  let conflict: Conflict
  let view: RecordView
  /// How many characters of a conflict's id are shown, its letter not counted.
  private static let digitCount = 5

  /// `x` and the whole id.
  var fullID: String { "x" + conflict.id.text }
  /// What people say to each other.
  var shortID: String { "x" + conflict.id.text.prefix(Self.digitCount) }

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

  /// What a side says: its value, or what it did.
  func text(of side: ConflictSide) throws -> String {
    if let act = side.act { return act == .deleted ? "deleted" : "edited" }
    guard let value = side.value, let field else { return "" }
    return try view.text(value, of: field)
  }

  /// When a side was written.
  static func time(of side: ConflictSide) -> Instant {
    Instant(milliseconds: Int64(clamping: side.stamp.time.wallMilliseconds))
  }

  /// One line: `x7m2q  field  deal  Pump retrofit  value  A €17,900 Lena   B €18,000 Tom`.
  func cells() throws -> [TableView.Cell] {
    let sides = try conflict.sides.enumerated().map { index, side in
      let text = try text(of: side)
      return
        "\(Self.letter(index)) \(text)\(text.isEmpty ? "" : " ")\(try view.authorName(side.member))"
    }
    let age = conflict.sides.map(Self.time).max().map(view.people.age) ?? ""
    return [
      TableView.Cell(shortID, ink: .bold), TableView.Cell(conflict.kind.rawValue),
      TableView.Cell(record?.kind ?? ""), TableView.Cell(try recordName()),
      TableView.Cell(conflict.field ?? ""), TableView.Cell(sides.joined(separator: "   ")),
      TableView.Cell(age),
    ]
  }

  static let columns = [
    TableView.Column("id", importance: 9), TableView.Column("conflict", importance: 5),
    TableView.Column("kind", importance: 4), TableView.Column("record", importance: 6),
    TableView.Column("field", importance: 7), TableView.Column("sides", importance: 8),
    TableView.Column("age"),
  ]

  /// A row of `kith.conflicts/1`.
  func json() throws -> JSONValue {
    let showing = conflict.sides.firstIndex(where: \.isShowing).map(Self.letter)
    return [
      "id": .string(fullID), "short": .string(shortID), "kind": .string(conflict.kind.rawValue),
      "record": record.map { .string($0.id.description) } ?? .null,
      "records": .array(conflict.records.map { .string($0.id.description) }),
      "record_kind": record.map { .string($0.kind) } ?? .null,
      "name": .string(try recordName()), "field": conflict.field.map(JSONValue.string) ?? .null,
      "open": .bool(conflict.isOpen), "showing": showing.map(JSONValue.string) ?? .null,
      "sides": .array(try conflict.sides.enumerated().map(json)),
    ]
  }

  private func json(_ index: Int, _ side: ConflictSide) throws -> JSONValue {
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
      "side": .string(Self.letter(index)), "value": value, "act": act,
      "user": .string(try view.authorName(side.member)),
      "node": .string(try view.nodeName(side.stamp.dot)),
      "time": .string(view.people.timestamp(Self.time(of: side))),
      "showing": .bool(side.isShowing),
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

  /// The open conflict whose id begins with a text.
  func conflict(_ word: String) throws -> ConflictDescription {
    let digits = word.dropFirst().lowercased()
    guard word.count >= Self.prefixLengthMin, word.lowercased().first == "x" else {
      throw RecordError.noSuchConflict(word)
    }
    let found = all.filter { $0.conflict.id.text.hasPrefix(digits) }
    guard let first = found.first else { throw RecordError.noSuchConflict(word) }
    guard found.count == 1 else {
      throw RecordError.ambiguousConflict(word, candidates: found.map(\.fullID))
    }
    return first
  }

  /// The open conflicts of a record.
  func conflicts(of key: RecordKey) -> [ConflictDescription] {
    open.filter { $0.conflict.records.contains(key) }
  }
}
