/// `sync`: exchanges with peers, and says what moved.
struct SyncCommand: ShellCommand {
  let name = "sync"
  let summary = "Exchanges changes with some peers, or with all whose address is known."
  let syntax = ["sync [PEER…] [--fail-on-conflict]", "sync --background [off]"]
  let examples = [
    "sync",
    "sync hamburg",
    "sync hamburg munich",
    "sync --fail-on-conflict --format json",
    "sync --background",
  ]
  let use = CommandUse(
    words: nil, options: ["background", "fail-on-conflict"], formats: ["json"], changes: true,
    exits: [.unreachable, .wrongKey])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    if command.has("background") { return try await switchBackground(command, context) }
    let report = SyncReport(context)
    let exchange = { @Sendable in
      let before = try report.before()
      let results = try await context.node.sync(
        with: command.allWords, progress: report.note)
      return try report.finish(results, since: before)
    }
    do {
      guard let background = context.state.background else { return try await exchange() }
      return try await background.pausing(exchange)
    } catch let error where error is CancellationError || Task.isCancelled {
      return report.stopped()
    }
  }

  /// Switches the exchanges beside the prompt on or off, for as long as it is open.
  private func switchBackground(
    _ command: Command, _ context: CommandContext
  ) async throws -> ExitCode {
    let place = command.options.first { $0.name == "background" }?.range ?? command.range
    guard let background = context.state.background else {
      throw command.rejection(
        "--background is for a session at the prompt",
        hint: "serve keeps in touch with every peer without one", at: place)
    }
    switch command.allWords {
    case [], ["on"]:
      background.start()
      context.output.data(
        "Syncing in the background while this prompt is open. No longer: sync --background off")
    case ["off"]:
      await background.stop()
      context.output.data("Syncing in the background is off.")
    case _:
      throw command.rejection(
        "--background syncs with every peer; it is on or off",
        at: command.targets.last?.range ?? place)
    }
    return .done
  }
}
