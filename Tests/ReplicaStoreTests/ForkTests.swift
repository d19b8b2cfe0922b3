import CRDTCore
import Foundation
import GRDB
import ReplicaStore
import TestSupport
import Testing

@Suite("A log that two copies of a store have written on", .serialized)
struct ForkTests {
  private let office: TestNode
  private let rep: TestNode

  init() throws {
    office = try TestNode.founder()
    rep = try office.enrol("rep")
    try rep.write("first")
    try rep.meet(office)
  }

  @Test("keeps both branches on every node, whichever came first")
  func both() throws {
    let copy = try rep.copy()
    try rep.write("here", "here too")
    try copy.write("there")
    let other = try office.enrol("other")
    try rep.meet(office)
    try copy.meet(other)
    try TestNode.converge([office, other, rep, copy])
    for node in [office, other, rep, copy] {
      #expect(try node.names == ["first", "here", "here too", "there"])
      #expect(try node.replica.check().faults == [])
      let forks = try node.replica.read { try $0.conflicts() }.filter { $0.kind == .fork }
      #expect(forks.count == 1)
      #expect(forks.first?.sides.map(\.stamp.dot.sequence) == [2, 2])
      #expect(forks.first?.sides.filter(\.isShowing).count == 1)
    }
    #expect(try rep.replica.holdings().own != copy.replica.holdings().own)
  }

  @Test("goes on from both branches under names that later writes can use")
  func goesOn() throws {
    let deal = try rep.write("shared")
    let copy = try rep.copy()
    try rep.edit(deal, FieldChange("name", .set(.text("here"))))
    try copy.edit(deal, FieldChange("name", .set(.text("there"))))
    try rep.meet(office)
    // The office has seen one branch alone, and replaces what it says.
    try office.edit(deal, FieldChange("name", .set(.text("office"))))
    try TestNode.converge([office, rep, copy])
    let heads = try office.state("deal", deal).basis.heads["name"] ?? []
    #expect(heads.count == 2)
    let sides = try office.replica.read { try $0.conflicts() }.first { $0.kind == .field }?.sides
    #expect(Set(sides?.map(\.value) ?? []) == [.text("office"), .text("there")])
    try copy.edit(deal, FieldChange("name", .set(.text("settled"))))
    try TestNode.converge([office, rep, copy])
    #expect(try office.replica.read { try $0.conflicts() }.allSatisfy { $0.kind == .fork })
    #expect(try rep.state("deal", deal)["name"] == .text("settled"))
  }

  @Test("a form that was open while a log got branches is refused, not guessed at")
  func staleForm() throws {
    let deal = try rep.write("shared")
    try rep.meet(office)
    let copy = try rep.copy()
    try rep.write("here")
    try copy.write("there")
    try rep.meet(office)
    let basis = try office.state("deal", deal).basis
    try copy.meet(office)
    #expect(throws: ReplicaError.renamedBasis(kind: "deal", id: deal)) {
      try office.edit(deal, basis: basis, FieldChange("name", .set(.text("office"))))
    }
  }

  @Test("a sound batch that rests on the other branch is told from a forged one")
  func partedBatch() throws {
    let (copy, other) = (try rep.copy(), try office.enrol("other"))
    try rep.write("here", "here too")
    try rep.meet(office)
    try copy.write("there")
    try copy.meet(other)
    let before = try office.replica.digest()
    // The other node takes the office to hold the same, as it says.
    let dot = Dot(replica: try rep.replica.holdings().own, sequence: 2)
    let claimed = try other.replica.holdings().vector

    try copy.write("there too")
    try copy.meet(other)
    let named = try #require(
      try other.replica.extract(lackedBy: claimed, parted: [dot.replica], after: 0).bytes)
    #expect(throws: BatchError.parted(dot)) { try office.replica.apply(named) }
    var bent = named
    bent[bent.count - 1] ^= 1
    #expect(throws: BatchError.falseSeal(dot.replica)) { try office.replica.apply(bent) }
    let unnamed = try #require(try other.replica.extract(lackedBy: claimed, after: 0).bytes)
    #expect(throws: BatchError.falseSeal(dot.replica)) { try office.replica.apply(unnamed) }

    let held = try other.replica.holdings().vector
    try other.write("rests on that")
    try other.replica.sealTip()
    let resting = try #require(try other.replica.extract(lackedBy: held, after: 0).bytes)
    #expect(throws: BatchError.parted(Dot(replica: dot.replica, sequence: 3))) {
      try office.replica.apply(resting)
    }
    #expect(try office.replica.digest() == before)
    try TestNode.converge([office, other, rep, copy])
  }

  @Test("parts at its first entry, where a store is copied before it has written")
  func atTheStart() throws {
    let fresh = try office.enrol("fresh")
    let copy = try fresh.copy()
    try fresh.write("here")
    try copy.write("there")
    try fresh.meet(office)
    try TestNode.converge([office, fresh, copy, rep])
    #expect(try rep.names == ["first", "here", "there"])
  }

  @Test("copies of copies converge, whatever the order of meetings", arguments: 1...6)
  func world(seed: UInt64) async throws {
    // On a thread of its own: it computes for long, and others wait for the network meanwhile.
    try await onOwnThread { try Self().play(seed) }
  }

  private func play(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var nodes = [office, rep, try office.enrol("other")]
    var deals = [try rep.write("shared"), try office.write("another")]
    var written = Set(["first", "shared", "another"])
    try TestNode.converge(nodes)
    for step in 0..<40 {
      let node = nodes[Int.random(in: nodes.indices, using: &random)]
      node.clock.advance(milliseconds: Int64.random(in: 0...1_000, using: &random))
      switch Int.random(in: 0..<10, using: &random) {
      case 0 where nodes.count < 8: nodes.append(try node.copy())
      case 1...3:
        written.insert("deal \(step)")
        deals.append(try node.write("deal \(step)"))
      case 4...6:
        let deal = deals[Int.random(in: deals.indices, using: &random)]
        guard let state = try node.replica.read({ try $0.record("deal", deal) }) else { continue }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: try node.replica.write { try $0.delete("deal", deal, basis: state.basis) }
        case 1: try node.replica.write { try $0.restore("deal", deal, basis: state.basis) }
        case _ where state.isDeleted: continue
        case _:
          try node.edit(
            deal, FieldChange("stage", .set(.text("stage \(step)"))),
            FieldChange("stock", .increment(1)), FieldChange("labels", .insert(.text("l\(step)"))))
        }
      default: try node.meet(nodes[Int.random(in: nodes.indices, using: &random)])
      }
    }
    try TestNode.converge(nodes)
    for node in nodes {
      #expect(try node.replica.check().faults == [])
      #expect(try node.names.isSubset(of: written))
      for deal in deals { #expect(try node.replica.read { try $0.record("deal", deal) } != nil) }
    }
    let lists = try nodes.map { node in try node.replica.read { try $0.conflicts() } }
    #expect(lists.allSatisfy { $0 == lists[0] })
  }
}

extension TestNode {
  /// The names of all deals that are not deleted.
  fileprivate var names: Set<String> {
    get throws {
      try replica.read { snapshot in
        Set(
          try String.fetchAll(
            snapshot.database, sql: "SELECT name FROM deal WHERE _hidden IS NULL AND name <> ''"))
      }
    }
  }

  @discardableResult
  fileprivate func write(_ names: String...) throws -> RecordID {
    var last = RecordID(rawValue: 0)
    for name in names {
      last = try replica.write { try $0.create("deal", [FieldChange("name", .set(.text(name)))]) }
    }
    return last
  }

  /// Exchanges entries with another node, in sessions of the protocol's rules, until both hold all.
  func meet(_ other: TestNode) throws {
    guard other !== self else { return }
    while try replica.holdings().digest != other.replica.holdings().digest {
      for (sender, receiver) in [(self, other), (other, self)] { try receiver.take(from: sender) }
    }
  }

  private func take(from sender: TestNode) throws {
    try sender.replica.sealTip()
    var held = try sender.replica.holdings(ofPeerWith: replica.holdings().tips).vector
    for parted in try replica.holdings(ofPeerWith: sender.replica.holdings().tips).parted {
      held.remove(parted)
    }
    let (names, own) = (try sender.replica.holdings(), try replica.holdings().branchCount)
    var cursor: Int64 = 0
    while true {
      let batch = try sender.replica.extract(lackedBy: held, after: cursor, byteLimit: 600)
      if let bytes = batch.bytes { _ = try replica.apply(bytes) }
      cursor = batch.cursor
      // From here on the two would have to meet again.
      if try batch.isLast || replica.holdings().branchCount != own { return }
      #expect(batch.branchCount == names.branchCount)
    }
  }

  static func converge(_ nodes: [TestNode]) throws {
    for _ in 0..<2 {
      for (one, two) in zip(nodes, nodes.dropFirst()) { try one.meet(two) }
      for (one, two) in zip(nodes, nodes.dropFirst()).reversed() { try one.meet(two) }
    }
    let digests = try nodes.map { try $0.replica.digest() }
    #expect(digests.allSatisfy { $0 == digests[0] })
  }
}
