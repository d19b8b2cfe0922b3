/// `source FILE`: runs the commands of a file in this session.
struct SourceCommand: ShellCommand {
  let name = "source"
  let summary = "Runs the commands of a file in this session, up to the first that fails."
  let syntax = ["source FILE [--keep-going]"]
  let examples = [
    "source monday.kith", "source setup.kith --yes", "source fixes.kith --dry-run",
    "source import.kith --keep-going",
  ]
  let use = CommandUse(
    words: 1, options: ["dry-run"], formats: GlobalOptions.formats, changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let path = try command.words(["a file"])[0]
    return try await context.runScript(path)
  }
}
