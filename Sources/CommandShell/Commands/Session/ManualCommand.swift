/// `manual`: the manual page, for `man`.
struct ManualCommand: ShellCommand {
  let name = "manual"
  let summary = "Prints the manual page, which `make install` puts where man finds it."
  let syntax = ["manual"]
  let examples = ["manual", "manual -o kith.1"]
  let use = CommandUse(isTimeless: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    for line in ManualPage.lines(of: context.registry) { context.output.data(line) }
    return .done
  }
}
