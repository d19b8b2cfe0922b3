import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import TestSupport
import Testing

/// How good the data are: names, links, rules, and deals of which something is missing.
@Suite("Data quality")
struct QualityTests {
  let office: TestOffice
  private let now = TestOffice.occasion().now

  init() throws { office = try TestOffice() }

  @Test(
    "DQA-01: names are told how they are usually written",
    arguments: [
      ("Müller  GmbH", "Müller GmbH"), ("Müller gmbh", "Müller GmbH"),
      ("acme pumps ltd.", "Acme Pumps Ltd"), ("ACME PUMPS INC", "ACME Pumps Inc"),
      ("Müller GmbH", nil), ("BASF SE", nil), ("BASF se", "BASF SE"), ("IBM", nil),
      ("AG Pumps", nil), ("e.on", "E.on"), ("Pumps, llc", "Pumps, LLC"), ("4711", nil),
    ] as [(String, String?)])
  func names(_ name: String, _ suggestion: String?) {
    #expect(NameStandard.suggestion(for: name, isCompany: true) == suggestion)
  }

  @Test("DQA-01: a product's name has no legal form, and every odd name is found with its record")
  func foundNames() throws {
    #expect(NameStandard.suggestion(for: "Pump as", isCompany: false) == nil)
    let account = try office.make("account", "name=acme ltd")
    try office.make("account", "name=Fine GmbH")
    try office.make("product", "name=Pump  X")
    let findings = try office.replica.read { try NameStandard.findings(in: $0.database) }
    #expect(findings.map(\.suggestion) == ["Acme Ltd", "Pump X"])
    #expect(findings.first?.record == account)
  }

  private func links(_ kind: String) throws -> [String] {
    try office.replica.read { snapshot in
      try LinkAudit.findings(of: [office.entity(kind)], office.catalog, in: snapshot.database).map {
        "\($0.problem): \($0.records.count)"
      }
    }
  }

  @Test(
    "DQA-02: references to deleted and unknown records are found, and records that belong to none")
  func danglingLinks() throws {
    let account = try office.make("account", "name=Acme")
    try office.make("deal", "name=Fine", "account=Acme")
    let contact = try office.make("contact", "name=Anke", "account=Acme")
    try office.make("engagement", "subject=Call", "contacts=Anke")
    try office.make("engagement", "subject=Alone")
    try office.make("task", "title=Nothing")
    try office.make("task", "title=Deal", "about=deal:Fine")
    #expect(try links("deal").isEmpty)
    #expect(try links("task") == ["is about nothing: 1"])
    #expect(try links("engagement") == ["is about no account, contact or deal: 1"])
    try office.delete("account", account)
    try office.delete("contact", contact)
    #expect(try links("deal") == ["its account is deleted or unknown here: 1"])
    #expect(
      try links("engagement") == [
        "its account is deleted or unknown here: 1",
        "its contacts is deleted or unknown here: 1", "is about no account, contact or deal: 1",
      ])
    // What has not come to this node yet.
    let other = RecordID(derivedFrom: "account", [[1]])
    try office.replica.write {
      try $0.edit(
        "contact", RecordID(derivedFrom: "contact", [[1]]), basis: Basis(),
        [FieldChange("account", .set(.reference(other)))])
    }
    #expect(try links("contact").contains("its account is deleted or unknown here: 1"))
  }

  @Test("DQA-02, DQA-05: a reference to a record that was joined into another leads somewhere")
  func joinedLinks() throws {
    let first = try office.make("account", "name=Acme")
    let second = try office.make("account", "name=Acme Pumps")
    try office.make("deal", "name=Fine", "account=Acme")
    let (joined, staying) = (
      try #require(try office.state("account", first)),
      try #require(try office.state("account", second))
    )
    try office.replica.write {
      try JoinPlan(
        of: joined, basis: joined.basis, into: staying, basis: staying.basis, taking: [], open: [:],
        office.entity("account")
      ).apply(in: $0)
    }
    #expect(try links("deal").isEmpty)
  }

  private func results(_ prefix: String, after days: Int64 = 0) throws -> [String: String] {
    let now = TestOffice.occasion(hours: days * 24).now
    return try office.replica.read { snapshot in
      try DataRule.all.filter { $0.name.hasPrefix(prefix) }.reduce(into: [:]) { results, rule in
        let result = try rule.result(at: now, in: .gmt, snapshot.database)
        results[rule.name] = "\(result.passed)/\(result.checked)"
      }
    }
  }

  @Test("DQA-03: each rule tells how many records keep it, and a kept check is the trend")
  func rules() throws {
    try office.make("account", "name=Acme", "industry=chemistry", "country=DE")
    try office.make("account", "name=acme two")
    #expect(
      try results("account") == [
        "account.industry": "1/2", "account.name": "1/2", "account.owner": "2/2",
        "account.place": "1/2", "account.verified": "0/2",
      ])
    try office.make("deal", "name=A", "amount=5", "target_close=2027-01-15")
    try office.make("deal", "name=B", "target_close=2027-01-14", "next_action=call")
    try office.make("deal", "name=C", "stage=Won")
    let deals = try results("deal")
    #expect(deals["deal.amount"] == "1/2" && deals["deal.next_action"] == "1/2")
    #expect(deals["deal.target_close"] == "1/2" && deals["deal.account"] == "0/2")
    #expect(deals["deal.touched"] == "2/2")
    #expect(try results("deal", after: 31)["deal.touched"] == "0/2")
    #expect(try results("product")["product.price"] == "0/0")

    let rule = try #require(DataRule.all.first { $0.name == "account.industry" })
    let today = TestOffice.occasion().today
    func keep(on day: CivilDate) throws -> Bool {
      try office.replica.write {
        let result = try rule.result(at: now, in: .gmt, $0.snapshot.database)
        return try QualityCheck(result, on: day).write(in: $0)
      }
    }
    #expect(try keep(on: today))
    #expect(try !keep(on: today))
    try office.make("account", "name=Third", "industry=chemistry")
    let later = CivilDate(days: today.days + 7)
    #expect(try keep(on: later))
    let last = try office.replica.read {
      try QualityCheck.last(before: later, in: $0.database)["account.industry"]
    }
    #expect(last?.day == today && last?.share?.description == "50.00")
    #expect(
      try office.replica.read { try QualityCheck.last(before: today, in: $0.database) }.isEmpty)
  }

  @Test("DQA-04: leads that are incomplete, whose mail came back, or with which nothing happens")
  func leads() throws {
    try office.make("contact", "name=Anke", "bounced=yes")
    try office.make("deal", "name=A", "source=website", "contact=Anke")
    try office.make("deal", "name=B", "contact_text=Ute")
    try office.make("deal", "name=C", "stage=Engaging")
    let expected = [
      "lead.source": "1/2", "lead.contact": "2/2", "lead.bounced": "1/2", "lead.touched": "2/2",
    ]
    #expect(try results("lead") == expected)
    #expect(try results("lead", after: 15)["lead.touched"] == "0/2")
  }

  @Test("DQA-06, DQA-07: what is entered is checked, and what a record must belong to is required")
  func entry() throws {
    #expect(throws: EditError.self) { try office.make("deal", "name=A", "amount=many") }
    #expect(throws: EditError.self) { try office.make("deal", "name=A", "amount=-5") }
    #expect(throws: EditError.self) { try office.make("contact", "name=A", "email=nobody") }
    #expect(throws: EditError.missingFields(["deal"], entity: "prospect_line")) {
      try office.make("prospect_line", "text=Pump")
    }
    #expect(throws: EditError.self) { try office.make("deal", "name=A", "account=Nobody") }
  }

  @Test(
    "OPP-30, OPP-36: open deals whose date has passed, without an amount or a next step, or untouched"
  )
  func hygiene() throws {
    try office.make(
      "deal", "name=Fine", "amount=5", "target_close=2027-01-15", "next_action=call",
      "next_action_on=2027-01-15")
    try office.make(
      "deal", "name=Late", "amount=5", "target_close=2027-01-14", "next_action=call",
      "next_action_on=2027-01-14")
    try office.make("deal", "name=Bare")
    try office.make("deal", "name=Over", "stage=Won")
    let deals = try office.names("deal")
    func problems(after days: Int64 = 0) throws -> [String: [DealHygiene.Problem]] {
      let request = ReportRequest(
        now: TestOffice.occasion(hours: days * 24).now, timeZone: .gmt,
        queries: try office.context)
      let found = try office.replica.read {
        try DealHygiene.findings(for: request, in: $0.database)
      }
      return try found.reduce(into: [:]) {
        $0[try office.text("deal", $1.deal, "name")] = $1.problems
      }
    }
    let yesterday = try #require(CivilDate("2027-01-14"))
    #expect(
      try problems() == [
        "Fine": [], "Late": [.datePassed(yesterday), .actionPassed(yesterday)],
        "Bare": [.noDate, .noAmount, .noNextAction],
      ])
    #expect(try problems(after: 30)["Bare"] == [.noDate, .noAmount, .noNextAction])
    #expect(
      try problems(after: 31)["Bare"] == [.noDate, .noAmount, .noNextAction, .quiet(days: 31)])
    #expect(deals.count == 4)
  }
}
