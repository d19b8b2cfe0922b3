extension ShellSession {
  /// One exchange with every peer whose address is known, beside the prompt; `nil` if it was stopped, or
  /// there was nobody to dial.
  func exchangeInBackground(_ failures: [String: String]) async -> BackgroundSync.Outcome? {
    guard let command = try? parser.parse("sync").first else { return nil }
    let unheard: @Sendable (String) -> Void = { _ in }
    let isTerminal = environment.isOutputTerminal
    var options = options
    options.format = nil
    options.at = nil
    let output = CommandOutput(
      data: unheard, talk: unheard, ask: nil, openEditor: nil, progress: nil,
      width: environment.width(), isTerminal: isTerminal,
      style: environment.style(options, isTerminal: isTerminal))
    let report = SyncReport(context(for: command, options: options, nil, output))
    do {
      let before = try report.before()
      let results = try await node.sync(with: [], progress: report.note)
      // What came in before it was stopped is told with the next round.
      guard !Task.isCancelled else { return nil }
      return try report.outcome(of: results, since: before, failures: failures)
    } catch {
      // What is wrong with the store or the roster is told by the command that needs it.
      return nil
    }
  }
}
