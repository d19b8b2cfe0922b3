import CRDTCore
import CRMDomain
import ReplicaStore

/// What a record command sees of the store at one moment, and how it reads and prints it.
///
/// Belongs to one snapshot.
final class RecordView {
  let context: CommandContext
  let snapshot: Snapshot
  let catalog: EntityCatalog
  let currency: CurrencyCode
  let lookup: RecordLookup
  let fields: FieldReader
  let people: PeopleFormat
  private let colours: RecordColours
  private var lengths: [String: Int] = [:]

  init(_ context: CommandContext, _ snapshot: Snapshot) throws {
    self.context = context
    self.snapshot = snapshot
    catalog = try context.catalogs.program.adding(ownFieldsIn: snapshot)
    currency = try WorkspaceSettings.currency(in: snapshot.database)
    lookup = RecordLookup(catalog, in: snapshot.database)
    fields = FieldReader(catalog, in: snapshot)
    people = PeopleFormat(calendar: context.calendar)
    colours = RecordColours(in: snapshot.database)
  }

  /// The kind that a command names; `nil` if it names none.
  func entity(_ word: KindWord?) -> Entity? { word.flatMap { catalog[$0.name] } }

  /// The kind that a command has to name.
  func requiredEntity(_ command: Command, example: String) throws -> Entity {
    guard let entity = entity(command.kind) else {
      throw RecordError.missing("a kind of record", example: example)
    }
    return entity
  }

  /// What queries read texts with.
  var queries: QueryContext {
    QueryContext(catalog, reader: reader, readText: readText)
  }

  /// What plans the edits of a command, on behalf of the acting user.
  func editor(
    for command: Command? = nil, mode: RecordEditor.Mode = .person
  ) throws -> RecordEditor {
    var occasion = EditOccasion(now: context.calendar.now, timeZone: context.calendar.timeZone)
    occasion.reason = command?.clauses.reason?.text
    occasion.overridesCriteria = command?.has("override") == true
    return RecordEditor(
      catalog, mode: mode, reader: reader, actingUser: try actingUser(), on: occasion,
      readText: readText, routingRules: { try LeadRules(self).routing().rules })
  }

  /// What deals are called that a kind's word means: `leads`; `nil` of other words.
  func dealPhase(of word: KindWord?) -> DealStages.Phase? {
    guard let subtype = word.flatMap({ catalog.kind(named: $0.typed)?.subtype }),
      subtype.path == ["stage", "phase"]
    else { return nil }
    return DealStages.Phase(rawValue: subtype.value)
  }

  private var reader: ValueReader {
    ValueReader(currency: currency, timeZone: context.calendar.timeZone)
  }

  /// Reads what people type more freely than files.
  private func readText(_ text: String, _ field: Field) throws -> Value? {
    switch field.format {
    case .date:
      let reading = try DateReader(calendar: context.calendar).read(text)
      return .date(reading.day(in: context.calendar))
    case .instant:
      return .instant(
        try DateReader(calendar: context.calendar).read(text).start(in: context.calendar))
    case .money: return .money(try AmountReader(currency: currency).money(text))
    case .integer: return .integer(try AmountReader.integer(text))
    case .decimal: return .decimal(try AmountReader.decimal(text))
    case .percent: return .decimal(try AmountReader.percent(text))
    case .bool: return .bool(try AmountReader.boolean(text))
    case .structure(.timeSpan): return try SpanReader(calendar: context.calendar).read(text)?.value
    case .text, .longText, .position, .bytes, .choice, .status, .reference, .anyReference, .listed,
      .structure:
      return nil
    }
  }

  /// The user for whom this node's member acts.
  func actingUser() throws -> RecordID? { try snapshot.actingUser() }

  /// The entries of this node that no peer has confirmed; none where there is no other node to send
  /// anything to.
  func unconfirmedTails() throws -> LogTails {
    let nodes = try RosterListing.nodes(in: snapshot.database)
    return nodes.count > 1 ? try snapshot.unconfirmedTails() : LogTails()
  }

  /// What people call the author of an entry.
  func authorName(_ member: MemberID) throws -> String {
    if let user = try snapshot.user(of: member), let name = try name(of: user, kind: "user") {
      return name
    }
    return try name(of: RecordID(rawValue: member.rawValue), kind: "member") ?? "somebody"
  }

  private func name(of id: RecordID, kind: String) throws -> String? {
    try catalog[kind].flatMap { try lookup.record(id, of: $0)?.name }
  }

  /// What the node is called that wrote an entry.
  func nodeName(_ dot: Dot) throws -> String {
    guard let author = try snapshot.author(of: dot.replica),
      let name = try lookup.nodeName(of: author.key)
    else { return "a node" }
    return name
  }
}

// MARK: - Printing

extension RecordView {
  /// A short id at the one length of its kind.
  func shortID(_ id: RecordID, of entity: Entity) throws -> String {
    let prefix = entity.letter.map(String.init) ?? entity.name + ":"
    return prefix + id.shortText.prefix(try digitCount(of: entity))
  }

  /// Short ids as a list shows them: in colour the part is bold that tells each from all others.
  func idCells(_ ids: [RecordID], of entity: Entity) throws -> [TableView.Cell] {
    guard context.output.style.isColored else {
      return try ids.map { TableView.Cell(try shortID($0, of: entity)) }
    }
    let needed = try NeededPrefixes(of: ids, entity, in: snapshot.database)
    let letters = entity.letter == nil ? entity.name.count + 1 : 1
    return try ids.map {
      TableView.Cell(try shortID($0, of: entity), boldCount: letters + needed[$0])
    }
  }

  func shortID(_ key: RecordKey) throws -> String {
    guard let entity = catalog[key.kind] else { return key.id.description }
    return try shortID(key.id, of: entity)
  }

  /// What a record is called: its name, else its number, else its short id.
  func name(of id: RecordID, _ entity: Entity) throws -> String {
    for field in entity.nameFields.compactMap({ entity.field(named: $0) }) {
      guard let state = try snapshot.record(entity.name, id) else { break }
      let reading = try fields.reading(of: field, in: state)
      if reading != .empty { return text(reading, of: field) }
    }
    return try shortID(id, of: entity)
  }

  /// Id and name: `d7h2k Pump retrofit`.
  func label(_ reference: RecordReference) throws -> String {
    guard let entity = reference.entity else { return reference.text }
    return "\(try shortID(reference.id, of: entity)) \(reference.text)"
  }

  /// The record that stands for a joined one; `nil` of one that stands for itself.
  func survivor(of reference: RecordReference) throws -> RecordReference? {
    guard case .deleted = reference.state, let entity = reference.entity, entity.isJoinable,
      let survivor = try fields.names.joined().survivor(of: reference.id)
    else { return nil }
    return try lookup.record(survivor, of: entity)
  }

  /// `c81xq Anke Dörr was joined into c2mv7 Anke Doerr`.
  func joinedText(_ joined: RecordReference, into survivor: RecordReference) throws -> String {
    func text(_ reference: RecordReference) throws -> String {
      let id = try reference.entity.map { try shortID(reference.id, of: $0) }
      return "\(id ?? reference.shortText) \(reference.name ?? "")"
    }
    return "\(try text(joined)) was joined into \(try text(survivor))"
  }

  /// What is to be said of a deleted record where a live one is needed: who deleted it, and when.
  func deletion(of reference: RecordReference) throws -> RecordError {
    guard let entity = reference.entity else {
      return .noSuchRecord(reference.text, kind: nil, closest: [])
    }
    let id = try shortID(reference.id, of: entity)
    let lifecycle = try snapshot.history(entity.name, reference.id, field: "")
    let act = try lifecycle.first.map { entry in
      let time = Instant(milliseconds: Int64(clamping: entry.stamp.time.wallMilliseconds))
      return "by \(try authorName(entry.member)), \(people.moment(time))"
    }
    return .deleted("\(entity.name) \(id) \(reference.name ?? "")", act: act ?? "", id: id)
  }

  /// How many digits make an id unique for 99 % of its kind.
  private func digitCount(of entity: Entity) throws -> Int {
    if let length = lengths[entity.name] { return length }
    let wanted = try lookup.count(of: entity) * 100
    // The first digit stands for four bits, each further one for five.
    var (length, room) = (4, 16 << 15)
    while room < wanted, length < 13 {
      length += 1
      room <<= 5
    }
    lengths[entity.name] = length
    return length
  }

  /// The colour that people have given to what a field says; `nil` where nothing is drawn in colour.
  func ink(of reading: FieldReading) throws -> Style.Ink? {
    guard context.output.style.isColored else { return nil }
    return try colours.colour(of: reading).map { Style.Ink($0) }
  }

  /// The colour that people have given to a record; `nil` where nothing is drawn in colour.
  func ink(of id: RecordID, _ entity: Entity) throws -> Style.Ink? {
    guard context.output.style.isColored else { return nil }
    return try colours.colour(of: id, entity).map { Style.Ink($0) }
  }

  /// The same for a heading, which is bold in any case.
  func headingInk(of reading: FieldReading) throws -> Style.Ink {
    guard context.output.style.isColored else { return .bold }
    return try colours.colour(of: reading).map { Style.Ink($0, isBold: true) } ?? .bold
  }

  /// A reading as people say it.
  func text(_ reading: FieldReading, of field: Field) -> String {
    switch reading {
    case .value(.money(let money)): PeopleFormat.money(money)
    case .value(.date(let day)): people.day(day)
    case .value(.instant(let instant)): people.dayOrMoment(instant)
    case .value(.integer(let number)) where field.isOrdinal: String(number)
    case .value(.integer(let number)): PeopleFormat.number(number)
    case .value(let value) where field.format == .structure(.timeSpan):
      TimeSpan(value).map(people.span) ?? reading.text(of: field)
    case .value(.decimal(let number)) where field.format == .percent:
      PeopleFormat.number(number) + "%"
    case .value(.decimal(let number)): PeopleFormat.number(number)
    case .elements(let elements):
      elements.map { text($0, of: field) }.joined(separator: ", ")
    case .empty, .value, .reference: reading.text(of: field)
    }
  }

  /// A stored value as people say it.
  func text(_ value: Value, of field: Field) throws -> String {
    let reading = try fields.reading(value, of: field)
    return reading == .empty ? "(empty)" : text(reading, of: field)
  }
}

extension JSONValue {
  /// A document of the domain.
  init(_ value: CRMDomain.JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .number(let digits): self = Int64(digits).map(JSONValue.integer) ?? .string(digits)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map(JSONValue.init))
    case .object(let members):
      self = .object(members.map { Member($0.name, JSONValue($0.value)) })
    }
  }
}

extension CommandContext {
  /// Runs `body` on what the store holds now, or held at the moment asked for.
  func read<Result>(_ body: (RecordView) throws -> Result) throws -> Result {
    let replica = try past?.replica?.state.replica ?? node.replica()
    return try choosing { try replica.read { try body(RecordView(self, $0)) } }
  }

  /// Runs `body` and makes its edits one entry of the log.
  func write<Result>(
    _ command: Command, _ body: (RecordView, Transaction) throws -> Result
  ) throws -> Result {
    let replica = try node.replica()
    return try choosing {
      try replica.write(reason: command.clauses.reason?.text, command: command.text) {
        try body(RecordView(self, $0.snapshot), $0)
      }
    }
  }

  /// The format asked for, or the one that suits where the data go.
  func format(onTerminal usual: String, elsewhere: String) -> String {
    options.format ?? (output.isTerminal ? usual : elsewhere)
  }

  /// One document of data, which says as of when it is unless that is now.
  func json(_ value: JSONValue) {
    guard past != nil, case .object(var members) = value, members.first?.name == "schema",
      !members.contains(where: { $0.name == "as_of" })
    else { return output.data(JSONView.text(value)) }
    members.insert(JSONValue.Member("as_of", .string(format.timestamp(asOf))), at: 1)
    output.data(JSONView.text(.object(members)))
  }

  /// Talk that `--quiet` silences.
  func talk(_ line: String) {
    if !options.isQuiet { output.talk(PlainText.lines(line)) }
  }
}
