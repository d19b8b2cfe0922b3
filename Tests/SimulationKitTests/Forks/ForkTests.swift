import CRDTCore
import ReplicaStore
import SimulationKit
import TestSupport
import Testing

/// Replicas that take in forked logs, each in an order of its own, and what the oracle says of them.
@Suite("Forked logs", .serialized)
struct ForkTests {
  @Test(
    "whatever order a forked log comes in, each node shows what the rules make of it",
    arguments: Seed.all.prefix(8))
  func anyOrder(_ seed: Seed) async throws {
    try await onOwnThread { try Self.run(ForkWorld(seed, entries: 45), seed) }
  }

  @Test(
    "what a form had shown before logs were renamed is neither edited, nor deleted, nor restored")
  func staleForm() throws {
    let world = try OracleWorld(Seed(1), forks: true)
    let replica = world.nodes[0].replica
    let change = FieldChange("name", .set(.text("late")))
    let deal = try replica.write { try $0.create("deal", [change]) }
    let basis = try #require(try replica.read { try $0.record("deal", deal)?.basis })
    while try !replica.read({ try $0.conflicts().contains { $0.kind == .fork } }) {
      try world.equivocator?.tell(replica, using: &world.random) { _, _, random in
        Payload(reason: "\(random.next())")
      }
    }
    let acts: [(Transaction) throws -> Void] = [
      { try $0.edit("deal", deal, basis: basis, [change]) },
      { try $0.delete("deal", deal, basis: basis) },
      { try $0.restore("deal", deal, basis: basis) },
    ]
    for act in acts {
      #expect(throws: ReplicaError.renamedBasis(kind: "deal", id: deal)) {
        try replica.write { try act($0) }
      }
    }
    let now = try #require(try replica.read { try $0.record("deal", deal)?.basis })
    try replica.write { try $0.delete("deal", deal, basis: now) }
  }

  private static func run(_ world: ForkWorld, _ seed: Seed) throws {
    let oracle = world.oracle(of: world.entries)
    #expect(oracle.names.count == world.entries.count)
    for hash in world.honest { #expect(oracle.setAside[hash] != .malformed) }
    let folder = try TemporaryDirectory()
    var dumps: Set<[UInt8]> = []
    var digests: Set<ReplicaDigest> = []
    var conflicts: Set<[OracleConflict]> = []
    for name in ["one", "two", "three"] {
      let replica = try world.reader(at: folder.path("\(name).sqlite"))
      for (count, entry) in world.reordered().enumerated() {
        _ = try replica.apply(entry.batch())
        guard count % 11 == 10 else { continue }
        expectNone(
          try StateChecker([.log, .state]).findings(in: replica), "\(name) with \(count + 1)")
      }
      expectNone(try StateChecker().findings(in: replica), name)
      dumps.insert(try replica.read { try $0.canonicalDump() })
      digests.insert(try replica.digest())
      conflicts.insert(try replica.read { try $0.conflicts().map(OracleConflict.init) })
    }
    #expect(dumps.count == 1)
    #expect(digests.count == 1)
    let isListed = conflicts == [oracle.conflicts]
    #expect(isListed)
  }

  private static func expectNone(_ findings: [String], _ place: String) {
    for finding in findings { Issue.record("\(place): \(finding)") }
  }
}
