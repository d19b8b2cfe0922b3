import CRDTCore
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

  @Test("an edit made from what another store showed is refused, and changes nothing")
  func foreignBasis() throws {
    let office = try TestNode.founder()
    let other = try TestNode.founder()
    let id = RecordID(rawValue: 77)
    for node in [office, other] {
      try node.replica.write {
        try $0.create("deal", id: id, [FieldChange("name", .set(.text("Pump")))])
      }
    }
    let basis = try other.state("deal", id).basis
    let digest = try office.replica.digest()
    #expect(throws: ReplicaError.foreignBasis) {
      try office.edit(id, basis: basis, FieldChange("name", .set(.text("Fan"))))
    }
    #expect(try office.replica.digest() == digest)
    try office.edit(id, FieldChange("name", .set(.text("Fan"))))
    #expect(try office.state("deal", id)["name"] == .text("Fan"))
  }

  @Test("a reason too long for the format is refused, a command too long is cut")
  func longWords() throws {
    let office = try TestNode.founder()
    let rep = try office.enrol("rep")
    let long = String(repeating: "é", count: Limits.valueBytesMax)
    #expect(throws: ReplicaError.reasonTooLong(bytes: 2 * Limits.valueBytesMax)) {
      try office.replica.write(reason: long) {
        try $0.create("deal", [FieldChange("name", .set(.text("Pump")))])
      }
    }
    let deal = try office.replica.write(command: long) {
      try $0.create("deal", [FieldChange("name", .set(.text("Pump")))])
    }
    try rep.pull(from: office)
    #expect(try rep.state("deal", deal)["name"] == .text("Pump"))
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
  @Test("a day beyond the years that calendars have is kept, passed on, and replaced by another")
  func daysOfNoCalendar() throws {
    let office = try TestNode.founder()
    let rep = try office.enrol("rep")
    for days in [Int32.max, .min, 2_932_897, -719_163] {
      let far = Value.date(CivilDate(days: days))
      let deal = try office.replica.write {
        try $0.create("deal", [FieldChange("engaged_on", .set(far))])
      }
      try syncAll([office, rep])
      #expect(try rep.state("deal", deal)["engaged_on"] == far)
      let near = Value.date(CivilDate(days: 20_000))
      try rep.edit(deal, FieldChange("engaged_on", .set(near)))
      try syncAll([office, rep])
      #expect(try office.state("deal", deal)["engaged_on"] == near)
    }
    #expect(try office.replica.digest() == rep.replica.digest())
    #expect(try rep.replica.check().faults == [])
  }
}
