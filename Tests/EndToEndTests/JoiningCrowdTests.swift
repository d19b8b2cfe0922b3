import Foundation
import TestSupport
import Testing

/// Everybody of a company at the office's door at the same moment.
@Suite("Fifty nodes join at once")
struct JoiningCrowdTests {
  private static let size = 50

  @Test("all get in, and after one more round all hold the same")
  func crowd() async throws {
    let nodes = try TestNodes()
    let names = (1...Self.size).map { "node-\($0)" }
    let office = try await onOwnThread {
      try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
      return try nodes.serve("office")
    }
    let address = try await onOwnThread { try office.listeningAddress() }
    let codes = try await onOwnThread { try invite(names, nodes, address) }
    try #require(codes.count == Self.size)

    let start = ContinuousClock.now
    let joined = try await Lanes.run(Array(zip(names, codes)), width: Self.size) { name, code in
      try nodes.kith(name, "join", code, "--node", name, "--user", "User of \(name)")
    }
    let joins = ContinuousClock.now
    #expect(joined.count == Self.size)
    let rounds = try await Lanes.run(names, width: 4) { try nodes.sync($0) }
    #expect(rounds.flatMap(\.self).allSatisfy { $0.inSync })
    let end = ContinuousClock.now
    print("\(Self.size) joins at once: \(joins - start); one more round: \(end - joins)")

    let digests = try await Lanes.run(["office"] + names) { try nodes.digest($0) }
    #expect(Set(digests).count == 1)
    try await onOwnThread {
      let roster = try nodes.kith("office", "peer", "list", "--format", "json").output
      #expect(names.allSatisfy { roster.contains("\"\($0)\"") })
      try nodes.kith("office", "store", "check")
      try nodes.stop(office)
    }
  }

  /// Makes all invitations in one session of the office and returns their codes.
  private func invite(_ names: [String], _ nodes: TestNodes, _ address: String) throws -> [String] {
    let lines = names.map { "peer invite \($0) --role representative --address \(address)\n" }
    let result = try KithProcess.run(["--store", nodes.store("office")], input: lines.joined())
    return result.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("kith-") }
  }
}
