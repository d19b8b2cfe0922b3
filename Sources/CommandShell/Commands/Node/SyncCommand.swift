/// `sync`: exchanges with peers, and says what moved.
struct SyncCommand: ShellCommand {
  let name = "sync"
  let summary = "Exchanges changes with some peers, or with all whose address is known."
  let syntax = ["sync [PEER…] [--fail-on-conflict]"]
  let examples = [
    "sync",
    "sync hamburg",
    "sync hamburg munich",
    "sync --fail-on-conflict --format json",
  ]
  let use = CommandUse(
    words: nil, options: ["fail-on-conflict"], formats: ["json"], changes: true,
    exits: [.unreachable, .wrongKey])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let peers = command.allWords
    let report = SyncReport(context)
    do {
      let results = try await context.node.sync(with: peers, progress: report.note)
      return try report.finish(results)
    } catch let error where error is CancellationError || Task.isCancelled {
      return report.stopped()
    }
  }
}
