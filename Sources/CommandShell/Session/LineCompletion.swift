import CRDTCore
import CRMDomain
import ReplicaStore

/// What the Tab key offers: verbs, kinds, fields, the choices of a field, names that begin so.
struct LineCompletion: Sendable {
  /// Names read of each kind.
  private static let namesMax = 10
  private static let editingVerbs: Set<String> = ["new", "edit"]

  let registry: CommandRegistry
  let catalog: EntityCatalog
  let node: any NodeControl
  /// Knows the open conflicts; finding them takes longer than a key may.
  let counter: ConflictCounter

  private var vocabulary: Vocabulary { registry.vocabulary }

  /// Returns what could stand in place of the word before the cursor.
  func offers(for line: String, cursor: Int) -> [Completion] {
    let before = String(line.prefix(cursor))
    var (words, current) = Self.split(before)
    if words.isEmpty { return commands(current) }
    let first = words.removeFirst().lowercased()
    let command =
      words.first.flatMap { registry.command(named: "\(first) \($0.lowercased())") }
      ?? registry.command(named: vocabulary.verb(first)?.name ?? first)
    let use = command?.use ?? CommandUse()
    if current.hasPrefix("-") { return options(current, of: use) }
    if let noun = vocabulary.noun(first) {
      if words.isEmpty { return offers(noun.verbs.map { ($0, "\(first) \($0)") }, current) }
      let takesConflicts = first == "conflict" && use.words != 0
      return clauses(of: use, current) + (takesConflicts ? conflicts(current) : [])
    }
    guard let verb = vocabulary.verb(first) else { return [] }
    if verb.name == "help" { return topics(after: words, current) }
    guard verb.kindUse != .none else { return [] }
    let kind = words.first.flatMap { catalog.kind(named: $0)?.entity }
    if let sign = current.firstIndex(of: "="), current.first != "\"" {
      return choices(
        of: String(current[..<sign]), kind, String(current[current.index(after: sign)...]))
    }
    if words.isEmpty {
      return kinds(current, isPlural: verb.takesPlural)
        + (verb.kindUse == .optional ? names(current, of: nil) : [])
    }
    guard let kind else { return names(current, of: nil) }
    if Self.editingVerbs.contains(verb.name) {
      return fields(of: kind, current, sign: "=")
        + (verb.name == "edit" ? names(current, of: kind) : [])
    }
    let isInClause = words.contains { ClauseWord(rawValue: $0) != nil }
    return isInClause
      ? fields(of: kind, current, sign: "")
      : clauses(of: use, current) + (use.words == 0 ? [] : names(current, of: kind))
  }

  private func clauses(of use: CommandUse, _ current: String) -> [Completion] {
    offers(use.clauses.map { ($0.rawValue, "") }, current)
  }

  /// The open conflicts' ids, with what each is about, as of the last prompt.
  private func conflicts(_ current: String) -> [Completion] {
    offers(counter.named.map { ($0.id, $0.about) }, current)
  }

  /// Takes the last command apart into whole words and the one being typed, which may be quoted.
  private static func split(_ text: String) -> (words: [String], current: String) {
    let quotes = text.indices.filter { text[$0] == "\"" }
    let start = quotes.count % 2 == 1 ? quotes.last ?? text.endIndex : text.endIndex
    let plain = text[..<start].split(separator: ";", omittingEmptySubsequences: false).last ?? ""
    var words = plain.split(whereSeparator: \.isWhitespace).map(String.init)
    if start < text.endIndex { return (words, String(text[start...])) }
    guard plain.last?.isWhitespace == false else { return (words, "") }
    let current = words.popLast() ?? ""
    return (words, current)
  }

  private func offers(
    _ words: [(text: String, description: String)], _ current: String, endsWord: Bool = true
  ) -> [Completion] {
    words.filter { $0.text.lowercased().hasPrefix(current.lowercased()) }.map {
      Completion(
        $0.text, description: $0.description, replacing: current.count, endsWord: endsWord)
    }
  }

  private func commands(_ current: String) -> [Completion] {
    let verbs = vocabulary.verbs.map { ($0.name, registry.command(named: $0.name)?.summary ?? "") }
    let nouns = vocabulary.nouns.map { noun in
      (noun.name, registry.command(named: noun.name)?.summary ?? noun.verbs.joined(separator: ", "))
    }
    return offers((verbs + nouns).sorted { $0.0 < $1.0 }, current)
  }

  private func options(_ current: String, of use: CommandUse) -> [Completion] {
    let known = CommandUse.universalOptions.union(use.options)
    return offers(
      vocabulary.options.filter { known.contains($0.name) }.map {
        ("--" + $0.name, $0.takesValue ? "takes a value" : "")
      }, current)
  }

  private func topics(after words: [String], _ current: String) -> [Completion] {
    if words == ["fields"] { return kinds(current, isPlural: false) }
    guard words.isEmpty else { return [] }
    return offers(
      registry.commands.map { ($0.name, $0.summary) } + [("fields", "the fields of a kind")],
      current)
  }

  private func kinds(_ current: String, isPlural: Bool) -> [Completion] {
    offers(
      catalog.entities.filter { $0.role != .system }.map {
        (isPlural ? $0.plural : $0.name, $0.help)
      }, current)
  }

  private func fields(of kind: Entity, _ current: String, sign: String) -> [Completion] {
    offers(kind.fields.map { ($0.name + sign, $0.help) }, current, endsWord: sign.isEmpty)
  }

  /// The words a field may hold; what a person types follows the sign.
  private func choices(of name: String, _ kind: Entity?, _ typed: String) -> [Completion] {
    let name = name.filter { !"+-".contains($0) }
    guard let field = kind?.field(named: name) else { return [] }
    switch field.format {
    case .choice(let words): return offers(words.map { ($0, "") }, typed)
    case .status(let machine): return offers(machine.states.map { ($0, "") }, typed)
    case .bool: return offers([("yes", ""), ("no", "")], typed)
    case .reference(let kind): return names(typed, of: catalog[kind])
    case .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant, .money,
      .anyReference, .listed, .structure:
      return []
    }
  }

  /// Names that begin as typed; without a kind, those of people's own records.
  private func names(_ current: String, of kind: Entity?) -> [Completion] {
    let typed = current.first == "\"" ? String(current.dropFirst()) : current
    guard !typed.isEmpty, let first = typed.first else { return [] }
    let kinds = kind.map { [$0] } ?? catalog.entities.filter { $0.role == .business }
    let beginnings = Set([typed, first.uppercased() + typed.dropFirst()]).sorted()
    let found = try? node.replica().read { snapshot in
      try kinds.flatMap { kind in
        try beginnings.flatMap { try Self.names($0, of: kind, catalog, in: snapshot) }
      }
    }
    // A store that cannot be read offers nothing; the command itself will say why.
    return (found ?? []).map { name, kind in
      let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber } && current.first != "\""
      return Completion(
        isPlain ? name : "\"\(name)\"", description: kind, replacing: current.count)
    }
  }

  private static func names(
    _ beginning: String, of kind: Entity, _ catalog: EntityCatalog, in snapshot: Snapshot
  ) throws -> [(name: String, kind: String)] {
    guard let field = kind.fields.first(where: { $0.name == kind.nameFields.first }),
      field.format == .text
    else { return [] }
    var query = RecordQuery(
      kind,
      filter: .and([
        .compare([field.name], .greaterOrEqual, .value(.text(beginning))),
        .compare([field.name], .less, .value(.text(beginning + "\u{10FFFF}"))),
      ]))
    query.columns = [[field.name]]
    query.limit = namesMax
    let context = QueryContext(catalog, reader: ValueReader(currency: .euro))
    return try query.rows(in: snapshot.database, context).compactMap { row in
      row.cells.first.map { ($0.text(of: field), kind.name) }
    }
  }
}
