/// `tee FILE`: keeps what the session shows in a file as well.
struct TeeCommand: ShellCommand {
  let name = "tee"
  let summary = "Adds what the session shows from now on to a file as well."
  let syntax = ["tee FILE", "tee off", "tee"]
  let examples = ["tee monday.txt", "tee visits/monday.txt", "tee", "tee off"]
  let use = CommandUse(words: 1, isTimeless: true)

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    let state = context.state
    switch command.allWords.first {
    case nil:
      context.output.data(
        state.tee.map { "What is shown also goes to \($0.path)." }
          ?? "What is shown goes nowhere else. To keep it: tee FILE")
    case "off":
      let file = state.tee
      state.tee = nil
      try file?.close()
      context.talk(file.map { "\($0.path) is closed." } ?? "It was off already.")
    case let path?:
      let file = try OutputFile(path: context.settings.path(path), isAppending: true)
      try state.tee?.close()
      state.tee = file
      context.talk("What is shown also goes to \(path), until: tee off")
    }
    return .done
  }
}
