import CRDTCore
import ReplicaStore

/// `node show`: this node's name, owner, key and store.
struct NodeShowCommand: ShellCommand {
  let name = "node show"
  let summary = "Shows this node's name, user, key and store."
  let syntax = ["node show"]
  let examples = ["node show"]
  let use = CommandUse(formats: ["json"])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    let replica = try context.node.replica()
    let own = try context.node.nodes().first(where: \.isThisNode)
    let id = Base32.text(of: try replica.holdings().own.rawValue)
    let workspace = Base32.text(of: replica.workspace.rawValue)
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.node/1", "id": .string(id), "store": .string(replica.path),
          "workspace": .string(workspace),
          "node": own?.json(context.format) ?? .null,
        ]))
      return .done
    }
    let card = CardView(
      title: own?.name ?? "this node",
      sections: [
        .init(rows: [
          .init("id", id), .init("user", own?.user ?? ""), .init("role", own?.role ?? ""),
          .init("key", own?.words ?? ""), .init("workspace", workspace),
          .init("store", replica.path),
        ])
      ])
    let width = context.output.isTerminal ? context.output.width : nil
    for line in card.lines(width: width, style: context.output.style) { context.output.data(line) }
    return .done
  }
}
