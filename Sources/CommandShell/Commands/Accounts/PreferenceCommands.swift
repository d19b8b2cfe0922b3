import CRDTCore
import CRMDomain
import ReplicaStore

/// `preference list`: what accounts want a certain way.
package struct PreferenceListCommand: ShellCommand {
  package let name = "preference list"
  package let summary = "Lists what an account wants a certain way, or how many want what."
  package let syntax = ["preference list [ACCOUNT] [at TIME]"]
  package let examples = [
    "preference list", "preference list müller", "preference list @1 --format json",
    "preference list müller at last friday",
  ]
  package let use = CommandUse(
    words: 1, clauses: [.at], formats: ["table", "json", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      guard case .word(let word)? = command.targets.first else { return try writeCounts(view) }
      let account = try RecordFinder(view).record(named: word, kind: view.catalog["account"])
      let preferences = try view.preferences(of: account.id)
      guard context.options.format != "json" else {
        return context.json([
          "schema": "kith.preferences/1", "account": .string(account.id.description),
          "preferences": .array(
            preferences.map { ["key": .string($0.key), "value": .string($0.value)] }),
        ])
      }
      let columns = [
        TableView.Column("about", importance: 1), TableView.Column("wants", importance: 2),
      ]
      let rows = preferences.map { [TableView.Cell($0.key, ink: .bold), TableView.Cell($0.value)] }
      try context.write(TableView(columns: columns, rows: rows, footer: try view.label(account)))
    }
    return .done
  }

  /// How many accounts want what, for whoever plans an offer.
  private func writeCounts(_ view: RecordView) throws {
    let context = view.context
    let groups = Dictionary(grouping: try Preference.all(in: view.snapshot.database)) {
      [$0.key, $0.value]
    }
    let counts = groups.map { (key: $0.key[0], value: $0.key[1], count: $0.value.count) }.sorted {
      ($0.key, -$0.count, $0.value) < ($1.key, -$1.count, $1.value)
    }
    guard context.options.format != "json" else {
      return context.json([
        "schema": "kith.preference-counts/1",
        "preferences": .array(
          counts.map { key, value, count in
            [
              "key": .string(key), "value": .string(value), "accounts": .integer(Int64(count)),
            ]
          }),
      ])
    }
    let columns = [
      TableView.Column("about", importance: 2), TableView.Column("wants", importance: 1),
      TableView.Column("accounts", alignment: .right, importance: 3),
    ]
    let rows = counts.map { key, value, count in
      [TableView.Cell(key, ink: .bold), TableView.Cell(value), TableView.Cell("\(count)")]
    }
    try context.write(
      TableView(columns: columns, rows: rows, footer: "of one account: preference list ACCOUNT"))
  }
}

/// `preference set ACCOUNT KEY VALUE`: what an account wants a certain way.
package struct PreferenceSetCommand: ShellCommand {
  package let name = "preference set"
  package let summary = "Notes what an account wants a certain way."
  package let syntax = ["preference set ACCOUNT KEY VALUE… [because \"WHY\"]"]
  package let examples = [
    "preference set müller packaging recycled paper", "preference set @1 language german",
    "preference set müller delivery_day tuesday because \"their dock is free then\"",
    "preference set \"Müller GmbH\" report_format pdf",
  ]
  package let use = CommandUse(words: nil, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["an account", "what it is about", "what they want"])
    return try PreferenceChange(command, context).make { account, transaction in
      let preference = Preference(
        account: account, key: words[1], value: words[2...].joined(separator: " "))
      try preference.write(in: transaction)
      return "\(preference.key) is \(preference.value)"
    }
  }
}

/// `preference unset ACCOUNT KEY`: an account wants nothing special any more.
package struct PreferenceUnsetCommand: ShellCommand {
  package let name = "preference unset"
  package let summary = "Forgets what an account wanted a certain way."
  package let syntax = ["preference unset ACCOUNT KEY [because \"WHY\"]"]
  package let examples = [
    "preference unset müller packaging", "preference unset @1 language",
    "preference unset müller delivery_day", "preference unset \"Müller GmbH\" report_format",
  ]
  package let use = CommandUse(words: 2, clauses: [.because], formats: ["json"], changes: true)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["an account", "what it is about"])
    return try PreferenceChange(command, context).make { account, transaction in
      try Preference.clear(words[1], account: account, in: transaction)
        ? "\(FieldName.normalized(words[1])) is open again" : nil
    }
  }
}

/// A change of what one account wants.
private struct PreferenceChange {
  private let command: Command
  private let context: CommandContext

  init(_ command: Command, _ context: CommandContext) {
    self.command = command
    self.context = context
  }

  /// Makes the change and tells of it; `body` says what was done, or nothing if it was so already.
  func make(_ body: (RecordID, Transaction) throws -> String?) throws -> ExitCode {
    guard case .word(let word)? = command.targets.first else { return .done }
    let said = try context.write(command) { view, transaction -> String? in
      let account = try RecordFinder(view).record(named: word, kind: view.catalog["account"])
      return try body(account.id, transaction).map { "\(account.text): \($0)" }
    }
    guard let said else {
      context.talk("Nothing was known of that; nothing was changed.")
      return .done
    }
    try context.read { view in
      let operation = try OperationView(view).lastID(of: command.text)
      if context.isJSON {
        context.json(["schema": "kith.preference-change/1", "said": .string(said)])
      } else {
        context.output.data(PlainText.oneLine("\(said). Reverse with: undo \(operation)"))
      }
    }
    return .done
  }
}

extension RecordView {
  /// What an account wants, and what the accounts wanted that it stands for; of one key its own.
  func preferences(of account: RecordID) throws -> [Preference] {
    let group = try fields.names.joined().group(of: account)
    let all = try Preference.all(of: group, in: snapshot.database)
    let own = Set(all.filter { $0.account == account }.map(\.key))
    return all.filter { $0.account == account || !own.contains($0.key) }.sorted { $0.key < $1.key }
  }
}
