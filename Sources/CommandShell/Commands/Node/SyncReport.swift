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

  /// Prints how exchanges ended.
  ///
  /// - Throws: `CancellationError` if a person stopped them before they were done.
  func finish(_ results: [ExchangeResult]) throws -> ExitCode {
    if results.contains(where: { $0.failure != nil }) { try Task.checkCancellation() }
    let conflicts = try context.node.replica().read { try $0.openConflictCount() }
    if context.isJSON {
      context.output.data(
        JSONView.text([
          "schema": "kith.sync/1", "peers": .array(results.map(json)),
          "conflicts": .integer(Int64(conflicts)),
        ]))
    } else {
      show(results, conflicts: conflicts)
    }
    return code(of: results, conflicts: conflicts)
  }

  private func code(of results: [ExchangeResult], conflicts: Int) -> ExitCode {
    if results.contains(where: { $0.wrongKey != nil }) { return .wrongKey }
    if results.contains(where: { $0.diverged || $0.isOwnStore }) { return .store }
    if results.isEmpty || results.contains(where: { $0.failure != nil }) { return .unreachable }
    return conflicts > 0 && context.options.isFailOnConflict ? .openConflicts : .done
  }

  private func show(_ results: [ExchangeResult], conflicts: Int) {
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
    guard conflicts > 0, !context.options.isQuiet else { return }
    let needs = conflicts == 1 ? "1 conflict needs" : "\(conflicts) conflicts need"
    context.output.talk("\(needs) a person; every value is kept. See: conflict list")
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
