import CRDTCore
import CRMDomain
import ReplicaStore

/// `duplicates [KIND]`: the records that are likely the same.
package struct DuplicatesCommand: ShellCommand {
  package let name = "duplicates"
  package let summary = "Lists the accounts and contacts that are likely the same, and why."
  package let syntax = ["duplicates [KIND] [where FILTER] [limit N] [--min SCORE]"]
  package let examples = [
    "duplicates",
    "duplicates accounts where owner = @me",
    "duplicates contacts --min 80",
    "dupes accounts limit 20 --format json",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.where, .limit], options: ["min"],
    formats: ["table", "json", "ndjson", "csv", "tsv", "md"])

  /// How many pairs are shown unless told otherwise.
  private static let shownUsual = 50

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let score = try Self.score(command)
    try context.read { view in
      var pairs: [(entity: Entity, pair: DuplicatePair)] = []
      for entity in try Self.kinds(command, view) {
        var ids: Set<RecordID>?
        if let expression = command.clauses.filter {
          var query = RecordQuery(
            entity, filter: try FilterReader(view: view, entity: entity).filter(expression))
          query.columns = []
          ids = Set(try query.rows(in: view.snapshot.database, view.queries).map(\.id))
        }
        let search = DuplicateSearch(entity, view.catalog, in: view.snapshot)
        pairs += try search.pairs(min: score, among: ids) { pairsMax in
          context.talk(
            """
            There are more than \(PeopleFormat.number(pairsMax)) pairs of \(entity.plural), of which \
            no more were looked at; narrow them with where, or raise --min.
            """)
        }.map { (entity, $0) }
      }
      pairs = pairs.enumerated().sorted { one, two in
        let scores = (one.element.pair.likeness.score, two.element.pair.likeness.score)
        return scores.0 != scores.1 ? scores.0 > scores.1 : one.offset < two.offset
      }.map(\.element)
      let shown = Array(pairs.prefix(command.clauses.limit ?? Self.shownUsual))
      try DuplicateListing(shown, count: pairs.count, view).write()
    }
    return .done
  }

  private static func score(_ command: Command) throws -> Int {
    guard let text = command.value(of: "min") else { return Likeness.reported }
    guard let score = Int(text), (0...100).contains(score) else {
      throw RecordError.unknownWord(text, expected: "a score from 0 to 100")
    }
    return score
  }

  /// The kinds asked for: those of which records are joined, unless one is named.
  private static func kinds(_ command: Command, _ view: RecordView) throws -> [Entity] {
    guard let word = command.allWords.first else {
      let kinds = view.catalog.entities.filter { $0.isJoinable && $0.role == .business }
      guard command.clauses.filter == nil else {
        throw RecordError.missing("a kind", example: "duplicates accounts where city = Bremen")
      }
      return kinds
    }
    guard let entity = view.catalog.kind(named: word)?.entity else {
      throw RecordError.unknownWord(word, expected: "accounts or contacts")
    }
    guard entity.isJoinable, entity.role == .business else {
      throw JoinError.notJoinable(kind: entity.name)
    }
    return [entity]
  }
}

/// Pairs of records, and how each format writes them.
private struct DuplicateListing {
  private let pairs: [(entity: Entity, pair: DuplicatePair)]
  private let count: Int
  private let view: RecordView

  init(_ pairs: [(entity: Entity, pair: DuplicatePair)], count: Int, _ view: RecordView) {
    self.pairs = pairs
    self.count = count
    self.view = view
  }

  func write() throws {
    let context = view.context
    switch context.options.format {
    case "json":
      return context.json([
        "schema": "kith.duplicates/1", "count": .integer(Int64(count)),
        "rows": .array(try pairs.map(json)),
      ])
    case "ndjson":
      for pair in pairs { context.json(try json(pair)) }
      return
    case _: break
    }
    // Rows are records, two a pair, so that @1 and @2 name the first two.
    context.state.listed = pairs.flatMap { entity, pair in
      [pair.first, pair.second].map { RecordKey(kind: entity.name, id: $0) }
    }
    let rows = try pairs.enumerated().flatMap { index, element in
      try [element.pair.first, element.pair.second].enumerated().map { place, id in
        [
          TableView.Cell("@\(2 * index + place + 1)", ink: .faint),
          TableView.Cell(String(element.pair.likeness.score)),
          TableView.Cell(element.entity.name),
          TableView.Cell(try view.shortID(id, of: element.entity), ink: .bold),
          TableView.Cell(try view.name(of: id, element.entity)),
          TableView.Cell(element.pair.likeness.reasons.joined(separator: ", ")),
        ]
      }
    }
    let more = count > pairs.count ? ", the likeliest \(pairs.count) shown" : ""
    let footer = "\(PeopleFormat.number(count)) pair\(count == 1 ? "" : "s")\(more)"
    try context.write(
      TableView(
        columns: [
          TableView.Column("", importance: 9),
          TableView.Column("score", alignment: .right, importance: 8),
          TableView.Column("kind", importance: 4),
          TableView.Column("id", importance: 10, isWhole: true),
          TableView.Column("name", importance: 7), TableView.Column("why", importance: 6),
        ], rows: rows, footer: footer))
    if context.isForPeople, !pairs.isEmpty {
      context.talk("The same? merge @1 into @2. Not? duplicates dismiss @1 @2")
    }
  }

  private func json(_ element: (entity: Entity, pair: DuplicatePair)) throws -> JSONValue {
    let (entity, pair) = element
    let records = try [pair.first, pair.second].map { id -> JSONValue in
      [
        "id": .string(id.description), "short": .string(try view.shortID(id, of: entity)),
        "name": .string(try view.name(of: id, entity)),
      ]
    }
    return [
      "kind": .string(entity.name), "score": .integer(Int64(pair.likeness.score)),
      "reasons": .array(pair.likeness.reasons.map(JSONValue.string)),
      "records": .array(records),
    ]
  }
}

/// `duplicates dismiss A B`: says that two records are not the same.
package struct DuplicatesDismissCommand: ShellCommand {
  package let name = "duplicates dismiss"
  package let summary = "Says that two records are not the same, on every node."
  package let syntax = ["duplicates dismiss REF REF [because \"WHY\"]"]
  package let examples = [
    "duplicates dismiss a8c3x a2mv7 because \"two companies, one house\"",
    "duplicates dismiss @1 @2",
    "duplicates dismiss \"Anke Dörr\" \"A. Dörr\" because \"mother and daughter\"",
    "duplicates dismiss c81xq c2mv7",
  ]
  package let use = CommandUse(words: 2, clauses: [.because], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let (labels, isNew) = try context.write(command) { view, transaction in
      let targets = try FoundTargets(of: command, view, example: examples[0])
      try targets.tellGuesses(in: context)
      let references = targets.references
      guard references.count == 2, let entity = references[0].entity else {
        throw RecordError.missing("two records", example: examples[0])
      }
      guard references[1].entity == entity else {
        throw JoinError.differentKinds(entity.name, references[1].entity?.name ?? "record")
      }
      guard entity.isJoinable else { throw JoinError.notJoinable(kind: entity.name) }
      let isNew = try DuplicateDismissal.write(
        references[0].id, references[1].id, entity, because: command.clauses.reason?.text,
        in: transaction)
      return (try references.map(view.label), isNew)
    }
    let both = labels.joined(separator: " and ")
    context.output.data(
      PlainText.oneLine(
        isNew ? "Noted that \(both) are not the same." : "That was noted of \(both) before."))
    return .done
  }
}
