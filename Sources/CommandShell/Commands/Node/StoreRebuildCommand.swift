import ReplicaStore

/// `store rebuild`: makes every table anew from the log.
struct StoreRebuildCommand: ShellCommand {
  let name = "store rebuild"
  let summary = "Makes every table anew from the log, which is never changed."
  let syntax = ["store rebuild"]
  let examples = ["store rebuild"]
  let use = CommandUse(formats: ["json"], changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    try context.node.replica().rebuild()
    if context.isJSON {
      context.output.data(JSONView.text(["schema": "kith.store_rebuild/1"]))
    } else if !context.options.isQuiet {
      context.output.talk("The tables were made anew from the log. Compare them with: store check")
    }
    return .done
  }
}
