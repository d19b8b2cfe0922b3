/// The commands about engagements, tasks and the calendar, and the words they need.
enum DaysCommands {
  static let all: [any ShellCommand] =
    [
      LogCommand(), AmendCommand(), AgendaCommand(), FeedCommand(), MinutesCommand(),
      MyNumbersCommand(), AnswerCommand(),
    ] + TaskStatusCommand.all

  static let verbs: [Vocabulary.Verb] = [
    Vocabulary.Verb("log", kindUse: .none), Vocabulary.Verb("amend"), Vocabulary.Verb("done"),
    Vocabulary.Verb("drop"), Vocabulary.Verb("reopen"),
    Vocabulary.Verb("agenda", kindUse: .none), Vocabulary.Verb("feed", takesPlural: true),
    Vocabulary.Verb("minutes"), Vocabulary.Verb("answer"),
  ]

  static let nouns = [Vocabulary.Noun("my", verbs: ["numbers"])]
}
