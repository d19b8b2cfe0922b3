import CRDTCore
import CRMDomain
import ReplicaStore

/// `setting list`: what can be settled for everybody, and what holds.
package struct SettingListCommand: ShellCommand {
  package let name = "setting list"
  package let summary = "Lists what holds for the whole workspace, and what may be set."
  package let syntax = ["setting list [at TIME]"]
  package let examples = [
    "setting list", "setting list at last friday", "setting list --format json",
    "setting list --format csv",
  ]
  package let use = CommandUse(clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let readings = try SettingKey.allCases.map { try SettingReading($0, view) }
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.settings/1", "settings": .array(readings.map(\.json)),
        ])
      }
      let columns = [
        TableView.Column("key", importance: 5), TableView.Column("value", importance: 4),
        TableView.Column("from", importance: 3), TableView.Column("may be", importance: 1),
        TableView.Column("means", importance: 2),
      ]
      let rows = readings.map { reading in
        [
          TableView.Cell(reading.key.rawValue, ink: .bold), TableView.Cell(reading.value ?? ""),
          TableView.Cell(reading.source), TableView.Cell(reading.key.format.expected),
          TableView.Cell(reading.key.meaning),
        ]
      }
      let count = readings.count { $0.isSet }
      try context.write(
        TableView(
          columns: columns, rows: rows,
          footer: "\(readings.count) settings · \(count) set · change one: setting set KEY VALUE"))
    }
    return .done
  }
}

/// `setting show KEY`: one setting, who set it, and what it may be.
package struct SettingShowCommand: ShellCommand {
  package let name = "setting show"
  package let summary = "Shows one setting: what holds, who set it and when, what it may be."
  package let syntax = ["setting show KEY [at TIME]"]
  package let examples = [
    "setting show currency", "setting show fiscal_year.start", "setting show company.iban",
    "setting show time_zone --format json",
  ]
  package let use = CommandUse(words: 1, clauses: [.at], formats: ["card", "json"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let key = try SettingKey(named: try command.words(["a key"])[0])
    try context.read { view in
      let reading = try SettingReading(key, view)
      guard !context.isJSON else { return context.json(reading.json) }
      let rows = [
        CardView.Row("value", reading.value ?? "(nothing)"),
        CardView.Row("means", key.meaning),
        CardView.Row("may be", "\(key.format.expected), such as \(key.format.example)"),
      ]
      let card = CardView(
        title: "setting \(key.rawValue)", sections: [CardView.Section(rows: rows)],
        closing: [try reading.origin(view)])
      let output = context.output
      let width = output.isTerminal ? output.width : nil
      for line in card.lines(width: width, style: output.style) { output.data(line) }
      context.writeMoment()
    }
    return .done
  }
}

/// `setting set KEY VALUE`: settles something for everybody.
package struct SettingSetCommand: ShellCommand {
  package let name = "setting set"
  package let summary = "Settles something for the whole workspace, on every node."
  package let syntax = ["setting set KEY VALUE [because \"WHY\"]"]
  package let examples = [
    "setting set fiscal_year.start april",
    "setting set company.name \"Müller Pumps GmbH\"",
    "setting set company.address \"Kaistr. 5, 20457 Hamburg\"",
    "setting set working.hours 08:30-17:00 because \"new agreement\"",
  ]
  package let use = CommandUse(
    words: nil, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["a key", "a value"])
    let key = try SettingKey(named: words[0])
    let text = words[1...].joined(separator: " ")
    return try SettingChange(key: key).make(command, context) { view in
      let reader = ValueReader(currency: view.currency, timeZone: context.calendar.timeZone)
      guard let value = key.format.canonical(text, reader: reader) else {
        throw SettingError.wrongValue(text, key: key)
      }
      return value
    }
  }
}

/// `setting unset KEY`: what is usual holds again.
package struct SettingUnsetCommand: ShellCommand {
  package let name = "setting unset"
  package let summary = "Takes a setting back, so that what is usual holds again."
  package let syntax = ["setting unset KEY [because \"WHY\"]"]
  package let examples = [
    "setting unset phone.country", "setting unset company.bank", "setting unset working.days",
    "setting unset stale.accounts because \"a year is fine\"",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let key = try SettingKey(named: try command.words(["a key"])[0])
    return try SettingChange(key: key).make(command, context) { _ in nil }
  }
}

/// One setting as it stands.
private struct SettingReading {
  let key: SettingKey
  /// What somebody set; `nil` where nobody did.
  private let stored: String?

  init(_ key: SettingKey, _ view: RecordView) throws {
    self.key = key
    stored = try WorkspaceSettings.set(key, in: view.snapshot.database)
  }

  var isSet: Bool { stored != nil }
  var value: String? { stored ?? key.usual }
  var source: String { isSet ? "set" : value == nil ? "nobody" : "usual" }

  /// Who set it, or that nobody did.
  func origin(_ view: RecordView) throws -> String {
    let latest = try view.snapshot.history(WorkspaceSettings.kind, WorkspaceSettings.id(of: key))
      .first
    guard isSet, let latest else { return value == nil ? "not set" : "not set; this is usual" }
    let time = Instant(milliseconds: Int64(clamping: latest.stamp.time.wallMilliseconds))
    let why = latest.reason.map { ": \"\($0)\"" } ?? ""
    return "set \(view.people.moment(time)) by \(try view.authorName(latest.member))\(why)"
  }

  var json: JSONValue {
    [
      "key": .string(key.rawValue), "value": value.map(JSONValue.string) ?? .null,
      "set": .bool(isSet), "expected": .string(key.format.expected),
      "example": .string(key.format.example), "meaning": .string(key.meaning),
    ]
  }
}

/// Another value for a setting.
private struct SettingChange {
  let key: SettingKey

  func make(
    _ command: Command, _ context: CommandContext, reading: (RecordView) throws -> String?
  ) throws -> ExitCode {
    let before = try context.write(command) { view, transaction -> String? in
      try view.checkMayChangeSettings()
      let value = try reading(view)
      let before = try WorkspaceSettings.set(key, in: view.snapshot.database)
      if value != before { try WorkspaceSettings.set(key, to: value, in: transaction) }
      return before
    }
    try context.read { view in
      let now = try SettingReading(key, view)
      guard !context.isJSON else { return context.json(now.json) }
      guard try WorkspaceSettings.set(key, in: view.snapshot.database) != before else {
        return context.talk("\(key.rawValue) was that already; nothing was changed.")
      }
      let operation = try OperationView(view).lastID(of: command.text)
      let line = "\(key.rawValue) = \(now.value ?? "(nothing)"). Reverse with: undo \(operation)"
      context.output.data(PlainText.oneLine(line))
      if let before { context.talk("  it was \(before)") }
    }
    return .done
  }
}
