import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

/// How likely two records are the same, and which pairs of them are found.
@Suite("Likeness")
struct LikenessTests {
  private let office: TestOffice

  init() throws { office = try TestOffice() }

  private func likeness(_ kind: String, _ one: RecordID, _ other: RecordID) throws -> Likeness {
    let entity = office.entity(kind)
    let profiles = try [one, other].map {
      LikenessProfile(entity, try #require(try office.state(kind, $0)))
    }
    let found = Likeness(profiles[0], profiles[1])
    #expect(found == Likeness(profiles[1], profiles[0]))
    return found
  }

  private func pairs(_ kind: String, min: Int = Likeness.reported) throws -> [DuplicatePair] {
    try office.replica.read {
      try DuplicateSearch(office.entity(kind), office.catalog, in: $0).pairs(min: min)
    }
  }

  @Test(
    "ACC-01: accounts are alike by website, name and city, whatever the spelling",
    arguments: [
      ("name=Müller GmbH", "name=MUELLER", 0, ""),
      ("name=Müller GmbH & Co. KG", "name=Muller", 60, "same name but for the legal form"),
      ("name=Acme S.A.", "name=acme sa", 65, "same name"),
      ("name=Pumpenwerk Hansa", "name=Pumpen-Werk Hansa", 60, "same name but for the legal form"),
      ("name=Pumpwerk Hansa", "name=Pumpenwerk Hansa AG", 45, "similar name"),
      ("name=Acme", "name=Bolt", 0, ""),
    ])
  func accounts(one: String, other: String, score: Int, reasons: String) throws {
    let found = try likeness(
      "account", try office.make("account", one), try office.make("account", other))
    #expect(found.score == score)
    #expect(found.reasons.joined(separator: ", ") == reasons)
  }

  @Test("each thing in common takes away its share of the doubt that is left")
  func combined() throws {
    let one = try office.make(
      "account", "name=Acme Ltd", "website=https://www.acme.example/en", "city=Bremen")
    let other = try office.make(
      "account", "name=ACME Inc.", "website=Acme.example", "city=bremen")
    let found = try likeness("account", one, other)
    #expect(found.score == 87)
    #expect(
      found.reasons == ["same website", "same name but for the legal form", "same city"])
    #expect(try pairs("account").map(\.likeness) == [found])
  }

  @Test("contacts are alike by addresses, numbers and names, in every spelling and every set")
  func contacts() throws {
    let account = try office.make("account", "name=Acme")
    let anke = try office.make(
      "contact", "name=Anke Dörr", "email=Anke@acme.example", "phone=+49 (40) 555-1200",
      "account=Acme")
    let again = try office.make(
      "contact", "given=Dorr", "family=Anke", "emails=(work: anke@ACME.example)",
      "phones=(mobile: 040 5551200)")
    let found = try likeness("contact", anke, again)
    #expect(found.reasons == ["same email", "same phone", "same name"])
    #expect(found.score == 95)
    let short = try office.make("contact", "name=A. Dörr", "account=Acme")
    #expect(try likeness("contact", anke, short).reasons == ["similar name", "same account"])
    #expect(
      try pairs("contact").map { [$0.first, $0.second] } == [[anke, again], [anke, short]])
    #expect(try office.state("account", account) != nil)
  }

  @Test("a key that too many records share says nothing, and what is deleted is not compared")
  func crowds() throws {
    var ids: [RecordID] = []
    for number in 0..<61 {
      ids.append(
        try office.make("account", "name=Firm \(number)", "website=portal.example"))
    }
    #expect(try pairs("account", min: 60).isEmpty)
    try office.delete("account", ids[0])
    #expect(try pairs("account", min: 60).count == 60 * 59 / 2)
  }
}
