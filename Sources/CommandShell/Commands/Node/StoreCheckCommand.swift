import ReplicaStore

/// `store check`: verifies every hash and seal, and that the tables are the fold of the log.
struct StoreCheckCommand: ShellCommand {
  let name = "store check"
  let summary = "Verifies the file, every hash and seal, and the tables against the log."
  let syntax = ["store check"]
  let examples = ["store check", "store check --format json"]
  let use = CommandUse(formats: ["json"])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    let report = try context.node.replica().check()
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.store_check/1", "entries": .integer(Int64(report.entries)),
          "seals": .integer(Int64(report.seals)),
          "faults": .array(report.faults.map { .string($0) }),
        ]))
    } else {
      let faults = report.faults.count == 1 ? "1 fault" : "\(report.faults.count) faults"
      let separator = context.output.style.separator
      context.output.data(
        [
          "\(PeopleFormat.number(report.entries)) entries",
          "\(PeopleFormat.number(report.seals)) seals", faults,
        ].joined(separator: separator))
      return StoreFaults(report: report, context: context).tell()
    }
    return report.faults.isEmpty ? .done : .store
  }
}
