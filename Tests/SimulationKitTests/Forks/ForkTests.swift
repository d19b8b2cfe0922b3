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
    arguments: Seed.all.prefix(40))
  func anyOrder(_ seed: Seed) async throws {
    try await onOwnThread { try Self.run(ForkWorld(seed, entries: 45), seed) }
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
