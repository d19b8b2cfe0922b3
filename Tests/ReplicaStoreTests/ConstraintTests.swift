import CRDTCore
import ReplicaStore
import Testing

/// Every edit here is right where it is made; what the nodes wrote apart breaks what has to hold together.
@Suite("What has to hold between records")
struct ConstraintTests {
  private static let schema = ReplicaSchema(
    kinds: TestSchema.schema.kinds + [
      KindSchema(
        name: "contact",
        fields: [
          FieldSchema("name", .text), FieldSchema("reports_to", .reference(to: "contact")),
        ]),
      KindSchema(
        name: "stage",
        fields: [
          FieldSchema("kind", .text), FieldSchema("retired_to", .reference(to: "stage")),
          FieldSchema("default", .bool),
        ]),
      KindSchema(
        name: "sale",
        fields: [FieldSchema("stage", .reference(to: "stage")), FieldSchema("name", .text)]),
      KindSchema(
        name: "share",
        fields: [
          FieldSchema("sale", .reference(to: "sale")), FieldSchema("percent", .decimal),
        ], owner: "sale"),
      KindSchema(
        name: "order",
        fields: [FieldSchema("sale", .reference(to: "sale")), FieldSchema("status", .text)]),
    ],
    constraints: [
      Constraint("contact", "reports_to", .acyclic),
      Constraint("stage", "default", .single),
      Constraint("share", "percent", .total(100, per: "sale")),
      Constraint("sale", "stage", .living),
      Constraint("sale", "stage", .current(unless: "retired_to")),
      Constraint(
        "order", "status",
        .backed(except: "cancelled", path: ["sale", "stage"], field: "kind", value: "won")),
      Constraint("unheard_of", "field", .single),
    ])

  /// Two nodes that hold the same; `meet` lets each take what the other wrote.
  private struct Pair {
    let office: TestNode
    let rep: TestNode

    init() throws {
      office = try TestNode.founder(schema: ConstraintTests.schema)
      rep = try office.enrol("rep", role: "administrator", schema: ConstraintTests.schema)
    }

    func make(_ kind: String, _ changes: FieldChange...) throws -> RecordID {
      let id = try office.replica.write { try $0.create(kind, changes) }
      try meet()
      return id
    }

    func set(_ node: TestNode, _ kind: String, _ id: RecordID, _ field: String, _ value: Value)
      throws
    {
      try node.replica.write { transaction in
        let state = try transaction.snapshot.record(kind, id)
        try transaction.edit(
          kind, id, basis: state?.basis ?? Basis(), [FieldChange(field, .set(value))])
      }
    }

    func meet() throws {
      try syncAll([office, rep])
    }

    /// The broken constraints, which both nodes list alike.
    func broken() throws -> [Conflict] {
      try meet()
      let lists = try [office, rep].map { node in
        try node.replica.read { try $0.conflicts() }.filter { $0.constraint != nil }
      }
      #expect(lists[0] == lists[1])
      return lists[0]
    }
  }

  @Test("two people who are made each other's superior are a conflict with both authors")
  func rings() throws {
    let pair = try Pair()
    let people = try ["Ute", "Tom", "Ann"].map {
      try pair.make("contact", FieldChange("name", .set(.text($0))))
    }
    try pair.set(pair.office, "contact", people[0], "reports_to", .reference(people[1]))
    try pair.set(pair.office, "contact", people[2], "reports_to", .reference(people[0]))
    #expect(try pair.broken().isEmpty)
    try pair.set(pair.rep, "contact", people[1], "reports_to", .reference(people[0]))
    let ring = try #require(try pair.broken().first)
    #expect(ring.kind == .constraint && ring.isOpen)
    // Whoever reports into the ring is not in it.
    #expect(Set(ring.records.map(\.id)) == Set(people[..<2]))
    #expect(Set(ring.sides.map(\.member)).count == 2)
    #expect(try pair.broken().count == 1)

    try pair.rep.replica.write { transaction in
      let state = try #require(try transaction.snapshot.record("contact", people[1]))
      try transaction.delete("contact", people[1], basis: state.basis)
    }
    #expect(try pair.broken().isEmpty)
  }

  @Test("somebody who reports to nobody but himself is a ring of one")
  func smallestRing() throws {
    let pair = try Pair()
    let ute = try pair.make("contact", FieldChange("name", .set(.text("Ute"))))
    try pair.set(pair.rep, "contact", ute, "reports_to", .reference(ute))
    #expect(try pair.broken().map(\.records.count) == [1])
    try pair.set(pair.office, "contact", ute, "reports_to", .null)
    #expect(try pair.broken().isEmpty)
  }

  @Test("two records that each became the only one are a conflict until one says no")
  func singles() throws {
    let pair = try Pair()
    let stages = try (0..<2).map { _ in
      try pair.make("stage", FieldChange("kind", .set(.text("open"))))
    }
    try pair.set(pair.office, "stage", stages[0], "default", .bool(true))
    try pair.set(pair.rep, "stage", stages[1], "default", .bool(true))
    #expect(try pair.broken().map { Set($0.records.map(\.id)) } == [Set(stages)])
    try pair.set(pair.rep, "stage", stages[0], "default", .bool(false))
    #expect(try pair.broken().isEmpty)
  }

  @Test("shares that come to more or less than the whole are a conflict, to the last digit")
  func totals() throws {
    let pair = try Pair()
    let sale = try pair.make("sale", FieldChange("name", .set(.text("Pump"))))
    func share(_ node: TestNode, _ percent: String) throws -> RecordID {
      try node.replica.write { transaction in
        try transaction.create(
          "share",
          [
            FieldChange("sale", .set(.reference(sale))),
            FieldChange("percent", .set(.decimal(try #require(DecimalNumber(percent))))),
          ])
      }
    }
    let third = try share(pair.office, "33.333333333")
    #expect(try pair.broken().count == 1)
    let rest = try share(pair.office, "66.666666667")
    #expect(try pair.broken().isEmpty)
    try pair.set(pair.office, "share", third, "percent", .decimal(DecimalNumber(50)))
    try pair.set(pair.rep, "share", rest, "percent", .decimal(DecimalNumber(80)))
    let conflict = try #require(try pair.broken().first)
    #expect(conflict.records.map(\.kind) == ["sale", "share", "share"])
    #expect(Set(conflict.sides.map(\.value)) == [.decimal(.init(50)), .decimal(.init(80))])
    try pair.set(pair.office, "share", rest, "percent", .decimal(DecimalNumber(50)))
    #expect(try pair.broken().isEmpty)
    // Shares go with what they are shares of.
    try pair.set(pair.rep, "share", rest, "percent", .null)
    #expect(try pair.broken().count == 1)
    try pair.office.replica.write { transaction in
      let state = try #require(try transaction.snapshot.record("sale", sale))
      try transaction.delete("sale", sale, basis: state.basis)
    }
    #expect(try pair.broken().isEmpty)
  }

  @Test("what refers to a deleted or a retired record is a conflict with the authors of both acts")
  func danglers() throws {
    let pair = try Pair()
    let stages = try (0..<3).map { _ in
      try pair.make("stage", FieldChange("kind", .set(.text("open"))))
    }
    let sale = try pair.make("sale", FieldChange("stage", .set(.reference(stages[0]))))
    try pair.set(pair.rep, "sale", sale, "stage", .reference(stages[1]))
    try pair.office.replica.write { transaction in
      let state = try #require(try transaction.snapshot.record("stage", stages[1]))
      try transaction.delete("stage", stages[1], basis: state.basis)
    }
    let dangling = try #require(try pair.broken().first)
    #expect(dangling.records.map(\.id) == [sale, stages[1]])
    #expect(Set(dangling.sides.map(\.act)) == [nil, .deleted])
    #expect(Set(dangling.sides.map(\.member)).count == 2)

    try pair.set(pair.rep, "sale", sale, "stage", .reference(stages[2]))
    try pair.set(pair.office, "stage", stages[2], "retired_to", .reference(stages[0]))
    let retired = try #require(try pair.broken().first)
    #expect(retired.records.map(\.id) == [sale, stages[2]])
    #expect(retired.sides.compactMap(\.place?.field).sorted() == ["retired_to", "stage"])
    try pair.set(pair.office, "sale", sale, "stage", .reference(stages[0]))
    #expect(try pair.broken().isEmpty)
  }

  @Test("an order whose sale is won no longer is a transition conflict, unless it is cancelled")
  func orders() throws {
    let pair = try Pair()
    let won = try pair.make("stage", FieldChange("kind", .set(.text("won"))))
    let lost = try pair.make("stage", FieldChange("kind", .set(.text("lost"))))
    let sale = try pair.make("sale", FieldChange("stage", .set(.reference(won))))
    let order = try pair.make(
      "order", FieldChange("sale", .set(.reference(sale))),
      FieldChange("status", .set(.text("open"))))
    #expect(try pair.broken().isEmpty)
    try pair.set(pair.rep, "sale", sale, "stage", .reference(lost))
    let conflict = try #require(try pair.broken().first)
    #expect(conflict.kind == .transition)
    #expect(conflict.records.map(\.id) == [order, sale, lost])
    try pair.set(pair.office, "order", order, "status", .text("cancelled"))
    #expect(try pair.broken().isEmpty)
  }
}
