import CRDTCore
import Foundation
import ReplicaStore
import Testing

/// Fields that a workspace adds: the tables follow the definitions, whatever the order in which entries come.
@Suite struct OwnFieldTests {
  private static let withDefinitions = ReplicaSchema(
    kinds: TestSchema.schema.kinds + [
      KindSchema(
        name: OwnFields.kind,
        fields: ["kind", "key", "type"].map {
          FieldSchema($0, .text, merge: .register(.first, .review))
        })
    ])

  @Test("CUS-01: a definition makes a column on every node, and its values merge as all do")
  func added() throws {
    let office = try Self.office()
    let rep = try office.enrol("rep", schema: Self.withDefinitions)
    let deal = try office.newDeal()
    try rep.pull(from: office)
    let basis = try rep.state("deal", deal).basis
    try office.define("risk", "text")
    #expect(throws: ReplicaError.self) {
      try rep.edit(deal, FieldChange("own_risk", .set(.text("low"))))
    }
    try rep.pull(from: office)
    try rep.edit(deal, basis: basis, FieldChange("own_risk", .set(.text("low"))))
    try office.edit(deal, FieldChange("own_risk", .set(.text("high"))))
    try syncAll([office, rep])

    #expect(try office.state("deal", deal)["own_risk"] == rep.state("deal", deal)["own_risk"])
    #expect(try rep.conflicts() == ["deal own_risk"])
    try Self.expectSame([office, rep])
    try Self.expectFolded(rep)
  }

  @Test("values that came before their definition could be read are there once it can")
  func valuesBeforeDefinition() throws {
    let office = try Self.office()
    let old = try office.enrol("old")
    let far = try office.enrol("far", schema: Self.withDefinitions)
    let deal = try office.newDeal()
    try office.define("risk", "text")
    try office.define("tags", "several of a list")
    let value = RecordID(rawValue: 7)
    try office.edit(
      deal, FieldChange("own_risk", .set(.text("high"))),
      FieldChange("own_tags", .insert(.reference(value))))
    // The far node hears of it through a program that knows no definitions.
    try old.pull(from: office)
    #expect(try old.state("deal", deal)["own_risk"] == .null)
    try far.pull(from: old)
    #expect(try far.state("deal", deal)["own_risk"] == .text("high"))

    let upgraded = try Replica.open(
      at: old.replica.path, schema: Self.withDefinitions,
      environment: TestNode.environment(old.signer, old.clock))
    let state = try #require(try upgraded.read { try $0.record("deal", deal) })
    #expect(state["own_risk"] == .text("high"))
    #expect(state.elements(of: "own_tags") == [.reference(value)])
    #expect(try upgraded.digest() == far.replica.digest())
    #expect(try upgraded.check().faults == [])
  }

  @Test("a type that only a later program knows waits in the log")
  func laterType() throws {
    let office = try Self.office()
    let deal = try office.newDeal()
    try office.define("mood", "hologram")
    #expect(throws: ReplicaError.self) {
      try office.edit(deal, FieldChange("own_mood", .set(.text("bright"))))
    }
    try Self.expectFolded(office)
  }

  @Test("two definitions of different types are a conflict; the first shows, no value is lost")
  func differentTypes() throws {
    let office = try Self.office()
    let branch = try office.enrol("branch", role: "administrator", schema: Self.withDefinitions)
    let deal = try office.newDeal()
    try branch.pull(from: office)
    office.clock.advance(milliseconds: 1_000)
    try branch.define("size", "text")
    try branch.edit(deal, FieldChange("own_size", .set(.text("big"))))
    office.clock.advance(milliseconds: 1_000)
    try office.define("size", "whole number")
    try office.edit(deal, FieldChange("own_size", .set(.integer(7))))
    try syncAll([office, branch])

    let own = try office.replica.read { $0.ownFields.type(of: "size", in: "deal") }
    #expect(own == .text)
    #expect(try office.conflicts() == ["deal own_size", "own_field type"])
    try Self.expectSame([office, branch])
    try Self.expectFolded(office)

    // Somebody settles on the other: the values are all still there.
    let id = OwnFields.record(of: "deal", key: "size")
    let basis = try office.state(OwnFields.kind, id).basis
    try office.replica.write {
      try $0.edit(
        OwnFields.kind, id, basis: basis, [FieldChange("type", .set(.text("whole number")))])
    }
    #expect(try office.conflicts() == ["deal own_size"])
    let heads = try office.state("deal", deal).basis.heads["own_size"]
    #expect(heads?.count == 2)
    try branch.pull(from: office)
    try Self.expectSame([office, branch])
    try Self.expectFolded(branch)
  }

  @Test("a kind has so many own fields at most, the same ones on every node")
  func bounded() throws {
    let office = try Self.office()
    let far = try office.enrol("far", schema: Self.withDefinitions)
    let keys = (0..<OwnFields.countMax + 3).map { "field\($0)" }
    for key in keys.reversed() { try office.define(key, "text") }
    try far.pull(from: office)
    let counted = keys.sorted {
      OwnFields.record(of: "deal", key: $0) < OwnFields.record(of: "deal", key: $1)
    }.prefix(OwnFields.countMax)
    for node in [office, far] {
      let own = try node.replica.read { $0.ownFields }
      #expect(own.count(in: "deal") == OwnFields.countMax)
      #expect(counted.count { own.type(of: $0, in: "deal") == .text } == counted.count)
    }
    try Self.expectSame([office, far])
    try Self.expectFolded(office)
  }

  @Test(
    "a definition counts only as an administrator's, under its own id, of a name that may be",
    arguments: ["deal", "", "member", "own_field", "unknown"])
  func ignored(kind: String) throws {
    let office = try Self.office()
    let rep = try office.enrol("rep", schema: Self.withDefinitions)
    if kind == "deal" {
      try rep.define("risk", "text")
      #expect(try rep.replica.read { $0.ownFields.count(in: kind) } == 0)
    }
    for key in ["budget_currency", "Risk", "own risk", "9th", ""] {
      try office.define(key, "text", of: kind)
    }
    if kind != "deal" { try office.define("risk", "text", of: kind) }
    try office.replica.write {
      try $0.create(OwnFields.kind, Self.changes("loose", "text", of: "deal"))
    }
    #expect(try office.replica.read { $0.ownFields.count(in: kind) } == 0)
    try office.pull(from: rep)
    try Self.expectFolded(office)
  }

  @Test("another process on the file reads and writes a field as soon as it is there")
  func twoProcesses() throws {
    let office = try Self.office()
    let deal = try office.newDeal()
    let other = try Replica.open(
      at: office.replica.path, schema: Self.withDefinitions,
      environment: TestNode.environment(office.signer, office.clock))
    try office.define("risk", "money")
    let money = Value.money(Money(minorUnits: 5, currency: .euro))
    let state = try #require(try other.read { try $0.record("deal", deal) })
    try other.write {
      try $0.edit("deal", deal, basis: state.basis, [FieldChange("own_risk", .set(money))])
    }
    #expect(try office.state("deal", deal)["own_risk"] == money)
    #expect(try other.digest() == office.replica.digest())
  }

  @Test("what a transaction that failed had defined is not there")
  func undone() throws {
    let office = try Self.office()
    let deal = try office.newDeal()
    #expect(throws: StoreError.locked) {
      try office.replica.writeGroup { group in
        try group.write { try $0.define("risk", "text") }
        try group.write {
          try $0.edit("deal", deal, basis: Basis(), [FieldChange("own_risk", .set(.text("a")))])
        }
        throw StoreError.locked
      }
    }
    #expect(throws: ReplicaError.self) {
      try office.edit(deal, FieldChange("own_risk", .set(.text("low"))))
    }
    try office.define("risk", "whole number")
    try office.edit(deal, FieldChange("own_risk", .set(.integer(3))))
    #expect(try office.state("deal", deal)["own_risk"] == .integer(3))
    try Self.expectFolded(office)
  }

  @Test("a deleted definition keeps what was said; earlier states have the fields of their time")
  func earlier() throws {
    let office = try Self.office()
    let deal = try office.newDeal()
    let before = office.clock.now
    office.clock.advance(milliseconds: 1_000)
    try office.define("risk", "text")
    try office.edit(deal, FieldChange("own_risk", .set(.text("low"))))
    let id = OwnFields.record(of: "deal", key: "risk")
    let basis = try office.state(OwnFields.kind, id).basis
    try office.replica.write { try $0.delete(OwnFields.kind, id, basis: basis) }
    #expect(try office.state("deal", deal)["own_risk"] == .text("low"))
    try Self.expectFolded(office)

    let folder = try TestNode.newFolder()
    for (moment, count) in [(before, 0), (office.clock.now, 1)] {
      let past = try office.replica.past(
        at: moment, in: folder.appendingPathComponent("\(count).sqlite").path)
      #expect(try past.replica.read { $0.ownFields.count(in: "deal") } == count)
    }
  }

  private static func office() throws -> TestNode {
    try TestNode.founder(schema: withDefinitions)
  }

  fileprivate static func changes(
    _ key: String, _ type: String, of kind: String
  ) -> [FieldChange] {
    [
      FieldChange("kind", .set(.text(kind))), FieldChange("key", .set(.text(key))),
      FieldChange("type", .set(.text(type))),
    ]
  }

  private static func expectSame(_ nodes: [TestNode]) throws {
    for node in nodes { #expect(try node.replica.digest() == nodes[0].replica.digest()) }
  }

  /// The tables are what the log makes of them, as they are and made anew.
  private static func expectFolded(_ node: TestNode) throws {
    #expect(try node.replica.check().faults == [])
    let digest = try node.replica.digest()
    try node.replica.rebuild()
    #expect(try node.replica.digest() == digest)
  }
}

extension Transaction {
  fileprivate func define(_ key: String, _ type: String, of kind: String = "deal") throws {
    try create(
      OwnFields.kind, id: OwnFields.record(of: kind, key: key),
      OwnFieldTests.changes(key, type, of: kind))
  }
}

extension TestNode {
  fileprivate func define(_ key: String, _ type: String, of kind: String = "deal") throws {
    try replica.write { try $0.define(key, type, of: kind) }
  }

  fileprivate func newDeal() throws -> RecordID {
    try replica.write { try $0.create("deal", [FieldChange("name", .set(.text("Pump")))]) }
  }

  /// What is in conflict, as `deal own_risk`, in alphabetical order.
  fileprivate func conflicts() throws -> [String] {
    try replica.read { try $0.conflicts() }.compactMap { conflict in
      conflict.field.map { "\(conflict.records[0].kind) \($0)" }
    }.sorted()
  }
}
