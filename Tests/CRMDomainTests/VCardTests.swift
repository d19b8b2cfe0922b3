import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

@Suite("vCard")
struct VCardTests {
  private let office: TestOffice
  init() throws { office = try TestOffice() }

  @Test("CON-17: cards of other programs become contacts, with what they lack a field for told")
  func importing() throws {
    try office.make("account", "name=Müller GmbH")
    let report = try take(
      """
      BEGIN:VCARD
      VERSION:3.0
      N:Dörr;Anke;Maria;Dr.;
      FN:Dr. Anke Maria Dörr
      ORG:Müller GmbH;Research
      item1.EMAIL;TYPE=INTERNET,WORK:anke@mueller.example
      EMAIL;TYPE=HOME;TYPE=PREF:anke@home.example
      TEL;TYPE="cell,voice":0049 171 555
      TEL;VALUE=uri;TYPE=work:tel:+49-40-555
      CATEGORIES:vip,spring fair
      NOTE:Prefers calls after lunch\\, never\\n
       before ten. Folds a line to end h
       ere.
      ADR;TYPE=WORK:;;Kaistr. 5;Bremen;;28195;Germany
      UID:urn:uuid:1
      END:VCARD
      BEGIN:VCARD\r
      VERSION:4.0\r
      FN:Jonas Weber\r
      END:VCARD\r

      """)
    #expect(report.created == 2 && report.isComplete)
    #expect(report.ignoredColumns == ["adr"])
    let anke = try contact("Dr. Anke Maria Dörr")
    #expect(try office.text("contact", anke, "family") == "Dörr")
    #expect(try office.text("contact", anke, "account") == "Müller GmbH")
    #expect(try office.text("contact", anke, "department") == "research")
    #expect(try office.text("contact", anke, "primary_email") == "anke@home.example")
    #expect(
      try office.text("contact", anke, "emails").split(separator: ", ").sorted() == [
        "home: anke@home.example", "work: anke@mueller.example",
      ])
    #expect(try office.text("contact", anke, "primary_phone") == "+49 171 555")
    #expect(
      try office.text("contact", anke, "phones").split(separator: ", ").sorted() == [
        "mobile: +49 171 555", "work: +49 40 555",
      ])
    #expect(try office.text("contact", anke, "labels").contains("spring fair"))
    #expect(
      try office.text("contact", anke, "notes")
        == "Prefers calls after lunch, never\nbefore ten. Folds a line to end here.")
    #expect(try office.text("contact", anke, "external_ids") == "vcard:urn:uuid:1")
    _ = try contact("Jonas Weber")
  }

  @Test(
    "CON-17: a card that cannot be taken is told by a line of its own, and leaves the others alone")
  func rejecting() throws {
    let report = try take(
      """
      BEGIN:VCARD
      FN:Anke Dörr
      EMAIL:not an address
      END:VCARD
      BEGIN:VCARD
      FN:Jonas Weber
      ORG:Nobody Inc.
      END:VCARD
      BEGIN:VCARD
      FN:Ute Lang
      END:VCARD
      """)
    #expect(report.created == 1)
    #expect(report.rejections.map(\.line) == [2, 6])
    #expect(report.rejections.first?.reason == "“not an address” cannot be read as emails.")
  }

  @Test(
    "CON-17: what is no file of cards is refused as a whole",
    arguments: [
      ("", VCardError.empty), ("FN:Anke\n", .wrongLine(line: 1)),
      ("BEGIN:VCARD\nFN:Anke\n", .unfinished(line: 1)),
      ("BEGIN:VCARD\nnonsense\nEND:VCARD\n", .wrongLine(line: 2)),
      ("BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:A=C3\nEND:VCARD\n", .oldVersion(line: 2)),
      ("BEGIN:VCARD\nBEGIN:VCARD\n", .wrongLine(line: 2)),
    ])
  func refusing(text: String, error: VCardError) {
    #expect(throws: error) { try table(text) }
  }

  @Test("CON-17: contacts written as cards and read into another workspace say the same")
  func roundTrip() throws {
    try office.make("account", "name=Müller, Söhne; Co")
    try office.make(
      "contact", "prefix=Dr.", "given=Anke", "family=Dörr", "account=Müller, Söhne; Co",
      "department=quality", "job_title=Head of\\quality", "email=anke@mueller.example",
      "emails=(work: anke@mueller.example,home: a@home.example)", "phone=+49 40 555",
      "phones=(mobile: +49 171 555)", "time_zone=Europe/Berlin", "labels+=vip",
      "notes=One: a long line with umlauts, äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü; and more")
    try office.make("contact", "name=Jonas Weber")
    let bytes = try export()
    #expect(
      String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").allSatisfy {
        $0.utf8.count <= 75
      })
    let other = try TestOffice()
    try other.make("account", "name=Müller, Söhne; Co")
    let report = try take(String(decoding: bytes, as: UTF8.self), in: other)
    #expect(report.created == 2 && report.isComplete)
    let fields = [
      "name", "account", "department", "job_title", "primary_email", "primary_phone", "time_zone",
      "labels", "notes",
    ]
    for name in ["Dr. Anke Dörr", "Jonas Weber"] {
      let (one, two) = (try contact(name), try contact(name, in: other))
      for field in fields {
        #expect(
          try office.text("contact", one, field) == other.text("contact", two, field), "\(field)")
      }
    }
    let anke = try contact("Dr. Anke Dörr", in: other)
    #expect(
      try other.text("contact", anke, "emails").split(separator: ", ").sorted()
        == ["home: a@home.example", "work: anke@mueller.example"])
    // A primary number that is in no set comes back in one, too.
    #expect(try other.text("contact", anke, "phones").contains("mobile: +49 171 555"))
  }

  private func contact(_ name: String, in other: TestOffice? = nil) throws -> RecordID {
    let office = other ?? office
    let match = try office.replica.read {
      try NameIndex(office.catalog).match(
        name, in: NameIndex.Scope(kind: "contact"), of: $0.database)
    }
    guard case .one(let id) = match else {
      Issue.record("\(name): \(match)")
      return RecordID(rawValue: 0)
    }
    return id
  }

  private func table(_ text: String) throws -> VCardTable {
    var rest = [Array(text.utf8)]
    return try VCardTable(reading: { rest.popLast() ?? [] })
  }

  private func take(_ text: String, in other: TestOffice? = nil) throws -> ImportReport {
    let office = other ?? office
    let csv = try table(text).csv
    return try CSVImport(
      office.entity("contact"), ImportOptions(batch: 1, now: TestOffice.occasion().now),
      in: office.catalog
    ).run(
      on: office.replica,
      open: {
        var rest = [csv]
        return { rest.popLast() ?? [] }
      })
  }

  private func export() throws -> [UInt8] {
    var bytes: [UInt8] = []
    let context = try office.context
    try office.replica.read { snapshot in
      _ = try VCardExport(RecordQuery(office.entity("contact")), context).write(
        in: snapshot.database
      ) { bytes += $0 }
    }
    return bytes
  }
}
