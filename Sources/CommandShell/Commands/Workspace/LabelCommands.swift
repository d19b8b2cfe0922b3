import CRDTCore
import CRMDomain
import ReplicaStore

/// `label list`: the labels, and what they are on.
package struct LabelListCommand: ShellCommand {
  package let name = "label list"
  package let summary = "Lists the labels with their colours and how many records have each."
  package let syntax = ["label list [at TIME]"]
  package let examples = [
    "label list", "label list at last friday", "label list --format json",
    "label list --format csv",
  ]
  package let use = CommandUse(clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let labels = try Label.all(in: view.snapshot.database, view.catalog)
      func counts(_ label: Label) -> String {
        label.counts.map { count in
          let words = view.catalog[count.kind]
          let noun = count.count == 1 ? words?.name : words?.plural
          return "\(PeopleFormat.number(count.count)) \(noun ?? count.kind)"
        }.joined(separator: ", ")
      }
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.labels/1", "count": .integer(Int64(labels.count)),
          "rows": .array(
            labels.map { label in
              [
                "id": .string(label.id.description), "name": .string(label.name),
                "colour": label.colour.map { .string($0.text) } ?? .null,
                "records": .integer(Int64(label.total)),
                "by_kind": .object(
                  label.counts.map { JSONValue.Member($0.kind, .integer(Int64($0.count))) }),
              ]
            }),
        ])
      }
      let columns = [
        TableView.Column("label", importance: 9), TableView.Column("colour", importance: 3),
        TableView.Column("records", alignment: .right, importance: 8),
        TableView.Column("on", importance: 4),
      ]
      try context.write(
        TableView(
          columns: columns,
          rows: labels.map { label in
            [
              TableView.Cell(label.name, ink: label.colour.map { Style.Ink($0) } ?? .bold),
              TableView.Cell(label.colour?.text ?? ""),
              TableView.Cell(PeopleFormat.number(label.total)), TableView.Cell(counts(label)),
            ]
          },
          footer: "\(labels.count) labels · those that have one: list KIND where labels has LABEL"))
    }
    return .done
  }
}

/// `label add NAME`: a new label.
package struct LabelAddCommand: ShellCommand {
  package let name = "label add"
  package let summary = "Makes a label; putting a new word on a record makes one as well."
  package let syntax = ["label add NAME [colour=COLOUR] [because \"WHY\"]"]
  package let examples = [
    "label add vip", "label add \"spring fair\" colour=green", "label add urgent colour=red",
    "label add partner colour=#4477aa because \"the new programme\"",
  ]
  package let use = LabelChange.use(words: 1, takesAssignments: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let options = try AssignedWords(command, allowing: ["colour", "color"])
    let colour = try (options["colour"] ?? options["color"]).flatMap {
      try Colour.typed($0.text, at: $0.range, in: command)
    }
    return try LabelChange(command, ["a name"], context).make { words, labels, _, transaction in
      try Label.add(words[0], colour, among: labels, in: transaction)
      return "There is a label \(words[0]) now\(colour.map { ", \($0.text)" } ?? "")"
    }
  }
}

/// `label rename LABEL NAME`: the same label under another name.
package struct LabelRenameCommand: ShellCommand {
  package let name = "label rename"
  package let summary = "Calls a label something else; it stays on whatever it is on."
  package let syntax = ["label rename LABEL NAME [because \"WHY\"]"]
  package let examples = [
    "label rename vip \"key account\"", "label rename fair24 fair2024",
    "label rename urgnt urgent", "label rename old past because \"it sounded rude\"",
  ]
  package let use = LabelChange.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let names = ["a label", "its new name"]
    return try LabelChange(command, names, context).make { words, labels, _, transaction in
      let label = try Label.named(words[0], among: labels)
      guard label.name != words[1] else { return nil }
      try label.rename(to: words[1], among: labels, in: transaction)
      return "\(label.name) is called \(words[1]) now; no record was touched"
    }
  }
}

/// `label colour LABEL COLOUR`: what a label is drawn in.
package struct LabelColourCommand: ShellCommand {
  package let name = "label colour"
  package let summary = "Gives a label the colour that it is drawn in, or none."
  package let syntax = [
    "label colour LABEL COLOUR|none [because \"WHY\"]",
    "COLOUR     \(Colour.names.joined(separator: ", ")), or #rrggbb",
  ]
  package let examples = [
    "label colour vip orange", "label colour urgent red", "label colour partner #4477aa",
    "label colour vip none",
  ]
  package let use = LabelChange.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let change = try LabelChange(command, ["a label", "a colour, or none"], context)
    let colour = try Colour.typed(change.words[1], in: command)
    return try change.make { words, labels, _, transaction in
      let label = try Label.named(words[0], among: labels)
      guard label.colour != colour else { return nil }
      try label.paint(colour, in: transaction)
      return "\(label.name) is drawn \(colour.map { "in \($0.text)" } ?? "without a colour") now"
    }
  }
}

/// `label merge LABEL INTO`: one label of two.
package struct LabelMergeCommand: ShellCommand {
  package let name = "label merge"
  package let summary = "Makes one label of two; records that have the first have the second."
  package let syntax = ["label merge LABEL INTO [because \"WHY\"]"]
  package let examples = [
    "label merge fair24 fair2024", "label merge vip \"key account\"",
    "label merge urgnt urgent", "label merge old past because \"they meant the same\"",
  ]
  package let use = LabelChange.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let names = ["a label", "the label that stays"]
    return try LabelChange(command, names, context).make { words, labels, view, transaction in
      let label = try Label.named(words[0], among: labels)
      let other = try Label.named(words[1], among: labels)
      try label.merge(into: other, view.catalog, in: transaction)
      return "\(label.name) means \(other.name) now; no record was touched"
    }
  }
}

/// A change of one label.
private struct LabelChange {
  let words: [String]
  private let command: Command
  private let context: CommandContext

  static func use(words: Int, takesAssignments: Bool = false) -> CommandUse {
    CommandUse(
      words: words, takesAssignments: takesAssignments, clauses: [.because], formats: ["json"],
      changes: true, exits: [.noSuchRecord])
  }

  init(_ command: Command, _ names: [String], _ context: CommandContext) throws {
    self.command = command
    self.context = context
    words = try command.words(names)
  }

  /// Makes the change and tells of it; `body` says what was done, or nothing if it was so already.
  func make(
    _ body: ([String], [Label], RecordView, Transaction) throws -> String?
  ) throws -> ExitCode {
    let said = try context.write(command) { view, transaction in
      let labels = try Label.all(in: view.snapshot.database, view.catalog)
      return try body(words, labels, view, transaction)
    }
    guard let said else {
      context.talk("It was so already; nothing was changed.")
      return .done
    }
    try context.read { view in
      let operation = try OperationView(view).lastID(of: command.text)
      if context.isJSON {
        context.json(["schema": "kith.label-change/1", "said": .string(said)])
      } else {
        context.output.data(PlainText.oneLine("\(said). Reverse with: undo \(operation)"))
      }
    }
    return .done
  }
}

extension Colour {
  /// The colour that a word names; `nil` of `none`.
  ///
  /// - Throws: ``ParseError`` for a text that is no colour.
  static func typed(
    _ text: String, at range: SourceRange? = nil, in command: Command
  ) throws -> Colour? {
    if text.lowercased() == "none" { return nil }
    if let colour = Colour(text) { return colour }
    throw command.rejection(
      "\"\(text)\" is no colour",
      hint: "one of \(names.joined(separator: ", ")), or such as #4477aa",
      at: range ?? command.targets.last?.range ?? command.range)
  }
}

extension LabelError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .unknown: ExitCode.noSuchRecord.rawValue
    case .taken, .same: ExitCode.refused.rawValue
    }
  }
}
