import ReplicaStore
import SimulationKit
import TestSupport
import Testing

/// Seeds one after the other, each on a thread of its own: they compute for long, and tests that wait
/// for the network run beside them.
@Suite("Oracle", .serialized)
struct OracleTests {
  @Test(
    "every node shows at any time what the rules make of the entries it holds",
    arguments: Seed.all.prefix(12))
  func anyTime(_ seed: Seed) async throws {
    try await onOwnThread { try Self.run(OracleWorld(seed), steps: 42) }
  }

  @Test(
    "so it does when somebody with a key in the roster writes what no program would",
    arguments: Seed.all.prefix(24))
  func hostileAuthor(_ seed: Seed) async throws {
    try await onOwnThread { try Self.run(OracleWorld(seed, isHostile: true), steps: 60) }
  }

  @Test(
    "so it does when somebody tells the nodes different continuations of one log",
    arguments: Seed.all.prefix(8))
  func equivocatingAuthor(_ seed: Seed) async throws {
    try await onOwnThread {
      let world = try OracleWorld(seed, forks: true)
      try Self.run(world, steps: 60)
      let forks = try world.honest.map { node in
        try node.replica.read { try $0.conflicts().filter { $0.kind == .fork } }
      }
      #expect(Set(forks).count == 1)
    }
  }

  private static func run(_ world: OracleWorld, steps: Int) throws {
    let checker = StateChecker([.log, .state])
    for step in 1...steps {
      try world.step()
      guard step % 6 == 0 else { continue }
      let node = world.random.choice(world.honest)
      expectNone(try checker.findings(in: node.replica), "\(node.name) after step \(step)")
    }
    try world.converge()
    let digests = Set(try world.honest.map { try $0.replica.digest().state })
    #expect(digests.count == 1)
    for node in world.honest {
      expectNone(try checker.findings(in: node.replica), node.name)
    }
    expectNone(try StateChecker(.rebuild).findings(in: world.honest[2].replica), "rebuilt")
  }

  private static func expectNone(
    _ findings: [String], _ place: String, at location: SourceLocation = #_sourceLocation
  ) {
    for finding in findings {
      Issue.record("\(place): \(finding)", sourceLocation: location)
    }
  }
}
