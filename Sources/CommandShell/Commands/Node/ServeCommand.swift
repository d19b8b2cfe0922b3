/// `serve`: answers peers until it is stopped.
struct ServeCommand: ShellCommand {
  let name = "serve"
  let summary = "Serves peers until it is stopped with Ctrl-C or SIGTERM."
  let syntax = ["serve --listen HOST:PORT"]
  let examples = [
    "serve --listen 0.0.0.0:7000",
    "serve --listen 127.0.0.1:0",
    "serve --listen [::]:7000",
    "serve --listen 0.0.0.0:7000 --format json",
  ]
  let use = CommandUse(options: ["listen"], formats: ["json"], changes: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    _ = try command.words([])
    let address = try command.required("listen", example: "0.0.0.0:7000")
    let output = context.output
    let isJSON = context.isJSON
    do {
      try await context.node.serve(at: address) { address in
        let json: JSONValue = ["schema": "kith.listening/1", "address": .string(address)]
        output.data(isJSON ? JSONView.text(json) : "listening on \(address)")
      }
    } catch is CancellationError {
      // Being stopped is how serving ends; nothing was left undone.
      return .done
    }
    return .done
  }
}
