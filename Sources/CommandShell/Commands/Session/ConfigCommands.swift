/// `config list`: what can be settled, how it is, and who says so.
struct ConfigListCommand: ShellCommand {
  let name = "config list"
  let summary = "Lists what the configuration file can settle, what holds, and who says so."
  let syntax = ["config list"]
  let examples = ["config list", "config list --format json"]
  let use = CommandUse(
    formats: ["table", "json", "csv", "tsv", "md"], isTimeless: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let settings = ConfigKey.allCases.map { context.settings.setting($0) }
    if context.options.format == "json" {
      context.json([
        "schema": "kith.config/1",
        "path": context.settings.file.path.map { .string($0) } ?? .null,
        "settings": .array(
          settings.map { setting in
            [
              "key": .string(setting.key.rawValue),
              "value": setting.value.map { .string($0) } ?? .null,
              "source": .string(setting.source),
              "expected": .string(setting.key.expected), "meaning": .string(setting.key.meaning),
            ]
          }),
      ])
      return .done
    }
    let columns = [
      TableView.Column("key", importance: 5), TableView.Column("value", importance: 4),
      TableView.Column("from", importance: 3), TableView.Column("may be", importance: 1),
      TableView.Column("means", importance: 2),
    ]
    let rows = settings.map { setting in
      [
        TableView.Cell(setting.key.rawValue), TableView.Cell(setting.value ?? ""),
        TableView.Cell(setting.source), TableView.Cell(setting.key.expected),
        TableView.Cell(setting.key.meaning),
      ]
    }
    try context.write(
      TableView(columns: columns, rows: rows, footer: context.settings.file.path))
    return .done
  }
}

/// `config get KEY`: what holds.
struct ConfigGetCommand: ShellCommand {
  let name = "config get"
  let summary = "Prints what holds of one key."
  let syntax = ["config get KEY"]
  let examples = [
    "config get color", "config get pager", "config get format", "config get conflict.reason",
  ]
  let use = CommandUse(words: 1, isTimeless: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let key = try ConfigKey(named: try command.words(["a key"])[0])
    context.output.data(PlainText.oneLine(context.settings.setting(key).value ?? ""))
    return .done
  }
}

/// `config set KEY VALUE`: settles one key in the file.
struct ConfigSetCommand: ShellCommand {
  let name = "config set"
  let summary = "Writes one key into the configuration file; the other lines stay."
  let syntax = ["config set KEY VALUE"]
  let examples = [
    "config set color never", "config set pager \"less -S\"", "config set format json",
    "config set conflict.reason required",
  ]
  let use = CommandUse(words: 2, changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["a key", "a value"])
    let key = try ConfigKey(named: words[0])
    guard key.accepts(words[1]) else {
      throw ConfigError.wrongValue(words[1], key: key.rawValue, expected: key.expected)
    }
    try context.settings.file.set(key, to: words[1])
    let setting = context.settings.setting(key)
    context.output.data(PlainText.oneLine("\(key.rawValue) = \(words[1])"))
    if setting.value != words[1] {
      context.talk("\(setting.source) goes before it here: \(setting.value ?? "")")
    }
    return .done
  }
}

/// `config unset KEY`: takes one key out of the file.
struct ConfigUnsetCommand: ShellCommand {
  let name = "config unset"
  let summary = "Takes one key out of the configuration file."
  let syntax = ["config unset KEY"]
  let examples = [
    "config unset color", "config unset pager", "config unset format", "config unset user",
  ]
  let use = CommandUse(words: 1, changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let key = try ConfigKey(named: try command.words(["a key"])[0])
    let configuration = context.settings.file
    guard configuration[key] != nil else {
      context.talk("\(key.rawValue) was not set in \(configuration.path ?? "a file").")
      return .done
    }
    try configuration.set(key, to: nil)
    let setting = context.settings.setting(key)
    context.output.data(PlainText.oneLine("\(key.rawValue) is now \(setting.value ?? "as usual")"))
    return .done
  }
}
