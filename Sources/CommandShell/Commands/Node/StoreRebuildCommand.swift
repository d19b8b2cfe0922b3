import ReplicaStore

/// `store rebuild`: makes every table anew from the log.
struct StoreRebuildCommand: ShellCommand {
  let name = "store rebuild"
  let summary = "Makes every table anew from the log, which is never changed, and checks the log."
  let syntax = ["store rebuild"]
  let examples = ["store rebuild"]
  let use = CommandUse(formats: ["json"], changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    let replica = try context.node.replica()
    try replica.rebuild()
    // The tables now say what the log says; whether that is all it ever said, only a check tells.
    let report = try replica.check()
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.store_rebuild/1", "entries": .integer(Int64(report.entries)),
          "faults": .array(report.faults.map { .string($0) }),
        ]))
      return report.faults.isEmpty ? .done : .store
    }
    let entries = report.entries == 1 ? "1 entry" : "\(PeopleFormat.number(report.entries)) entries"
    context.talk("The tables were made anew from the \(entries) of the log.")
    return StoreFaults(report: report, context: context).tell()
  }
}
