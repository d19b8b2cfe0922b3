import CRDTCore

/// `peer list`: the nodes of the workspace.
struct PeerListCommand: ShellCommand {
  let name = "peer list"
  let summary = "Lists the nodes of the workspace, where they are and when they were last met."
  let syntax = ["peer list"]
  let examples = ["peer list", "peer list --format json"]
  let use = CommandUse(formats: ["table", "json", "csv", "tsv", "md"])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    let nodes = try context.node.nodes()
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.peers/1", "nodes": .array(nodes.map { $0.json(context.format) }),
        ]))
      return .done
    }
    try context.write(
      TableView(
        columns: [
          .init("node", importance: 2), .init("user", importance: 1), .init("role"),
          .init("key"), .init("address"), .init("last contact"),
        ],
        rows: nodes.map {
          [
            .init($0.name), .init($0.user ?? ""), .init($0.role ?? ""), .init($0.words),
            .init($0.address ?? ""), .init(contact($0, context)),
          ]
        }))
    return .done
  }

  /// When a node was last met: for people in their words, for programs as a moment.
  private func contact(_ node: NodeStatus, _ context: CommandContext) -> String {
    guard !context.isForPeople else { return node.contact(context.format) }
    return node.lastContact.map { context.format.timestamp(Instant($0)) } ?? ""
  }
}
