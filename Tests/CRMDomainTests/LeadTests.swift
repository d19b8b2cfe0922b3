import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import TestSupport
import Testing

@Suite("Leads")
struct LeadTests {
  let office: TestOffice

  init() throws {
    office = try TestOffice()
    try office.replica.write {
      let leads = ProcessTemplate.all.first { $0.name == "leads" }
      try ProcessSetUp.add("leads", from: leads, in: $0)
    }
  }

  /// What the records of a kind say in some columns, in their order.
  private func table(
    _ kind: String, _ columns: String..., where filter: Filter? = nil, sort: String? = nil
  ) throws -> [String] {
    var query = RecordQuery(office.entity(kind), filter: filter)
    query.columns = columns.map { $0.split(separator: ".").map(String.init) }
    query.sort = sort.map { [.init([$0])] } ?? []
    let (shown, context) = (query, try office.context)
    return try office.replica.read { snapshot in
      let paths = try shown.paths(in: office.catalog)
      return try shown.rows(in: snapshot.database, context).map { row in
        zip(row.cells, paths).map { $0.text(of: $1.field) }.joined(separator: " | ")
      }
    }
  }

  @discardableResult
  private func lead(
    _ fields: String..., rules: [AppliedRoutingRule] = [], mode: RecordEditor.Mode = .person
  ) throws -> RecordID {
    let entity = office.entity("deal")
    let all = try fields.map { try office.assignment($0, of: entity) }
    let editor = RecordEditor(
      office.catalog, mode: mode, reader: try office.reader, actingUser: office.user,
      on: TestOffice.occasion(), routingRules: { rules })
    editor.newDealPhase = .lead
    return try office.replica.write {
      try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
    }
  }

  private func rule(_ name: String, _ fields: String..., where filter: Filter? = nil) throws
    -> AppliedRoutingRule
  {
    let entity = office.entity(RoutingRule.kind)
    let all = try (["name=\(name)"] + fields).map { try office.assignment($0, of: entity) }
    let editor = try office.editor()
    let id = try office.replica.write {
      try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
    }
    let rules = try office.replica.read { try RoutingRule.all(in: $0) }
    return AppliedRoutingRule(try #require(rules.first { $0.id == id }), filter: filter)
  }

  @Test("LED-01: a lead begins in the process for leads, without an account, and a deal elsewhere")
  func beginnings() throws {
    let lead = try lead("company_text=Acme", "contact_text=Ute Lang")
    #expect(try office.text("deal", lead, "process") == "leads")
    #expect(try office.text("deal", lead, "stage") == "New")
    #expect(try office.text("deal", lead, "name") == "Acme")
    let deal = try office.make("deal", "name=Pump")
    #expect(try office.text("deal", deal, "process") == "sales")
    let named = try self.lead("name=Valve", "stage=Qualifying")
    #expect(try office.text("deal", named, "stage") == "Qualifying")
    let elsewhere = try self.lead("name=Tube", "process=sales")
    #expect(try office.text("deal", elsewhere, "stage") == "Prospecting")
  }

  @Test("LED-05: a new lead with a source has its first touch, under one id wherever it is made")
  func firstTouch() throws {
    let first = try lead("name=Acme", "source=website")
    try lead("name=Bolt")
    try office.make("deal", "name=Deal", "stage=Engaging", "source=website")
    #expect(
      try table("touch", "deal", "source", "at", "text") == [
        "Acme | website | 2027-01-15T08:00:00Z | first touch"
      ])
    #expect(try office.state(Touch.kind, Touch.firstID(of: first)) != nil)
    try lead("name=Imported", "source=website", mode: .file)
    #expect(try table("touch", "deal").count == 2)
    let id = Touch.firstID(of: first)
    #expect(throws: EditError.fixedField(field: "text", kind: "touch")) {
      try office.edit("touch", id, "text=Another story")
    }
  }

  @Test("LED-10: the first rule that holds gives a lead its owner, unless somebody named one")
  func routing() throws {
    try office.make("user", "name=Lena Vogt")
    try office.make("user", "name=Tom Brandt")
    try office.make("team", "name=North", "members=(Lena Vogt,Tom Brandt)")
    try office.make("account", "name=Acme", "industry=pharma")
    let rules = [
      try rule("Gone", "method=user", "position=b"),
      try rule(
        "Pharma", "method=user", "user=Tom Brandt", "position=c",
        where: .compare(["account", "industry"], .equal, .text("pharma"))),
      try rule(
        "Fairs", "method=team", "team=North", "position=d",
        where: .has(["labels"], all: false, [.text("fair")])),
      try rule("Off", "method=user", "user=Tom Brandt", "active=no", "position=e"),
      try rule(
        "Large", "method=user", "user=Lena Vogt", "position=f",
        where: .compare(
          ["amount"], .greater, .value(.money(Money(minorUnits: 5_000, currency: .euro))))),
    ]
    try office.make("label", "name=fair")
    func owner(_ fields: String...) throws -> String {
      let entity = office.entity("deal")
      let all = try (["name=Lead"] + fields).map { try office.assignment($0, of: entity) }
      let editor = RecordEditor(
        office.catalog, reader: try office.reader, actingUser: office.user,
        on: TestOffice.occasion(), routingRules: { rules })
      editor.newDealPhase = .lead
      let id = try office.replica.write {
        try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
      }
      return try ["owner", "teams", "routed_by"].map { try office.text("deal", id, $0) }
        .joined(separator: " | ")
    }
    #expect(try owner("account=Acme") == "Tom Brandt |  | Pharma")
    #expect(try owner("account=Acme", "owner=Lena Vogt") == "Lena Vogt |  | ")
    #expect(try owner("labels=fair") == " | North | Fairs")
    #expect(try owner("amount=50.01") == "Lena Vogt |  | Large")
    #expect(try owner("amount=50") == "Priya Nair |  | ")
    #expect(try owner("account=Acme", "stage=Engaging", "process=sales") == "Priya Nair |  | ")
  }

  @Test(
    "LED-10: members of a team take turns, those with the least take the next, by territory and skill too"
  )
  func choosing() throws {
    for (name, skill) in [("Lena Vogt", "pumps"), ("Tom Brandt", "valves"), ("Ute Lang", "valves")]
    {
      try office.make("user", "name=\(name)", "skills=\(skill)")
    }
    let left = try office.make("user", "name=Anna Old")
    try office.edit("user", left, "active=no")
    try office.make("team", "name=North", "members=(Tom Brandt,Lena Vogt,Anna Old)")
    try office.make("territory", "name=Germany", "countries=Germany", "owner_team=North")
    try office.make("account", "name=Acme", "country=germany")
    try office.make("account", "name=Far", "country=Japan")
    let turns = try rule("Turns", "method=round_robin", "team=North", "position=b")
    // One editor for several leads, as an import has, and then another: turns go on.
    let entity = office.entity("deal")
    func owners(_ rules: [AppliedRoutingRule], _ leads: [[String]]) throws -> [String] {
      let editor = RecordEditor(
        office.catalog, mode: .file, reader: try office.reader, on: TestOffice.occasion(),
        routingRules: { rules })
      editor.newDealPhase = .lead
      let ids = try leads.map { fields in
        let all = try (["name=Lead"] + fields).map { try office.assignment($0, of: entity) }
        return try office.replica.write {
          try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
        }
      }
      return try ids.map { try office.text("deal", $0, "owner") }
    }
    #expect(
      try owners([turns], [[], [], []]) == ["Lena Vogt", "Tom Brandt", "Lena Vogt"])
    #expect(try owners([turns], [[]]) == ["Tom Brandt"])
    let least = try rule("Least", "method=least_loaded", "team=North", "position=c")
    try office.make("deal", "name=More", "owner=Lena Vogt")
    // Lena has three open deals, Tom two; then both have three, and Lena comes first by name.
    #expect(try owners([least], [[], []]) == ["Tom Brandt", "Lena Vogt"])
    let territory = try rule("Territory", "method=territory", "position=d")
    #expect(try owners([territory], [["account=Acme"], ["account=Far"]]) == ["Tom Brandt", ""])
    #expect(try owners([territory], [["territory=Germany"]]) == ["Lena Vogt"])
    let skill = try rule("Skill", "method=skill", "skill=valves", "position=e")
    #expect(try owners([skill], [[], []]) == ["Ute Lang", "Ute Lang"])
  }

  @Test(
    "LED-13, LED-14: a lead that is not ready is followed up by plan, taken up again, and then given up"
  )
  func nurturing() throws {
    let lead = try lead("name=Acme")
    func decision() throws -> String {
      let state = try #require(try office.state("deal", lead))
      return try office.replica.read { snapshot in
        switch try NurtureRounds.next(of: state, in: snapshot.database) {
        case .nurture(let stage): "nurture in \(stage.name)"
        case .archive(let stage): "archive in \(stage.name)"
        case .noLead: "no lead"
        case .noStage: "no stage"
        }
      }
    }
    func rounds() throws -> Int {
      try office.replica.read { try NurtureRounds.count(of: lead, in: $0.database) }
    }
    #expect(try decision() == "nurture in Nurturing")
    try office.edit("deal", lead, "stage=Nurturing", on: TestOffice.occasion(hours: 1))
    #expect(
      try table("task", "title", "due", "status", "assignees", sort: "due") == [
        "Follow up: Acme | 2027-01-29T00:00:00Z | open | Priya Nair",
        "Follow up: Acme | 2027-03-01T00:00:00Z | open | Priya Nair",
        "Follow up: Acme | 2027-04-15T00:00:00Z | open | Priya Nair",
      ])
    // What was done stays done; what is left is dropped once the lead is taken up again.
    var query = RecordQuery(office.entity("task"))
    query.sort = [.init(["due"])]
    let (tasks, context) = (query, try office.context)
    let first = try #require(
      try office.replica.read { try tasks.rows(in: $0.database, context).first?.id })
    try office.edit("task", first, "status=done")
    try office.edit("deal", lead, "stage=Requalifying", on: TestOffice.occasion(hours: 2))
    #expect(try table("task", "status", sort: "due") == ["done", "dropped", "dropped"])
    #expect(try rounds() == 1)
    #expect(try decision() == "archive in Archived")
    try office.replica.write { try WorkspaceSettings.set(.leadNurtureRounds, to: "2", in: $0) }
    #expect(try decision() == "nurture in Nurturing")
    // Kept warm a second time, it gets tasks of its own.
    try office.edit("deal", lead, "stage=Nurturing", on: TestOffice.occasion(hours: 3))
    #expect(try table("task", "title").count == 6)
    try office.edit("deal", lead, "stage=Archived", on: TestOffice.occasion(hours: 4))
    #expect(try rounds() == 1)
    #expect(try decision() == "no lead")
  }
}
