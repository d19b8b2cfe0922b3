import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport
import Testing

/// What follows of itself when a deal is won or lost, and the numbers that deals get.
@Suite("What follows of deals")
struct WonDealTests {
  let office: TestOffice

  init() throws { office = try TestOffice() }

  private func set(_ key: SettingKey, to text: String) throws {
    let canonical = try #require(key.format.canonical(text, reader: try office.reader))
    try office.replica.write { try WorkspaceSettings.set(key, to: canonical, in: $0) }
  }

  /// Title, due day and status of every task.
  private func tasks() throws -> [String] {
    var query = RecordQuery(office.entity("task"))
    query.columns = [["title"], ["due"], ["status"], ["owner"]]
    query.sort = [.init(["due"])]
    let context = try office.context
    return try office.replica.read { snapshot in
      let paths = try query.paths(in: office.catalog)
      return try query.rows(in: snapshot.database, context).map { row in
        zip(row.cells, paths).map { $0.text(of: $1.field) }.joined(separator: " · ")
      }
    }
  }

  @Test("OPP-32: a win makes the tasks of the plan once, and taking it back drops those not done")
  func followUp() throws {
    try set(.followUp, to: "14 Ask how it runs;  90 Ask for a reference;")
    let deal = try office.make("deal", "name=Pump", "stage=Engaging")
    #expect(try tasks().isEmpty)
    try office.edit("deal", deal, "stage=Won")
    let made = [
      "Ask how it runs · 2027-01-29T12:00:00Z · open · Priya Nair",
      "Ask for a reference · 2027-04-15T12:00:00Z · open · Priya Nair",
    ]
    #expect(try tasks() == made)
    // Another edit of a won deal makes none, and neither does a second win.
    try office.edit("deal", deal, "amount=5")
    let again = TestOffice.occasion(hours: 50, because: "a mistake")
    try office.edit("deal", deal, "stage=Engaging", on: again)
    #expect(try tasks().map { $0.contains("dropped") } == [true, true])
    try office.edit("deal", deal, "stage=Won", on: TestOffice.occasion(hours: 60))
    #expect(try tasks() == made)
  }

  @Test(
    "OPP-32: a plan that cannot be read is no setting",
    arguments: ["", "soon Call", "14", "9999 x"])
  func badPlan(_ text: String) throws {
    #expect(SettingKey.followUp.format.canonical(text, reader: try office.reader) == nil)
  }

  @Test("OPP-33: the order of a won deal has a list of what to do, each with who does it")
  func steps() throws {
    let anna = try office.make("user", "name=Anna Berg")
    try set(.orderSteps, to: "Plan the work: anna berg; Send the invoice: Nobody Known; Say thanks")
    let deal = try office.make("deal", "name=Pump", "stage=Engaging")
    try office.edit("deal", deal, "stage=Won")
    var query = RecordQuery(office.entity("handover_step"))
    query.columns = [["text"], ["owner"], ["order", "deal"], ["closed"]]
    let context = try office.context
    let rows = try office.replica.read { snapshot in
      let paths = try query.paths(in: office.catalog)
      return try query.rows(in: snapshot.database, context).map { row in
        zip(row.cells, paths).map { $0.text(of: $1.field) }.joined(separator: "|")
      }
    }
    #expect(
      rows == ["Plan the work|Anna Berg|Pump|", "Send the invoice||Pump|", "Say thanks||Pump|"])
    #expect(anna != office.user)
  }

  @Test("open tasks go with a deal that is lost; those done or about another deal stay")
  func lost() throws {
    let deal = try office.make("deal", "name=Pump", "stage=Engaging")
    try office.make("deal", "name=Valve")
    try office.make("task", "title=A", "about=deal:Pump", "due=2027-02-01T08:00:00Z")
    try office.make(
      "task", "title=B", "about=deal:Pump", "status=done", "due=2027-02-02T08:00:00Z")
    try office.make(
      "task", "title=C", "about=(deal:Pump,deal:Valve)", "due=2027-02-03T08:00:00Z")
    try office.edit("deal", deal, "stage=Lost", "close_reason=price")
    #expect(
      try tasks().map { $0.split(separator: " ")[4] } == ["dropped", "done", "open"])
  }

  @Test(
    "STG-14, ORG-05: deals of a process with a series are numbered by node and year, and typed numbers stay"
  )
  func numbers() throws {
    let stages = try office.replica.read { try DealStages(in: $0.database) }
    let process = try #require(stages.defaultProcess)
    #expect(throws: EditError.self) {
      try office.edit("process", process, "number_series={year}-{number}")
    }
    try office.edit("process", process, "number_series={year}-DL-{node}-{number}")
    let tag = try #require(try office.replica.read { try DealNumber.tag(in: $0) })
    #expect(tag.count == 3)
    func number(_ name: String, _ fields: String..., hours: Int64 = 0) throws -> String {
      let entity = office.entity("deal")
      let all = try (["name=\(name)"] + fields).map { try office.assignment($0, of: entity) }
      let editor = try office.editor(on: TestOffice.occasion(hours: hours))
      let id = try office.replica.write {
        try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
      }
      return try office.text("deal", id, "number")
    }
    #expect(try number("A") == "2027-DL-\(tag)-0001")
    #expect(try number("B", "number=4711") == "4711")
    #expect(try number("C") == "2027-DL-\(tag)-0002")
    // A deleted deal keeps its number; another year begins anew.
    let last = try office.make("deal", "name=D")
    try office.delete("deal", last)
    #expect(try number("E") == "2027-DL-\(tag)-0004")
    #expect(try number("F", hours: 24 * 365) == "2028-DL-\(tag)-0001")
    #expect(try number("G", "number=2027-DL-\(tag)-9999") == "2027-DL-\(tag)-9999")
    #expect(try number("H") == "2027-DL-\(tag)-10000")
    #expect(try number("I") == "2027-DL-\(tag)-10001")
  }

  @Test("TRB-01: numbers that two have, holes, deleted ones and rows out of order are found")
  func numberCheck() throws {
    func raw(_ number: String?, at hours: UInt64) throws -> RecordID {
      let id = RecordID(
        time: HybridTimestamp(
          wallMilliseconds: 1_800_000_000_000 + hours * 3_600_000, counter: 0), ordinal: 0,
        random: hours)
      // What two nodes have typed offline is in one table after a sync.
      try office.replica.write { transaction in
        var changes = [FieldChange("name", .set(.text("Deal")))]
        if let number { changes.append(FieldChange("number", .set(.text(number)))) }
        try transaction.edit("deal", id, basis: Basis(), changes)
      }
      return id
    }
    let one = try raw("D-01", at: 1)
    let (two, twin) = (try raw("D-02", at: 2), try raw("D-02", at: 3))
    let late = try raw("D-06", at: 9)
    let early = try raw("D-07", at: 8)
    let gone = try raw("D-08", at: 10)
    try office.delete("deal", gone)
    _ = try raw(nil, at: 11)
    let findings = try office.replica.read {
      try NumberCheck.findings(of: office.entity("deal"), in: $0.database)
    }
    let expected: [NumberCheck.Finding] = [
      .init(kind: "deal", number: "D-02", problem: .duplicate, records: [two, twin]),
      .init(kind: "deal", number: "D-03", problem: .hole(to: "D-05"), records: []),
      .init(kind: "deal", number: "D-06", problem: .disorder, records: [late, early]),
      .init(kind: "deal", number: "D-08", problem: .deleted, records: [gone]),
    ]
    #expect(findings == expected)
    #expect(one < two)
  }
}
