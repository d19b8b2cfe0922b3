/// The commands about processes, stages and what deals do in them.
enum DealCommands {
  static let all: [any ShellCommand] = [
    ProcessAddCommand(), ProcessShowCommand(), ProcessTemplatesCommand(), StageAddCommand(),
    StageMoveCommand(), StageRetireCommand(),
  ]
}
