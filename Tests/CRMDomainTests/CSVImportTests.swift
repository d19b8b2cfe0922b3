import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport
import Testing

@Suite("CSVImport")
struct CSVImportTests {
  private let office: TestOffice

  init() throws { office = try TestOffice() }

  private func take(
    _ text: String, as kind: String = "account", key: String? = "name",
    _ change: (inout ImportOptions) -> Void = { _ in },
    rejects: (([UInt8]) throws -> Void)? = nil
  ) throws -> ImportReport {
    var options = ImportOptions(batch: 1, now: TestOffice.occasion().now)
    options.key = key
    change(&options)
    return try CSVImport(office.entity(kind), options, in: office.catalog).run(
      on: office.replica,
      open: {
        var rest: [UInt8]? = Array(text.utf8)
        return {
          defer { rest = nil }
          return rest ?? []
        }
      }, rejects: rejects)
  }

  @Test("rows whose visits write more than their cells are divided among entries as all others are")
  func manyVisits() throws {
    let company = SampleCompany(accounts: 800, today: CivilDate(days: 20_000))
    let table = SampleData.Table(
      columns: company.columns(of: .deals),
      rows: (0..<company.count(of: .deals)).map { company.row($0, of: .deals) })
    let kept = table.columns.indices.filter {
      !["account", "owner", "products"].contains(table.columns[$0])
    }
    let own = SampleData.Table(
      columns: kept.map { table.columns[$0] }, rows: table.rows.map { row in kept.map { row[$0] } })
    let report = try take(own.csv, as: "deal", key: "number") {
      $0.visits = [
        ("Prospecting", "prospected"), ("Engaging", "engaged_on"), ("Won", "close_date"),
        ("Lost", "close_date"),
      ]
    }
    #expect(report.created == table.rows.count)
  }

  @Test(
    "columns fill the fields whose names or aliases they bear; a column called like the kind is the name"
  )
  func defaultMapping() throws {
    let report = try take(
      "Company,sector,Billing address,revenue,xyz\nAcme,Water,Kai 1,\"1,100.5\",?\n")
    #expect(
      report.columns.map { "\($0.field)=\($0.column)" } == [
        "name=Company", "industry=sector", "billing_address=Billing address", "revenue=revenue",
      ])
    #expect(report.ignoredColumns == ["xyz"])
    #expect(report.created == 1)
    #expect(report.listed.map(\.name) == ["Water"])
    #expect(
      try office.names("account", .compare(["revenue"], .equal, .text("1100.50"))) == ["Acme"])
  }

  @Test("the same file again changes nothing; a changed row changes its record only")
  func repetition() throws {
    let first = "name,industry,labels\nAcme,Water,a; b\nBetatech,Air,\n"
    #expect(try take(first).created == 2)
    #expect(try take(first).unchanged == 2)
    let second = "name,industry,labels\nAcme,,c\nBetatech,Fire,\n"
    let report = try take(second)
    #expect((report.changed, report.unchanged, report.created) == (2, 0, 0))
    // An empty cell leaves its field as it is, and nothing leaves a set.
    #expect(
      try office.names("account", .has(["labels"], all: true, ["a", "b", "c"].map { .text($0) }))
        == ["Acme"])
    #expect(try office.names("account", .compare(["industry"], .equal, .text("water"))) == ["Acme"])
  }

  @Test("a row about a record made by hand changes that record")
  func matching() throws {
    try office.make("account", "name=Acme")
    let report = try take("name,country\nAcme,Kenya\n")
    #expect((report.created, report.changed) == (0, 1))
    try office.make("account", "name=Acme")
    let again = try take("name,country\nAcme,Kenya\n")
    #expect(again.rejections.map(\.reason) == ["2 records have the name “Acme”."])
  }

  @Test(
    "rows that cannot be taken are told with line, column and reason, and leave the others alone")
  func rejections() throws {
    let text = """
      name,employees,parent
      Acme,12,
      Betatech,many,
      ,5,
      Cancity,7,Nobody
      Dontechi
      Acme,12,
      """
    var rejects = ""
    let report = try take(text, rejects: { rejects += String(decoding: $0, as: UTF8.self) })
    #expect((report.rows, report.created, report.unchanged, report.rejected) == (6, 1, 1, 4))
    #expect(
      report.rejections.map { "\($0.line) \($0.column ?? "-"): \($0.reason)" } == [
        "3 employees: “many” cannot be read as employees.",
        "4 name: The row has no name to know it by.",
        "5 parent: There is no account “Nobody” for parent.",
        "6 -: The row has 1 values, the header 3 columns.",
      ])
    #expect(
      rejects.split(separator: "\n").prefix(2) == [
        "name,employees,parent,reject_line,reject_column,reject_reason",
        "Betatech,many,,3,employees,“many” cannot be read as employees.",
      ])
  }

  @Test("the reason for a rejected row stands in its own column, however long the row is")
  func rejectedWidths() throws {
    var rejects = ""
    let text = "name,country\nShort\nLong,Kenya,x,y\nBad,Kenya\n"
    let report = try take(
      text, { $0.constants = [(field: "employees", text: "-1")] },
      rejects: { rejects += String(decoding: $0, as: UTF8.self) })
    #expect(report.rejected == 3)
    #expect(
      rejects == """
        name,country,reject_line,reject_column,reject_reason
        Short,,2,,"The row has 1 values, the header 2 columns."
        Long,Kenya,3,,"The row has 4 values, the header 2 columns.",x,y
        Bad,Kenya,4,,The employees cannot be -1: it is at least 0.

        """)
  }

  @Test("a row that names itself is refused, new or not, and so is a number out of bounds")
  func refusedRows() throws {
    let text = "name,parent,revenue\nAcme,Acme,\nBetatech,,-4\nCancity,,5\n"
    #expect(
      try take(text).rejections.map(\.reason) == [
        "An account cannot be its own parent.",
        "The revenue cannot be -4.00 EUR: it is at least 0.",
      ])
    let again = try take("name,parent\nCancity,Cancity\n")
    #expect(again.rejections.map(\.reason) == ["An account cannot be its own parent."])
  }

  @Test("references among the rows of one file are resolved whatever the order of the rows")
  func selfReferences() throws {
    let text = "name,parent,employees\nChild,Mother,1\nMother,Grandmother,2\nGrandmother,,x\n"
    let report = try take(text)
    #expect((report.created, report.rejected) == (2, 1))
    #expect(report.leftEmpty.map(\.value) == ["Grandmother"])
    #expect(!report.isComplete)
    #expect(
      try office.names("account", .compare(["parent"], .equal, .text("Mother"))) == ["Child"])
    #expect(try take("name,parent\nChild,Mother\n").unchanged == 1)
  }

  @Test("rows that name records which nobody has made are counted by column, to say what to do")
  func missingRecords() throws {
    let report = try take(
      "name,manager\nAnna,Dustin\nBen,Dustin\nCleo,\n", as: "user")
    #expect(report.rejected == 2)
    #expect(
      report.missingRecords == [
        ImportReport.MissingRecords(
          column: "manager", field: "manager", kind: "user", kindPlural: "users", count: 2)
      ])
  }

  @Test("a dry run says what would be done, also of rows that repeat")
  func dryRun() throws {
    let text =
      "name,industry,parent\nAcme,Water,\nBetatech,Water,Acme\nAcme,Water,\nAcme,Air,\nX,Fire,Y\n"
    let dry = try take(text) { $0.isDryRun = true }
    #expect(try office.names("account").isEmpty)
    #expect(try office.listed("industry").isEmpty)
    let real = try take(text)
    for report in [dry, real] {
      #expect((report.created, report.changed, report.unchanged, report.rejected) == (2, 1, 1, 1))
      #expect(report.listed.map(\.name) == ["Water", "Air"])
    }
  }

  @Test("states are taken as they come, and nobody's name is put under the records")
  func fileMode() throws {
    _ = try take("name,status\nAcme,prospect\n")
    let report = try take("name,status\nAcme,inactive\n")
    #expect(report.changed == 1)
    #expect(try office.names("account", .isEmpty(["owner"])) == ["Acme"])
  }

  @Test("values are mapped, constants added, columns left out")
  func options() throws {
    let report = try take("name,sector,country\nAcme,technolgy,Kenya\n") { options in
      options.values = [.init(field: "industry", from: "technolgy", to: "Technology")]
      options.constants = [("status", "active")]
      options.columns = [.init(field: "country", column: "")]
    }
    #expect(report.ignoredColumns == ["country"])
    #expect(try office.listed("industry") == ["Technology"])
    #expect(try office.names("account", .compare(["status"], .equal, .text("active"))) == ["Acme"])
  }

  @Test("without a key every row makes a record, but no two with one unique value")
  func withoutKey() throws {
    let report = try take("name,number\nA,1\nA,2\nB,2\n", as: "deal", key: nil)
    #expect((report.created, report.rejected) == (2, 1))
    #expect(report.rejections.map(\.reason) == ["Line 3 has the number “2” already."])
  }

  @Test("more rows than a batch holds come in as several entries of one batch")
  func batches() throws {
    let rows = (1...2_500).map { "Account \($0),City \($0 % 7)" }.joined(separator: "\n")
    let report = try take("name,city\n" + rows)
    #expect(report.created == 2_500)
    #expect(try office.names("account").count == 2_500)
    #expect(try take("name,city\n" + rows).unchanged == 2_500)
  }

  @Test(
    "an import that cannot begin says why",
    arguments: [
      ("a,b\n1,2\n", ImportError.nothingMapped(columns: ["a", "b"], entity: "product")),
      ("name,stock\nPump,5\n", .counter(field: "stock")),
      ("code\nP-1\n", .unmappedKey(field: "name")),
    ])
  func impossible(text: String, error: ImportError) {
    #expect(throws: error) { try take(text, as: "product") }
  }

  @Test("a column that is not there is refused with the nearest")
  func noSuchColumn() {
    let error = ImportError.noSuchColumn("secto", columns: ["name", "sector"])
    #expect(throws: error) {
      try take("name,sector\nA,B\n") {
        $0.columns = [.init(field: "industry", column: "secto")]
      }
    }
    #expect(error.hint == "Did you mean “sector”?")
  }

  @Test("what is exported is imported as it was, and JSON says the same with ids")
  func export() throws {
    try office.make(
      "contact", "name=Anke Dörr", "phones=(mobile: +49 40 555,work: 7)", "labels=vip",
      "authorisation_limit=5000 USD", "note=two; parts")
    var query = RecordQuery(office.entity("contact"))
    query.columns = RecordExport.columns(of: office.entity("contact"))
    let context = try office.context
    var csv: [UInt8] = []
    let count = try office.replica.read {
      try RecordExport(query, context).csv(in: $0.database) { csv += $0 }
    }
    #expect(count == 1)
    let other = try TestOffice()
    var options = ImportOptions(batch: 1, now: TestOffice.occasion().now)
    options.key = "name"
    _ = try other.make("user", "name=Nobody")
    let report = try CSVImport(other.entity("contact"), options, in: other.catalog).run(
      on: other.replica,
      open: {
        var rest: [UInt8]? = csv
        return {
          defer { rest = nil }
          return rest ?? []
        }
      })
    #expect(report.rejections == [])
    var again: [UInt8] = []
    let otherContext = try other.context
    _ = try other.replica.read {
      try RecordExport(query, otherContext).csv(in: $0.database) { again += $0 }
    }
    #expect(String(decoding: csv, as: UTF8.self) == String(decoding: again, as: UTF8.self))

    query.columns = [["name"], ["authorisation_limit"], ["labels"], ["account"]]
    var json: [UInt8] = []
    _ = try office.replica.read {
      try RecordExport(query, context).json(in: $0.database) { json += $0 }
    }
    let text = String(decoding: json, as: UTF8.self)
    #expect(
      text.hasPrefix("{\"schema\":\"kith.export/1\",\"kind\":\"contact\",\"rows\":[\n{\"id\":\""))
    #expect(
      text.contains(
        "\"name\":{\"family\":\"Dörr\",\"given\":\"Anke\"},\"authorisation_limit\":{\"amount\":\"5000.00\",\"currency\":\"USD\"},\"labels\":[{\"id\":"
      ))
    #expect(text.hasSuffix("\"name\":\"vip\"}],\"account\":null}\n]}\n"))
  }
}
