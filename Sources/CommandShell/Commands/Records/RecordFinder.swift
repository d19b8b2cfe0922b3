import CRDTCore
import CRMDomain
import ReplicaStore

/// Finds the records that people refer to: by id, number, name, or place in the last listing.
struct RecordFinder {
  private let view: RecordView
  private let vocabulary: Vocabulary
  /// How many records an id or an exact name may mean and still be listed one by one.
  private static let candidatesMax = 50

  init(_ view: RecordView) {
    self.view = view
    vocabulary = CatalogVocabulary.references(of: view.catalog)
  }

  /// Reads a word as a reference; `namesHaveFields` where `müller.phone` is a field.
  func reference(_ word: ValueText, namesHaveFields: Bool = false) throws -> Reference {
    try Reference(word, vocabulary: vocabulary, namesHaveFields: namesHaveFields)
  }

  /// The record that a word names: one of `kind`, or of any of people's own kinds.
  ///
  /// With `deleted`, a name may be that of a deleted record, if no other has it. An error lists the
  /// candidates.
  func record(
    named word: ValueText, kind: Entity? = nil, deleted: Bool = false
  ) throws -> RecordReference {
    try record(try reference(word), kind: kind, deleted: deleted)
  }

  /// The record that a reference names.
  func record(
    _ reference: Reference, kind: Entity? = nil, deleted: Bool = false
  ) throws -> RecordReference {
    switch reference.subject {
    case .row(let number):
      let rows = view.context.state.listed
      guard rows.indices.contains(number - 1) else { throw none(reference.typed, kind) }
      return try known(rows[number - 1], reference)
    case .last:
      guard let last = view.context.state.last else { throw none(reference.typed, kind) }
      return try known(last, reference)
    case .me:
      guard let user = try view.actingUser() else { throw none(reference.typed, kind) }
      return try known(RecordKey(kind: "user", id: user), reference)
    case .node:
      guard let author = try view.snapshot.ownAuthor(),
        let name = try view.lookup.nodeName(of: author.key), let node = view.catalog["node"]
      else { throw none(reference.typed, kind) }
      return try record(named: ValueText(name, form: .quoted), kind: node)
    case .all, .marked, .view:
      throw RecordError.unknownWord(reference.typed, expected: "one record")
    case .shortID(let id):
      let found = try records(withShortID: id, kind: kind)
      if !found.isEmpty { return try one(of: found, reference.typed, kind) }
      let name = Reference.Name(text: reference.typed, kind: nil, isExact: false)
      return try record(name, reference, kind: kind, deleted: deleted)
    case .name(let name):
      return try record(name, reference, kind: kind, deleted: deleted)
    }
  }

  /// The record that a value names, where the value may be a text that names none.
  ///
  /// Nothing looser than the beginnings of words counts: a slip must not change what is written.
  func recordIfAny(_ value: ValueText, kind: Entity) throws -> RecordReference? {
    let reference = try reference(value)
    if case .name(let name) = reference.subject {
      return try nameMatches(name, in: [kind], loosest: .wordPrefix).nonEmpty.map {
        try one(of: $0, value.text, kind)
      }
    }
    if case .shortID(let id) = reference.subject {
      let found = try records(withShortID: id, kind: kind)
      if !found.isEmpty { return try one(of: found, value.text, kind) }
      let name = Reference.Name(text: value.text, kind: nil, isExact: false)
      return try nameMatches(name, in: [kind], loosest: .wordPrefix).nonEmpty.map {
        try one(of: $0, value.text, kind)
      }
    }
    // A row of the last list, or the record shown last, may be of another kind.
    let found = try record(reference, kind: kind)
    guard found.entity?.name == kind.name else { throw none(value.text, kind) }
    return found
  }

  private func record(
    _ name: Reference.Name, _ reference: Reference, kind: Entity?, deleted: Bool
  ) throws -> RecordReference {
    let kind = name.kind.flatMap { view.catalog[$0] } ?? kind
    if let id = RecordID(name.text) {
      let found = try kind.map { try view.lookup.record(id, of: $0) } ?? view.lookup.record(id)
      if let found { return found }
    }
    if let digits = name.digits, let kind, kind.letter == nil {
      let found = try view.lookup.records(
        of: kind, shortIDPrefix: digits, limit: Self.candidatesMax)
      if !found.isEmpty { return try one(of: found, reference.typed, kind) }
    }
    let kinds = kind.map { [$0] } ?? view.catalog.entities.filter { $0.role == .business }
    var found = try nameMatches(name, in: kinds, loosest: .typo)
    if found.isEmpty, deleted {
      found = try nameMatches(name, in: kinds, loosest: .wordPrefix, deleted: true)
    }
    return try one(of: found, name.text, kind)
  }

  /// All that match a name best.
  func nameMatches(
    _ name: Reference.Name, in kinds: [Entity], loosest: NameMatcher.Rank, deleted: Bool = false
  ) throws -> [RecordReference] {
    if !deleted {
      let exact = try kinds.flatMap {
        try view.lookup.records(of: $0, bearing: name.text, limit: Self.candidatesMax)
      }
      if !exact.isEmpty || name.isExact { return exact }
    }
    let matcher = NameMatcher(name.text)
    let word = name.text.split { !$0.isLetter && !$0.isNumber }.first.map(String.init) ?? ""
    // Names that contain the first word are few; only if none fits is every name looked at.
    for needle in [word, ""] {
      let candidates = try kinds.flatMap {
        try view.lookup.names(of: $0, containing: needle, deleted: deleted)
      }
      if let best = matcher.best(of: candidates, named: { $0.name ?? "" }),
        best.rank <= (needle.isEmpty ? loosest : min(loosest, .wordPrefix))
      {
        return best.candidates
      }
      if loosest <= .wordPrefix { break }
    }
    return []
  }

  private func records(withShortID id: ShortID, kind: Entity?) throws -> [RecordReference] {
    guard let entity = view.catalog.kind(letter: id.letter), kind == nil || kind == entity else {
      return []
    }
    if let full = RecordID(id.digits), let found = try view.lookup.record(full, of: entity) {
      return [found]
    }
    let found = try view.lookup.records(
      of: entity, shortIDPrefix: id.digits, limit: Self.candidatesMax)
    guard found.count > 1 else { return found }
    // What this session has shown keeps its meaning.
    let shown = Set(view.context.state.listed + [view.context.state.last].compactMap(\.self))
    let known = found.filter { shown.contains(RecordKey(kind: entity.name, id: $0.id)) }
    return known.count == 1 ? known : found
  }

  private func known(_ key: RecordKey, _ reference: Reference) throws -> RecordReference {
    guard let entity = view.catalog[key.kind],
      let found = try view.lookup.record(key.id, of: entity)
    else { throw none(reference.typed, nil) }
    return found
  }

  private func one(
    of found: [RecordReference], _ text: String, _ kind: Entity?
  ) throws -> RecordReference {
    guard let first = found.first else { throw none(text, kind) }
    guard found.count == 1 else {
      throw RecordError.ambiguous(
        text,
        candidates: try found.map { "\(try view.label($0)) (\($0.entity?.name ?? "record"))" })
    }
    return first
  }

  private func none(_ text: String, _ kind: Entity?) -> RecordError {
    .noSuchRecord(text, kind: kind?.name, closest: [])
  }
}

extension Array {
  /// The array, or nothing if it is empty.
  fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
