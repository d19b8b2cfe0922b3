import CRDTCore
import ReplicaStore
import TestSupport
import Testing

/// Random edits on several nodes, exchanged in random order: every line of the design that says
/// "whatever the order, duplication and batching" in one test.
@Suite struct ExchangeTests {
  private struct World {
    var random: SplitMix64
    let nodes: [TestNode]
    var deals: [RecordID]
    /// Batches that were sent once and are sent again.
    var sent: [[UInt8]] = []
    /// What each node showed of a deal at some time.
    var forms: [(node: Int, deal: RecordID, basis: Basis)] = []
  }

  @Test(
    "nodes that exchange in any order, in pieces and twice over end in one state, that of the log",
    arguments: Seed.all.prefix(12))
  func anyOrder(seed: Seed) throws {
    var world = try Self.makeWorld(seed)
    for _ in 0..<120 { try Self.step(&world) }
    try syncAll(world.nodes)
    let digest = try world.nodes[0].replica.digest()
    let conflicts = try world.nodes[0].replica.read { Set(try $0.conflicts().map(\.id)) }
    #expect(!conflicts.isEmpty)
    for node in world.nodes {
      #expect(try node.replica.digest() == digest)
      #expect(try node.replica.read { Set(try $0.conflicts().map(\.id)) } == conflicts)
      #expect(try node.replica.check().faults == [])
    }
  }

  private static func makeWorld(_ seed: Seed) throws -> World {
    let office = try TestNode.founder()
    let deals = try (0..<5).map { number in
      try office.replica.write {
        try $0.create("deal", [FieldChange("name", .set(.text("deal \(number)")))])
      }
    }
    let reps = try (0..<3).map { try office.enrol("rep \($0)") }
    return World(random: seed.generator(), nodes: [office] + reps, deals: deals)
  }

  private static func step(_ world: inout World) throws {
    let node = world.nodes.indices.randomElement(using: &world.random) ?? 0
    world.nodes[node].clock.advance(milliseconds: Int64.random(in: 0...900, using: &world.random))
    switch Int.random(in: 0..<10, using: &world.random) {
    case 0..<5: try edit(on: node, in: &world)
    case 5..<9: try pull(to: node, in: &world)
    default:
      guard let again = world.sent.randomElement(using: &world.random) else { return }
      // Refused where the receiver lacks what comes before; otherwise it holds all of it already.
      do {
        _ = try world.nodes[node].replica.apply(again)
      } catch is BatchError {
        return
      }
    }
  }

  private static func pull(to node: Int, in world: inout World) throws {
    let other = world.nodes.indices.randomElement(using: &world.random) ?? 0
    guard other != node else { return }
    let (receiver, sender) = (world.nodes[node].replica, world.nodes[other].replica)
    try sender.sealTip()
    let limit = Int.random(in: 200...4_000, using: &world.random)
    let batch = try sender.extract(
      lackedBy: try receiver.holdings().vector, after: 0, byteLimit: limit)
    guard let bytes = batch.bytes else { return }
    _ = try receiver.apply(bytes)
    world.sent.append(bytes)
  }

  private static func edit(on index: Int, in world: inout World) throws {
    let replica = world.nodes[index].replica
    guard let deal = world.deals.randomElement(using: &world.random),
      let state = try replica.read({ try $0.record("deal", deal) })
    else { return }
    let stale = world.forms.last { $0.node == index && $0.deal == deal }?.basis
    world.forms.append((index, deal, state.basis))
    // Sometimes a form is saved that was opened long ago.
    let basis = Bool.random(using: &world.random) ? state.basis : stale ?? state.basis
    let text = "\(UInt16.random(in: 0...999, using: &world.random))"
    let choice = Int.random(in: 0..<8, using: &world.random)
    try replica.write { transaction in
      if basis.isDeleted {
        return try transaction.restore(
          "deal", deal, basis: basis, [FieldChange("name", .set(.text(text)))])
      }
      switch choice {
      case 0: try transaction.delete("deal", deal, basis: basis)
      case 1:
        try transaction.edit("deal", deal, basis: basis, [FieldChange("stock", .increment(3))])
      case 2:
        try transaction.edit(
          "deal", deal, basis: basis, [FieldChange("labels", .insert(.text(text)))])
      case 3:
        let label = state.elements(of: "labels").first ?? .text(text)
        try transaction.edit("deal", deal, basis: basis, [FieldChange("labels", .remove(label))])
      case 4:
        try transaction.edit(
          "deal", deal, basis: basis,
          [FieldChange("stage", .set(.text(text), rank: UInt32(text.count)))])
      case 5:
        try transaction.create(
          "line",
          [FieldChange("parent", .set(.reference(deal))), FieldChange("name", .set(.text(text)))])
      case _:
        try transaction.edit(
          "deal", deal, basis: basis,
          [FieldChange("name", .set(.text(text))), FieldChange("number", .set(.text(text)))])
      }
    }
  }
}
