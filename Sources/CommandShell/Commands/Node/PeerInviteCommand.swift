import CRDTCore
import ReplicaStore

/// `peer invite`: makes a one-time code with which a node can join.
struct PeerInviteCommand: ShellCommand {
  let name = "peer invite"
  let summary = "Makes a one-time code with which a node can join; for administrators."
  let syntax = ["peer invite NODE --role ROLE [--address HOST:PORT]"]
  let examples = [
    "peer invite lena-x1 --role representative --address office.example:7000",
    "peer invite munich --role administrator --address 10.0.0.5:7000",
    "peer invite lena-x1 --role representative",
    "peer invite lena-x1 --role representative --format json",
  ]
  let use = CommandUse(words: 1, options: ["role", "address"], formats: ["json"], changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let node = try command.nodeName(
      try command.words(["NODE"])[0], at: command.targets.first?.range)
    let role = try role(of: command)
    let invite = try context.node.invite(
      node: node, role: role, address: command.value(of: "address"))
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.invite/1", "code": .string(invite.code), "words": .string(invite.words),
          "expires": .string(context.format.timestamp(Instant(invite.expires))),
        ]))
      return .done
    }
    if !context.options.isQuiet {
      let expires = context.format.moment(Instant(invite.expires))
      context.output.talk("\(node) can join once, until \(expires), with:")
      context.output.talk("  kith join CODE --node \(node) --user USER")
      context.output.talk("This node's key in three words, to compare: \(invite.words)")
    }
    context.output.data(invite.code)
    return .done
  }

  /// Roles may be shortened, as long as they stay apart.
  private func role(of command: Command) throws(ParseError) -> MemberRole {
    let word = try command.required("role", example: "representative").lowercased()
    let roles = MemberRole.allCases.filter { $0.rawValue.hasPrefix(word) }
    if roles.count == 1, !word.isEmpty { return roles[0] }
    let range = command.options.last { $0.name == "role" }?.range ?? command.range
    throw command.rejection(
      "there is no role \"\(word)\"",
      hint: "one of \(MemberRole.allCases.map(\.rawValue).joined(separator: ", "))", at: range)
  }
}
