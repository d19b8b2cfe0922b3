import CRMDomain
import ReplicaStore

/// `conflict list`: what needs a person.
package struct ConflictListCommand: ShellCommand {
  package let name = "conflict list"
  package let summary = "Lists the conflicts that a person has to look at."
  package let syntax = ["conflict list [--auto]"]
  package let examples = ["conflict list", "conflict list --format json", "conflict list --auto"]

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let count = try context.read { view in
      let finding = try ConflictFinding(view)
      let shown =
        command.has("auto") ? finding.all.filter { !$0.conflict.isOpen } : finding.open
      switch context.options.format {
      case "json":
        context.json([
          "schema": "kith.conflicts/1", "count": .integer(Int64(shown.count)),
          "rows": .array(try shown.map { try $0.json() }),
        ])
      case "ndjson": for conflict in shown { context.json(try conflict.json()) }
      case "ids": for conflict in shown { context.output.data(conflict.fullID) }
      default:
        let footer = "\(finding.open.count) open"
        let table = TableView(
          columns: ConflictDescription.columns, rows: try shown.map { try $0.cells() },
          footer: footer)
        let width = context.output.isTerminal ? context.output.width : nil
        for line in table.lines(width: width, style: context.output.style) {
          context.output.data(line)
        }
      }
      return finding.open.count
    }
    return count > 0 && context.options.isFailOnConflict ? .openConflicts : .done
  }
}
