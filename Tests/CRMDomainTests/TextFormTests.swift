import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

@Suite("Text forms")
struct TextFormTests {
  @Test(
    "CON-02: an e-mail address is checked, and its host kept in small letters",
    arguments: [
      ("Anke@Mueller.Example", "Anke@mueller.example"), (" a.b+c@x.example ", "a.b+c@x.example"),
      ("anke@münchen.example", "anke@münchen.example"), ("anke", nil), ("anke@", nil),
      ("anke@host", nil), ("a b@x.example", nil), ("a@b@x.example", nil), (".a@x.example", nil),
      ("a@-x.example", nil), ("a@x..example", nil), ("<a@x.example>", nil),
    ] as [(String, String?)])
  func emails(text: String, canonical: String?) {
    #expect(TextForm.email.canonical(text) == canonical)
  }

  @Test(
    "CON-03: a telephone number is kept in the international spelling, as it was grouped",
    arguments: [
      ("+49 40 555-1200", nil, "+49 40 555 1200"), ("0049 (0)40/5551200", nil, "+49 40 5551200"),
      ("+49 (40) 555.12", nil, "+49 40 555 12"), ("040 555", nil, "040 555"),
      ("040 555", "+49", "+49 40 555"), ("+1 555 0100", "+49", "+1 555 0100"),
      ("+1-555-0100 ext. 12", nil, "+1 555 0100 ext. 12"), ("555 x7", nil, "555 ext. 7"),
      ("7", nil, "7"), ("call me", nil, nil), ("+", nil, nil), ("+49 40 +5", nil, nil),
      ("1234567890123456", nil, nil), ("+0 40", nil, nil), ("40 ext", nil, nil),
    ] as [(String, String?, String?)])
  func phones(text: String, country: String?, canonical: String?) {
    #expect(TextForm.phone.canonical(text, country: country) == canonical)
  }

  @Test(
    "ACC-07: an address of the web has a host; its scheme may be missing, and is the web's",
    arguments: [
      ("WWW.Mueller.example", "www.mueller.example"),
      ("https://Mueller.example/En?a=B", "https://mueller.example/En?a=B"),
      ("mueller.example:8080/x", "mueller.example:8080/x"), ("mueller", nil),
      ("ftp://mueller.example", nil), ("mueller .example", nil), ("https://", nil),
    ] as [(String, String?)])
  func webSites(text: String, canonical: String?) {
    #expect(TextForm.web.canonical(text) == canonical)
  }

  @Test("CON-04: numbers and addresses of every kind are checked where they are typed")
  func fields() throws {
    let office = try TestOffice()
    let contact = try office.make(
      "contact", "name=Anke Dörr", "phones+=mobile: 0171/555", "emails+=work: Anke@X.example")
    #expect(try office.text("contact", contact, "phones") == "mobile: 0171 555")
    #expect(try office.text("contact", contact, "emails") == "work: Anke@x.example")
    try office.replica.write { try WorkspaceSettings.set(.phoneCountry, to: "+49", in: $0) }
    try office.edit("contact", contact, "phone=0171/555")
    #expect(try office.text("contact", contact, "primary_phone") == "+49 171 555")
    #expect(
      throws: EditError.unreadableValue(
        text: "anke", field: "primary_email", example: "anke@mueller.example")
    ) { try office.edit("contact", contact, "email=anke") }
    #expect(throws: EditError.self) { try office.edit("contact", contact, "phones+=work: later") }
    #expect(throws: EditError.self) { try office.make("account", "name=Acme", "website=soon") }
  }
}
