/// `quit`: leaves the prompt.
struct QuitCommand: ShellCommand {
  let name = "quit"
  let summary = "Leaves the prompt, as Ctrl-D does."
  let syntax = ["quit"]
  let examples = ["quit"]
  let use = CommandUse(isTimeless: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    context.state.isLeaving = true
    return .done
  }
}
