import CRMDomain

/// `help`: the commands, one command, or the fields of a kind.
struct HelpCommand: ShellCommand {
  let name = "help"
  let summary = "Shows the commands, one command, or the fields of a kind."
  let syntax = ["help [COMMAND|KIND]", "help fields KIND", "help policy [NAME]"]
  let examples = [
    "help", "help sync", "help peer invite", "help fields deal", "help policy numbering",
  ]
  let use = CommandUse(words: nil, isTimeless: true)

  /// The other commands; help is made last, knowing them all.
  private let others: [any ShellCommand]

  init(on commands: [any ShellCommand]) {
    others = commands
  }

  private var commands: [any ShellCommand] { others + [self] }

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    let range = command.targets.last?.range ?? command.range
    if words.isEmpty {
      list(commands, context)
    } else if words[0] == "fields" {
      guard words.count == 2 else {
        throw command.rejection("a kind is missing", hint: "such as: help fields deal", at: range)
      }
      guard let kind = context.catalog.kind(named: words[1])?.entity else {
        let nearest = context.catalog.closestKind(to: words[1]).map { [$0] } ?? []
        throw ParseError(
          .unknownKind(words[1], nearest: nearest), in: command.source, at: range)
      }
      fields(of: kind, context)
    } else if words[0] == "policy" {
      try PolicyPage(Array(words.dropFirst()), context).write()
    } else {
      try show(words.joined(separator: " "), command, context)
    }
    return .done
  }

  private func show(_ topic: String, _ command: Command, _ context: CommandContext) throws {
    let topic = topic.lowercased()
    if let found = commands.first(where: { $0.name == topic }) {
      for line in page(of: found) { context.output.data(line) }
      return
    }
    let verbs = commands.filter { $0.name.hasPrefix(topic + " ") }
    guard verbs.isEmpty else { return list(verbs, context) }
    if let kind = context.catalog.kind(named: topic)?.entity { return fields(of: kind, context) }
    let nearest = Nearest.words(to: topic, in: commands.map(\.name))
    throw ParseError(
      .unknownCommand(topic, nearest: nearest), in: command.source,
      at: command.targets.first?.range ?? command.range)
  }

  private func page(of command: any ShellCommand) -> [String] {
    [command.summary, ""] + command.syntax.map { "  " + $0 } + [""] + command.use.facts + [
      "", "examples",
    ]
      + command.examples.map { "  " + $0 }
  }

  private func list(_ commands: [any ShellCommand], _ context: CommandContext) {
    write(
      columns: [.init("command", importance: 1), .init("does")],
      rows: commands.map { [.init($0.name), .init($0.summary)] },
      footer: "more with: help COMMAND, help fields KIND", context)
  }

  private func fields(of kind: Entity, _ context: CommandContext) {
    write(
      columns: [.init("field", importance: 2), .init("holds", importance: 1), .init("says")],
      rows: kind.fields.filter { !$0.isRetired }.map { field in
        let holds = Self.words(for: field.format)
        let note = (field.isRequired ? ", required" : "") + (field.isOwn ? ", own" : "")
        let text = field.mark == .counted ? "counter" : field.isSet ? "set of \(holds)" : holds
        return [.init(kind.word(for: field)), .init(text + note), .init(field.help)]
      }, footer: kind.help, context)
  }

  private func write(
    columns: [TableView.Column], rows: [[TableView.Cell]], footer: String,
    _ context: CommandContext
  ) {
    let table = TableView(columns: columns, rows: rows, footer: footer)
    let width = context.output.isTerminal ? context.output.width : nil
    for line in table.lines(width: width, style: context.output.style) {
      context.output.data(line)
    }
  }

  private static func words(for format: FieldFormat) -> String {
    switch format {
    case .bool: "yes or no"
    case .integer: "whole number"
    case .decimal: "number"
    case .percent: "percent"
    case .text: "text"
    case .longText: "long text"
    case .position: "position"
    case .bytes: "bytes"
    case .date: "date"
    case .instant: "date and time"
    case .money: "amount"
    case .choice(let words): words.joined(separator: ", ")
    case .status(let machine): machine.states.joined(separator: ", ")
    case .reference(let kind): kind
    case .anyReference: "record"
    case .listed(let list): "one of the list \(list)"
    case .structure(let structure): structure.parts.joined(separator: ", ")
    }
  }
}
