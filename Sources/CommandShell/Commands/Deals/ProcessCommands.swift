import CRDTCore
import CRMDomain
import ReplicaStore

/// `process add`: makes a process, out of a template or bare.
package struct ProcessAddCommand: ShellCommand {
  package let name = "process add"
  package let summary =
    "Makes a process that deals go through, out of a template or without stages."
  package let syntax = ["process add NAME [template=TEMPLATE] [default=yes] [because \"WHY\"]"]
  package let examples = [
    "process add classic template=classic",
    "process add research template=cro default=yes",
    "process add leads template=leads",
    "process add tenders",
  ]
  package let use = CommandUse(
    words: 1, takesAssignments: true, clauses: [.because], options: ["dry-run"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let name = command.allWords.first else {
      throw RecordError.missing("a name", example: examples[0])
    }
    let words = try AssignedWords(command, allowing: ["template", "default"])
    let template = try words["template"].map { try Self.template($0, command) }
    let isDefault = try words["default"].map { try AmountReader.boolean($0.text) } ?? false
    try context.write(command) { view, transaction in
      let id = ProcessSetUp.id(ofProcess: name)
      if let state = try view.snapshot.record("process", id), !state.isDeleted {
        throw DealError.processExists(name)
      }
      guard !context.options.isDryRun else { return }
      try ProcessSetUp.add(name, from: template, isDefault: isDefault, in: transaction)
    }
    let stages = template?.stages.map(\.name).joined(separator: " → ") ?? "no stages yet"
    context.output.data(
      PlainText.oneLine(
        "\(context.options.isDryRun ? "Would add" : "Added") process \(name): \(stages)"))
    if template == nil { context.talk("Give it stages with: stage add NAME process=\(name)") }
    return .done
  }

  private static func template(_ word: ValueText, _ command: Command) throws -> ProcessTemplate {
    let names = ProcessTemplate.all.map(\.name)
    guard let found = ProcessTemplate.all.first(where: { $0.name == word.text.lowercased() }) else {
      throw command.rejection(
        "\"\(word.text)\" is no template", hint: "one of \(names.joined(separator: ", "))",
        at: word.range)
    }
    return found
  }
}

/// `process templates`: what a process can be made of.
package struct ProcessTemplatesCommand: ShellCommand {
  package let name = "process templates"
  package let summary = "Lists the templates that a process can be made of."
  package let syntax = ["process templates"]
  package let examples = ["process templates", "process templates --format json"]
  package let use = CommandUse(formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    if context.options.format == "json" {
      context.json([
        "schema": "kith.templates/1",
        "rows": .array(
          ProcessTemplate.all.map { template in
            [
              "name": .string(template.name), "purpose": .string(template.purpose),
              "help": .string(template.help),
              "stages": .array(
                template.stages.map { stage in
                  [
                    "name": .string(stage.name), "phase": .string(stage.phase.rawValue),
                    "kind": .string(stage.kind.rawValue),
                    "probability": .integer(stage.probability),
                  ]
                }),
            ]
          }),
      ])
      return .done
    }
    try context.write(
      TableView(
        columns: [
          TableView.Column("template", importance: 9), TableView.Column("for", importance: 3),
          TableView.Column("stages", importance: 5), TableView.Column("says", importance: 4),
        ],
        rows: ProcessTemplate.all.map { template in
          [
            TableView.Cell(template.name, ink: .bold), TableView.Cell(template.purpose),
            TableView.Cell(
              template.stages.map { "\($0.name) \($0.probability)%" }.joined(separator: " → ")),
            TableView.Cell(template.help),
          ]
        }))
    return .done
  }
}

/// `process show NAME`: the stages of a process.
package struct ProcessShowCommand: ShellCommand {
  package let name = "process show"
  package let summary = "Shows the stages of a process in order, with what each asks for and holds."
  package let syntax = ["process show [NAME] [at TIME]"]
  package let examples = [
    "process show", "process show classic", "process show classic --format json",
    "process show leads at last friday",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let name = command.allWords.first
      let outline = try ProcessOutline(named: name, in: view.snapshot.database)
      guard let outline else {
        throw RecordError.noSuchRecord(name ?? "", kind: "process", closest: [])
      }
      let table = outline.stages
      if context.options.format == "json" {
        context.json([
          "schema": "kith.process/1", "name": .string(outline.name),
          "strict": .bool(outline.isStrict),
          "stages": .array(table.enumerated().map { Self.json($1, ordinal: $0 + 1) }),
        ])
        return
      }
      try context.write(Self.table(outline))
    }
    return .done
  }

  private static func table(_ outline: ProcessOutline) -> TableView {
    TableView(
      columns: [
        TableView.Column("", alignment: .right, importance: 5),
        TableView.Column("stage", importance: 9), TableView.Column("phase", importance: 2),
        TableView.Column("kind", importance: 3),
        TableView.Column("probability", alignment: .right, importance: 7),
        TableView.Column("patience", alignment: .right, importance: 1),
        TableView.Column("deals", alignment: .right, importance: 8),
        TableView.Column("asks for", importance: 6), TableView.Column("goes to", importance: 4),
      ],
      rows: outline.stages.enumerated().map { place, stage in
        [
          TableView.Cell("\(place + 1)", ink: .faint), TableView.Cell(stage.name, ink: .bold),
          TableView.Cell(stage.phase),
          TableView.Cell(stage.kind),
          TableView.Cell(stage.probability.map { "\($0)%" } ?? ""),
          TableView.Cell(stage.patienceDays.map { "\($0) d" } ?? ""),
          TableView.Cell(PeopleFormat.number(stage.dealCount)),
          TableView.Cell(stage.criteria.joined(separator: "; ")),
          TableView.Cell(outline.isStrict ? stage.movesTo.joined(separator: ", ") : "anywhere"),
        ]
      },
      footer:
        "\(outline.name) · \(outline.stages.count) stages · "
        + "\(PeopleFormat.number(outline.stages.reduce(0) { $0 + $1.dealCount })) deals")
  }

  private static func json(_ stage: ProcessOutline.Stage, ordinal: Int) -> JSONValue {
    [
      "ordinal": .integer(Int64(ordinal)),
      "id": .string(stage.id.description), "name": .string(stage.name),
      "phase": .string(stage.phase), "kind": .string(stage.kind),
      "probability": stage.probability.map { .string("\($0)") } ?? .null,
      "patience_days": stage.patienceDays.map(JSONValue.integer) ?? .null,
      "deals": .integer(Int64(stage.dealCount)),
      "criteria": .array(stage.criteria.map(JSONValue.string)),
      "moves_to": .array(stage.movesTo.map(JSONValue.string)),
    ]
  }
}

/// The words that a subsystem's command is given as `name=value`.
struct AssignedWords {
  private let words: [String: ValueText]

  /// - Throws: ``ParseError`` for a name that the command does not know, or a value that is no single word.
  init(_ command: Command, allowing names: [String]) throws(ParseError) {
    var words: [String: ValueText] = [:]
    for assignment in command.assignments {
      let name = assignment.field.description.lowercased()
      guard names.contains(name) else {
        throw command.rejection(
          "\"\(name)\" is not known here", hint: "it takes \(names.joined(separator: "=, "))=",
          at: assignment.range)
      }
      guard assignment.operation == .set, case .one(let word) = assignment.value else {
        throw command.rejection("\(name) takes one value", at: assignment.range)
      }
      words[name] = word
    }
    self.words = words
  }

  subscript(name: String) -> ValueText? { words[name] }
}
