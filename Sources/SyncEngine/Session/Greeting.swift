import CRDTCore

/// The part of a session in which both sides learn what the other one holds.
///
/// Each tells the last entries of its logs, looks for the other's among its own, and tells under which
/// of the other's names it has other entries.
struct Greeting: Hashable, Sendable {
  private enum Step: Hashable {
    case awaitingVector
    case locating
    case located(PeerPlace)
    case over
  }

  private var step: Step
  /// Our logs under whose names the peer has other entries, once it has told.
  private var parted: [ReplicaID]?
  /// The names that are known to mean other entries there than here, to either side.
  private(set) var differing: Set<ReplicaID> = []

  /// Creates a greeting; one that is not due is over.
  init(isDue: Bool) { step = isDue ? .awaitingVector : .over }

  /// Whether both sides know what the other one holds.
  var isOver: Bool { step == .over }

  /// Whether it is the place for the peer's vector.
  var takesVector: Bool { step == .awaitingVector }

  /// Whether it is the place for the peer's answer to our vector.
  var takesParted: Bool { step != .awaitingVector && step != .over && parted == nil }

  /// Takes note that the peer's vector has come.
  mutating func begin() { step = .locating }

  /// Takes what the owner has found of the peer's vector.
  mutating func locate(_ place: PeerPlace) throws(Ending) {
    guard step == .locating else {
      throw Ending(.failed(reason: "Entries were located that were not asked for."))
    }
    step = .located(place)
    differing.formUnion(place.parted)
  }

  /// Takes the peer's answer to our vector.
  mutating func receive(parted replicas: [ReplicaID]) {
    parted = replicas
    differing.formUnion(replicas)
  }

  /// What the peer holds, once all of it is known; only then, and once.
  mutating func takeResult() -> VersionVector? {
    guard case .located(let place) = step, let parted else { return nil }
    step = .over
    var vector = place.vector
    for replica in parted { vector.remove(replica) }
    return vector
  }
}
