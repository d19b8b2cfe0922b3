import ReplicaStore
import SimulationKit
import TestSupport
import Testing

@Suite("Oracle")
struct OracleTests {
  @Test(
    "every node shows at any time what the rules make of the entries it holds",
    arguments: Seed.all)
  func anyTime(_ seed: Seed) throws { try run(OracleWorld(seed), steps: 42) }

  @Test(
    "so it does when somebody with a key in the roster writes what no program would",
    arguments: Seed.all)
  func hostileAuthor(_ seed: Seed) throws {
    try run(OracleWorld(seed, isHostile: true), steps: 60)
  }

  private func run(_ world: OracleWorld, steps: Int) throws {
    let checker = StateChecker([.log, .state])
    for step in 1...steps {
      try world.step()
      guard step % 6 == 0 else { continue }
      let node = world.random.choice(world.nodes)
      expectNone(try checker.findings(in: node.replica), "\(node.name) after step \(step)")
    }
    try world.converge()
    let digests = Set(try world.nodes.map { try $0.replica.digest().state })
    #expect(digests.count == 1)
    for node in world.nodes {
      expectNone(try checker.findings(in: node.replica), node.name)
    }
    expectNone(try StateChecker(.rebuild).findings(in: world.nodes[2].replica), "rebuilt")
  }

  private func expectNone(
    _ findings: [String], _ place: String, at location: SourceLocation = #_sourceLocation
  ) {
    for finding in findings {
      Issue.record("\(place): \(finding)", sourceLocation: location)
    }
  }
}
