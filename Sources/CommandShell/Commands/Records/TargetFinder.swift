import CRMDomain
import ReplicaStore

/// The records that a changing command acts on.
struct FoundTargets {
  let references: [RecordReference]
  /// Whether the command may mean several, and so has to be shown what it would do first.
  let isBulk: Bool
  /// Whether a name was matched loosely.
  let isFuzzy: Bool

  /// Above this many records the count has to be typed instead of a yes.
  private static let countTyped = 500

  init(
    of command: Command, _ view: RecordView, example: String, deleted: Bool = false
  ) throws {
    let finder = RecordFinder(view)
    let kind = view.entity(command.kind)
    var found: [RecordReference] = []
    var isBulk = command.targets.count > 1
    var isFuzzy = false
    for target in command.targets {
      switch target {
      case .filter(let word, let expression, _):
        isBulk = true
        guard let entity = view.entity(word) ?? kind else {
          throw RecordError.missing("a kind of record", example: example)
        }
        let filter = try expression.map {
          try FilterReader(view: view, entity: entity).filter($0)
        }
        var query = RecordQuery(entity, filter: filter)
        query.columns = []
        for row in try query.rows(in: view.snapshot.database, view.queries) {
          if let record = try view.lookup.record(row.id, of: entity) { found.append(record) }
        }
      case .word(let word):
        let reference = try finder.reference(word)
        if reference.subject == .all {
          isBulk = true
          for key in view.context.state.listed {
            guard let entity = view.catalog[key.kind],
              let record = try view.lookup.record(key.id, of: entity)
            else { continue }
            found.append(record)
          }
          continue
        }
        let record = try finder.record(reference, kind: kind, deleted: deleted)
        if case .name(let name) = reference.subject,
          NameMatcher.folded(name.text) != NameMatcher.folded(record.name ?? "")
        {
          isFuzzy = true
        }
        found.append(record)
      }
    }
    guard !command.targets.isEmpty else {
      throw RecordError.missing("a record", example: example)
    }
    references = found
    self.isBulk = isBulk
    self.isFuzzy = isFuzzy
  }

  /// What `--max` allows, if it is given.
  static func countMax(of command: Command) throws -> Int? {
    guard let text = command.value(of: "max") else { return nil }
    guard let count = Int(text), count >= 0 else {
      throw RecordError.unknownWord(text, expected: "a number of records")
    }
    return count
  }

  /// Asks whether to go on, unless more records match than `--max` allows; a dry run does not go on.
  static func confirm(
    _ count: Int, question: String, countMax: Int?, typed: Bool, in context: CommandContext
  ) throws -> Bool {
    if let countMax, count > countMax {
      throw RecordError.tooMany(count: count, limit: countMax)
    }
    if context.options.isDryRun { return false }
    if context.options.isYes { return true }
    guard let ask = context.output.ask, !context.options.isNoInput else {
      throw RecordError.needsAnswer(
        what: "A change of \(count) record\(count == 1 ? "" : "s")", command: context.commandText)
    }
    let isTyped = typed || count > countTyped
    let answer = ask(isTyped ? "\(question) Type \(count) > " : "\(question) [y]es [n]o > ")
    // Whoever was stopped at the question has not said yes, whatever is typed next.
    try Task.checkCancellation()
    let given = answer?.trimmed.lowercased() ?? ""
    return isTyped ? given == String(count) : ["y", "yes"].contains(given)
  }
}
