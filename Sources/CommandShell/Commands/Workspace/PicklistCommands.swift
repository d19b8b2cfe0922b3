import CRDTCore
import CRMDomain
import ReplicaStore

/// `picklist list`: the workspace's lists, or the values of one.
package struct PicklistListCommand: ShellCommand {
  package let name = "picklist list"
  package let summary = "Lists the lists that fields choose from, or the values of one in order."
  package let syntax = ["picklist list [LIST] [at TIME]"]
  package let examples = [
    "picklist list", "picklist list industry", "picklist list contact_role --format json",
    "picklist list priority at last friday",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let database = view.snapshot.database
      guard let word = command.allWords.first else {
        let lists = try Picklist.names(in: view.catalog).map { try Picklist($0, in: database) }
        return try writeAll(lists, view)
      }
      try write(Picklist(Picklist.name(of: word, in: view.catalog), in: database), context)
    }
    return .done
  }

  private func writeAll(_ lists: [Picklist], _ view: RecordView) throws {
    let context = view.context
    let fields = lists.map { Picklist.fields(choosingFrom: $0.name, in: view.catalog) }
    guard context.options.format != "json" else {
      return context.json([
        "schema": "kith.picklists/1",
        "lists": .array(
          zip(lists, fields).map { list, fields in
            [
              "list": .string(list.name), "values": .integer(Int64(list.values.count)),
              "fields": .array(fields.map(JSONValue.string)),
            ]
          }),
      ])
    }
    let columns = [
      TableView.Column("list", importance: 3),
      TableView.Column("values", alignment: .right, importance: 2),
      TableView.Column("chosen for", importance: 1),
    ]
    let rows = zip(lists, fields).map { list, fields in
      [
        TableView.Cell(list.name, ink: .bold), TableView.Cell("\(list.values.count)"),
        TableView.Cell(fields.joined(separator: ", ")),
      ]
    }
    try context.write(
      TableView(columns: columns, rows: rows, footer: "values of one: picklist list LIST"))
  }

  private func write(_ list: Picklist, _ context: CommandContext) throws {
    guard context.options.format != "json" else {
      return context.json([
        "schema": "kith.picklist/1", "list": .string(list.name),
        "values": .array(
          list.values.map { value in
            [
              "id": .string(value.id.description), "label": .string(value.label),
              "key": .string(value.key), "retired": .bool(value.isRetired),
            ]
          }),
      ])
    }
    let columns = [
      TableView.Column("value", importance: 3), TableView.Column("first called", importance: 1),
      TableView.Column("retired", importance: 2),
    ]
    let rows = list.values.map { value in
      [
        TableView.Cell(value.label, ink: value.isRetired ? .faint : .bold),
        TableView.Cell(value.key), TableView.Cell(value.isRetired ? "yes" : ""),
      ]
    }
    try context.write(
      TableView(
        columns: columns, rows: rows, footer: "\(list.values.count) values of \(list.name)"))
  }
}

/// `picklist add LIST VALUE…`: new values.
package struct PicklistAddCommand: ShellCommand {
  package let name = "picklist add"
  package let summary = "Puts values into a list, at its end."
  package let syntax = ["picklist add LIST VALUE… [because \"WHY\"]"]
  package let examples = [
    "picklist add industry biotech pharma", "picklist add account_type \"research institute\"",
    "picklist add payment_method \"direct debit\"",
    "picklist add source fair because \"we go to fairs now\"",
  ]
  package let use = PicklistChange.use(words: nil)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try PicklistChange(command, ["a list", "a value"], context).make {
      list, words, _, transaction in
      let added = try list.add(Array(words), in: transaction)
      return added.isEmpty ? nil : "\(list.name): added \(added.joined(separator: ", "))"
    }
  }
}

/// `picklist rename LIST VALUE NAME`: another name for a value.
package struct PicklistRenameCommand: ShellCommand {
  package let name = "picklist rename"
  package let summary = "Calls a value something else; records that have it show the new name."
  package let syntax = ["picklist rename LIST VALUE NAME [because \"WHY\"]"]
  package let examples = [
    "picklist rename industry biotech biotechnology",
    "picklist rename account_type academic \"university or academy\"",
    "picklist rename priority high urgent", "picklist rename department legal law",
  ]
  package let use = PicklistChange.use(words: 3)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let names = ["a list", "a value", "its new name"]
    return try PicklistChange(command, names, context).make { list, words, _, transaction in
      let value = try list.value(named: words[0])
      guard value.label != words[1] else { return nil }
      try list.rename(value, to: words[1], in: transaction)
      return "\(list.name): \(value.label) is called \(words[1]) now; no record was touched"
    }
  }
}

/// `picklist merge LIST VALUE INTO`: one value of two.
package struct PicklistMergeCommand: ShellCommand {
  package let name = "picklist merge"
  package let summary = "Makes one value of two; records that have the first mean the second."
  package let syntax = ["picklist merge LIST VALUE INTO [because \"WHY\"]"]
  package let examples = [
    "picklist merge industry technolgy technology", "picklist merge segment sme \"small business\"",
    "picklist merge source fair exhibition", "picklist merge department hr \"human resources\"",
  ]
  package let use = PicklistChange.use(words: 3)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let names = ["a list", "a value", "the value that stays"]
    return try PicklistChange(command, names, context).make { list, words, view, transaction in
      let value = try list.value(named: words[0])
      let other = try list.value(named: words[1])
      try list.merge(value, into: other, view.catalog, in: transaction)
      return "\(list.name): \(value.label) means \(other.label) now; no record was touched"
    }
  }
}

/// `picklist colour LIST VALUE COLOUR`: what a value is drawn in.
package struct PicklistColourCommand: ShellCommand {
  package let name = "picklist colour"
  package let summary = "Gives a value of a list the colour that it is drawn in, or none."
  package let syntax = [
    "picklist colour LIST VALUE COLOUR|none [because \"WHY\"]",
    "COLOUR     \(Colour.names.joined(separator: ", ")), or #rrggbb",
  ]
  package let examples = [
    "picklist colour priority high red", "picklist colour segment enterprise blue",
    "picklist colour industry biotech #4477aa", "picklist colour priority high none",
  ]
  package let use = PicklistChange.use(words: 3)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let change = try PicklistChange(command, ["a list", "a value", "a colour, or none"], context)
    return try change.make { list, words, _, transaction in
      let value = try list.value(named: words[0])
      let colour = try Colour.typed(words[1], in: command)
      guard value.colour != colour else { return nil }
      try list.paint(value, colour, in: transaction)
      return "\(list.name): \(value.label) is drawn \(colour.map { "in \($0.text)" } ?? "plainly")"
    }
  }
}

/// `picklist retire LIST VALUE`: no longer offered.
package struct PicklistRetireCommand: ShellCommand {
  package let name = "picklist retire"
  package let summary = "Takes a value out of what can be chosen; records that have it keep it."
  package let syntax = ["picklist retire LIST VALUE [because \"WHY\"]"]
  package let examples = [
    "picklist retire segment legacy", "picklist retire industry \"food science\"",
    "picklist retire source fax", "picklist retire priority low because \"nobody used it\"",
  ]
  package let use = PicklistChange.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try PicklistChange(command, ["a list", "a value"], context).make {
      list, words, _, transaction in
      let value = try list.value(named: words[0])
      guard !value.isRetired else { return nil }
      try list.retire(value, in: transaction)
      return "\(list.name): \(value.label) is no longer offered; records that have it keep it"
    }
  }
}

/// `picklist revive LIST VALUE`: offered again.
package struct PicklistReviveCommand: ShellCommand {
  package let name = "picklist revive"
  package let summary = "Puts a retired value back into what can be chosen."
  package let syntax = ["picklist revive LIST VALUE [because \"WHY\"]"]
  package let examples = [
    "picklist revive segment legacy", "picklist revive industry \"food science\"",
    "picklist revive source fax", "picklist revive priority low",
  ]
  package let use = PicklistChange.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try PicklistChange(command, ["a list", "a value"], context).make {
      list, words, _, transaction in
      let value = try list.value(named: words[0])
      guard value.isRetired else { return nil }
      try list.retire(value, false, in: transaction)
      return "\(list.name): \(value.label) is offered again"
    }
  }
}

/// `picklist move LIST VALUE PLACE`: the order of a list.
package struct PicklistMoveCommand: ShellCommand {
  package let name = "picklist move"
  package let summary = "Gives a value another place in its list."
  package let syntax = [
    "picklist move LIST VALUE first|last [because \"WHY\"]",
    "picklist move LIST VALUE before|after OTHER [because \"WHY\"]",
  ]
  package let examples = [
    "picklist move priority high first", "picklist move industry biotech last",
    "picklist move industry biotech before chemistry", "picklist move source fair after web",
  ]
  package let use = PicklistChange.use(words: 4)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let names = ["a list", "a value", "first, last, before or after"]
    return try PicklistChange(command, names, context).make { list, words, _, transaction in
      let value = try list.value(named: words[0])
      func other() throws -> RecordID {
        guard words.count > 2 else {
          throw RecordError.missing("the value next to it", example: examples[2])
        }
        return try list.value(named: words[2]).id
      }
      let place: Picklist.Place
      switch words[1].lowercased() {
      case "first": place = .first
      case "last": place = .last
      case "before": place = .before(try other())
      case "after": place = .after(try other())
      case let word: throw RecordError.unknownWord(word, expected: "first, last, before or after")
      }
      try list.move(value, to: place, in: transaction)
      return "\(list.name): \(value.label) moved"
    }
  }
}

/// A change of one list.
private struct PicklistChange {
  private let command: Command
  private let context: CommandContext
  private let words: [String]

  static func use(words: Int?) -> CommandUse {
    CommandUse(words: words, clauses: [.because], formats: ["json"], changes: true)
  }

  init(_ command: Command, _ names: [String], _ context: CommandContext) throws {
    self.command = command
    self.context = context
    words = try command.words(names)
  }

  /// Makes the change and tells of it; `body` gets the list and the words behind it, and says what was
  /// done, or nothing if it was so already.
  func make(
    _ body: (Picklist, [String], RecordView, Transaction) throws -> String?
  ) throws -> ExitCode {
    let said = try context.write(command) { view, transaction in
      let name = try Picklist.name(of: words[0], in: view.catalog)
      // How customers may pay is for those who look after money.
      if name == "payment_method" { try view.checkMayChangeSettings(orHas: .finance) }
      let list = try Picklist(name, in: view.snapshot.database)
      return try body(list, Array(words[1...]), view, transaction)
    }
    guard let said else {
      context.talk("It was so already; nothing was changed.")
      return .done
    }
    try context.read { view in
      let operation = try OperationView(view).lastID(of: command.text)
      if context.isJSON {
        context.json(["schema": "kith.picklist-change/1", "said": .string(said)])
      } else {
        context.output.data(PlainText.oneLine("\(said). Reverse with: undo \(operation)"))
      }
    }
    return .done
  }
}

extension PicklistError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .unknownList, .unknownValue: ExitCode.noSuchRecord.rawValue
    case .takenLabel, .sameValue: ExitCode.refused.rawValue
    }
  }
}
