import CRDTCore
import CRMDomain
import ReplicaStore

/// `field add KIND NAME type=…`: a field of the workspace's own.
package struct FieldAddCommand: ShellCommand {
  package let name = "field add"
  package let summary = "Adds a field to a kind of record, on every node."
  package let syntax = [
    "field add KIND NAME type=TYPE [label=TEXT] [help=TEXT] [required=yes] [because \"WHY\"]",
    "TYPE       text, long text, whole number, decimal, percent, money, date, moment, yes or no,",
    "           \"one of A, B, C\", \"several of A, B, C\", \"reference to KIND\"",
  ]
  package let examples = [
    "field add deal renewal_risk type=\"one of low, medium, high\"",
    "field add account fleet_size type=\"whole number\" help=\"How many pumps they run.\"",
    "field add contact mentor type=\"reference to contact\" label=\"Introduced by\"",
    "field add deal bid_bond type=money required=yes because \"public tenders ask for it\"",
  ]
  package let use = OwnFieldAct.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try AssignedWords(command, allowing: ["type", "label", "help", "required"])
    guard let type = words["type"] else {
      throw RecordError.missing("type=…", example: examples[0])
    }
    let change = try OwnFieldAct(command, ["a kind of record", "a name"], context)
    return try change.make { view, transaction in
      let entity = try OwnFieldAct.entity(change.words[0], command, view)
      let reading = try OwnFieldReading(type.text, in: view.catalog)
      let key = try OwnFieldChange(view.catalog, in: transaction).add(
        change.words[1], to: entity, reading, try OwnFieldAct.said(words))
      let choices =
        reading.options.isEmpty ? "" : ": \(reading.options.joined(separator: ", "))"
      return "\(entity.plural) have a field \(key) now, \(reading.type.word)\(choices)"
    }
  }
}

/// `field set KIND NAME …`: what is said of an own field.
package struct FieldSetCommand: ShellCommand {
  package let name = "field set"
  package let summary = "Changes what an own field is called, says, asks for and offers."
  package let syntax = [
    """
    field set KIND NAME [label=TEXT] [help=TEXT] [required=yes|no] [options="A, B"] \
    [because \"WHY\"]
    """
  ]
  package let examples = [
    "field set deal renewal_risk label=\"Risk at renewal\"",
    "field set deal renewal_risk options=\"none, critical\"",
    "field set account fleet_size required=yes",
    "field set contact mentor help=\"Who brought them to us.\"",
  ]
  package let use = OwnFieldAct.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try AssignedWords(command, allowing: ["label", "help", "required", "options"])
    guard !command.assignments.isEmpty else {
      throw RecordError.missing("what to change", example: examples[0])
    }
    let change = try OwnFieldAct(command, ["a kind of record", "a field"], context)
    return try change.make { view, transaction in
      let field = try OwnFieldAct.field(change.words, command, view)
      let options = OwnFieldReading.options(in: words["options"]?.text ?? "")
      guard options.isEmpty || field.list != nil else {
        throw command.rejection(
          "\(field.key) chooses from no list", hint: "it is of the type \(field.type.word)",
          at: words["options"]?.range ?? command.range)
      }
      try OwnFieldChange(view.catalog, in: transaction).set(
        field, try OwnFieldAct.said(words), options: options)
      return "\(field.kind).\(field.key) changed"
    }
  }
}

/// `field retire KIND NAME`: no longer filled in.
package struct FieldRetireCommand: ShellCommand {
  package let name = "field retire"
  package let summary = "Takes an own field out of use; records that say something in it keep it."
  package let syntax = ["field retire KIND NAME [because \"WHY\"]"]
  package let examples = [
    "field retire deal renewal_risk", "field retire account fleet_size",
    "field retire contact mentor because \"nobody filled it in\"", "field retire deal bid_bond",
  ]
  package let use = OwnFieldAct.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try OwnFieldAct(command, ["a kind of record", "a field"], context).setRetired(
      true, "is no longer filled in; what records say in it stays")
  }
}

/// `field revive KIND NAME`: filled in again.
package struct FieldReviveCommand: ShellCommand {
  package let name = "field revive"
  package let summary = "Puts a retired field back into use."
  package let syntax = ["field revive KIND NAME [because \"WHY\"]"]
  package let examples = [
    "field revive deal renewal_risk", "field revive account fleet_size",
    "field revive contact mentor", "field revive deal bid_bond because \"we bid again\"",
  ]
  package let use = OwnFieldAct.use(words: 2)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try OwnFieldAct(command, ["a kind of record", "a field"], context).setRetired(
      false, "is filled in again")
  }
}

/// A change of one definition.
private struct OwnFieldAct {
  let words: [String]
  private let command: Command
  private let context: CommandContext

  static func use(words: Int) -> CommandUse {
    CommandUse(
      words: words, takesAssignments: true, clauses: [.because], formats: ["json"], changes: true,
      exits: [.noSuchRecord])
  }

  init(_ command: Command, _ names: [String], _ context: CommandContext) throws {
    self.command = command
    self.context = context
    words = try command.words(names)
  }

  /// The kind that a word names.
  static func entity(
    _ word: String, _ command: Command, _ view: RecordView
  ) throws -> Entity {
    guard let kind = view.catalog.kind(named: word), kind.subtype == nil else {
      throw ParseError(
        .unknownKind(word, nearest: [view.catalog.closestKind(to: word)].compactMap(\.self)),
        in: command.source, at: command.targets.first?.range ?? command.range)
    }
    return kind.entity
  }

  /// The own field that a kind and a name mean.
  static func field(
    _ words: [String], _ command: Command, _ view: RecordView
  ) throws -> OwnField {
    let entity = try entity(words[0], command, view)
    return try OwnField.named(words[1], of: entity, in: view.snapshot)
  }

  /// What is said besides type and values.
  static func said(_ words: AssignedWords) throws -> OwnFieldChange.Words {
    var said = OwnFieldChange.Words()
    said.label = words["label"]?.text
    said.help = words["help"]?.text
    said.isRequired = try words["required"].map { try AmountReader.boolean($0.text) }
    return said
  }

  func setRetired(_ isRetired: Bool, _ consequence: String) throws -> ExitCode {
    try make { view, transaction in
      let field = try Self.field(words, command, view)
      guard field.isRetired != isRetired else { return nil }
      var said = OwnFieldChange.Words()
      said.isRetired = isRetired
      try OwnFieldChange(view.catalog, in: transaction).set(field, said, options: [])
      return "\(field.kind).\(field.key) \(consequence)"
    }
  }

  /// Makes the change and tells of it; `body` says what was done, or nothing if it was so already.
  func make(_ body: (RecordView, Transaction) throws -> String?) throws -> ExitCode {
    let said = try context.write(command) { view, transaction in
      guard try view.isAdministrator() else { throw OwnFieldError.notAdministrator }
      return try body(view, transaction)
    }
    guard let said else {
      context.talk("It was so already; nothing was changed.")
      return .done
    }
    try context.read { view in
      let operation = try OperationView(view).lastID(of: command.text)
      if context.isJSON {
        context.json(["schema": "kith.field-change/1", "said": .string(said)])
      } else {
        context.output.data(PlainText.oneLine("\(said). Reverse with: undo \(operation)"))
      }
    }
    return .done
  }
}

extension OwnFieldError: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .unknownType, .unknownTarget, .noOptions, .unusableName: ExitCode.unparsable.rawValue
    case .unknownField: ExitCode.noSuchRecord.rawValue
    case .taken, .tooMany, .closedKind, .notAdministrator: ExitCode.refused.rawValue
    }
  }
}
