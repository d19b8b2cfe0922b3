import CRDTCore
import ReplicaStore
import Testing

@Suite("Deleting, restoring and owning")
struct LifecycleTests {
  private func name(_ text: String) -> FieldChange { FieldChange("name", .set(.text(text))) }

  @Test("a delete against an unseen edit is a conflict, and settling it clears it everywhere")
  func deleteAgainstEdit() throws {
    let office = try TestNode.founder()
    let deal = try office.replica.write { try $0.create("deal", [name("Pump")]) }
    let rep = try office.enrol("rep")
    try office.replica.write {
      try $0.delete("deal", deal, basis: office.state("deal", deal).basis)
    }
    office.clock.advance(milliseconds: 10)
    try rep.edit(deal, name("Pump 2"))
    try syncAll([office, rep])
    for node in [office, rep] {
      let conflicts = try node.replica.read { try $0.conflicts() }
      #expect(conflicts.map(\.kind) == [.lifecycle])
      #expect(conflicts.first?.sides.map(\.act) == [.deleted, .edited])
      // The edit is the later act, so the record shows until somebody decides.
      #expect(try !node.state("deal", deal).isDeleted)
    }
    try rep.replica.write {
      try $0.delete("deal", deal, basis: rep.state("deal", deal).basis)
    }
    try syncAll([office, rep])
    for node in [office, rep] {
      #expect(try node.replica.read { try $0.conflicts() } == [])
      #expect(try node.state("deal", deal).isDeleted)
      #expect(try node.replica.check().faults == [])
    }
    #expect(try office.replica.digest() == rep.replica.digest())
  }

  @Test("an informed edit of a deleted record is refused unless it restores")
  func editingTheDeleted() throws {
    let office = try TestNode.founder()
    let deal = try office.replica.write { try $0.create("deal", [name("Pump")]) }
    try office.replica.write {
      try $0.delete("deal", deal, basis: office.state("deal", deal).basis)
    }
    #expect(throws: ReplicaError.deleted(kind: "deal", id: deal)) {
      try office.edit(deal, name("Pump 2"))
    }
    try office.replica.write {
      try $0.restore("deal", deal, basis: office.state("deal", deal).basis, [name("Pump 2")])
    }
    #expect(try !office.state("deal", deal).isDeleted)
    #expect(try office.state("deal", deal)["name"] == .text("Pump 2"))
    #expect(try office.replica.check().faults == [])
  }

  @Test("what a record owns is hidden with it, and an unseen write to it is a conflict")
  func owned() throws {
    let office = try TestNode.founder()
    let (deal, line) = try office.replica.write { transaction in
      let deal = try transaction.create("deal", [name("Pump")])
      let line = try transaction.create(
        "line", [FieldChange("parent", .set(.reference(deal))), name("Seal")])
      return (deal, line)
    }
    let rep = try office.enrol("rep")
    try office.replica.write {
      try $0.delete("deal", deal, basis: office.state("deal", deal).basis)
    }
    #expect(try office.state("line", line).isDeleted)
    office.clock.advance(milliseconds: 10)
    try rep.replica.write {
      try $0.edit("line", line, basis: rep.state("line", line).basis, [name("Seal kit")])
    }
    try syncAll([office, rep])
    for node in [office, rep] {
      #expect(try node.replica.read { try $0.conflicts() }.map(\.kind) == [.lifecycle])
      #expect(try !node.state("deal", deal).isDeleted)
      #expect(try !node.state("line", line).isDeleted)
      #expect(try node.replica.check().faults == [])
    }
    #expect(try office.replica.digest() == rep.replica.digest())
  }

  @Test("what has left a deleted record is hidden no longer, whichever of the two came first")
  func movedAway() throws {
    let office = try TestNode.founder()
    let (deal, line) = try office.replica.write { transaction in
      let deal = try transaction.create("deal", [name("Pump")])
      let line = try transaction.create(
        "line", [FieldChange("parent", .set(.reference(deal))), name("Seal")])
      return (deal, line)
    }
    let rep = try office.enrol("rep")
    try rep.replica.write {
      try $0.edit(
        "line", line, basis: rep.state("line", line).basis, [FieldChange("parent", .set(.null))])
    }
    office.clock.advance(milliseconds: 10)
    try office.replica.write {
      try $0.delete("deal", deal, basis: office.state("deal", deal).basis)
    }
    #expect(try office.state("line", line).isDeleted)
    try syncAll([office, rep])
    for node in [office, rep] {
      #expect(try node.state("deal", deal).isDeleted)
      #expect(try !node.state("line", line).isDeleted)
    }
    #expect(try office.replica.digest() == rep.replica.digest())
  }
}
