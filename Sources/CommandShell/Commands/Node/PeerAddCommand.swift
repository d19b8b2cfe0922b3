/// `peer add`: remembers where a node can be reached.
struct PeerAddCommand: ShellCommand {
  let name = "peer add"
  let summary = "Remembers where a node of the workspace can be reached."
  let syntax = ["peer add NODE HOST:PORT"]
  let examples = [
    "peer add hamburg 10.0.0.5:7000",
    "peer add hamburg office.example:7000",
    "peer add munich [2001:db8::5]:7000",
    "peer add hamburg 10.0.0.5:7000 --format json",
  ]
  let use = CommandUse(words: 2, formats: ["json"], changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let words = try command.words(["NODE", "HOST:PORT"])
    try context.node.setAddress(words[1], of: words[0])
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.peer/1", "node": .string(words[0]), "address": .string(words[1]),
        ]))
    } else if !context.options.isQuiet {
      context.output.talk("\(words[0]) is reached at \(words[1]). Exchange with: sync \(words[0])")
    }
    return .done
  }
}
