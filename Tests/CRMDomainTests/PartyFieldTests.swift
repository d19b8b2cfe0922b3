import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

/// What accounts and contacts hold: each field is written, read, and found by.
@Suite("Accounts and contacts")
struct PartyFieldTests {
  private let office: TestOffice

  init() throws {
    office = try TestOffice()
    try office.make("team", "name=North")
    try office.make("territory", "name=Coast", "owner_team=North")
    try office.make("user", "name=Lena Vogt")
    try office.make("project", "name=Oncology")
  }

  @Test(
    """
    ACC-02, ACC-03, ACC-04, ACC-05, ACC-06, ACC-07, ACC-10, ACC-13, ACC-14, ACC-19, ACC-25: \
    an account is found by what it says
    """,
    arguments: [
      ("type", "academic"), ("industry", "diagnostics"), ("territory", "Coast"),
      ("status", "active"), ("annual_potential", "50000.00 EUR"),
      ("website", "www.mueller.example"), ("owner", "Lena Vogt"), ("payment_terms", "net 30"),
      ("billing_frequency", "monthly"), ("segment", "enterprise"), ("priority", "high"),
      ("channel", "distributor"),
    ])
  func accountValues(field: String, value: String) throws {
    try found("account", field, value, name: "Müller")
  }

  @Test(
    "ACC-08, ACC-09: an address is one value, so that no merge mixes halves of two",
    arguments: ["billing_address", "shipping_address"])
  func addresses(field: String) throws {
    let account = try office.make(
      "account", "name=Müller", "\(field)=street=Kaistr. 5; postal_code=20457; city=Hamburg")
    #expect(try office.text("account", account, field) == "Kaistr. 5, 20457 Hamburg")
    #expect(try office.text("account", account, "\(field).city") == "Hamburg")
    #expect(try office.edit("account", account, "\(field).city=Bremen").changes.count == 1)
    #expect(try office.text("account", account, field) == "Kaistr. 5, 20457 Bremen")
  }

  @Test(
    "ACC-11, ACC-24, ACC-15, ACC-17: teams, plans, structure and profile are kept on the account")
  func accountTexts() throws {
    let account = try office.make(
      "account", "name=Müller", "support_team=(Lena Vogt,Priya Nair)", "plan=Win the retrofit.",
      "structure_notes=The CFO decides.", "profile=Makes pumps.", "requirements=Paper invoices.",
      "founded_year=1921", "employees=250")
    #expect(
      try office.text("account", account, "support_team").split(separator: ", ").sorted()
        == ["Lena Vogt", "Priya Nair"])
    try office.edit("account", account, "plan+=By June.")
    #expect(try office.text("account", account, "plan") == "Win the retrofit.\nBy June.")
    #expect(try office.text("account", account, "structure_notes") == "The CFO decides.")
    #expect(try office.text("account", account, "profile") == "Makes pumps.")
    #expect(try office.text("account", account, "founded_year") == "1921")
  }

  @Test("ACC-05: an account's status moves as its machine allows, and returns from being blocked")
  func status() throws {
    let account = try office.make("account", "name=Müller")
    #expect(try office.text("account", account, "status") == "prospect")
    for state in ["active", "inactive", "active", "blocked", "inactive"] {
      try office.edit("account", account, "status=\(state)")
    }
    #expect(throws: EditError.self) { try office.edit("account", account, "status=prospect") }
  }

  @Test("ACC-22: an archived account is out of the default lists, and keeps all it said")
  func archiving() throws {
    let account = try office.make("account", "name=Müller", "country=Peru")
    try office.edit("account", account, "archived=yes")
    #expect(try office.names("account").isEmpty)
    #expect(try office.names("account", .compare(["archived"], .equal, .text("yes"))) == ["Müller"])
    #expect(try office.text("account", account, "country") == "Peru")
  }

  @Test("ACC-27: deals and engagements refer to one account, and show its new name")
  func oneMasterCopy() throws {
    let account = try office.make("account", "name=Müller")
    let deal = try office.make("deal", "name=Pump", "account=Müller")
    let call = try office.make("engagement", "subject=Call", "type=call", "account=Müller")
    try office.edit("account", account, "name=Müller GmbH")
    #expect(try office.text("deal", deal, "account") == "Müller GmbH")
    #expect(try office.text("engagement", call, "account") == "Müller GmbH")
  }

  @Test(
    """
    CON-05, CON-06, CON-07, CON-09, CON-10, CON-12: a contact is found by what it says
    """,
    arguments: [
      ("job_title", "Head of quality"), ("department", "quality"), ("language", "de"),
      ("channel_preference", "phone"), ("time_zone", "Europe/Berlin"),
      ("authorisation_limit", "5000.00 EUR"), ("account", "Acme"),
    ])
  func contactValues(field: String, value: String) throws {
    try office.make("account", "name=Acme")
    try found("contact", field, value, name: "Anke Dörr")
  }

  @Test("CON-01: a person's name is kept in parts, and shown as one")
  func names() throws {
    let contact = try office.make(
      "contact", "prefix=Dr.", "given=Anke Maria", "family=Dörr", "suffix=MBA")
    #expect(try office.text("contact", contact, "name") == "Dr. Anke Maria Dörr MBA")
    try office.edit("contact", contact, "family=Lang")
    #expect(try office.text("contact", contact, "name") == "Dr. Anke Maria Lang MBA")
    #expect(throws: EditError.missingFields(["name"], entity: "contact")) {
      try office.make("contact", "title=Head")
    }
  }

  @Test(
    "CON-08, CON-09, CON-11: roles, expertise and opt-outs are several at once",
    arguments: [
      ("roles", "investigator", "decision maker"), ("expertise", "oncology", "statistics"),
      ("opted_out", "newsletter", "events"), ("do_not_call", "offers", "surveys"),
    ])
  func sets(field: String, one: String, other: String) throws {
    let contact = try office.make("contact", "name=Anke Dörr", "\(field)=(\(one),\(other))")
    try office.make("contact", "name=Jonas Weber", "\(field)+=\(other)")
    let both = Filter.has([field], all: true, [.text(one), .text(other)])
    #expect(try office.names("contact", both) == ["Anke Dörr"])
    try office.edit("contact", contact, "\(field)-=\(one)")
    #expect(try office.text("contact", contact, field) == other)
  }

  @Test("CON-10, CON-14: availability and special requirements are texts that grow")
  func texts() throws {
    let contact = try office.make(
      "contact", "name=Anke Dörr", "availability=After lunch.",
      "special_requirements=Step-free access.")
    try office.edit("contact", contact, "availability+=Not on Fridays.")
    #expect(
      try office.text("contact", contact, "availability") == "After lunch.\nNot on Fridays.")
    #expect(
      try office.text("contact", contact, "special_requirements") == "Step-free access.")
  }

  /// Writes a value, finds the record by it, clears it, and finds the record no more.
  private func found(_ kind: String, _ field: String, _ value: String, name: String) throws {
    let id = try office.make(kind, "name=\(name)", "\(field)=\(value)")
    try office.make(kind, "name=Other")
    #expect(try office.text(kind, id, field) == value)
    let filter = Filter.compare([field], .equal, .text(value))
    #expect(try office.names(kind, filter) == [name])
    guard office.entity(kind).field(named: field)?.mark != .ranked else { return }
    try office.edit(kind, id, "\(field)=")
    #expect(try office.names(kind, filter).isEmpty)
  }
}
