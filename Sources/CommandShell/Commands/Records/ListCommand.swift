import CRDTCore
import CRMDomain
import ReplicaStore

/// `list KIND`: the records that a filter lets through, one a line.
package struct ListCommand: ShellCommand {
  package let name = "list"
  package let summary = "Lists the records of a kind that a filter lets through."
  package let syntax = [
    "list KIND [where FILTER] [sort KEY,…] [limit N] [cols FIELD,…] [at TIME]",
    "list %VIEW [where FILTER] …",
  ]
  package let examples = [
    "list deals where stage = Engaging and amount > 10k sort -amount limit 20",
    "list accounts cols name, city, industry --format csv",
    "list contacts where labels has vip", "list deals where stage = Won at last friday 17:00",
  ]
  package let use = CommandUse(
    clauses: [.where, .sort, .limit, .cols, .at], formats: CommandUse.rowFormats)

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let entity = try view.requiredEntity(command, example: "list deals")
      let query = try QueryWords(view, entity).query(of: command)
      try FilterReader(view: view, entity: entity).tellDates(of: command)
      let listing = try Listing(query, view)
      context.state.listed = listing.rows.map { RecordKey(kind: entity.name, id: $0.id) }
      try listing.write(as: context.format(onTerminal: "table", elsewhere: "tsv"))
    }
    return .done
  }
}
