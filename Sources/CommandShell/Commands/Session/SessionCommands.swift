/// The commands about the session itself, and the words they need.
enum SessionCommands {
  static let all: [any ShellCommand] = [
    SourceCommand(), TeeCommand(), TimingCommand(), ConfigListCommand(), ConfigGetCommand(),
    ConfigSetCommand(), ConfigUnsetCommand(), CompletionCommand(), ManualCommand(), QuitCommand(),
  ]

  static let verbs: [Vocabulary.Verb] = [
    .init("source", kindUse: .none), .init("tee", kindUse: .none),
    .init("timing", kindUse: .none), .init("completion", kindUse: .none),
    .init("manual", kindUse: .none), .init("quit", aliases: ["exit"], kindUse: .none),
  ]
}
