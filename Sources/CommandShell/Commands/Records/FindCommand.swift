import CRDTCore
import CRMDomain
import ReplicaStore

/// `find TEXT`: records of every kind by what people remember of their names.
package struct FindCommand: ShellCommand {
  package let name = "find"
  package let summary =
    "Finds records of every kind by part of their name, by their number, or by what was said."
  package let syntax = ["find [KIND] TEXT [limit N] [at TIME]"]
  package let examples = [
    "find müller",
    "find contact \"Anke\"",
    "find P-220",
    "find pump limit 20 --format json",
    "find engagement \"hastelloy flange\"",
  ]
  package let use = CommandUse(words: nil, clauses: [.limit, .at], formats: CommandUse.rowFormats)

  /// How many records are shown unless told otherwise.
  private static let shownUsual = 20

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let words = command.targets.compactMap { target in
        if case .word(let word) = target { word.text } else { nil }
      }
      guard !words.isEmpty else {
        throw RecordError.missing("a text", example: examples[0])
      }
      let name = Reference.Name(text: words.joined(separator: " "), kind: nil, isExact: false)
      let kinds =
        view.entity(command.kind).map { [$0] }
        ?? view.catalog.entities.filter { $0.role == .business }
      let limit = command.clauses.limit ?? Self.shownUsual
      let found = try Self.matches(name, in: kinds, view, limit: limit).prefix(limit)
      context.state.listed = found.compactMap { reference in
        reference.entity.map { RecordKey(kind: $0.name, id: reference.id) }
      }
      try Self.write(Array(found), view)
    }
    return .done
  }

  /// All that fit, the best first: names, then what was written; looser names only where nothing fits better.
  private static func matches(
    _ name: Reference.Name, in kinds: [Entity], _ view: RecordView, limit: Int
  ) throws -> [RecordReference] {
    let matcher = NameMatcher(name.text)
    let contained = try kinds.flatMap { try view.lookup.names(of: $0, containing: name.text) }
    let ranked = contained.map { ($0, matcher.rank(of: $0.name ?? "") ?? .typo) }
    let best = NameMatcher.Rank.allCases.flatMap { rank in
      ranked.filter { $0.1 == rank }.map(\.0)
    }
    let said =
      best.count < limit
      ? try mentions(of: name.text, in: kinds, view, limit: limit).filter { !best.contains($0) }
      : []
    if !best.isEmpty || !said.isEmpty { return best + said }
    return try RecordFinder(view).nameMatches(name, in: kinds)
  }

  /// Records whose long texts contain the words: what was said, asked, noted.
  private static func mentions(
    of text: String, in kinds: [Entity], _ view: RecordView, limit: Int
  ) throws -> [RecordReference] {
    var found: [RecordReference] = []
    for kind in kinds where found.count < limit {
      let texts = kind.fields.filter { $0.format == .longText }
      guard !texts.isEmpty else { continue }
      var query = RecordQuery(
        kind, filter: .or(texts.map { .compare([$0.name], .contains, .text(text)) }))
      query.columns = []
      query.limit = limit
      query.includesArchived = true
      for row in try query.rows(in: view.snapshot.database, view.queries) {
        if let reference = try view.lookup.record(row.id, of: kind) { found.append(reference) }
      }
    }
    return found
  }

  private static func json(_ reference: RecordReference, _ view: RecordView) throws -> JSONValue {
    [
      "id": .string(reference.id.description),
      "short": try reference.entity.map { .string(try view.shortID(reference.id, of: $0)) }
        ?? .null,
      "kind": reference.entity.map { .string($0.name) } ?? .null,
      "name": reference.name.map(JSONValue.string) ?? .null,
    ]
  }

  private static func write(_ found: [RecordReference], _ view: RecordView) throws {
    let context = view.context
    switch context.options.format {
    case "json":
      return context.json([
        "schema": "kith.find/1", "count": .integer(Int64(found.count)),
        "rows": .array(try found.map { try json($0, view) }),
      ])
    case "ndjson":
      for reference in found { context.json(try json(reference, view)) }
      return
    case "ids":
      for reference in found { context.output.data(reference.id.description) }
      return
    default: break
    }
    var ids: [RecordID: TableView.Cell] = [:]
    for (entity, references) in Dictionary(grouping: found, by: \.entity) {
      guard let entity else { continue }
      let some = references.map(\.id)
      for (id, cell) in zip(some, try view.idCells(some, of: entity)) { ids[id] = cell }
    }
    let rows = found.enumerated().map { index, reference in
      [
        TableView.Cell("@\(index + 1)", ink: .faint), ids[reference.id] ?? "",
        TableView.Cell(reference.entity?.name ?? ""), TableView.Cell(reference.text),
      ]
    }
    try context.write(
      TableView(
        columns: [
          TableView.Column("", importance: 3), TableView.Column("id", importance: 4, isWhole: true),
          TableView.Column("kind", importance: 1), TableView.Column("name", importance: 2),
        ], rows: rows, footer: "\(found.count) found"))
  }
}
