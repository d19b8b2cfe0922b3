import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

/// What queries say of records that were joined, and of those that refer to them.
@Suite("Joined records in queries")
struct JoinedRecordsTests {
  private let office: TestOffice
  private let staying: RecordID
  private let joined: RecordID

  init() throws {
    office = try TestOffice()
    staying = try office.make("account", "name=Acme")
    joined = try office.make("account", "name=ACME Ltd", "employees=40")
    try office.make("deal", "name=Pump", "account=Acme")
    try office.make("deal", "name=Valve", "account=ACME Ltd")
    try office.make("contact", "name=Anke Dörr", "account=ACME Ltd")
  }

  private func openFields(_ states: RecordState...) throws -> [RecordID: Set<String>] {
    try office.replica.read {
      try $0.openFields(of: states.map { RecordKey(kind: $0.kind, id: $0.id) })
    }
  }

  private func join(_ joined: RecordID, into staying: RecordID) throws {
    let one = try #require(try office.state("account", joined))
    let other = try #require(try office.state("account", staying))
    let plan = try JoinPlan(
      of: one, basis: one.basis, into: other, basis: other.basis, taking: [],
      open: try openFields(one, other), office.entity("account"))
    try office.replica.write { try plan.apply(in: $0) }
  }

  @Test("references are followed by filters, paths, counts, sorting and cards")
  func followed() throws {
    try join(joined, into: staying)
    #expect(try office.names("account") == ["Acme"])
    for text in ["Acme", "acme ltd"] {
      let filter = Filter.compare(["account"], .equal, .text(text))
      #expect(try office.names("deal", filter) == ["Pump", "Valve"])
    }
    let byPath = Filter.compare(["account", "employees"], .equal, .text("40"))
    #expect(try office.names("deal", byPath) == ["Pump", "Valve"])
    let pattern = Filter.matches(["account"], try TextPattern("^acme$"))
    #expect(try office.names("deal", pattern) == ["Pump", "Valve"])
    let counted = GroupedCount(office.entity("deal"), by: [GroupedCount.Group(["account"])])
    let context = try office.context
    let rows = try office.replica.read { try counted.rows(in: $0.database, context) }
    #expect(rows.map(\.count) == [2])
    var query = RecordQuery(office.entity("contact"))
    query.columns = [["account"]]
    #expect(try office.list(query) == ["Acme"])
    let boarded = Board(RecordQuery(office.entity("deal")), by: ["account"])
    let columns = try office.replica.read { try boarded.columns(in: $0.database, context) }
    #expect(columns.map(\.cards.count) == [2])
    let counts = try office.replica.read {
      try JoinedRecords.referenceCounts(
        to: staying, office.entity("account"), in: $0.database, context)
    }
    #expect(counts.map(\.entity.name) == ["contact", "deal"] && counts.map(\.count) == [1, 2])
  }

  @Test("sets name a record once, whichever of those that are one they hold")
  func sets() throws {
    let anke = try office.make("contact", "name=Lena Vogt")
    let again = try office.make("contact", "name=L. Vogt")
    let call = try office.make("engagement", "subject=Call", "contacts=(Lena Vogt,L. Vogt)")
    let one = try #require(try office.state("contact", again))
    let other = try #require(try office.state("contact", anke))
    let plan = try JoinPlan(
      of: one, basis: one.basis, into: other, basis: other.basis, taking: [],
      open: try openFields(one, other), office.entity("contact"))
    try office.replica.write { try plan.apply(in: $0) }
    #expect(try office.text("engagement", call, "contacts") == "Lena Vogt")
    var query = RecordQuery(office.entity("engagement"))
    query.columns = [["contacts"]]
    #expect(try office.list(query) == ["Lena Vogt"])
  }

  @Test("chains are followed to their end, and what comes back to itself stands for itself")
  func chains() throws {
    let group = try office.make("account", "name=Acme Group")
    try join(joined, into: staying)
    try join(staying, into: group)
    let survivors = try office.replica.read {
      try JoinedRecords(office.catalog, in: $0.database)
    }
    #expect(survivors.survivor(of: joined) == group)
    #expect(survivors.group(of: staying) == [joined, staying, group].sorted())
    // By other means than the command: nobody joins a record into one that is gone.
    let state = try #require(try office.state("account", joined))
    try office.replica.write {
      let change = FieldChange("stands_for", .insert(.reference(group)))
      try $0.restore("account", joined, basis: state.basis, [change])
    }
    try office.delete("account", joined)
    try office.delete("account", group)
    let circle = try office.replica.read { try JoinedRecords(office.catalog, in: $0.database) }
    #expect(circle.isEmpty)
  }

  @Test("nothing of the record that stays comes to refer to itself")
  func circles() throws {
    try office.edit("account", staying, "parent=ACME Ltd", "notes=here")
    try office.edit("account", joined, "notes=there")
    try join(joined, into: staying)
    #expect(try office.text("account", staying, "parent") == "")
    #expect(try office.text("account", staying, "notes") == "here")
    #expect(try office.text("account", staying, "stands_for") == "ACME Ltd")
  }

  @Test("what is no account and no contact, and what is one record, is not joined")
  func refused() throws {
    let deal = try office.make("deal", "name=Seal")
    let state = try #require(try office.state("deal", deal))
    #expect(throws: JoinError.notJoinable(kind: "deal")) {
      try JoinPlan(
        of: state, basis: state.basis, into: state, basis: state.basis, taking: [],
        open: [:], office.entity("deal"))
    }
    #expect(throws: JoinError.sameRecord) { try join(staying, into: staying) }
  }
}
