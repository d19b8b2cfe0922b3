import CRDTCore
import ReplicaStore
import Synchronization

/// What a person or a script is told about exchanges, and the exit code that they come to.
final class SyncReport: Sendable {
  private let context: CommandContext
  private let latest = Mutex<SyncProgress?>(nil)

  init(_ context: CommandContext) {
    self.context = context
  }

  /// Remembers how far an exchange has got.
  @Sendable func note(_ progress: SyncProgress) {
    latest.withLock { $0 = progress }
    let number = { (count: Int) in PeopleFormat.number(count) }
    context.output.progress?(
      "\(progress.peer)   sent \(number(progress.entriesSent)), received "
        + "\(number(progress.entriesReceived)) of \(number(progress.entriesToReceive)) changes")
  }

  /// Says what an interrupted exchange has kept.
  func stopped() -> ExitCode {
    let kept = latest.withLock { $0 }
    let text =
      kept.map {
        let sum = PeopleFormat.number($0.entriesToReceive)
        return "Stopped after \(PeopleFormat.number($0.entriesReceived)) of \(sum) changes "
          + "from \($0.peer). They are saved; sync again for the rest."
      } ?? "Stopped before anything was exchanged."
    context.output.talk(text)
    return .interrupted
  }

  /// How things stand before an exchange; `nil` on a node that has not finished joining, to which all is new.
  func before() throws -> SyncNews.Before? {
    guard (try? context.node.replica()) != nil else { return nil }
    return try context.read(SyncNews.before)
  }

  /// Prints how exchanges ended, and what is news since `before`.
  ///
  /// - Throws: `CancellationError` if a person stopped them before they were done.
  func finish(_ results: [ExchangeResult], since before: SyncNews.Before? = nil) throws -> ExitCode
  {
    if results.contains(where: { $0.failure != nil }) { try Task.checkCancellation() }
    let news = try before.map { before in try context.read { try SyncNews(since: before, $0) } }
    let conflicts =
      try news?.openCount ?? context.node.replica().read { try $0.openConflictCount() }
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.sync/1", "peers": .array(results.map(json)),
          "conflicts": .integer(Int64(conflicts)),
          "new_conflicts": .array((news?.new ?? []).map(JSONValue.string)),
        ]))
    } else {
      show(results)
      if !context.options.isQuiet { tell(news, conflicts: conflicts) }
    }
    return code(of: results, conflicts: conflicts)
  }

  private func code(of results: [ExchangeResult], conflicts: Int) -> ExitCode {
    if results.contains(where: { $0.wrongKey != nil }) { return .wrongKey }
    if results.contains(where: { $0.diverged || $0.isOwnStore }) { return .store }
    if results.isEmpty || results.contains(where: { $0.failure != nil }) { return .unreachable }
    return conflicts > 0 && context.options.isFailOnConflict ? .openConflicts : .done
  }

  /// Names what is new; of conflicts that were there before only their number is told.
  private func tell(_ news: SyncNews?, conflicts: Int) {
    if let news { for line in lines(news) { context.output.talk(line) } }
    guard conflicts > 0, news?.new.isEmpty ?? true else { return }
    context.output.talk(
      "\(SyncNews.need(conflicts)) a person; every value is kept. See: conflict list")
  }

  private func lines(_ news: SyncNews) -> [String] {
    news.lines(
      width: context.output.isTerminal ? context.output.width : nil, style: context.output.style)
  }

  /// What is to be told of exchanges beside the prompt: what moved, and who is no longer reached, or is again.
  ///
  /// `failures` are those that were told already.
  func outcome(
    of results: [ExchangeResult], since before: SyncNews.Before?, failures: [String: String]
  ) throws -> BackgroundSync.Outcome {
    var lines: [String] = []
    for result in results {
      let isTold = result.failure == failures[result.peer]
      let moved = result.entriesSent + result.entriesReceived
      guard !isTold || moved > 0 || result.diverged else { continue }
      lines += (result.failure.map { [$0] } ?? self.lines(result)).map {
        PlainText.oneLine("\(result.peer)   \($0)")
      }
    }
    if results.contains(where: { $0.entriesReceived > 0 }), let before {
      lines += self.lines(try context.read { try SyncNews(since: before, $0) })
    }
    return BackgroundSync.Outcome(
      lines: lines,
      failures: Dictionary(
        results.compactMap { result in result.failure.map { (result.peer, $0) } },
        uniquingKeysWith: { first, _ in first }))
  }

  private func show(_ results: [ExchangeResult]) {
    if results.isEmpty {
      context.output.talk("No peer's address is known. Tell one with: peer add NODE HOST:PORT")
    }
    let width = results.map { TextWidth.columns(of: $0.peer) }.max() ?? 0
    for result in results {
      let padding = String(repeating: " ", count: width - TextWidth.columns(of: result.peer))
      for line in lines(result) where !context.options.isQuiet || result.failure != nil {
        let text = PlainText.oneLine("\(result.peer)\(padding)   \(line)")
        if result.failure == nil { context.output.data(text) } else { context.output.talk(text) }
      }
    }
  }

  private func lines(_ result: ExchangeResult) -> [String] {
    var lines: [String] = []
    if let difference = ClockDifference(result.clockOffsetMilliseconds) {
      lines.append("\(difference.text): \(difference.isFine ? "fine" : "please check both")")
    }
    if result.failure == nil || result.entriesSent + result.entriesReceived > 0 {
      lines.append(
        "sent \(changes(result.entriesSent)) · received \(changes(result.entriesReceived)) "
          + "· \(PeopleFormat.elapsed(milliseconds: Int64(result.milliseconds)))")
    }
    if result.diverged {
      lines.append("both hold the same changes and yet differ; look with: store check")
    }
    if let failure = result.failure { lines.append(failure) }
    if let keys = result.wrongKey {
      lines += ["  known    \(keys.known)", "  offered  \(keys.offered)"]
    }
    if let hint = result.hint { lines.append(hint) }
    return context.output.style.isASCII ? lines.map { $0.replacing(" · ", with: " - ") } : lines
  }

  private func changes(_ count: Int) -> String {
    "\(PeopleFormat.number(count)) \(count == 1 ? "change" : "changes")"
  }

  private func json(_ result: ExchangeResult) -> JSONValue {
    [
      "peer": .string(result.peer), "in_sync": .bool(result.failure == nil && !result.diverged),
      "sent": .integer(Int64(result.entriesSent)),
      "received": .integer(Int64(result.entriesReceived)), "bytes": .integer(Int64(result.bytes)),
      "milliseconds": .integer(Int64(result.milliseconds)),
      "clock_offset_ms": result.clockOffsetMilliseconds.map { .integer($0) } ?? .null,
      "diverged": .bool(result.diverged), "wrong_key": .bool(result.wrongKey != nil),
      "known_key": result.wrongKey.map { .string($0.known) } ?? .null,
      "offered_key": result.wrongKey.map { .string($0.offered) } ?? .null,
      "error": result.failure.map { .string($0) } ?? .null,
      "hint": result.hint.map { .string($0) } ?? .null,
    ]
  }
}
