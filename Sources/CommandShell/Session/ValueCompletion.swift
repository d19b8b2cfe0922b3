import CRDTCore
import CRMDomain
import ReplicaStore

/// What the Tab key offers as a field's value: the words it may hold, or the names of records.
struct ValueCompletion {
  /// Names read of each kind.
  private static let namesMax = 10
  /// Entries of a list of the workspace that are looked at.
  private static let listMax = 200
  /// In a kind whose names no index has, so many records are looked through within a key's time.
  private static let scannedMax = 2_000
  /// Of these, so many that contain what was typed.
  private static let foundMax = 500

  /// Of a field that may hold any word, so many of the words in use are offered.
  private static let wordsMax = 40
  /// The values of so many records are counted, those that came last: with 100,000 of a kind a count of
  /// all would take several times what a key may.
  private static let countedMax = 10_000

  let catalog: EntityCatalog
  let node: any NodeControl

  /// The values of a field that begin as typed, the most frequent first, with how many records have each.
  ///
  /// Without `entity`, as for a field of another record, they are not counted.
  func offers(of field: Field, in entity: Entity?, _ typed: String) -> [Completion] {
    let counts = entity.map { self.counts(of: field, in: $0) } ?? ValueCounts()
    let found: [Completion]
    switch field.format {
    case .choice(let words): found = offers(words, typed)
    case .status(let machine): found = offers(machine.states, typed)
    case .bool: found = offers(["yes", "no"], typed)
    case .reference(let kind): found = names(typed, of: [catalog[kind]].compactMap(\.self))
    case .listed(let list):
      found = offers(
        read { snapshot in try Self.entries(of: list, catalog, in: snapshot) }, typed)
    case .text: found = Array(offers(counts.words, typed).prefix(Self.wordsMax))
    case .integer, .decimal, .percent, .longText, .position, .bytes, .date, .instant, .money,
      .anyReference, .structure:
      return []
    }
    return counts.described(found)
  }

  /// How often values occur, of a field of which few do.
  private func counts(of field: Field, in entity: Entity) -> ValueCounts {
    let found = read { snapshot -> [ValueCounts] in
      switch field.format {
      case .choice, .status, .bool, .listed: break
      case .reference(let kind):
        let lookup = RecordLookup(catalog, in: snapshot.database)
        guard let target = catalog[kind], try lookup.count(of: target) <= Self.listMax else {
          return []
        }
      case .text where !field.isUnique && !entity.nameFields.contains(field.name): break
      case .text, .integer, .decimal, .percent, .longText, .position, .bytes, .date, .instant,
        .money, .anyReference, .structure:
        return []
      }
      var count = GroupedCount(entity, by: [GroupedCount.Group([field.name])])
      count.latest = Self.countedMax
      let context = QueryContext(catalog, reader: ValueReader(currency: .euro))
      let rows = try count.rows(in: snapshot.database, context)
      return [
        ValueCounts(
          rows.map { ($0.keys[0].text(of: field), $0.count) },
          isWhole: try count.isWhole(in: snapshot.database))
      ]
    }
    return found.first ?? ValueCounts()
  }

  /// Names of records that begin as typed.
  func names(_ typed: String, of kinds: [Entity]) -> [Completion] {
    let beginning = Self.unquoted(typed)
    let found = read { snapshot in
      try kinds.flatMap { kind in
        try Self.names(beginning, of: kind, catalog, in: snapshot).map { ($0, kind.name) }
      }
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.0).inserted }.map { name, kind in
      Completion(
        Self.quoted(name, asIn: typed), description: kind, replacing: typed.count)
    }
  }

  /// Short ids of live records that begin as typed, each with its record's name.
  ///
  /// Letters alone are more likely the beginning of a word, unless they are the kind's.
  func ids(_ typed: String, of kinds: [Entity]) -> [Completion] {
    let digits = typed.dropFirst().lowercased()
    guard digits.isEmpty || digits.contains(where: \.isNumber),
      let kind = kinds.first(where: { $0.letter == typed.lowercased().first })
    else { return [] }
    let found = read { snapshot in
      try RecordLookup(catalog, in: snapshot.database)
        .records(of: kind, shortIDPrefix: digits, limit: Self.foundMax)
    }
    return found.compactMap { reference in
      guard case .known(let name) = reference.state else { return nil }
      return Completion(reference.shortText, description: name, replacing: typed.count)
    }
  }

  private func offers(_ words: [String], _ typed: String) -> [Completion] {
    let beginning = NameMatcher.folded(Self.unquoted(typed))
    return words.filter { NameMatcher.folded($0).hasPrefix(beginning) }.map {
      Completion(Self.quoted($0, asIn: typed), replacing: typed.count)
    }
  }

  /// A store that cannot be read offers nothing; the command itself will say why.
  private func read<Element>(_ body: (Snapshot) throws -> [Element]) -> [Element] {
    (try? node.replica().read(body)) ?? []
  }

  private static func unquoted(_ typed: String) -> String {
    typed.first == "\"" ? String(typed.dropFirst()) : typed
  }

  private static func quoted(_ text: String, asIn typed: String) -> String {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isPlain && typed.first != "\"" ? text : "\"\(text)\""
  }

  private static func entries(
    of list: String, _ catalog: EntityCatalog, in snapshot: Snapshot
  ) throws -> [String] {
    guard let picklist = catalog["picklist"] else { return [] }
    var query = RecordQuery(picklist, filter: .compare(["list"], .equal, .value(.text(list))))
    query.columns = [["label"]]
    query.limit = listMax
    return try texts(of: query, catalog, in: snapshot)
  }

  private static func names(
    _ beginning: String, of kind: Entity, _ catalog: EntityCatalog, in snapshot: Snapshot
  ) throws -> [String] {
    guard let field = kind.fields.first(where: { $0.name == kind.nameFields.first }) else {
      return []
    }
    var query = RecordQuery(kind)
    query.columns = [[field.name]]
    query.limit = namesMax
    guard !beginning.isEmpty else { return try texts(of: query, catalog, in: snapshot) }
    guard field.format == .text, field.isIndexed else {
      let lookup = RecordLookup(catalog, in: snapshot.database)
      guard try lookup.count(of: kind) <= scannedMax else { return [] }
      let wanted = NameMatcher.folded(beginning)
      let found = try lookup.names(of: kind, containing: beginning, limit: foundMax)
      let names = found.compactMap(\.name).filter { NameMatcher.folded($0).hasPrefix(wanted) }
      return Array(names.prefix(namesMax))
    }
    // The index has names as they are written, which is in lower case or with a capital.
    let spellings = Set([beginning, beginning.prefix(1).uppercased() + beginning.dropFirst()])
    return try spellings.sorted().flatMap { spelling in
      query.filter = .and([
        .compare([field.name], .greaterOrEqual, .value(.text(spelling))),
        .compare([field.name], .less, .value(.text(spelling + "\u{10FFFF}"))),
      ])
      return try texts(of: query, catalog, in: snapshot)
    }
  }

  /// The first column of a query, without empty cells.
  private static func texts(
    of query: RecordQuery, _ catalog: EntityCatalog, in snapshot: Snapshot
  ) throws -> [String] {
    let context = QueryContext(catalog, reader: ValueReader(currency: .euro))
    let path = try query.paths(in: catalog)[0]
    return try query.rows(in: snapshot.database, context).compactMap { row in
      row.cells.first.map { $0.text(of: path.field) }
    }.filter { !$0.isEmpty }
  }
}
