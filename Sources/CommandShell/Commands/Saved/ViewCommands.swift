import CRDTCore
import CRMDomain
import ReplicaStore

/// `view save NAME = list …`: keeps a listing under a name, for everybody.
package struct ViewSaveCommand: ShellCommand {
  package let name = "view save"
  package let summary = "Keeps a list, board or count under a name, on every node."
  package let syntax = ["view save NAME = list|board|count KIND …"]
  package let examples = [
    "view save quiet = list deals where stale and mine sort -amount",
    "view save vips = list contacts where labels has vip cols name, email",
    "view save pipeline = board deals where mine",
    "view save won = count deals where stage = Won by owner",
  ]
  package let use = CommandUse(words: 2, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let text = command.allWords[1]
    _ = try SavedView(text, context.parser)
    return try SavedCommandTable(sort: .view).save(command, in: context)
  }
}

/// `view list`: the saved views.
package struct ViewListCommand: ShellCommand {
  package let name = "view list"
  package let summary = "Lists the saved views."
  package let syntax = ["view list"]
  package let examples = ["view list"]
  package let use = CommandUse(formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try SavedCommandTable(sort: .view).list(in: context)
  }
}

/// `view delete NAME`: forgets a view.
package struct ViewDeleteCommand: ShellCommand {
  package let name = "view delete"
  package let summary = "Forgets a saved view, on every node."
  package let syntax = ["view delete NAME"]
  package let examples = [
    "view delete quiet",
    "view delete vips",
    "view delete pipeline",
    "view delete won",
  ]
  package let use = CommandUse(words: 1, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try SavedCommandTable(sort: .view).delete(command, in: context)
  }
}

/// `alias NAME = COMMAND`: makes a word stand for commands, for everybody.
package struct AliasCommand: ShellCommand {
  package let name = "alias"
  package let summary = "Makes a word stand for a command, on every node; what follows it is added."
  package let syntax = ["alias NAME = COMMAND"]
  package let examples = [
    "alias mine = list deals where mine",
    "alias todo = list tasks sort due",
    "alias won = count deals where stage = Won by owner",
    "alias late = list tasks where due < today",
  ]
  package let use = CommandUse(words: 2, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = command.allWords
    let vocabulary = context.parser.vocabulary
    let isTaken =
      vocabulary.verb(words[0]) != nil || vocabulary.noun(words[0]) != nil
      || vocabulary.kind(words[0]) != nil
    guard !isTaken else { throw SavedCommandError.takenName(words[0]) }
    // What cannot be read is refused now rather than when it is needed.
    _ = try AliasExpansion(context.node).commands(of: words[1], context.parser)
    return try SavedCommandTable(sort: .alias).save(command, in: context)
  }
}

/// `alias list`: the aliases.
package struct AliasListCommand: ShellCommand {
  package let name = "alias list"
  package let summary = "Lists the aliases."
  package let syntax = ["alias list"]
  package let examples = ["alias list"]
  package let use = CommandUse(formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try SavedCommandTable(sort: .alias).list(in: context)
  }
}

/// `alias delete NAME`: forgets an alias.
package struct AliasDeleteCommand: ShellCommand {
  package let name = "alias delete"
  package let summary = "Forgets an alias, on every node."
  package let syntax = ["alias delete NAME"]
  package let examples = [
    "alias delete mine",
    "alias delete todo",
    "alias delete won",
    "alias delete late",
  ]
  package let use = CommandUse(words: 1, changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try SavedCommandTable(sort: .alias).delete(command, in: context)
  }
}

/// What views and aliases have in common.
private struct SavedCommandTable {
  let sort: SavedCommand.Sort

  private var word: String {
    switch sort {
    case .view: "view"
    case .alias: "alias"
    }
  }

  func save(_ command: Command, in context: CommandContext) throws -> ExitCode {
    let words = command.allWords
    let isName = words[0].allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
    guard isName, words[0].first?.isLetter == true else {
      throw SavedCommandError.badName(words[0])
    }
    let earlier = try context.write(command) { view, transaction in
      let earlier = try SavedCommand.named(words[0], sort, in: view.snapshot.database)
      try SavedCommand.save(
        words[1], as: words[0], sort, owner: try view.actingUser(), in: transaction)
      return earlier
    }
    if let earlier { context.talk("It was: \(earlier.command)") }
    context.output.data(PlainText.oneLine("Saved \(word) \(words[0]) = \(words[1])"))
    return .done
  }

  func list(in context: CommandContext) throws -> ExitCode {
    try context.read { view in
      let saved = try SavedCommand.all(sort, in: view.snapshot.database)
      let owners = try saved.map { saved in
        try saved.owner.flatMap { try view.lookup.record($0)?.name } ?? ""
      }
      if context.options.format == "json" {
        return context.json([
          "schema": .string("kith.\(word == "view" ? "views" : "aliases")/1"),
          "commands": .array(
            zip(saved, owners).map { saved, owner in
              [
                "name": .string(saved.name), "command": .string(saved.command),
                "saved_by": .string(owner),
              ]
            }),
        ])
      }
      let columns = [
        TableView.Column("name", importance: 3), TableView.Column("command", importance: 2),
        TableView.Column("saved by", importance: 1),
      ]
      let rows = zip(saved, owners).map { saved, owner in
        [TableView.Cell(saved.name), TableView.Cell(saved.command), TableView.Cell(owner)]
      }
      try context.write(TableView(columns: columns, rows: rows))
    }
    return .done
  }

  func delete(_ command: Command, in context: CommandContext) throws -> ExitCode {
    let name = try command.words(["the \(word)'s name"])[0]
    try context.write(command) { view, transaction in
      guard try SavedCommand.delete(name, sort, in: transaction) else {
        throw try SavedCommandError.noSuch(sort, name, in: view.snapshot)
      }
    }
    context.output.data(PlainText.oneLine("Deleted \(word) \(name). Back again with: undo"))
    return .done
  }
}
