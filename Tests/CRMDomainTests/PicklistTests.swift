import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport
import Testing

@Suite("Picklists")
struct PicklistTests {
  private let office: TestOffice
  init() throws { office = try TestOffice() }

  @Test("between any two keys there is another, and behind the last one", arguments: Seed.all)
  func positions(_ seed: Seed) {
    var random = seed.generator()
    var keys: [String] = []
    for _ in 0..<60 {
      let index = Int.random(in: 0...keys.count, using: &random)
      let key = PositionKey.between(
        index > 0 ? keys[index - 1] : nil, index < keys.count ? keys[index] : nil)
      #expect(key.last != "a")
      keys.insert(key, at: index)
    }
    #expect(keys == keys.sorted() && Set(keys).count == keys.count)
    #expect(PositionKey.between("m", "m") > "m")
    // Another program may have written any text.
    #expect(PositionKey.between("A", "n") == "g")
    #expect(PositionKey.between("~", nil) > "z")
    #expect(PositionKey.between(String(repeating: "z", count: 100_000), nil).utf8.count < 300)
  }

  @Test(
    "ORG-06: every list that people start with has values, in their order",
    arguments: [
      ("account_type", "pharmaceutical"), ("contact_role", "investigator"),
      ("industry", "pharmaceuticals"), ("department", "management"), ("engagement_type", "call"),
      ("contract_type", "framework agreement"), ("source", "website"),
      ("segment", "small business"), ("priority", "low"), ("close_reason", "price"),
      ("payment_method", "bank transfer"), ("channel", "direct"),
    ])
  func shipped(list: String, first: String) throws {
    #expect(try self.list(list).values.first?.label == first)
  }

  @Test("ORG-08: a value is renamed, and the records that have it show the new name untouched")
  func renaming() throws {
    let account = try office.make("account", "name=Müller", "industry=diagnostics")
    let before = try office.state("account", account)?.basis
    try change("industry", "diagnostics") {
      try $0.rename($1, to: "laboratory diagnostics", in: $2)
    }
    #expect(try office.text("account", account, "industry") == "laboratory diagnostics")
    #expect(try office.state("account", account)?.basis == before)
    // The first name still means the value, and no second one is made of it.
    let other = try office.make("account", "name=Acme", "industry=Diagnostics")
    #expect(try office.text("account", other, "industry") == "laboratory diagnostics")
    #expect(throws: PicklistError.takenLabel("Chemistry", list: "industry")) {
      try change("industry", "diagnostics") { try $0.rename($1, to: "Chemistry", in: $2) }
    }
  }

  @Test("ORG-08: two values become one, and records that had either are found under it")
  func merging() throws {
    let account = try office.make("account", "name=Müller", "industry=bio technology")
    try office.make("account", "name=Acme", "industry=biotechnology")
    let before = try office.state("account", account)?.basis
    let catalog = office.catalog
    try change("industry", "bio technology") { list, value, transaction in
      let other = try list.value(named: "biotechnology")
      try list.merge(value, into: other, catalog, in: transaction)
    }
    #expect(try office.text("account", account, "industry") == "biotechnology")
    #expect(try office.state("account", account)?.basis == before)
    let found = try office.names("account", .compare(["industry"], .equal, .text("biotechnology")))
    #expect(found.sorted() == ["Acme", "Müller"])
    #expect(try !list("industry").values.contains { $0.label == "bio technology" })
    let third = try office.make("account", "name=Zorn", "industry=bio technology")
    #expect(try office.text("account", third, "industry") == "biotechnology")
    let finance = try list("department").value(named: "finance")
    #expect(throws: JoinError.differentKinds("department", "industry")) {
      try change("industry", "chemistry") { try $0.merge(finance, into: $1, catalog, in: $2) }
    }
  }

  @Test("ORG-06: a retired value stays where it is, and is chosen for nothing more until revived")
  func retiring() throws {
    let account = try office.make("account", "name=Müller", "type=academic")
    try change("account_type", "academic") { try $0.retire($1, in: $2) }
    #expect(try office.text("account", account, "type") == "academic")
    try office.edit("account", account, "type=academic", "country=Peru")
    #expect(throws: EditError.retiredValue(text: "Academic", field: "type")) {
      try office.make("account", "name=Acme", "type=Academic")
    }
    try change("account_type", "academic") { try $0.retire($1, false, in: $2) }
    try office.make("account", "name=Acme", "type=Academic")
  }

  @Test("ORG-07: a list is put into another order by one write, whoever else orders it")
  func ordering() throws {
    try office.make("contact", "name=Anke Dörr", "roles+=sceptic")
    func order() throws -> [String] { try list("contact_role").values.prefix(3).map(\.label) }
    func move(_ value: String, _ place: (Picklist) throws -> Picklist.Place) throws {
      try change("contact_role", value) { try $0.move($1, to: try place($0), in: $2) }
    }
    try move("sponsor") { _ in .first }
    #expect(try order() == ["sponsor", "investigator", "project manager"])
    try move("billing") { .before(try $0.value(named: "investigator").id) }
    #expect(try order() == ["sponsor", "billing", "investigator"])
    try move("sponsor") { .after(try $0.value(named: "billing").id) }
    #expect(try order() == ["billing", "sponsor", "investigator"])
    // A value that was made by being named has no place until it is given one.
    #expect(try list("contact_role").values.last?.label == "sceptic")
    try move("billing") { _ in .last }
    #expect(try list("contact_role").values.suffix(2).map(\.label) == ["sceptic", "billing"])
    try move("sceptic") { _ in .first }
    #expect(try order() == ["sceptic", "sponsor", "investigator"])
  }

  @Test(
    "ORG-08: what is added is there once, and unknown lists and values are met with the nearest")
  func adding() throws {
    let added = try office.replica.write { transaction in
      try Picklist("source", in: transaction.snapshot.database).add(
        ["Webinar", "webinar", "Website"], in: transaction)
    }
    #expect(added == ["Webinar"])
    #expect(try list("source").values.last?.label == "Webinar")
    #expect(throws: PicklistError.unknownList("industy", closest: "industry")) {
      try Picklist.name(of: "industy", in: office.catalog)
    }
    #expect(throws: PicklistError.unknownValue("hihg", list: "priority", closest: "high")) {
      try list("priority").value(named: "hihg")
    }
    #expect(try Picklist.name(of: "payment methods", in: office.catalog) == "payment_method")
    #expect(
      Picklist.fields(choosingFrom: "department", in: office.catalog) == ["contact.department"])
  }

  @Test("ORG-04: terms say when an invoice is due, also from the end of its month")
  func terms() throws {
    let day = try #require(CivilDate("2028-01-31"))
    #expect("\(PaymentTerms(dueDays: 30).dueDate(of: day))" == "2028-03-01")
    #expect("\(PaymentTerms(dueDays: 29, isFromMonthEnd: true).dueDate(of: day))" == "2028-02-29")
    let id = try office.make("payment_terms", "name=end of month", "days=10", "month_end=yes")
    let terms = try #require(try office.state("payment_terms", id).flatMap { PaymentTerms($0) })
    #expect("\(terms.dueDate(of: try #require(CivilDate("2026-02-03"))))" == "2026-03-10")
    let account = try office.make("account", "name=Müller", "payment_terms=net 30")
    #expect(try office.text("account", account, "payment_terms.due_days") == "30")
    #expect(throws: EditError.self) { try office.make("account", "name=Acme", "terms=whenever") }
  }

  @Test("ORG-03: a tax rate is never edited in place; another rate is another record")
  func taxes() throws {
    let tax = try office.make("tax", "name=standard", "country=DE", "rate=19", "from=2007-01-01")
    #expect(throws: EditError.fixedField(field: "rate", kind: "tax")) {
      try office.edit("tax", tax, "rate=21")
    }
    try office.edit("tax", tax, "rate=19", "archived=yes")
    try office.make("tax", "name=standard", "country=DE", "rate=16", "from=2020-07-01")
    #expect(throws: EditError.self) {
      try office.make("tax", "name=odd", "rate=101", "from=2020-07-01")
    }
    #expect(throws: EditError.missingFields(["rate", "valid_from"], entity: "tax")) {
      try office.make("tax", "name=odd")
    }
  }

  @Test("ORG-12: teams, territories and regions hold members, rules and calendars of their own")
  func groups() throws {
    let team = try office.make("team", "name=North", "members=Priya Nair")
    try office.make(
      "territory", "name=Coast", "countries+=Germany", "postal_codes+=20", "industries+=chemistry",
      "owner_team=North")
    #expect(try office.text("team", team, "members") == "Priya Nair")
    let account = try office.make("account", "name=Müller", "territory=coast")
    #expect(try office.text("account", account, "territory.owner_team") == "North")
    let region = try office.make(
      "region", "name=Hamburg", "working_days=mon-thu", "working_hours=8:30-17",
      "holidays+=2026-10-03")
    #expect(try office.text("region", region, "working_days") == "mon tue wed thu")
    #expect(throws: EditError.self) { try office.edit("region", region, "working_hours=late") }
  }

  @Test("ORG-02: accounts are in any number of projects, and are found by them")
  func projects() throws {
    try office.make("project", "name=Oncology", "service_line=trials", "members+=Priya Nair")
    try office.make("project", "name=Cardiology")
    try office.make("account", "name=Müller", "projects+=Oncology", "projects+=Cardiology")
    try office.make("account", "name=Acme", "project=cardiology")
    func accounts(in project: String) throws -> [String] {
      try office.names("account", .has(["projects"], all: false, [.text(project)]))
    }
    #expect(try accounts(in: "Cardiology") == ["Acme", "Müller"])
    #expect(try accounts(in: "Oncology") == ["Müller"])
    #expect(throws: EditError.self) {
      try office.make("account", "name=Zorn", "projects+=Neurology")
    }
  }

  @Test(
    "ORG-15: a quota is for a fiscal year, its quarter or a month",
    arguments: [
      ("2026", "2026", "2025-04-01", "2026-03-31"),
      ("FY2026-q1", "2026-Q1", "2025-04-01", "2025-06-30"),
      ("2026-02", "2026-02", "2026-02-01", "2026-02-28"),
    ])
  func periods(text: String, stored: String, first: String, last: String) throws {
    let period = try #require(QuotaPeriod(text))
    #expect("\(period)" == stored)
    let days = try #require(period.days(in: FiscalYear(startMonth: 4)))
    #expect("\(days.lowerBound)" == first && "\(days.upperBound)" == last)
    for wrong in ["26", "2026-Q5", "2026-13", "2026-1", "2026-Q1-2", ""] {
      #expect(QuotaPeriod(wrong) == nil, "\(wrong)")
    }
  }

  @Test("ORG-15: one subject and period has one quota, and the later amount takes its place")
  func quotas() throws {
    let first = Quota(
      subject: office.user, period: .quarter(2, year: 2026),
      amount: Money(minorUnits: 100, currency: .euro))
    let second = Quota(
      subject: office.user, period: .quarter(2, year: 2026),
      amount: Money(minorUnits: 250, currency: .euro))
    for quota in [first, second] { try office.replica.write { try quota.write(in: $0) } }
    #expect(try office.replica.read { try Quota.all(in: $0.database) } == [second])
  }

  private func list(_ name: String) throws -> Picklist {
    try office.replica.read { try Picklist(name, in: $0.database) }
  }

  private func change(
    _ name: String, _ value: String, _ body: (Picklist, Picklist.Value, Transaction) throws -> Void
  ) throws {
    try office.replica.write { transaction in
      let list = try Picklist(name, in: transaction.snapshot.database)
      try body(list, try list.value(named: value), transaction)
    }
  }
}
