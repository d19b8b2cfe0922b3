/// The instants at which a session must act if nothing happens before.
struct SessionDeadlines: Hashable, Sendable {
  /// When the peer will have been silent for too long.
  var silence: MonotonicInstant?
  /// When we will have been silent for too long.
  var keepAlive: MonotonicInstant?
  /// When the peer will have owed an answer for too long.
  var stall: MonotonicInstant?
  private var announced: MonotonicInstant?

  /// Takes note that the announced deadline has passed.
  mutating func fire() { announced = nil }

  /// The deadline to ask for; `nil` if the one asked for last comes no later.
  ///
  /// Deadlines that move on are not asked for anew each time: the old one fires, finds nothing
  /// due, and the next one is announced then.
  mutating func announce() -> MonotonicInstant? {
    guard let due = [silence, keepAlive, stall].compactMap(\.self).min() else { return nil }
    if let announced, announced <= due { return nil }
    announced = due
    return due
  }
}
