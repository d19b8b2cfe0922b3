import CRDTCore
import ReplicaStore
import SyncEngine

/// Brings all nodes together, round by round, and counts the rounds.
struct Rounds {
  /// After faults stop, every node is online for a few minutes in each round; what one knows crosses
  /// a tree of offices and representatives in one, and the second shows that nothing was left.
  static let boundAfterFaults = 2
  private static let minutes: Int64 = 4

  unowned let world: World

  /// Runs rounds until all honest nodes hold the same.
  func untilEqual(atMost bound: Int) throws {
    for _ in 0..<bound {
      for node in world.nodes { try world.goOnline(node, for: .seconds(Self.minutes * 60)) }
      try world.simulator.run(until: world.simulator.now + .seconds(Self.minutes * 60 + 30))
      if try areEqual() { return }
    }
    let held = try world.nodes.map { node in
      "\(node.name) \(try world.holdings(of: node)?.vector.entryCount ?? 0)"
    }
    throw Finding(
      .liveness, "after \(bound) rounds: entries held are \(held.joined(separator: ", "))")
  }

  private func areEqual() throws -> Bool {
    let honest = world.nodes.filter { $0.hostility == nil }
    let digests = try honest.map { try world.holdings(of: $0)?.digest }
    return digests.allSatisfy { $0 != nil && $0 == digests.first }
  }
}
