import CRDTCore
import GRDB
import ReplicaStore
import Testing

@Suite struct WritingTests {
  @Test("a transaction that edits a record twice makes one entry, with the later of two values")
  func editedTwice() throws {
    let office = try TestNode.founder()
    let before = try office.replica.holdings().vector
    let (first, second) = try office.replica.write { transaction in
      let first = try transaction.create(
        "deal",
        [
          FieldChange("number", .set(.text("D-1"))), FieldChange("name", .set(.text("draft"))),
          FieldChange("name", .set(.text("better"))),
        ])
      let second = try transaction.create("deal", [FieldChange("name", .set(.text("other")))])
      try transaction.edit(
        "deal", first, basis: Basis(),
        [
          FieldChange("labels", .insert(.text("vip"))), FieldChange("name", .set(.text("final"))),
          FieldChange("labels", .remove(.text("vip"))),
        ])
      return (first, second)
    }
    let state = try office.state("deal", first)
    #expect(state["name"] == .text("final"))
    #expect(state["number"] == .text("D-1"))
    #expect(state.elements(of: "labels").isEmpty)
    #expect(try office.state("deal", second)["name"] == .text("other"))
    let after = try office.replica.holdings().vector
    #expect(after.entryCount == before.entryCount + 1)
    #expect(try office.replica.check().faults == [])
  }

  @Test("a commit is safe from power cuts: the writing connection runs synchronous = FULL")
  func synchronousFull() throws {
    let office = try TestNode.founder()
    let level = try office.replica.write { transaction in
      try Int.fetchOne(transaction.snapshot.database, sql: "PRAGMA synchronous")
    }
    #expect(level == 2)
  }

  @Test("a transaction that throws leaves nothing behind, and the next one works")
  func failedTransaction() throws {
    struct Refusal: Error {}
    let office = try TestNode.founder()
    let digest = try office.replica.digest()
    let vector = try office.replica.holdings().vector
    #expect(throws: Refusal.self) {
      try office.replica.write { transaction in
        try transaction.create("deal", [FieldChange("name", .set(.text("lost")))])
        throw Refusal()
      }
    }
    #expect(try office.replica.digest() == digest)
    #expect(try office.replica.holdings().vector == vector)
    let deal = try office.replica.write {
      try $0.create("deal", [FieldChange("name", .set(.text("kept")))])
    }
    #expect(try office.state("deal", deal)["name"] == .text("kept"))
    #expect(try office.replica.check().faults == [])
  }

  @Test("two open handles on one file see and extend each other's writes in one log, and seal them")
  func twoHandles() throws {
    let office = try TestNode.founder()
    let rep = try office.enrol("rep")
    let other = try Replica.open(
      at: office.replica.path, schema: TestSchema.schema,
      environment: TestNode.environment(office.signer, office.clock))
    var deals: [RecordID] = []
    for round in 0..<20 {
      for replica in [office.replica, other] {
        deals.append(
          try replica.write {
            try $0.create("deal", [FieldChange("name", .set(.text("\(round)")))])
          })
      }
    }
    for replica in [office.replica, other] {
      for deal in deals { #expect(try replica.read { try $0.record("deal", deal) } != nil) }
      #expect(try replica.holdings().vector.entryCount == UInt64(deals.count) + 2)
      #expect(try replica.check().faults == [])
    }
    #expect(try office.replica.digest() == other.digest())
    try rep.pull(from: office)
    #expect(try rep.replica.digest() == other.digest())
  }
}
