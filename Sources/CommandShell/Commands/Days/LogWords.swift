import CRDTCore
import CRMDomain
import ReplicaStore

/// The words of a `log` command, told apart: type, people, deals, subject, length, and what follows.
struct LogWords {
  /// Something to do, to answer or to keep, and perhaps by when.
  struct Item: Hashable {
    let text: String
    let due: Instant?
  }

  /// What the engagement says.
  private(set) var assignments: [CRMDomain.Assignment] = []
  private(set) var steps: [Item] = []
  private(set) var questions: [Item] = []
  private(set) var promises: [(item: Item, isOurs: Bool)] = []
  /// The deals, requests and other work that was named.
  private(set) var about: [Value] = []
  /// The first contact that was named.
  private(set) var customer: RecordID?

  private let view: RecordView
  private let entity: Entity
  private var named: [String: [RecordID]] = [:]

  /// What is no field of an engagement but becomes a record of its own.
  private static let following = ["next", "question", "promise", "promised"]

  init(_ command: Command, _ view: RecordView, example: String) throws {
    self.view = view
    entity = view.catalog.entity("engagement")
    var words = command.targets.compactMap { target in
      if case .word(let word) = target { word } else { nil }
    }
    guard !words.isEmpty else { throw RecordError.missing("what it was", example: example) }
    try set("type", .text(try type(words.removeFirst().text)))
    var subject: String?
    for word in words {
      if let minutes = DurationReader.minutes(word.text) {
        try set("duration", .value(.integer(Int64(minutes))))
      } else if word.form == .quoted || word.text.contains(" ") {
        if namesKind(word.text) {
          try take(word)
        } else if try !takeExactly(word) {
          guard subject == nil else { throw EngagementError.unknownPart(word.text) }
          subject = word.text
        }
      } else {
        try take(word)
      }
    }
    if let subject { try set("subject", .text(subject)) }
    let own = command.assignments.filter { !Self.following.contains($0.field.description) }
    try addNamed()
    assignments += try AssignmentWords(view: view, entity: entity).assignments(
      of: command.replacing(targets: [], assignments: own))
    if !assignments.contains(where: { $0.path.field.name == "date_time" }) {
      try set("date_time", .text("now"))
    }
    for assignment in command.assignments { try follow(assignment) }
  }

  // MARK: - Words

  /// The type that a word names: `email` is a mail.
  private func type(_ word: String) throws -> String {
    let list = try Picklist("engagement_type", in: view.snapshot.database)
    let name = ["email", "e-mail"].contains(word.lowercased()) ? "mail" : word
    guard let value = try? list.value(named: name) else {
      let types = list.values.filter { !$0.isRetired }.map(\.label)
      throw EngagementError.unknownType(
        word, types: types, closest: Nearest.words(to: word, in: types).first)
    }
    return value.label
  }

  /// Takes a name in full for the record that bears it; `false` if none does.
  private mutating func takeExactly(_ word: ValueText) throws -> Bool {
    do {
      try take(ValueText(word.text, form: .quoted, range: word.range))
      return true
    } catch EngagementError.unknownPart {
      return false
    }
  }

  /// Whether a word says of what kind it is: `case:Pump leaks`.
  private func namesKind(_ word: String) -> Bool {
    let parts = word.split(separator: ":", maxSplits: 1)
    return parts.count == 2 && view.catalog.kind(named: String(parts[0])) != nil
  }

  private mutating func take(_ word: ValueText) throws {
    let finder = RecordFinder(view)
    let reference: RecordReference
    do {
      reference = try finder.record(named: word)
    } catch RecordError.noSuchRecord {
      throw EngagementError.unknownPart(word.text)
    }
    guard let kind = reference.entity?.name else { throw EngagementError.unknownPart(word.text) }
    switch kind {
    case "contact":
      customer = customer ?? reference.id
      named["contacts", default: []].append(reference.id)
    case "user": named["users", default: []].append(reference.id)
    case "account": named["account"] = [reference.id]
    case "deal":
      about.append(.reference(reference.id))
      named["deals", default: []].append(reference.id)
    case _:
      about.append(.reference(reference.id))
      named["links", default: []].append(reference.id)
    }
  }

  /// Says who and what was named; whoever logs it was there as well.
  private mutating func addNamed() throws {
    if var users = named["users"], let user = try view.actingUser(), !users.contains(user) {
      users.append(user)
      named["users"] = users
    }
    for field in ["account", "contacts", "users", "deals", "links"] {
      guard let ids = named[field] else { continue }
      assignments.append(
        try CRMDomain.Assignment(
          field, field == "account" ? .set : .add, ids.map { .value(.reference($0)) }, of: entity,
          in: view.catalog))
    }
  }

  private mutating func set(_ field: String, _ operand: Operand) throws {
    assignments.append(
      try CRMDomain.Assignment(field, .set, [operand], of: entity, in: view.catalog))
  }

  // MARK: - What follows

  private mutating func follow(_ assignment: Assignment) throws {
    let texts = assignment.elements.map(\.text)
    let promised = promises.map { $0.item }
    switch assignment.field.description {
    case "next": steps += Self.new(try texts.map(item), beside: steps)
    case "question":
      questions += Self.new(
        texts.map { Item(text: $0.trimmed, due: nil) }, beside: questions)
    case "promise":
      promises += Self.new(try texts.map(item), beside: promised).map { ($0, true) }
    case "promised":
      promises += Self.new(try texts.map(item), beside: promised).map { ($0, false) }
    case _: break
    }
  }

  /// What was not said before in the same words; of one engagement they are one record.
  private static func new(_ items: [Item], beside said: [Item]) -> [Item] {
    items.filter { item in !item.text.isEmpty && !said.contains { $0.text == item.text } }
  }

  /// `send offer by friday`: what, and until when if what stands behind the last `by` is a date.
  private func item(_ text: String) throws -> Item {
    let text = text.trimmed
    guard let by = text.ranges(of: " by ").last else { return Item(text: text, due: nil) }
    let calendar = view.context.calendar
    guard let reading = try? DateReader(calendar: calendar).read(String(text[by.upperBound...]))
    else { return Item(text: text, due: nil) }
    return Item(
      text: String(text[..<by.lowerBound]).trimmed, due: Self.due(reading, calendar))
  }

  /// When what is to be done on a day is due: when the day ends, as far as people work.
  private static func due(_ reading: DateReading, _ calendar: LocalCalendar) -> Instant {
    if case .moment(let instant) = reading { return instant }
    return calendar.instant(on: reading.day(in: calendar), second: endOfWork)
  }

  /// Five in the afternoon.
  private static let endOfWork = 17 * 3_600
}
