import ReplicaStore

/// `status`: this node, what waits to be sent, what waits for a person, and each peer.
struct StatusCommand: ShellCommand {
  let name = "status"
  let summary = "Shows this node, its unsynced changes, its open conflicts and its peers."
  let syntax = ["status"]
  let examples = ["status", "status --format json"]
  let use = CommandUse(options: ["fail-on-conflict"], formats: ["json"])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    let replica = try context.node.replica()
    let unsynced = try replica.unconfirmedChanges()
    let conflicts = try replica.read { try $0.openConflictCount() }
    let nodes = try context.node.nodes()
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.status/1", "store": .string(context.node.storePath),
          "unsynced": .integer(Int64(unsynced)), "conflicts": .integer(Int64(conflicts)),
          "nodes": .array(nodes.map { $0.json(context.format) }),
        ]))
    } else {
      let card = card(nodes, unsynced: unsynced, conflicts: conflicts, context)
      let width = context.output.isTerminal ? context.output.width : nil
      for line in card.lines(width: width, style: context.output.style) {
        context.output.data(line)
      }
    }
    return conflicts > 0 && context.options.isFailOnConflict ? .openConflicts : .done
  }

  private func card(
    _ nodes: [NodeStatus], unsynced: Int, conflicts: Int, _ context: CommandContext
  ) -> CardView {
    let own = nodes.first(where: \.isThisNode)
    let role = own?.role.map { " (\($0))" } ?? ""
    var sections = [
      CardView.Section(rows: [
        .init("user", (own?.user ?? "unknown") + role), .init("store", context.node.storePath),
        .init("unsynced", "\(unsynced)"), .init("conflicts", "\(conflicts)"),
      ])
    ]
    let peers = nodes.filter { !$0.isThisNode }
    if !peers.isEmpty {
      sections.append(
        .init("peers", rows: peers.map { .init($0.name, $0.contact(context.format)) }))
    }
    let advice = conflicts > 0 ? ["See them with: conflict list"] : []
    let isAdvised = context.output.isTerminal && !context.options.isQuiet
    return CardView(
      title: own?.name ?? "this node", sections: sections, closing: isAdvised ? advice : [])
  }
}
