/// `timing on`: says after each command how long it took.
struct TimingCommand: ShellCommand {
  let name = "timing"
  let summary = "Says after each command of the session how long it took, or no longer."
  let syntax = ["timing [on|off]"]
  let examples = ["timing", "timing on", "timing off", "count deals --timing"]
  let use = CommandUse(words: 1, isTimeless: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    switch command.allWords.first {
    case nil: break
    case "on": context.state.isTimed = true
    case "off": context.state.isTimed = false
    case _?:
      throw command.rejection(
        "timing is on or off", at: command.targets.last?.range ?? command.range)
    }
    context.output.data("timing is \(context.state.isTimed ? "on" : "off")")
    return .done
  }
}
