import Synchronization

/// Lets Ctrl-C stop the command that runs, and nothing else.
package final class CommandInterrupter: Sendable {
  private struct State {
    var cancel: (@Sendable () -> Void)?
    var isInterrupted = false
    /// Whether another program has the terminal, which Ctrl-C is then meant for.
    var isAway = false
  }

  private let state = Mutex(State())

  package init() {}

  /// Asks the command that runs to stop; `beforehand` is done first, if there is one to ask.
  ///
  /// - Returns: Whether there was one that had not been asked before; if not, the caller may end the
  ///   program.
  package func interrupt(beforehand: () -> Void = {}) -> Bool {
    let (isAway, cancel) = state.withLock { state in
      if state.isAway { return (true, nil as (@Sendable () -> Void)?) }
      defer { state.isInterrupted = true }
      return (false, state.isInterrupted ? nil : state.cancel)
    }
    if let cancel {
      beforehand()
      cancel()
    }
    return isAway || cancel != nil
  }

  /// Runs `body` while another program has the terminal.
  func away<Result>(_ body: () -> Result) -> Result {
    state.withLock { $0.isAway = true }
    defer { state.withLock { $0.isAway = false } }
    return body()
  }

  /// Runs a command so that ``interrupt()`` or the end of the caller's task cancels it.
  ///
  /// A command may run others in turn; then the one within is stopped.
  func run(_ body: @escaping @Sendable () async throws -> ExitCode) async throws -> ExitCode {
    let task = Task(operation: body)
    let outer = state.withLock { state in
      defer { state = State(cancel: { task.cancel() }) }
      return state
    }
    defer { state.withLock { $0 = outer } }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
