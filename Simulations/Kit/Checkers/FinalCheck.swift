import CRDTCore
import CRMDomain
import Foundation
import GRDB
import ReplicaStore

/// What must hold of a node at any time, and of all nodes once they have found together.
struct FinalCheck {
  unowned let world: World
  let workload: Workload

  /// Checks all nodes, which hold the same.
  func run() throws {
    var digests: [EntryHash] = []
    for node in world.nodes {
      guard let replica = node.replica else { continue }
      digests.append(try replica.digest().state)
    }
    for (node, digest) in zip(world.nodes, digests) where digest != digests.first {
      throw Finding(
        .convergence, "\(node.name) and \(world.nodes[0].name) hold the same and show other states")
    }
    for node in world.nodes.suffix(1) { try check(node, rebuild: true) }
    let open = try world.nodes.first?.replica?.read { try $0.conflicts().filter(\.isOpen).count }
    world.totals.conflictsRaised = world.totals.conflictsSettled + (open ?? 0)
    let forks = try world.nodes.first?.replica?.read { snapshot in
      try snapshot.conflicts().filter { $0.kind == .fork }.count
    }
    for _ in 0..<(forks ?? 0) { world.totals.fault("log forked") }
    try checkStock()
  }

  /// Checks one node by itself; with `rebuild`, makes its tables anew besides.
  func check(_ node: SimulatedNode, rebuild: Bool) throws {
    guard let replica = node.replica else { return }
    let scope: StateChecker.Scope = rebuild ? .all : [.log, .state]
    if let finding = try StateChecker(scope).findings(in: replica).first {
      throw Finding(.oracle, "\(node.name): \(finding)")
    }
    guard try !replica.read({ try $0.ownLogHasBranches() }) else {
      throw Finding(.oracle, "\(node.name) writes on in a log that it knows to have branches")
    }
    let lost = try replica.read { try $0.entriesOfUnknownAuthor(node.key.publicKey) }
    guard lost == 0 else {
      throw Finding(.loss, "\(node.name) wrote \(lost) entries that count nowhere")
    }
  }

  /// Every increment whose command has returned is in the sum once.
  private func checkStock() throws {
    guard let replica = world.nodes.first?.replica, !world.hasLostStores else { return }
    try replica.read { snapshot in
      for (product, expected) in workload.expectedStock.sorted(by: {
        $0.key.rawValue < $1.key.rawValue
      }) {
        guard let expected, let state = try snapshot.record("product", product) else { continue }
        var shown: Int64 = 0
        if case .integer(let sum) = state["stock"] { shown = sum }
        guard shown == expected else {
          throw Finding(
            .counters, "product \(product) shows \(shown), and increments make \(expected)")
        }
      }
    }
  }
}

extension Snapshot {
  /// How many entries of a node are set aside because their author was not known to belong here.
  fileprivate func entriesOfUnknownAuthor(_ key: NodePublicKey) throws -> Int {
    try Int.fetchOne(
      database,
      sql: """
        SELECT count(*) FROM _log WHERE verdict = ?
        AND replica IN (SELECT number FROM _replica WHERE key = ?)
        """,
      arguments: [SetAsideReason.unknownAuthor.rawValue, Data(key.bytes)]) ?? 0
  }

  /// Whether the log that this node writes is known to go on in several ways.
  fileprivate func ownLogHasBranches() throws -> Bool {
    let own = Data(try holdings().own.rawValue.bigEndianBytes)
    return try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM _branch WHERE original = ?)",
      arguments: [own]) ?? false
  }
}
