import CRDTCore
import ReplicaStore
import Testing

@Suite("What shows of a disputed field")
struct ShownValueTests {
  @Test("a winner that its column cannot hold shows all the same")
  func unfitWinner() throws {
    let office = try TestNode.founder()
    let deal = try office.replica.write {
      try $0.create("deal", [FieldChange("name", .set(.text("Pump")))])
    }
    let rep = try office.enrol("rep")
    try office.edit(deal, FieldChange("name", .set(.text("Pump 2"))))
    office.clock.advance(milliseconds: 10)
    // As a program might write whose schema gives the field another type.
    try rep.edit(deal, FieldChange("name", .set(.integer(7))))
    try syncAll([office, rep])
    for node in [office, rep] {
      #expect(try node.state("deal", deal)["name"] == .integer(7))
      #expect(try node.replica.read { try $0.conflicts() }.map(\.kind) == [.field])
    }
  }

  @Test("of records that share a value, one with several heads is a side as the others are")
  func sharedAndDisputed() throws {
    let office = try TestNode.founder()
    let number = FieldChange("number", .set(.text("D-1")))
    let (first, second) = try office.replica.write { transaction in
      (
        try transaction.create("deal", [number]),
        try transaction.create("deal", [FieldChange("name", .set(.text("Pump")))])
      )
    }
    let rep = try office.enrol("rep")
    try office.edit(second, FieldChange("number", .set(.text("D-2"))))
    office.clock.advance(milliseconds: 10)
    try rep.edit(second, number)
    try syncAll([office, rep])
    let own = try rep.replica.holdings().own
    for node in [office, rep] {
      let conflicts = try node.replica.read { try $0.conflicts() }
      let shared = try #require(conflicts.first { $0.kind == .unique })
      #expect(shared.records.map(\.id) == [first, second].sorted())
      #expect(shared.sides.count == 2)
      #expect(shared.sides.contains { $0.stamp.dot.replica == own })
    }
  }
}
