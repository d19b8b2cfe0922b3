/// The commands about processes, stages and what deals do in them.
enum DealCommands {
  static let all: [any ShellCommand] = [
    ProcessAddCommand(), ProcessShowCommand(), ProcessTemplatesCommand(), StageAddCommand(),
    StageMoveCommand(), StageRetireCommand(), HandoverCommand(), SplitCommand(), InvolveCommand(),
    NumbersCheckCommand(), ForecastTakeCommand(), ForecastListCommand(),
  ]

  static let verbs: [Vocabulary.Verb] = [
    Vocabulary.Verb("handover"), Vocabulary.Verb("split"), Vocabulary.Verb("involve"),
  ]

  static let nouns: [Vocabulary.Noun] = [
    Vocabulary.Noun("process", verbs: ["add", "show", "templates"]),
    Vocabulary.Noun("stage", verbs: ["add", "move", "retire"]),
    Vocabulary.Noun("numbers", verbs: ["check"]),
    Vocabulary.Noun("forecast", verbs: ["take", "list"]),
  ]
}
