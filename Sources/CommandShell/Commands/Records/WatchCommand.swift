/// `watch COMMAND`: what a command shows, drawn anew whenever the store changes.
struct WatchCommand: ShellCommand {
  let name = "watch"
  let summary = "Shows what a command shows, anew on every change of the store; q leaves."
  let syntax = ["watch [SECONDS] COMMAND"]
  let examples = [
    "watch list deals where mine", "watch 60 timeline müller since monday",
    "watch count deals by stage", "watch conflict list --format json",
  ]
  let use = CommandUse(words: 1)

  /// So long nothing is drawn after a frame: an import changes the store a thousand times a second.
  private static let pause = Duration.milliseconds(100)
  /// The longest time between two frames, in seconds.
  private static let secondsMax = 86_400

  func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    guard let watched = command.inner.first else {
      throw command.rejection(
        "a command is missing", hint: "such as: watch list deals",
        at: command.range.upperBound..<command.range.upperBound)
    }
    let seconds = try seconds(of: command)
    try check(watched, in: context)
    let occasions = try Occasions(of: context, every: seconds)
    defer { occasions.end() }
    var view = WatchView(watched, in: context)
    do {
      try await view.draw()
      for await _ in occasions.stream {
        try await view.draw()
        try await Task.sleep(for: Self.pause)
      }
    } catch is CancellationError {
      // Being stopped is how watching ends.
      return .done
    }
    return .done
  }

  private func seconds(of command: Command) throws(ParseError) -> Int? {
    guard let target = command.targets.first, case .word(let word) = target else { return nil }
    guard let seconds = Int(word.text), (1...Self.secondsMax).contains(seconds) else {
      throw command.rejection(
        "watch draws every 1 to \(Self.secondsMax) seconds", at: word.range)
    }
    return seconds
  }

  /// Refuses what is not to be done again and again.
  private func check(_ watched: Command, in context: CommandContext) throws(ParseError) {
    if let output = watched.options.first(where: { $0.name == "output" }) {
      throw watched.rejection("watch writes to no file", at: output.range)
    }
    let others = SessionCommands.all.map(\.name) + [name]
    guard let action = context.registry.command(for: watched.action),
      action.use(of: watched).changes || others.contains(action.name)
    else { return }
    throw watched.rejection(
      "\(action.name) cannot be watched", hint: "watch takes what only reads", at: watched.range)
  }
}

/// When to draw: the store has changed, or the time is up; ends when somebody presses q.
private struct Occasions {
  let stream: AsyncStream<Void>
  private let tasks: [Task<Void, Never>]
  private let stopKeys: @Sendable () -> Void

  init(of context: CommandContext, every seconds: Int?) throws {
    let changes = try context.node.changes()
    // Of several occasions that were not taken yet one is enough.
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.stream = stream
    var tasks = [Task { for await _ in changes { continuation.yield() } }]
    if let seconds {
      tasks.append(
        Task {
          while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(seconds))
            continuation.yield()
          }
        })
    }
    self.tasks = tasks
    let listen = context.output.screen?.keys ?? Screen.noKeys
    stopKeys = listen { key in
      if key == "q" || key == "Q" { continuation.finish() }
    }
  }

  func end() {
    stopKeys()
    for task in tasks { task.cancel() }
  }
}
