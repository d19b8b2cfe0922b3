import CRDTCore
import ReplicaStore

/// `store digest`: one line that is the same on every node that holds the same.
struct StoreDigestCommand: ShellCommand {
  let name = "store digest"
  let summary = "Prints the digest of the canonical state, then that of the version vector."
  let syntax = ["store digest"]
  let examples = ["store digest"]
  let use = CommandUse(formats: ["json"])

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    let digest = try context.node.replica().digest()
    let state = digest.state.hexadecimal
    let logs = digest.logs.hexadecimal
    let json: JSONValue = [
      "schema": "kith.digest/1", "state": .string(state), "logs": .string(logs),
    ]
    context.output.data(context.isJSON ? JSONView.text(json) : "\(state) \(logs)")
    return .done
  }
}

extension EntryHash {
  /// The 32 bytes as people compare them.
  var hexadecimal: String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
