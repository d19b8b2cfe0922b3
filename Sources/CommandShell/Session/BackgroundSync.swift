import Synchronization

/// Exchanges with the peers beside the prompt, and keeps what came of it until nobody is typing.
final class BackgroundSync: Sendable {
  /// How long nothing happens after a round, unless a command has made something to send.
  private static let pause = Duration.seconds(15)

  /// What a round came to.
  struct Outcome {
    let lines: [String]
    /// Why each peer was not reached.
    let failures: [String: String]
  }

  private struct State {
    var occasions: AsyncStream<Void>.Continuation?
    var tasks: [Task<Void, Never>] = []
    var round: Task<Void, Never>?
    /// How many commands have something to do that a round must not get in the way of.
    var holderCount = 0
    var news: [String] = []
    var failures: [String: String] = [:]
    /// The prompt of the session as it was last shown; that of a continued line or a question is another.
    var shown = ""
    /// What it is by now.
    var prompt: String?
    /// Rises with every command, so that a prompt made before it is known for that.
    var generation = 0
  }

  private let state = Mutex(State())
  private let bell: EditorBell?
  private let round: Round
  private let prompt: @Sendable () async -> String

  /// Exchanges once with every peer.
  ///
  /// `failures` are those that were told already; `nil` says that there is nothing to tell.
  typealias Round = @Sendable (_ failures: [String: String]) async -> Outcome?

  /// Makes rounds of `round` once it is started; then `bell` rings, and `prompt` tells what the prompt is by then.
  init(
    bell: EditorBell?, round: @escaping Round, prompt: @escaping @Sendable () async -> String
  ) {
    self.bell = bell
    self.round = round
    self.prompt = prompt
  }

  var isOn: Bool { state.withLock { $0.occasions != nil } }

  /// Makes a round at once, and again and again until ``stop()``.
  func start() {
    // Of several occasions that were not taken yet one is enough.
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let isNew = state.withLock { state in
      guard state.occasions == nil else { return false }
      state.occasions = continuation
      state.failures = [:]
      return true
    }
    guard isNew else { return }
    let rounds = Task {
      for await _ in stream { await makeRound() }
    }
    let clock = Task {
      while !Task.isCancelled {
        continuation.yield()
        try? await Task.sleep(for: Self.pause)
      }
    }
    state.withLock { $0.tasks = [rounds, clock] }
  }

  /// Ends the round that goes on, and begins none any more.
  func stop() async {
    let (tasks, round) = state.withLock { state in
      state.occasions?.finish()
      state.occasions = nil
      defer { state.tasks = [] }
      return (state.tasks, state.round)
    }
    round?.cancel()
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  /// Begins a round soon: there is something to send.
  func hurry() { _ = state.withLock { $0.occasions?.yield() } }

  /// Runs `body` while no round goes on.
  func pausing<Result>(_ body: () async throws -> Result) async rethrows -> Result {
    let round = state.withLock { state in
      state.holderCount += 1
      return state.round
    }
    defer { state.withLock { $0.holderCount -= 1 } }
    round?.cancel()
    await round?.value
    return try await body()
  }

  private func makeRound() async {
    let task = state.withLock { state -> Task<Void, Never>? in
      guard state.holderCount == 0, state.occasions != nil else { return nil }
      let failures = state.failures
      let task = Task { [self] in
        guard let outcome = await round(failures) else { return }
        let generation = self.state.withLock { $0.generation }
        let prompt = await prompt()
        self.state.withLock { state in
          state.news += outcome.lines
          state.failures = outcome.failures
          // A command has run meanwhile: the prompt after it knows more.
          if state.generation == generation { state.prompt = prompt }
        }
        bell?.ring()
      }
      state.round = task
      return task
    }
    await task?.value
    state.withLock { $0.round = nil }
  }

  /// What has come up since this was last asked, to be told before a new prompt.
  func takeNews() -> [String] {
    state.withLock { state in
      defer { state.news = [] }
      state.generation += 1
      state.prompt = nil
      return state.news
    }
  }

  /// Remembers the prompt that is about to be shown.
  func willShow(_ prompt: String) { state.withLock { $0.shown = prompt } }

  /// What is to be shown in place of a prompt at which nothing is typed; `nil` if it says it all, or is
  /// not the session's.
  func interlude(at shown: String) -> EditorInterlude? {
    state.withLock { state in
      let prompt = state.prompt ?? shown
      guard shown == state.shown, prompt != shown || !state.news.isEmpty else { return nil }
      defer {
        state.news = []
        state.shown = prompt
      }
      return EditorInterlude(lines: state.news, prompt: prompt)
    }
  }
}
