import CRDTCore
import CRMDomain
import ReplicaStore

/// The records that a changing command acts on.
struct FoundTargets {
  let references: [RecordReference]
  /// Whether the command may mean several, and so has to be shown what it would do first.
  let isBulk: Bool
  /// Whether a name was matched by less than all of it.
  let isFuzzy: Bool
  /// Names that not even the beginnings of words match, and what they were taken for.
  private let guesses: [(typed: String, label: String)]
  /// What is to be said of records that were named and that others stand for.
  private let joined: [String]

  init(
    of command: Command, _ view: RecordView, example: String,
    _ standing: RecordFinder.Standing = .live
  ) throws {
    let finder = RecordFinder(view)
    let kind = view.entity(command.kind)
    var found: [RecordReference] = []
    var isBulk = command.targets.count > 1
    var isFuzzy = false
    var guesses: [(typed: String, label: String)] = []
    var joined: [String] = []
    for target in command.targets {
      switch target {
      case .filter(let word, let expression, _):
        isBulk = true
        guard let entity = view.entity(word) ?? kind else {
          throw RecordError.missing("a kind of record", example: example)
        }
        found += try Self.records(of: entity, where: expression, view)
      case .word(let word):
        let reference = try finder.reference(word)
        if case .view(let name) = reference.subject {
          isBulk = true
          found += try Self.records(ofView: name, view)
          continue
        }
        if let keys = try Self.several(reference, view.context.state) {
          isBulk = true
          for key in keys {
            guard let entity = view.catalog[key.kind],
              let record = try view.lookup.record(key.id, of: entity)
            else { continue }
            found.append(record)
          }
          continue
        }
        let match = try finder.find(reference, kind: kind, standing)
        if match.rank > .exact { isFuzzy = true }
        if match.rank > .wordPrefix {
          guesses.append((word.text, try view.label(match.record)))
        }
        if let named = match.joined {
          joined.append(try view.joinedText(named, into: match.record))
        }
        found.append(match.record)
      }
    }
    guard !command.targets.isEmpty else {
      throw RecordError.missing("a record", example: example)
    }
    var seen: Set<RecordID> = []
    references = found.filter { seen.insert($0.id).inserted }
    self.isBulk = isBulk
    self.isFuzzy = isFuzzy
    self.guesses = guesses
    self.joined = joined
  }

  /// The records that a filter lets through.
  private static func records(
    of entity: Entity, where expression: Expression?, _ view: RecordView
  ) throws -> [RecordReference] {
    let filter = try expression.map { try FilterReader(view: view, entity: entity).filter($0) }
    var query = RecordQuery(entity, filter: filter)
    query.columns = []
    return try query.rows(in: view.snapshot.database, view.queries).compactMap {
      try view.lookup.record($0.id, of: entity)
    }
  }

  /// The records that a saved view lists.
  private static func records(
    ofView name: String, _ view: RecordView
  ) throws -> [RecordReference] {
    let saved = try SavedView(named: name, in: view.snapshot, view.context.parser)
    guard saved.command.clauses.at == nil else { throw SavedCommandError.earlierState(name) }
    let entity = try view.requiredEntity(saved.command, example: "list deals")
    var query = try QueryWords(view, entity).query(of: saved.command)
    query.columns = []
    return try query.rows(in: view.snapshot.database, view.queries).compactMap {
      try view.lookup.record($0.id, of: entity)
    }
  }

  /// What `@1-20`, `@all` and `@marked` stand for; `nil` of another reference.
  private static func several(
    _ reference: Reference, _ state: SessionState
  ) throws(RecordError) -> [RecordKey]? {
    switch reference.subject {
    case .rows(let range):
      let listed = state.listed
      guard range.upperBound <= listed.count else {
        throw .noSuchRow(reference.typed, count: listed.count)
      }
      return Array(listed[range.lowerBound - 1..<range.upperBound])
    case .all: return state.listed
    case .marked: return state.marked
    case .row, .last, .me, .node, .view, .shortID, .name: return nil
    }
  }

  /// Tells which records were guessed from names that fit loosely, and which stand for those named.
  ///
  /// - Throws: ``RecordError/needsAnswer(what:command:)`` where nobody sees it in time to object, and
  ///   nobody has said yes.
  func tellGuesses(in context: CommandContext) throws {
    for line in joined { context.talk(line) }
    for guess in guesses {
      guard isBulk || context.output.ask != nil || context.options.isYes || context.options.isDryRun
      else {
        throw RecordError.needsAnswer(
          what: "“\(guess.typed)”, taken for \(guess.label),", command: context.commandText)
      }
      context.talk("“\(guess.typed)” is taken for \(guess.label)")
    }
  }
}
