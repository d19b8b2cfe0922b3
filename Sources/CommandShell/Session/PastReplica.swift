import CRDTCore
package import ReplicaStore

/// The replica of what a node knew at an earlier moment; its files go with the last reference to it.
package final class PastReplica: Sendable {
  package let state: PastState
  private let onRelease: @Sendable () -> Void

  /// Wraps a state; `onRelease` removes its files.
  package init(_ state: PastState, onRelease: @escaping @Sendable () -> Void) {
    self.state = state
    self.onRelease = onRelease
  }

  deinit { onRelease() }
}

/// The state that a command asked for with `at`.
package struct PastView: Sendable {
  /// The moment meant.
  let moment: Instant
  /// `nil` where the moment is now.
  let replica: PastReplica?
}

extension CommandContext {
  /// The moment as of which records are read: the one after `at`, else now.
  var asOf: Instant { past?.moment ?? calendar.now }

  /// `as of Fri 2026-03-06 17:00:00`, where it is not now.
  var asOfText: String? {
    past.map { past in
      let (day, _) = calendar.local(past.moment)
      return "as of \(format.resolved(day)) \(format.timeWithSeconds(past.moment))"
    }
  }

  /// This context with the state that a command asks for with `at`, or the session with `--at`.
  ///
  /// - Throws: ``ReadingError`` if the moment cannot be read, or is still to come.
  func reading(_ command: Command, with use: CommandUse) throws -> CommandContext {
    guard use.clauses.contains(.at), let text = command.clauses.at?.text ?? options.at else {
      return self
    }
    let reading = try DateReader(calendar: calendar, isPast: true).read(text)
    guard reading.start(in: calendar) <= calendar.now else { throw ReadingError.future(text) }
    let moment = min(reading.end(in: calendar), calendar.now)
    var context = self
    context.past = PastView(
      moment: moment, replica: moment < calendar.now ? try replica(at: moment) : nil)
    context.tellMoment(with: use)
    return context
  }

  /// This context with the state at a moment; of one that is still to come, or is this one's, itself.
  func going(to moment: Instant) throws -> CommandContext {
    guard moment < asOf else { return self }
    var context = self
    context.past = PastView(moment: moment, replica: try replica(at: moment))
    return context
  }

  private func replica(at moment: Instant) throws -> PastReplica {
    try node.past(at: WallTime(milliseconds: moment.milliseconds)) { done, count in
      let share = "\(PeopleFormat.number(done)) of \(PeopleFormat.number(count)) changes"
      output.progress?("going back to \(format.stamp(moment)): \(share)")
    }
  }

  /// Says what nothing else says: the moment, where no footer tells it, and that nothing was known then.
  private func tellMoment(with use: CommandUse) {
    // An exported file has no room for it, and rows one by one have none either.
    let isExport = use.formats == ExportCommand.formats
    if isExport || !isForPeople && options.format != "json", let asOfText { talk(asOfText) }
    guard let state = past?.replica?.state, state.entryCount == 0, let began = state.began else {
      return
    }
    let first = format.stamp(Instant(began))
    talk("Nothing had come to this node by then; the first change came \(first).")
  }
}
