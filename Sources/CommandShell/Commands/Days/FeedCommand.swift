import CRDTCore
import CRMDomain
import ReplicaStore

/// `feed`: what happened last, whatever it was about.
package struct FeedCommand: ShellCommand {
  package let name = "feed"
  package let summary = "Shows the newest engagements and changes of all records, by day."
  package let syntax = ["feed [KIND] [since TIME] [until TIME] [limit N] [at TIME]"]
  package let examples = [
    "feed", "feed since monday", "feed engagements limit 20", "feed since yesterday --format json",
  ]
  package let use = CommandUse(
    clauses: [.since, .until, .limit, .at],
    formats: ["table", "json", "ndjson", "csv", "tsv", "md"])

  /// How many happenings are shown unless told otherwise.
  private static let countUsual = 30
  /// Since when, unless told otherwise.
  private static let sinceUsual = ValueText("7 days ago")

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let timeline = try Timeline(
        view, since: command.clauses.since ?? Self.sinceUsual, until: command.clauses.until)
      let kinds = view.entity(command.kind).map { [$0] } ?? view.catalog.entities
      let all = try timeline.happenings(
        of: kinds.filter { $0.role == .business && $0.ownedBy == nil })
      let limit = command.clauses.limit ?? Self.countUsual
      try timeline.write(Array(all.prefix(limit)), title: nil)
      if all.count > limit, context.isForPeople {
        context.talk("\(PeopleFormat.number(all.count - limit)) more: add limit \(all.count)")
      }
    }
    return .done
  }
}
