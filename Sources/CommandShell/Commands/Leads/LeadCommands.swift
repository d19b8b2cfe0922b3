/// The commands about leads, and the words they need.
enum LeadCommands {
  static let all: [any ShellCommand] = [
    TouchCommand(), QueueCommand(), ConvertCommand(), NurtureCommand(), ScoreAddCommand(),
    ScoreSetCommand(), ScoreListCommand(), ScoreExplainCommand(), RouteAddCommand(),
    RouteSetCommand(), RouteListCommand(), RouteMoveCommand(), RouteTestCommand(),
  ]

  static let verbs: [Vocabulary.Verb] = [
    Vocabulary.Verb("touch"), Vocabulary.Verb("queue", kindUse: .none),
    Vocabulary.Verb("convert"), Vocabulary.Verb("nurture"),
  ]

  static let nouns: [Vocabulary.Noun] = [
    Vocabulary.Noun("score", verbs: ["add", "set", "list", "explain"]),
    Vocabulary.Noun("route", verbs: ["add", "set", "list", "move", "test"]),
  ]
}
