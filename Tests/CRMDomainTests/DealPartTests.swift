import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport
import Testing

/// What belongs to deals: shares of credit, lines, people, and how a deal goes to somebody else.
@Suite("Parts of deals")
struct DealPartTests {
  let office: TestOffice

  init() throws { office = try TestOffice() }

  private func user(_ name: String) throws -> RecordID { try office.make("user", "name=\(name)") }

  private func split(_ deal: RecordID, _ shares: (RecordID, String)...) throws {
    let shares = try shares.map {
      CreditShares.Share(user: $0.0, percent: try #require(DecimalNumber($0.1)))
    }
    try office.replica.write { try CreditShares.set(shares, of: deal, in: $0) }
  }

  @Test("OPP-31, RPT-45: shares are 100 % where they are typed, and take the place of those before")
  func shares() throws {
    let deal = try office.make("deal", "name=Pump")
    let (anna, ben) = (try user("Anna"), try user("Ben"))
    #expect(throws: CreditError.self) { try split(deal, (anna, "60"), (ben, "39.9")) }
    try split(deal, (anna, "60"), (ben, "40"))
    try split(deal, (ben, "100"))
    #expect(
      try office.replica.read { try CreditShares(of: deal, in: $0.database)[deal] }
        == [CreditShares.Share(user: ben, percent: DecimalNumber(100))])
    // Anna comes again under the id that she had.
    try split(deal, (anna, "12.5"), (ben, "87.5"))
    #expect(try office.state(CreditShares.kind, CreditShares.id(of: anna, in: deal)) != nil)
    try split(deal)
    #expect(try office.replica.read { try CreditShares(in: $0.database).isEmpty })
  }

  @Test(
    "RPT-45: parts of an amount add up to it, however it is cut", arguments: Seed.all)
  func largestRemainders(_ seed: Seed) throws {
    var random = seed.generator()
    let deal = try office.make("deal", "name=Pump")
    let users = try ["A", "B", "C"].map { try user($0) }
    let first = Int64.random(in: 1...98, using: &random)
    let second = Int64.random(in: 1...(99 - first), using: &random)
    try split(
      deal, (users[0], "\(first)"), (users[1], "\(second)"), (users[2], "\(100 - first - second)"))
    let shares = try office.replica.read { try CreditShares(in: $0.database) }
    let amount = Int128(Int64.random(in: -1_000...1_000, using: &random))
    let parts = shares.credited(amount, of: deal, owner: nil)
    #expect(parts.reduce(0) { $0 + $1.minorUnits } == amount)
    for part in parts {
      let exact = shares[deal].first { $0.user == part.user }.map {
        amount * Int128($0.percent.mantissa)
      }
      #expect(abs(part.minorUnits * 100 - (exact ?? 0)) < 100)
    }
  }

  @Test("RPT-45: three equal shares of 100.00 are 33.34, 33.33 and 33.33")
  func thirds() throws {
    let deal = try office.make("deal", "name=Pump")
    let users = try ["A", "B", "C"].map { try user($0) }.sorted()
    // What two nodes have set at once need not be 100: it is credited in proportion.
    try office.replica.write { transaction in
      for user in users {
        try transaction.edit(
          CreditShares.kind, CreditShares.id(of: user, in: deal), basis: Basis(),
          [
            FieldChange("deal", .set(.reference(deal))),
            FieldChange("user", .set(.reference(user))),
            FieldChange("percent", .set(.decimal(DecimalNumber(50)))),
          ])
      }
    }
    let shares = try office.replica.read { try CreditShares(in: $0.database) }
    #expect(
      shares.credited(10_000, of: deal, owner: nil).map(\.minorUnits) == [3_334, 3_333, 3_333])
    #expect(!CreditShares.areWhole(shares[deal]))
    let other = try office.make("deal", "name=Valve")
    #expect(shares.credited(7, of: other, owner: users[0]).map(\.user) == [users[0]])
  }

  @Test("OPP-11: lines count quantity times price less discount; optional ones count nothing")
  func lines() throws {
    let deal = try office.make("deal", "name=Plant")
    try office.make("product", "name=Pump", "price=100")
    try office.make("prospect_line", "deal=Plant", "product=Pump", "quantity=3")
    // 2.5 × 19.99 × 0.875 = 43.728125
    try office.make(
      "prospect_line", "deal=Plant", "text=Oil", "quantity=2.5", "unit_price=19.99",
      "discount=12.5")
    try office.make(
      "prospect_line", "deal=Plant", "text=Spare", "unit_price=500", "optional=yes")
    func lines() throws -> ProspectLines {
      try office.replica.read { try ProspectLines(of: deal, in: $0.database) }
    }
    #expect(try lines().lines.map { $0.net?.minorUnits } == [30_000, 4_373, 50_000])
    #expect(try lines().total == Money(minorUnits: 34_373, currency: .euro))
    // Half a cent goes to the even one: 1 × 0.05 × 0.5 = 0.025.
    let half = try office.make("deal", "name=Half")
    try office.make("prospect_line", "deal=Half", "text=Bit", "unit_price=0.05", "discount=50")
    #expect(
      try office.replica.read { try ProspectLines(of: half, in: $0.database).total?.minorUnits }
        == 2)
    try office.make("prospect_line", "deal=Plant", "text=Import", "unit_price=5USD")
    #expect(try lines().total == nil)
  }

  private func handover(
    _ deal: RecordID, to user: RecordID, because reason: String? = nil
  ) throws -> DealHandover {
    let occasion = TestOffice.occasion(because: reason)
    return try office.replica.write { transaction in
      let handover = try DealHandover(
        of: try #require(try transaction.snapshot.record("deal", deal)), to: user,
        by: office.user, on: occasion, in: transaction.snapshot)
      try handover.apply(subject: "Hand-over", brief: "What to know", in: transaction)
      return handover
    }
  }

  @Test("OPP-31: a deal goes with its owner's open tasks, and a note of it is kept")
  func handover() throws {
    let (anna, ben) = (try user("Anna"), try user("Ben"))
    let deal = try office.make("deal", "name=Pump", "owner=Ben")
    let own = try office.make("task", "title=Call", "about=deal:Pump", "owner=Ben")
    let shared = try office.make(
      "task", "title=Visit", "about=deal:Pump", "owner=Priya Nair",
      "assignees=(Ben,Priya Nair)")
    let done = try office.make(
      "task", "title=Done", "about=deal:Pump", "owner=Ben", "status=done")
    let others = try office.make(
      "task", "title=Others", "about=deal:Pump", "owner=Priya Nair")
    let made = try handover(deal, to: anna, because: "Ben has left")
    #expect(Set(made.tasks) == [own, shared])
    #expect(try office.text("deal", deal, "owner") == "Anna")
    #expect(try office.text("task", own, "owner") == "Anna")
    #expect(try office.text("task", shared, "owner") == "Priya Nair")
    #expect(try office.text("task", shared, "assignees").contains("Anna"))
    #expect(try !office.text("task", shared, "assignees").contains("Ben"))
    #expect(try office.text("task", done, "owner") == "Ben")
    #expect(try office.text("task", others, "owner") == "Priya Nair")
    #expect(try office.text("engagement", made.note, "type") == "handover")
    #expect(try office.text("engagement", made.note, "other_notes") == "What to know")
    #expect(try office.text("engagement", made.note, "decisions") == "Ben has left")
    #expect(try office.text("engagement", made.note, "users").split(separator: ",").count == 3)
    let isNeeded = try office.replica.read { snapshot in
      try DealHandover(
        of: try #require(try snapshot.record("deal", deal)), to: anna, by: nil,
        on: TestOffice.occasion(), in: snapshot
      ).isNeeded
    }
    #expect(!isNeeded)
    #expect(ben != anna)
  }
}
