import CRDTCore
import CRMDomain
import ReplicaStore

/// `status`: this node, what waits to be sent, what waits for a person, and each peer.
struct StatusCommand: ShellCommand {
  let name = "status"
  let summary = "Shows this node, its unsynced changes, its open conflicts and its peers."
  let syntax = ["status"]
  let examples = [
    "status",
    "status --format json",
    "status --fail-on-conflict",
    "status --store ~/phone.sqlite",
  ]
  let use = CommandUse(options: ["fail-on-conflict"], formats: ["json"])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    let replica = try context.node.replica()
    let (waiting, chosen) = try context.read { (view) -> (WaitingConflicts, [String]) in
      let waiting = try WaitingConflicts(in: view.snapshot, at: context.calendar.now)
      return (waiting, try OverruledValues(view).sentences)
    }
    let assigned = waiting.assignedCount
    let conflicts = waiting.now.count + waiting.deferredCount
    let nodes = try context.node.nodes()
    // Without another node there is nobody to send anything to.
    let unsynced = nodes.count > 1 ? try replica.unconfirmedEntries() : 0
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.status/1", "store": .string(context.node.storePath),
          "unsynced": .integer(Int64(unsynced)), "conflicts": .integer(Int64(conflicts)),
          "deferred": .integer(Int64(waiting.deferredCount)),
          "assigned": .integer(Int64(assigned)),
          "overruled": .array(chosen.map(JSONValue.string)),
          "nodes": .array(nodes.map { $0.json(context.format) }),
        ]))
    } else {
      let mine = assigned > 0 ? ", \(assigned) of them assigned to you" : ""
      let style = context.output.style
      let deferred =
        waiting.deferredCount > 0 ? "\(style.separator)\(waiting.deferredCount) deferred" : ""
      let card = card(
        nodes, unsynced: unsynced, conflicts: "\(waiting.now.count) open\(mine)\(deferred)", context
      )
      let width = context.output.isTerminal ? context.output.width : nil
      for line in card.lines(width: width, style: context.output.style) {
        context.output.data(line)
      }
      for sentence in chosen { context.output.data(PlainText.oneLine(sentence)) }
    }
    return conflicts > 0 && context.options.isFailOnConflict ? .openConflicts : .done
  }

  /// When a peer was last met, and what its clock said if that is worth a look.
  private func contact(_ peer: NodeStatus, _ context: CommandContext) -> String {
    let contact = peer.contact(context.format)
    guard let difference = ClockDifference(peer.clockOffsetMilliseconds), !difference.isFine else {
      return contact
    }
    return "\(contact); \(difference.text)"
  }

  /// What the peers' clocks say of this node's.
  private func ownClock(_ peers: [NodeStatus]) -> [CardView.Row] {
    ClockDifference.ownFault(peers.compactMap(\.clockOffsetMilliseconds)).map {
      [.init("clock", $0)]
    } ?? []
  }

  private func card(
    _ nodes: [NodeStatus], unsynced: Int, conflicts: String, _ context: CommandContext
  ) -> CardView {
    let own = nodes.first(where: \.isThisNode)
    let role = own?.role.map { " (\($0))" } ?? ""
    let peers = nodes.filter { !$0.isThisNode }
    let changes = unsynced == 1 ? "change" : "changes"
    var sections = [
      CardView.Section(
        rows: [
          .init("user", (own?.user ?? "unknown") + role), .init("store", context.node.storePath),
          .init("unsynced", "\(PeopleFormat.number(unsynced)) \(changes)"),
          .init("conflicts", conflicts),
        ] + ownClock(peers))
    ]
    if !peers.isEmpty {
      sections.append(
        .init("peers", rows: peers.map { .init($0.name, contact($0, context)) }))
    }
    let advice = conflicts != "0 open" ? ["See them with: conflict list"] : []
    let isAdvised = context.output.isTerminal && !context.options.isQuiet
    return CardView(
      title: own?.name ?? "this node", sections: sections, closing: isAdvised ? advice : [])
  }
}
