import CRDTCore
import CRMDomain
import ReplicaStore

/// What `where` and `by` of `conflict list` speak of.
enum ConflictField: String, CaseIterable {
  case kind, entity, record, field, author, node, status, written, age, assignee

  /// The field that a path names.
  init(_ path: FieldPath, in command: Command) throws(ParseError) {
    let word = path.description == "user" ? "author" : path.description.lowercased()
    guard let field = Self(rawValue: word) else {
      let names = Self.allCases.map(\.rawValue)
      let nearest = Nearest.words(to: word, in: names)
      throw command.rejection(
        "a conflict has no field \"\(path)\"",
        hint: nearest.isEmpty
          ? "it has \(names.joined(separator: ", "))" : ParseError.didYouMean(nearest),
        at: path.range)
    }
    self = field
  }

  /// What a conflict says of the field: several values where its sides differ.
  func values(of conflict: ConflictDescription) throws -> [String] {
    let view = conflict.view
    let sides = conflict.conflict.sides
    switch self {
    case .kind: return [try conflict.label()]
    case .entity: return Array(Set(conflict.conflict.records.map(\.kind)))
    case .record: return [try conflict.recordName()].filter { !$0.isEmpty }
    case .field: return [conflict.conflict.field].compactMap(\.self)
    case .author: return Set(try sides.map { try conflict.names.author($0.member, view) }).sorted()
    case .node: return Set(try sides.map { try conflict.names.node($0.stamp.dot, view) }).sorted()
    case .status: return [conflict.status.rawValue]
    case .age: return [conflict.age.rawValue]
    case .assignee: return try conflict.assignees()
    case .written: return [view.people.day(view.people.calendar.local(conflict.written).day)]
    }
  }

  /// Whether it names people, who may be named by their first names.
  fileprivate var isPerson: Bool { self == .author || self == .assignee }

  /// The few words that the field can say, if they are few.
  fileprivate var choices: [String]? {
    switch self {
    case .kind: ConflictLabel.allCases.map(\.rawValue) + [ConflictKind.lifecycle.rawValue]
    case .status: ConflictDescription.Status.allCases.map(\.rawValue)
    case .age: ConflictDescription.Age.allCases.map(\.rawValue)
    case .entity, .record, .field, .author, .node, .written, .assignee: nil
    }
  }
}

/// The filter of `conflict list`, read before any conflict is looked at.
struct ConflictFilter {
  typealias Test = (ConflictDescription) throws -> Bool

  let command: Command
  let view: RecordView

  /// Whether a filter speaks of the status, so that what a rule has settled is listed as well.
  static func speaksOfStatus(_ expression: Expression) -> Bool {
    switch expression {
    case .all(let parts), .any(let parts): parts.contains(where: speaksOfStatus)
    case .not(let part): speaksOfStatus(part)
    case .comparison(let path, _, _), .membership(let path, _, _), .has(let path, _, _),
      .isSet(let path, _):
      path.description == ConflictField.status.rawValue
    case .flag: false
    }
  }

  /// - Throws: ``ParseError`` for a field that no conflict has, or a comparison that it does not know.
  func test(_ expression: Expression) throws -> Test {
    switch expression {
    case .all(let parts):
      let tests = try parts.map(test)
      return { conflict in try tests.allSatisfy { try $0(conflict) } }
    case .any(let parts):
      let tests = try parts.map(test)
      return { conflict in try tests.contains { try $0(conflict) } }
    case .not(let part):
      let test = try test(part)
      return { try !test($0) }
    case .comparison(let path, let comparison, let value):
      return try compare(try ConflictField(path, in: command), comparison, value)
    case .membership(let path, let values, let isNegated):
      let field = try ConflictField(path, in: command)
      let tests = try values.map { try compare(field, .equal, $0) }
      return { conflict in try tests.contains { try $0(conflict) } != isNegated }
    case .has(let path, let quantifier, let values):
      let field = try ConflictField(path, in: command)
      let tests = try values.map { try compare(field, .equal, $0) }
      return { conflict in
        quantifier == .all
          ? try tests.allSatisfy { try $0(conflict) } : try tests.contains { try $0(conflict) }
      }
    case .isSet(let path, let isNegated):
      let field = try ConflictField(path, in: command)
      return { try field.values(of: $0).isEmpty == isNegated }
    case .flag(let flag):
      guard flag.name.description == "mine", flag.actor == nil, flag.since == nil else {
        throw command.rejection(
          "\"\(flag.name)\" says nothing about a conflict", hint: "compare a field, or say mine",
          at: flag.name.range)
      }
      return try compare(.author, .equal, ValueText("@me"))
    }
  }

  private func compare(
    _ field: ConflictField, _ comparison: Comparison, _ value: ValueText
  ) throws -> Test {
    if field == .written { return try compareTime(comparison, value) }
    guard value.form != .pattern else {
      throw command.rejection("patterns are not compared with conflicts", at: value.range)
    }
    let folded = NameMatcher.folded(value.text)
    let contains: Test = { conflict in
      try field.values(of: conflict).contains { NameMatcher.folded($0).contains(folded) }
    }
    switch comparison {
    case .equal: return try equals(field, value)
    case .notEqual:
      let isEqual = try equals(field, value)
      return { try !isEqual($0) }
    case .contains: return contains
    case .lacks: return { try !contains($0) }
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      throw command.rejection(
        "the \(field.rawValue) of a conflict has no order", hint: "use =, !=, ~ or in",
        at: value.range)
    }
  }

  /// - Throws: Where no conflict can ever say the value, instead of letting none through.
  private func equals(_ field: ConflictField, _ value: ValueText) throws -> Test {
    let wanted = NameMatcher.folded(value.text)
    let words: [String]
    switch field {
    case .record:
      let record = try RecordFinder(view).record(named: value, deleted: true)
      let key = record.entity.map { RecordKey(kind: $0.name, id: record.id) }
      return { conflict in key.map(conflict.conflict.records.contains) ?? false }
    case .entity:
      if let kind = view.catalog.kind(named: value.text)?.entity.name {
        return { try field.values(of: $0).contains(kind) }
      }
      words = view.catalog.entities.map(\.name)
    case .field:
      let named = Set(view.catalog.entities.compactMap { $0.field(named: value.text)?.name })
      if !named.isEmpty { return { try !named.isDisjoint(with: field.values(of: $0)) } }
      words = Set(view.catalog.entities.flatMap { $0.fields.map(\.name) }).sorted()
    case .author, .assignee:
      if value.text == "@me", let user = try view.actingUser() {
        let name = try view.lookup.record(user)?.name ?? ""
        return { try field.values(of: $0).contains(name) }
      }
      words = try RosterListing.nodes(in: view.snapshot.database).compactMap(\.userName)
    case .node: words = try RosterListing.nodes(in: view.snapshot.database).map(\.name)
    case .kind, .status, .written, .age: words = field.choices ?? []
    }
    // Authors may be named by their first names.
    let first = field.isPerson ? words.compactMap(Self.firstWord) : []
    guard (words + first).map(NameMatcher.folded).contains(wanted) else {
      throw unknown(value, field, among: words)
    }
    return { conflict in
      var values = try field.values(of: conflict)
      // A text that two people wrote is a conflict of a field as well.
      if field == .kind {
        values += [conflict.conflict.kind.rawValue, conflict.conflict.kind.word]
      }
      let short = field.isPerson ? values.compactMap(Self.firstWord) : []
      return (values + short).map(NameMatcher.folded).contains(wanted)
    }
  }

  private func unknown(
    _ value: ValueText, _ field: ConflictField, among words: [String]
  ) -> ParseError {
    let nearest = Nearest.words(to: value.text, in: words)
    let listed = words.prefix(Self.wordsListed).joined(separator: ", ")
    return command.rejection(
      "\"\(value.text)\" is no \(field.rawValue) of conflicts",
      hint: nearest.isEmpty
        ? "one of \(listed)\(words.count > Self.wordsListed ? ", …" : "")"
        : ParseError.didYouMean(nearest), at: value.range)
  }

  private static let wordsListed = 10

  private func compareTime(_ comparison: Comparison, _ value: ValueText) throws -> Test {
    let calendar = view.context.calendar
    let reading = try DateReader(calendar: calendar, isPast: true).read(value.text)
    if CivilDate(value.text.prefix(10)) == nil, !view.context.isJSON {
      let read = reading.text(comparedBy: comparison, asDay: false, in: calendar)
      view.context.talk("written \(comparison.rawValue) \(read) (\(value.text))")
    }
    let (start, end) = (reading.start(in: calendar), reading.end(in: calendar))
    switch comparison {
    case .equal: return { $0.written >= start && $0.written <= end }
    case .notEqual: return { $0.written < start || $0.written > end }
    case .less: return { $0.written < start }
    case .lessOrEqual: return { $0.written <= end }
    case .greater: return { $0.written > end }
    case .greaterOrEqual: return { $0.written >= start }
    case .contains, .lacks:
      throw command.rejection(
        "a time contains nothing", hint: "use =, <, <=, > or >=", at: value.range)
    }
  }

  private static func firstWord(_ name: String) -> String? {
    name.split(separator: " ").first.map(String.init)
  }
}
