/// The commands about processes, stages and what deals do in them.
enum DealCommands {
  static let all: [any ShellCommand] = [
    ProcessAddCommand(), ProcessShowCommand(), ProcessTemplatesCommand(), StageAddCommand(),
    StageMoveCommand(), StageRetireCommand(), HandoverCommand(), SplitCommand(), InvolveCommand(),
  ]

  static let verbs: [Vocabulary.Verb] = [
    Vocabulary.Verb("handover"), Vocabulary.Verb("split"), Vocabulary.Verb("involve"),
  ]
}
