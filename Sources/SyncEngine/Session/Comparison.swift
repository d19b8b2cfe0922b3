/// The one comparison of digests in a session, after its first exchange.
///
/// Both sides know from the hellos whether it is due, and each sends one verification.
struct Comparison: Hashable, Sendable {
  private enum Step: Hashable {
    case due
    case computing
    case sent(Verification)
    case over
  }

  private var step: Step
  private var theirs: Verification?

  /// Creates a comparison; one that is not due is over.
  init(isDue: Bool) { step = isDue ? .due : .over }

  /// Whether both sides have compared, or had nothing to compare.
  var isOver: Bool { step == .over }

  /// Whether the peer's verification is there.
  var hasTheirs: Bool { theirs != nil }

  /// Whether nothing but the peer's verification is missing.
  var isAwaitingPeer: Bool { if case .sent = step { theirs == nil } else { false } }

  /// Whether it is this side's turn to take its digests; if so, it now is at it.
  mutating func begin() -> Bool {
    guard step == .due else { return false }
    step = .computing
    return true
  }

  /// Takes this side's digests.
  ///
  /// - Returns: What to send.
  mutating func take(_ digests: ComputedDigests) throws(Ending) -> Verification {
    guard step == .computing else {
      throw Ending(.failed(reason: "Digests came that were not asked for."))
    }
    let ours = Verification(
      vector: digests.vector, logDigest: digests.logDigest, stateDigest: digests.stateDigest)
    step = .sent(ours)
    return ours
  }

  /// Takes the peer's verification.
  mutating func receive(_ verification: Verification) throws(Ending) {
    guard step != .over, theirs == nil else { throw Ending(.outOfPlace(.verify)) }
    theirs = verification
  }

  /// Compares, once both sides' digests are there.
  mutating func conclude() -> Divergence? {
    guard case .sent(let ours) = step, let theirs else { return nil }
    step = .over
    return ours.divergence(from: theirs)
  }
}
