import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import TestSupport
import Testing

@Suite("Conversion of leads")
struct LeadConversionTests {
  let office: TestOffice

  init() throws {
    office = try TestOffice()
    try office.replica.write {
      let leads = ProcessTemplate.all.first { $0.name == "leads" }
      try ProcessSetUp.add("leads", from: leads, in: $0)
    }
  }

  private static let qualified = ["bant_budget=yes", "bant_authority=yes", "bant_need=yes"]

  private func lead(_ fields: String..., isQualified: Bool = true) throws -> RecordID {
    let entity = office.entity("deal")
    let all = try (fields + (isQualified ? Self.qualified : [])).map {
      try office.assignment($0, of: entity)
    }
    let editor = try office.editor()
    editor.newDealPhase = .lead
    return try office.replica.write {
      try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
    }
  }

  @discardableResult
  private func convert(
    _ lead: RecordID, _ fields: String...,
    on occasion: EditOccasion = TestOffice.occasion(hours: 48)
  ) throws -> LeadConversion {
    let state = try #require(try office.state("deal", lead))
    var request = LeadConversion.Request()
    request.assignments = try fields.map { try office.assignment($0, of: office.entity("deal")) }
    let (asked, editor) = (request, try office.editor(on: occasion))
    return try office.replica.write {
      let conversion = try LeadConversion(of: state, asked, by: editor, in: $0.snapshot)
      try conversion.apply(in: $0)
      return conversion
    }
  }

  @Test("LED-12, OPP-42: one record moves on, with an account and a contact made of what it says")
  func making() throws {
    let lead = try lead(
      "name=Pump", "company_text=Acme GmbH", "contact_text=Ute Lang", "email=ute@Acme.example",
      "phone=+49 40 555")
    let conversion = try convert(lead, "amount=500", "probability=35")
    #expect(try office.text("deal", lead, "process") == "sales")
    #expect(try office.text("deal", lead, "stage") == "Engaging")
    #expect(try office.text("deal", lead, "amount") == "500.00 EUR")
    #expect(try office.text("deal", lead, "probability_override") == "35")
    #expect(try office.text("deal", lead, "account") == "Acme GmbH")
    #expect(try office.text("deal", lead, "primary_contact") == "Ute Lang")
    let contact = try #require(conversion.contact.id)
    #expect(try office.text("contact", contact, "account") == "Acme GmbH")
    #expect(try office.text("contact", contact, "primary_email") == "ute@acme.example")
    #expect(try office.text("contact", contact, "primary_phone") == "+49 40 555")
    let account = try #require(conversion.account.id)
    #expect(try office.text("account", account, "status") == "prospect")
    #expect(try office.text("account", account, "owner") == "Priya Nair")
    #expect(throws: ConversionError.alreadyConverted(stage: "Engaging")) { try convert(lead) }
  }

  @Test("LED-12: account and contact are found by name, legal form apart, and by address")
  func matching() throws {
    let acme = try office.make("account", "name=Acme GmbH")
    let ute = try office.make(
      "contact", "name=Ute Lang", "account=Acme GmbH", "emails=work: U.Lang@acme.example")
    let byAddress = try convert(
      lead("name=A", "company_text=ACME", "contact_text=Lang <u.lang@acme.example>"))
    #expect(byAddress.account == .matched(acme))
    #expect(byAddress.contact == .matched(ute))
    let byName = try convert(
      lead("name=B", "company_text=acme gmbh & co. kg", "contact_text=Lang Ute"))
    #expect(byName.account == .matched(acme))
    #expect(byName.contact == .matched(ute))
    let linked = try convert(lead("name=C", "account=Acme GmbH"))
    #expect(linked.account == .linked(acme))
    #expect(linked.contact == .none)
    #expect(try office.names("account") == ["Acme GmbH"])
    #expect(try office.names("contact") == ["Ute Lang"])
    // A second lead of a company that was made meets the same account.
    let made = try convert(lead("name=D", "company_text=Bolt"))
    #expect(try convert(lead("name=E", "company_text=Bolt")).account.id == made.account.id)
    try office.make("account", "name=Acme AG")
    let several = try lead("name=F", "company_text=Acme")
    #expect(throws: EditError.self) { try convert(several) }
  }

  @Test("LED-08, LED-12: an unqualified lead is refused, and passed over with a reason that stays")
  func qualification() throws {
    let lead = try lead("name=Pump", "bant_budget=yes", "bant_need=partly", isQualified: false)
    let text =
      "BANT 37.5 of 75: budget yes, authority unknown, need partly, timeline unknown"
    #expect(throws: ConversionError.notQualified(text)) { try convert(lead) }
    var occasion = TestOffice.occasion(hours: 1)
    occasion.overridesCriteria = true
    #expect(throws: EditError.needsReason(from: "New", to: "Engaging")) {
      try convert(lead, on: occasion)
    }
    occasion.reason = "the boss knows them"
    try convert(lead, on: occasion)
    var query = RecordQuery(office.entity("stage_visit"))
    query.columns = [["unmet"], ["reason"], ["override"]]
    query.sort = [.init(["at"])]
    let (shown, context) = (query, try office.context)
    let last = try office.replica.read { snapshot in
      let paths = try shown.paths(in: office.catalog)
      return try shown.rows(in: snapshot.database, context).last.map { row in
        zip(row.cells, paths).map { $0.text(of: $1.field) }
      }
    }
    #expect(last == [text, "the boss knows them", "yes"])
    // What is said with the conversion counts.
    let other = try self.lead("name=Valve", isQualified: false)
    try convert(other, "bant_budget=yes", "bant_authority=yes", "bant_need=yes")
    #expect(try office.text("deal", other, "stage") == "Engaging")
  }

  @Test("LED-15: conversion shows in the visits, and reports tell how many and how fast")
  func figures() throws {
    try convert(lead("name=A", "source=fair"))
    _ = try lead("name=B", "source=fair")
    var request = ReportRequest(
      now: TestOffice.occasion(hours: 72).now, timeZone: .gmt, queries: try office.context)
    request.groups = []
    let asked = request
    let table = try office.replica.read { try LeadsReport().table(for: asked, in: $0.database) }
    let row = try #require(table.rows.first)
    #expect(row.cells[1] == .count(2))
    #expect(row.cells[2] == .count(1))
    #expect(row.cells[5] == .days(try #require(DecimalNumber("2"))))
  }
}
