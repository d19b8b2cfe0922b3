import CRDTCore
import CRMDomain
import ReplicaStore

/// What the Tab key offers: verbs, kinds, fields, the choices of a field, names that begin so.
struct LineCompletion: Sendable {
  private static let editingVerbs: Set<String> = ["new", "edit"]
  /// The options behind which a file is named.
  private static let fileOptions: Set<String> = ["--rejects", "--output", "-o"]

  let registry: CommandRegistry
  let catalogs: WorkspaceCatalog
  let node: any NodeControl
  /// Knows the rows of the last listing, and the open conflicts, whose finding takes longer than a key
  /// may.
  let state: SessionState
  let settings: Settings

  private var catalog: EntityCatalog { catalogs.current }

  private var vocabulary: Vocabulary { registry.vocabulary }

  /// Returns what could stand in place of the word before the cursor.
  func offers(for line: String, cursor: Int) -> [Completion] {
    let before = String(line.prefix(cursor))
    var (words, current) = Self.split(before)
    if words.isEmpty { return commands(current) }
    if vocabulary.verb(words[0])?.kindUse == .command {
      words.removeFirst()
      if words.first.flatMap({ Int($0) }) != nil { words.removeFirst() }
      if words.isEmpty { return commands(current) }
    }
    let first = words.removeFirst().lowercased()
    let command =
      words.first.flatMap { registry.command(named: "\(first) \($0.lowercased())") }
      ?? registry.command(named: vocabulary.verb(first)?.name ?? first)
    let use = command?.use ?? CommandUse()
    if current.hasPrefix("-") { return options(current, of: use) }
    if current.hasPrefix("%") { return saved(.view, current, sign: "%") }
    if let noun = vocabulary.noun(first) {
      if noun.name == "config", !words.isEmpty { return settings(words, current) }
      if words.isEmpty { return offers(noun.verbs.map { ($0, "\(first) \($0)") }, current) }
      let takesConflicts = first == "conflict" && use.words != 0
      return (takesConflicts ? conflicts(current) : []) + clauses(of: use, current)
    }
    guard let verb = vocabulary.verb(first) else { return [] }
    if verb.name == "help" { return topics(after: words, current) }
    guard verb.kindUse != .none else { return [] }
    if Self.takesFile(verb.name, words) { return FileCompletion.offers(for: current, settings) }
    let kind = words.first.flatMap { catalog.kind(named: $0)?.entity }
    if let place = ValuePlace(words, current),
      let (field, entity) = field(place.field, after: words)
    {
      return ValueCompletion(catalog: catalog, node: node)
        .offers(of: field, in: entity, place.typed)
    }
    if words.isEmpty {
      return kinds(current, isPlural: verb.takesPlural)
        + (verb.kindUse == .optional ? names(current, of: nil) : [])
    }
    guard let kind else {
      let isEdit = Self.editingVerbs.contains(verb.name)
      return (isEdit ? fields(after: words, current) : []) + names(current, of: nil)
    }
    if Self.editingVerbs.contains(verb.name) {
      return fields(of: kind, current, sign: "=")
        + (verb.name == "edit" ? names(current, of: kind) : [])
    }
    let isInClause = words.contains { ClauseWord(rawValue: $0) != nil }
    return isInClause
      ? fields(of: kind, current, sign: "")
      : clauses(of: use, current) + (use.words == 0 ? [] : names(current, of: kind))
  }

  /// The keys of the configuration, or what one of them may be.
  private func settings(_ words: [String], _ current: String) -> [Completion] {
    if words.count == 1, words[0] != "list" {
      return offers(ConfigKey.allCases.map { ($0.rawValue, $0.meaning) }, current)
    }
    guard words.count == 2, words[0] == "set", let key = ConfigKey(rawValue: words[1]),
      case .choice(let values) = key.kind
    else { return [] }
    return offers(values.map { ($0, "") }, current)
  }

  private func clauses(of use: CommandUse, _ current: String) -> [Completion] {
    offers(use.clauses.map { ($0.rawValue, "") }, current)
  }

  /// The open conflicts' ids, with what each is about, as of the last prompt.
  private func conflicts(_ current: String) -> [Completion] {
    offers(state.conflicts.named.map { ($0.id, $0.about) }, current)
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
    return offers((verbs + nouns).sorted { $0.0 < $1.0 }, current) + saved(.alias, current)
  }

  /// The views or aliases that begin as typed, each with what it stands for.
  private func saved(
    _ sort: SavedCommand.Sort, _ current: String, sign: String = ""
  ) -> [Completion] {
    // A store that cannot be read offers nothing; the command itself will say why.
    let saved = (try? node.replica().read { try SavedCommand.all(sort, in: $0.database) }) ?? []
    return offers(saved.map { (sign + $0.name, $0.command) }, current)
  }

  private func options(_ current: String, of use: CommandUse) -> [Completion] {
    let known = use.allOptions
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
    offers(
      kind.fields.filter { sign.isEmpty || !$0.isRetired }.map {
        (kind.word(for: $0) + sign, $0.help)
      },
      current, endsWord: sign.isEmpty)
  }

  // MARK: - Fields and values

  /// Whether a file's name is what comes next.
  private static func takesFile(_ verb: String, _ words: [String]) -> Bool {
    if let option = words.last, fileOptions.contains(option) { return true }
    return verb == "import" && words.count == 1
  }

  /// The kinds that a record named first may be of, the likeliest first.
  private func kinds(after words: [String]) -> [Entity] {
    guard let first = words.first else { return [] }
    let word = String(first.drop { $0 == "(" })
    if let kind = catalog.kind(named: word)?.entity { return [kind] }
    var likely: Entity?
    if word.first == "@" {
      let row = Int(word.dropFirst()).flatMap { row in
        state.listed.indices.contains(row - 1) ? state.listed[row - 1] : nil
      }
      likely = (row ?? (word == "@last" ? state.last : nil)).flatMap { catalog[$0.kind] }
    } else if let id = ShortID(word) {
      likely = catalog.kind(letter: id.letter)
    }
    return [likely].compactMap(\.self)
      + catalog.entities.filter { $0.role == .business && $0.name != likely?.name }
  }

  /// The field that a path names in the likeliest kind that has it, and that kind if the field is its own.
  private func field(
    _ path: String, after words: [String]
  ) -> (field: Field, entity: Entity?)? {
    let names = path.split(separator: ".").map(String.init)
    for kind in kinds(after: words) {
      if let found = try? CRMDomain.FieldPath(names, from: kind, in: catalog), found.part == nil {
        return (found.field, found.references.isEmpty ? kind : nil)
      }
    }
    return nil
  }

  /// The fields of the kinds that a record named first may be of.
  private func fields(after words: [String], _ current: String) -> [Completion] {
    guard !current.isEmpty else { return [] }
    var seen: Set<String> = []
    return kinds(after: words).flatMap { fields(of: $0, current, sign: "=") }
      .filter { seen.insert($0.text).inserted }
  }

  private func names(_ current: String, of kind: Entity?) -> [Completion] {
    guard !current.isEmpty else { return [] }
    let kinds = kind.map { [$0] } ?? catalog.entities.filter { $0.role == .business }
    let values = ValueCompletion(catalog: catalog, node: node)
    return values.ids(current, of: kinds) + values.names(current, of: kinds)
  }
}

/// The value that is being typed, and the field it is for.
private struct ValuePlace {
  let field: String
  let typed: String
  private static let signs: Set<String> = ["=", "!=", "<", "<=", ">", ">=", "has", "in"]

  /// `stage=W`, `account="Mü`, `stage = W`, `stage in (W`; `nil` where no value is being typed.
  init?(_ words: [String], _ current: String) {
    func name(_ text: some StringProtocol) -> String {
      String(text.filter { !"+-!<>=(".contains($0) })
    }
    if current.first != "\"", let sign = current.firstIndex(of: "=") {
      field = name(current[..<sign])
      typed = String(current[current.index(after: sign)...].drop { $0 == "(" })
    } else if current.first == "\"", let last = words.last, last.count > 1, last.hasSuffix("=") {
      field = name(last)
      typed = current
    } else if words.count > 2, let sign = words.last, Self.signs.contains(sign) {
      field = name(words[words.count - 2])
      typed = String(current.drop { $0 == "(" })
    } else {
      return nil
    }
  }
}
