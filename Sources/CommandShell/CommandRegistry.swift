/// Every command of the language, and the words that the parser knows because of them.
package struct CommandRegistry: Sendable {
  package let vocabulary: Vocabulary
  /// In the order in which help lists them.
  package let commands: [any ShellCommand]
  private let commandsByName: [String: any ShellCommand]

  /// Joins the commands about records, and the words they need, with those about the node and the session.
  package init(
    records: [any ShellCommand], verbs: [Vocabulary.Verb], nouns: [Vocabulary.Noun],
    options: [Vocabulary.Option], kinds: [Vocabulary.Kind]
  ) {
    self.init(
      records + NodeCommands.all + SessionCommands.all,
      Vocabulary(
        verbs: verbs + NodeCommands.verbs + SessionCommands.verbs,
        nouns: nouns + NodeCommands.nouns, kinds: kinds,
        options: GlobalOptions.vocabulary + NodeCommands.options + options))
  }

  private init(_ commands: [any ShellCommand], _ vocabulary: Vocabulary) {
    self.commands = commands + [HelpCommand(on: commands)]
    commandsByName = Dictionary(
      self.commands.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.vocabulary = vocabulary
  }

  /// The same language, of which whatever would change something is refused.
  func readingOnly() -> CommandRegistry {
    CommandRegistry(
      commands.filter { !($0 is HelpCommand) }.map {
        $0.use.changes ? RefusedCommand(refused: $0) : $0
      },
      vocabulary)
  }

  /// The command of a name as help writes it: `list`, `peer invite`.
  package func command(named name: String) -> (any ShellCommand)? { commandsByName[name] }

  /// The command that a parsed line asks for.
  func command(for action: Command.Action) -> (any ShellCommand)? {
    switch action {
    case .record(let verb): commandsByName[verb]
    case .subsystem(let noun, let verb):
      verb.flatMap { commandsByName["\(noun) \($0)"] } ?? commandsByName[noun]
    }
  }
}
