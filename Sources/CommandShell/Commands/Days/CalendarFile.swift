import CRDTCore
import CRMDomain
import ReplicaStore

/// `import events FILE.ics`: what becomes of a calendar's events.
struct CalendarFile {
  private let command: Command
  private let context: CommandContext

  init(_ command: Command, _ context: CommandContext) {
    self.command = command
    self.context = context
  }

  func take(from path: String) throws -> ExitCode {
    let open = SourceFile(path: context.settings.path(path)).open
    let isDryRun = context.options.isDryRun
    for option in command.options
    where !["dry-run"].contains(option.name) && !CommandUse.universalOptions.contains(option.name) {
      throw command.rejection("a calendar takes no --\(option.name)", at: option.range)
    }
    let outcome = try context.write(command) { view, transaction in
      try ICalendarImport(
        reading: open(), usualZone: context.calendar.timeZone, editor: view.editor(for: command),
        view.catalog
      ).run(in: transaction, isDryRun: isDryRun)
    }
    if context.options.format == "json" {
      context.json([
        "schema": "kith.import/1", "kind": "event",
        "created": .integer(Int64(outcome.created.count)),
        "changed": .integer(Int64(outcome.changed.count)),
        "unchanged": .integer(Int64(outcome.unchanged)),
        "rejected": .integer(Int64(outcome.refused.count)),
        "rejections": .array(
          outcome.refused.map {
            ["line": .integer(Int64($0.line)), "reason": .string($0.reason)]
          }),
      ])
    } else {
      let counts = [
        (outcome.created.count, "created"), (outcome.changed.count, "changed"),
        (outcome.unchanged, "unchanged"), (outcome.refused.count, "not taken"),
      ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      context.output.data("events: \(counts.joined(separator: ", "))")
      for refusal in outcome.refused {
        context.output.talk(
          PlainText.oneLine("  line \(refusal.line): not taken, \(refusal.reason)"))
      }
      if isDryRun { context.talk("Nothing was written.") }
    }
    return outcome.refused.isEmpty ? .done : .refused
  }
}
