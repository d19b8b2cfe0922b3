public import CRDTCore

/// When to dial which peer: at once, then less and less often while it cannot be reached.
///
/// Each failure doubles the wait, up to a limit; a random half of it keeps nodes that lost the same
/// office from all coming back in the same second. Time and randomness come in as arguments.
///
/// Source: the "equal jitter" of Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture
/// Blog, 2015).
public struct PeerSchedule: Sendable {
  /// The first wait, in milliseconds before jitter: a link that broke is usually back as soon.
  public static let waitMillisecondsMin: UInt64 = 2_000
  /// The longest wait, in milliseconds: a laptop that comes back is in sync within minutes.
  public static let waitMillisecondsMax: UInt64 = 300_000

  /// What is known of one peer.
  private struct Plan {
    var failureCount = 0
    /// When to dial; `nil` while a dial or a session is under way.
    var due: MonotonicInstant?
  }

  private var plans: [NodePublicKey: Plan] = [:]

  /// Creates a schedule without peers.
  public init() {}

  /// The peers, ordered by key.
  public var peers: [NodePublicKey] { plans.keys.sorted() }

  /// Takes a peer in, to be dialled at once; one that is in already stays as it is.
  public mutating func add(_ peer: NodePublicKey, at now: MonotonicInstant) {
    if plans[peer] == nil { plans[peer] = Plan(due: now) }
  }

  /// Takes a peer out; what it is doing is no longer waited for.
  public mutating func remove(_ peer: NodePublicKey) { plans[peer] = nil }

  /// The instant at which some peer must be dialled next; `nil` if none waits.
  public var nextDue: MonotonicInstant? { plans.values.compactMap(\.due).min() }

  /// Hands out the peers to dial now, ordered by key.
  ///
  /// Each one is under way until ``finished(_:inSync:at:random:)`` is called for it.
  public mutating func takeDue(at now: MonotonicInstant) -> [NodePublicKey] {
    let due = plans.filter { $0.value.due.map { $0 <= now } ?? false }.keys.sorted()
    for peer in due { plans[peer]?.due = nil }
    return due
  }

  /// Takes note that a dial, or the session it led to, is over, and plans the next.
  ///
  /// - Parameters:
  ///   - peer: Which peer; one that was taken out meanwhile is left alone.
  ///   - inSync: Whether both sides were in sync at some time; if not, it counts as a failure, for a
  ///     peer that answers and refuses us every time must not be dialled every second.
  ///   - now: The time.
  ///   - random: 64 random bits.
  public mutating func finished(
    _ peer: NodePublicKey, inSync: Bool, at now: MonotonicInstant, random: UInt64
  ) {
    guard var plan = plans[peer] else { return }
    let wait = Self.wait(afterFailures: inSync ? 0 : plan.failureCount, random: random)
    plan.failureCount = inSync ? 0 : plan.failureCount + 1
    plan.due = now + wait
    plans[peer] = plan
  }

  /// Makes every waiting peer due at once, as when the network has come back or a person asks.
  public mutating func wake(at now: MonotonicInstant) {
    for (peer, plan) in plans where plan.due != nil { plans[peer] = Plan(due: now) }
  }

  /// A wait between a half and the whole of ``waitMillisecondsMin`` × 2^`count`, within the limit.
  private static func wait(afterFailures count: Int, random: UInt64) -> Duration {
    // From 2^20 on the limit holds anyway, and up to there the product fits.
    let whole = min(waitMillisecondsMax, waitMillisecondsMin << UInt64(min(count, 20)))
    let half = whole / 2
    return .milliseconds(Int64(half + random % (half + 1)))
  }
}
