import CRDTCore
import ReplicaStore
import Testing

/// Programs of different age in one workspace: what the older one does not know is kept, passed on,
/// and there after its upgrade.
@Suite struct SchemaGrowthTests {
  private static let grown = ReplicaSchema(
    kinds: TestSchema.schema.kinds.map { kind in
      guard kind.name == "deal" else { return kind }
      return KindSchema(
        name: kind.name,
        fields: kind.fields + [
          FieldSchema("mood", .text), FieldSchema("hints", .text, merge: .set(.addWins)),
        ], owner: kind.owner)
    } + [KindSchema(name: "badge", fields: [FieldSchema("name", .text)])])

  @Test("an older program keeps and forwards unknown kinds and fields, and has them once upgraded")
  func materialised() throws {
    let office = try TestNode.founder(schema: Self.grown)
    let rep = try office.enrol("rep")
    let far = try office.enrol("far", schema: Self.grown)
    let (deal, badge) = try office.replica.write { transaction in
      let deal = try transaction.create(
        "deal",
        [
          FieldChange("name", .set(.text("Pump"))), FieldChange("mood", .set(.text("bright"))),
          FieldChange("hints", .insert(.text("call"))),
        ])
      return (deal, try transaction.create("badge", [FieldChange("name", .set(.text("gold")))]))
    }
    try rep.pull(from: office)
    #expect(try rep.state("deal", deal)["name"] == .text("Pump"))
    // The older program edits what it knows of the record.
    try rep.edit(deal, FieldChange("name", .set(.text("Pump 2"))))
    // The far node hears of all of it through the older program alone.
    try far.pull(from: rep)
    #expect(try far.state("deal", deal)["mood"] == .text("bright"))
    #expect(try far.state("badge", badge)["name"] == .text("gold"))

    let upgraded = try Replica.open(
      at: rep.replica.path, schema: Self.grown,
      environment: TestNode.environment(rep.signer, rep.clock))
    let state = try #require(try upgraded.read { try $0.record("deal", deal) })
    #expect(state["name"] == .text("Pump 2"))
    #expect(state["mood"] == .text("bright"))
    #expect(state.elements(of: "hints") == [.text("call")])
    #expect(try upgraded.read { try $0.record("badge", badge) }?["name"] == .text("gold"))
    #expect(try upgraded.digest() == far.replica.digest())
    #expect(try upgraded.check().faults == [])
  }
}
