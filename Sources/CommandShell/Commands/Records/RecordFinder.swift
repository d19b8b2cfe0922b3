import CRDTCore
import CRMDomain
import ReplicaStore

/// Finds the records that people refer to: by id, number, name, or place in the last listing.
struct RecordFinder {
  /// Which records a name may mean.
  ///
  /// Whatever is meant, a full name counts for more than part of one.
  enum Standing {
    /// Live ones; the full name of a deleted record is an error that says so.
    case live
    /// Live ones, or deleted ones where no other has the name.
    case any
    /// Deleted ones, or live ones where no other has the name.
    case deleted
  }

  /// A record, and how closely it fits what was typed.
  struct Found {
    let record: RecordReference
    /// ``NameMatcher/Rank/exact`` also for what was found by id, number or place.
    let rank: NameMatcher.Rank
    /// What was named, where another record stands for it.
    var joined: RecordReference?
  }

  private let view: RecordView
  private let vocabulary: Vocabulary
  /// How many records an id or an exact name may mean and still be listed one by one.
  private static let candidatesMax = 50

  init(_ view: RecordView) {
    self.view = view
    vocabulary = CatalogVocabulary.references(of: view.catalog)
  }

  /// Reads a word as a reference to a whole record.
  func reference(_ word: ValueText) throws -> Reference {
    try Reference(word, vocabulary: vocabulary)
  }

  /// The record that a word names: one of `kind`, or of any of people's own kinds.
  ///
  /// With `deleted`, a name may be that of a deleted record, if no other has it. Says so where it was
  /// joined into another, which is returned then. An error lists the candidates.
  func record(
    named word: ValueText, kind: Entity? = nil, deleted: Bool = false
  ) throws -> RecordReference {
    let found = try find(try reference(word), kind: kind, deleted ? .any : .live)
    if let joined = found.joined {
      view.context.talk(try view.joinedText(joined, into: found.record))
    }
    return found.record
  }

  /// The record and the field that a word names: `d7h2k.amount`, `jonas.primary_phone`.
  ///
  /// The record may be a deleted one.
  func field(
    named word: ValueText, kind: Entity?
  ) throws -> (record: RecordReference, path: FieldPath?) {
    var read = try Reference(word, vocabulary: vocabulary, namesHaveFields: true)
    if case .shortID(let id) = read.subject, try records(withShortID: id, kind: kind).isEmpty {
      read = try Reference(
        word, vocabulary: vocabulary, namesHaveFields: true, readsShortIDs: false)
    }
    return (try findAsNamed(read, kind: kind, .any).record, read.path)
  }

  /// The record that a reference names, or that stands for it, and how closely.
  ///
  /// Whoever wants deleted records wants those that were joined, too.
  func find(_ reference: Reference, kind: Entity?, _ standing: Standing) throws -> Found {
    let found = try findAsNamed(reference, kind: kind, standing)
    guard standing != .deleted, let survivor = try view.survivor(of: found.record) else {
      return found
    }
    return Found(record: survivor, rank: found.rank, joined: found.record)
  }

  /// The record that a reference names, itself.
  private func findAsNamed(
    _ reference: Reference, kind: Entity?, _ standing: Standing
  ) throws -> Found {
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
      let record = try record(named: ValueText(name, form: .quoted), kind: node)
      return Found(record: record, rank: .exact)
    case .rows, .all, .marked, .view:
      throw RecordError.unknownWord(reference.typed, expected: "one record")
    case .shortID(let id):
      let found = try records(withShortID: id, kind: kind)
      if !found.isEmpty {
        return Found(record: try one(of: found, reference.typed, kind), rank: .exact)
      }
      let name = Reference.Name(text: reference.typed, kind: nil, isExact: false)
      return try find(name, kind: kind, standing)
    case .name(let name):
      return try find(name, kind: kind, standing)
    }
  }

  /// The record that a value names, where the value may be a text that names none.
  ///
  /// Nothing looser than the beginnings of words counts: a slip must not change what is written.
  func recordIfAny(
    _ value: ValueText, kind: Entity, _ standing: Standing = .live
  ) throws -> RecordReference? {
    let reference = try reference(value)
    var name = Reference.Name(text: value.text, kind: nil, isExact: false)
    switch reference.subject {
    case .name(let read): name = read
    case .shortID(let id):
      let found = try records(withShortID: id, kind: kind)
      if !found.isEmpty {
        return try standIn(for: one(of: found, value.text, kind), standing)
      }
    case .row, .rows, .last, .all, .marked, .me, .node, .view:
      // A row of the last list, or the record shown last, may be of another kind.
      let found = try find(reference, kind: kind, standing).record
      guard found.entity?.name == kind.name else { throw none(value.text, kind) }
      return found
    }
    let found = try matches(name, in: [kind], loosest: .wordPrefix, standing)
    return try found.map { try standIn(for: one(of: $0.records, value.text, kind), standing) }
  }

  /// The record itself, or the one that stands for it, which may be deleted by now.
  private func standIn(
    for named: RecordReference, _ standing: Standing
  ) throws -> RecordReference {
    guard let survivor = try view.survivor(of: named) else { return named }
    if standing == .live, case .deleted = survivor.state {
      throw try view.deletion(of: survivor)
    }
    return survivor
  }

  // MARK: - Names

  private func find(
    _ name: Reference.Name, kind: Entity?, _ standing: Standing
  ) throws -> Found {
    let kind = name.kind.flatMap { view.catalog[$0] } ?? kind
    if let id = RecordID(name.text) {
      let found = try kind.map { try view.lookup.record(id, of: $0) } ?? view.lookup.record(id)
      if let found { return Found(record: found, rank: .exact) }
    }
    if let digits = name.digits, let kind, kind.letter == nil {
      let found = try view.lookup.records(
        of: kind, shortIDPrefix: digits, limit: Self.candidatesMax)
      if !found.isEmpty {
        return Found(record: try one(of: found, name.text, kind), rank: .exact)
      }
    }
    let kinds = kind.map { [$0] } ?? view.catalog.entities.filter { $0.role == .business }
    guard let found = try matches(name, in: kinds, loosest: .typo, standing) else {
      throw none(name.text, kind)
    }
    return Found(record: try one(of: found.records, name.text, kind), rank: found.rank)
  }

  /// All that match a name best; a full name before part of one, whatever has been deleted.
  private func matches(
    _ name: Reference.Name, in kinds: [Entity], loosest: NameMatcher.Rank, _ standing: Standing
  ) throws -> (rank: NameMatcher.Rank, records: [RecordReference])? {
    let order = standing == .deleted ? [true, false] : [false, true]
    for deleted in order {
      let exact = try bearing(name, kinds, deleted: deleted)
      guard let first = exact.first else { continue }
      if deleted, standing == .live {
        let joined = try exact.filter { try view.survivor(of: $0) != nil }
        guard joined.isEmpty else { return (.exact, joined) }
        throw try view.deletion(of: first)
      }
      return (.exact, exact)
    }
    guard !name.isExact else { return nil }
    for deleted in order where !deleted || standing != .live {
      if let found = try looseMatches(name, in: kinds, loosest: loosest, deleted: deleted) {
        return found
      }
    }
    return nil
  }

  /// The live records that match a name best.
  func nameMatches(_ name: Reference.Name, in kinds: [Entity]) throws -> [RecordReference] {
    let exact = try bearing(name, kinds, deleted: false)
    guard exact.isEmpty else { return exact }
    return try looseMatches(name, in: kinds, loosest: .typo, deleted: false)?.records ?? []
  }

  private func bearing(
    _ name: Reference.Name, _ kinds: [Entity], deleted: Bool
  ) throws -> [RecordReference] {
    try kinds.flatMap {
      try view.lookup.records(
        of: $0, bearing: name.text, deleted: deleted, limit: Self.candidatesMax)
    }
  }

  private func looseMatches(
    _ name: Reference.Name, in kinds: [Entity], loosest: NameMatcher.Rank, deleted: Bool
  ) throws -> (rank: NameMatcher.Rank, records: [RecordReference])? {
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
        return (best.rank, best.candidates)
      }
      if loosest <= .wordPrefix { break }
    }
    return nil
  }

  // MARK: - Ids

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

  private func known(_ key: RecordKey, _ reference: Reference) throws -> Found {
    guard let entity = view.catalog[key.kind],
      let found = try view.lookup.record(key.id, of: entity)
    else { throw none(reference.typed, nil) }
    return Found(record: found, rank: .exact)
  }

  private func one(
    of found: [RecordReference], _ text: String, _ kind: Entity?
  ) throws -> RecordReference {
    guard let first = found.first else { throw none(text, kind) }
    guard found.count > 1 else { return first }
    let name = AmbiguousName(
      text: text, kind: kind?.name, candidates: found,
      labels: try found.map { "\(try view.label($0)) (\($0.entity?.name ?? "record"))" })
    guard let chosen = view.context.choices[name] else { throw name }
    return chosen
  }

  private func none(_ text: String, _ kind: Entity?) -> RecordError {
    .noSuchRecord(text, kind: kind?.name, closest: [])
  }
}
