import CRDTCore
import ReplicaStore
import Testing

@Suite("Rules of fields")
struct PolicyTests {
  /// The usual kinds, and the one that sets rules.
  private static let schema = ReplicaSchema(
    kinds: TestSchema.schema.kinds + [
      KindSchema(
        name: ConflictPolicies.kind,
        fields: [
          FieldSchema(ConflictPolicies.field, .text, merge: .register(.first, .review)),
          FieldSchema(ConflictPolicies.rule, .text),
        ])
    ])

  private static func rank(_ stage: String) -> UInt32 { stage == "won" ? 9 : 1 }

  /// An office and a node that edited one deal apart: its name, and the stage that ranks.
  private struct Dispute {
    let office: TestNode
    let rep: TestNode
    let deal: RecordID

    init(role: String = "administrator") throws {
      let founder = try TestNode.founder(schema: PolicyTests.schema)
      let made = try founder.replica.write {
        try $0.create(
          "deal",
          [
            FieldChange("name", .set(.text("Pump"))),
            FieldChange("stage", .set(.text("open"), rank: 1)),
          ])
      }
      (office, deal) = (founder, made)
      rep = try office.enrol("rep", role: role, schema: PolicyTests.schema)
      try PolicyTests.edit(rep, deal, name: "Zeta", stage: "won")
      office.clock.advance(milliseconds: 1_000)
      try PolicyTests.edit(office, deal, name: "Alpha", stage: "lost")
    }

    func show(_ node: TestNode) throws -> [Value] {
      let state = try node.state("deal", deal)
      return [state["name"], state["stage"]]
    }

    func open(_ node: TestNode) throws -> [String?] {
      try node.replica.read { try $0.conflicts() }
        .filter { $0.isOpen && $0.records.first?.kind == "deal" }.map(\.field).sorted {
          ($0 ?? "") < ($1 ?? "")
        }
    }
  }

  private static func edit(
    _ node: TestNode, _ deal: RecordID, name: String, stage: String
  ) throws {
    try node.edit(
      deal, FieldChange("name", .set(.text(name))),
      FieldChange("stage", .set(.text(stage), rank: rank(stage))))
  }

  private static func set(
    _ node: TestNode, _ place: String, _ word: String?, by basis: Basis? = nil
  ) throws {
    let parts = place.split(separator: ".").map(String.init)
    let id = ConflictPolicies.record(of: parts[0], field: parts[1])
    try node.replica.write { transaction in
      let known = try transaction.snapshot.record(ConflictPolicies.kind, id)?.basis
      try transaction.edit(
        ConflictPolicies.kind, id, basis: basis ?? known ?? Basis(),
        [
          FieldChange(ConflictPolicies.field, .set(.text(place))),
          FieldChange(ConflictPolicies.rule, .set(word.map(Value.text) ?? .null)),
        ])
    }
  }

  @Test(
    "a rule shows what it chooses among values written before it, on every node, and back again",
    arguments: [
      ("deal.name", "max", "Zeta"), ("deal.name", "min", "Alpha"), ("deal.name", "first", "Zeta"),
      ("deal.name", "latest", "Alpha"),
    ])
  func choice(place: String, word: String, shown: String) throws {
    let dispute = try Dispute()
    let (office, rep) = (dispute.office, dispute.rep)
    try syncAll([office, rep])
    #expect(try dispute.show(rep)[0] == .text("Alpha"))
    #expect(try dispute.open(rep) == ["name", "stage"])
    try Self.set(office, place, word)
    for node in [office, rep] {
      try syncAll([office, rep])
      #expect(try dispute.show(node)[0] == .text(shown))
      #expect(try dispute.open(node) == ["stage"])
      try node.replica.rebuild()
      #expect(try dispute.show(node)[0] == .text(shown))
      #expect(try node.replica.check().faults == [])
    }
    try Self.set(rep, place, nil)
    try syncAll([office, rep])
    for node in [office, rep] {
      #expect(try dispute.show(node)[0] == .text("Alpha"))
      #expect(try dispute.open(node) == ["name", "stage"])
    }
    #expect(try office.replica.digest() == rep.replica.digest())
  }

  @Test("a rule holds for what comes in after it, in whatever order it arrives")
  func later() throws {
    let dispute = try Dispute()
    let (office, rep) = (dispute.office, dispute.rep)
    try Self.set(rep, "deal.name", "max")
    try office.pull(from: rep)
    #expect(try dispute.show(office)[0] == .text("Zeta"))
    try rep.pull(from: office)
    #expect(try dispute.show(rep)[0] == .text("Zeta"))
    #expect(try office.replica.digest() == rep.replica.digest())
  }

  @Test("ranks outlast a rule that does not look at them")
  func ranks() throws {
    let dispute = try Dispute()
    let (office, rep) = (dispute.office, dispute.rep)
    try Self.set(office, "deal.stage", "review")
    try rep.pull(from: office)
    #expect(try dispute.show(rep)[1] == .text("lost"))
    try office.pull(from: rep)
    #expect(try dispute.show(office)[1] == .text("lost"))
    try Self.set(office, "deal.stage", "precedence")
    try rep.pull(from: office)
    for node in [office, rep] {
      #expect(try dispute.show(node)[1] == .text("won"))
      #expect(try dispute.open(node) == ["name"])
    }
  }

  @Test("only an administrator's rule holds, and of two set apart the later one, in conflict")
  func rights() throws {
    let dispute = try Dispute(role: "representative")
    let (office, rep) = (dispute.office, dispute.rep)
    try syncAll([office, rep])
    try Self.set(rep, "deal.name", "max")
    try syncAll([office, rep])
    for node in [office, rep] {
      #expect(try dispute.show(node)[0] == .text("Alpha"))
      let held = try node.replica.read { try $0.conflicts() }.filter { $0.kind == .held }
      #expect(held.map(\.reason) == [.notAdministrator])
    }
    let chief = try office.enrol("chief", role: "administrator", schema: Self.schema)
    try Self.set(office, "deal.name", "min")
    office.clock.advance(milliseconds: 1_000)
    try Self.set(chief, "deal.name", "max")
    try syncAll([office, rep, chief])
    for node in [office, rep, chief] {
      #expect(try dispute.show(node)[0] == .text("Zeta"))
      let fields = try node.replica.read { try $0.conflicts() }
        .filter { $0.records.first?.kind == ConflictPolicies.kind }.map(\.field)
      #expect(fields == [ConflictPolicies.rule])
    }
  }

  @Test(
    "no rule holds for who may act or who owns what, and no word that means nothing for the field",
    arguments: [
      ("member.role", "max"), ("line.parent", "first"), ("deal.name", "precedence"),
      ("deal.name", "luck"), ("deal.stock", "max"), ("planet.mass", "max"),
    ])
  func withoutEffect(place: String, word: String) throws {
    let dispute = try Dispute()
    try syncAll([dispute.office, dispute.rep])
    let parts = place.split(separator: ".").map(String.init)
    func rule() throws -> RegisterRule? {
      try dispute.office.replica.read { try $0.rule(of: parts[0], field: parts[1]) }
    }
    let before = try rule()
    try Self.set(dispute.office, place, word)
    #expect(try rule() == before)
    #expect(try dispute.show(dispute.office) == [.text("Alpha"), .text("won")])
  }

  @Test("what a rule would do to the conflicts of now is told before it is set")
  func preview() throws {
    let dispute = try Dispute()
    try syncAll([dispute.office, dispute.rep])
    let (now, then) = try dispute.office.replica.read { snapshot in
      (
        try snapshot.conflicts(
          of: "deal", field: "name", under: RegisterRule(.lastWriter, .review)),
        try snapshot.conflicts(of: "deal", field: "name", under: RegisterRule(.max, .automatic))
      )
    }
    #expect(now.map(\.isOpen) == [true] && then.map(\.isOpen) == [false])
    #expect(now.map(\.id) == then.map(\.id))
    #expect(then.first?.sides.first(where: \.isShowing)?.value == .text("Zeta"))
  }
}
