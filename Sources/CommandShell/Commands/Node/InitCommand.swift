import CRDTCore
import ReplicaStore

/// `init`: founds a workspace on this node.
struct InitCommand: ShellCommand {
  let name = "init"
  let summary = "Founds a workspace, with this node as its first administrator."
  let syntax = ["init NODE --workspace W --user U [--currency EUR]"]
  let examples = [
    "init office --workspace Acme --user \"Priya Nair\"",
    "init office --workspace Acme --user \"Priya Nair\" --currency CHF",
    "init lena-x1 --workspace Personal --user Lena --store ~/lena.sqlite",
    "init office --workspace Acme --user Priya --format json",
  ]
  let use = CommandUse(
    words: 1, options: ["workspace", "user", "currency"], formats: ["json"], changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let node = try command.nodeName(
      try command.words(["NODE"])[0], at: command.targets.first?.range)
    let workspace = try command.required("workspace", example: "Acme")
    let user = try command.required("user", example: "Priya")
    let code = command.value(of: "currency") ?? CurrencyCode.euro.description
    guard let currency = CurrencyCode(code.uppercased()) else {
      throw ReadingError.unknownCurrency(
        code, nearest: Nearest.words(to: code, in: ["EUR", "USD", "GBP", "CHF", "JPY"]))
    }
    let replica = try context.node.found(
      FoundRequest(node: node, workspace: workspace, user: user, currency: currency))
    context.state.forgetRecords()
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.node/1", "node": .string(node), "workspace": .string(workspace),
          "user": .string(user), "currency": .string(currency.description),
          "store": .string(replica.path),
        ]))
    } else if !context.options.isQuiet {
      context.output.talk("Founded \(workspace) on \(node), for \(user). Store: \(replica.path)")
      context.output.talk("Invite another node with: peer invite NODE --role ROLE")
    }
    return .done
  }
}
