import CRDTCore
import ReplicaStore
import SimulationKit
import TestSupport
import Testing

@Suite("Oracle")
struct OracleTests {
  @Test(
    "every node shows at any time what the rules make of the entries it holds",
    arguments: Seed.all)
  func anyTime(_ seed: Seed) throws {
    let world = try OracleWorld(seed)
    let checker = StateChecker([.log, .state])
    for step in 1...60 {
      try world.step()
      guard step % 6 == 0 else { continue }
      let node = world.random.choice(world.nodes)
      #expect(try checker.findings(in: node.replica) == [], "\(node.name) after step \(step)")
    }
    try world.converge()
    let digests = Set(try world.nodes.map { try $0.replica.digest().state })
    #expect(digests.count == 1)
    for node in world.nodes {
      #expect(try StateChecker().findings(in: node.replica) == [], "\(node.name)")
    }
  }
}
