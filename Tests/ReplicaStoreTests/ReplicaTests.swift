import CRDTCore
import Foundation
import ReplicaStore
import Testing

@Suite("Replica")
struct ReplicaTests {
  private func text(_ text: String) -> FieldEdit { .set(.text(text)) }

  @Test("two nodes that exchange everything hold one state")
  func convergence() throws {
    let office = try TestNode.founder()
    let rep = try office.enrol("rep")
    let deal = try office.replica.write {
      try $0.create(
        "deal",
        [
          FieldChange("name", text("Pump")), FieldChange("stock", .increment(40)),
          FieldChange("labels", .insert(.text("vip"))),
          FieldChange("amount", .set(.money(Money(minorUnits: 1_840_000, currency: .euro)))),
        ])
    }
    try rep.pull(from: office)
    #expect(try rep.state("deal", deal)["name"] == .text("Pump"))
    try rep.edit(
      deal, FieldChange("stock", .increment(-5)), FieldChange("labels", .insert(.text("cold"))))
    try office.edit(deal, FieldChange("stock", .increment(-2)), FieldChange("name", text("Pump 2")))
    try syncAll([office, rep])
    #expect(try office.replica.digest() == rep.replica.digest())
    let merged = try rep.state("deal", deal)
    #expect(merged["stock"] == .integer(33))
    #expect(Set(merged.elements(of: "labels")) == [.text("vip"), .text("cold")])
    #expect(merged["name"] == .text("Pump 2"))
    for node in [office, rep] {
      let report = try node.replica.check()
      #expect(report.faults == [])
      #expect(report.digest == report.rebuiltDigest)
    }
  }

  @Test("an edit made on an old basis is concurrent, and both values stay")
  func oldBasis() throws {
    let office = try TestNode.founder()
    let deal = try office.replica.write { try $0.create("deal", [FieldChange("name", text("A"))]) }
    let rep = try office.enrol("rep")
    let form = try rep.state("deal", deal).basis
    try office.edit(deal, FieldChange("name", text("B")))
    try rep.pull(from: office)
    try rep.edit(deal, basis: form, FieldChange("name", text("C")))
    try syncAll([office, rep])
    #expect(try office.replica.digest() == rep.replica.digest())
    #expect(try rep.state("deal", deal).basis.heads["name"]?.count == 2)
    #expect(try rep.replica.check().faults == [])
    // An informed write settles it everywhere.
    try office.edit(deal, FieldChange("name", text("D")))
    try syncAll([office, rep])
    #expect(try rep.state("deal", deal)["name"] == .text("D"))
    #expect(try rep.state("deal", deal).basis.heads["name"]?.count == 1)
    #expect(try office.replica.digest() == rep.replica.digest())
  }

  @Test("what another process writes to the file leaves it, even after a run that was sealed")
  func writtenByAnotherProcess() throws {
    let office = try TestNode.founder()
    try office.replica.sealTip()
    let rep = try office.enrol("rep")
    let other = try Replica.open(
      at: office.replica.path, schema: TestSchema.schema,
      environment: TestNode.environment(office.signer, office.clock))
    let deal = try other.write { try $0.create("deal", [FieldChange("name", text("A"))]) }
    try rep.pull(from: office)
    #expect(try rep.state("deal", deal)["name"] == .text("A"))
  }

  @Test("entries that no peer has confirmed are counted, each once, however much it says")
  func unconfirmedEntries() throws {
    let office = try TestNode.founder()
    let before = try office.replica.unconfirmedEntries()
    for names in [["A"], ["B", "C"]] {
      try office.replica.write { transaction in
        for name in names {
          _ = try transaction.create("deal", [FieldChange("name", text(name))])
        }
      }
    }
    #expect(try office.replica.unconfirmedEntries() == before + 2)
    var peer = PeerRecord(key: try TestNode.founder().signer.publicKey)
    peer.acknowledged = try office.replica.holdings().vector
    try office.replica.save(peer)
    #expect(try office.replica.unconfirmedEntries() == 0)
  }
}
