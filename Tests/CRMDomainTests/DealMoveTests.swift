import CRDTCore
import CRMDomain
import ReplicaStore
import TestSupport
import Testing

@Suite("Moves of deals")
struct DealMoveTests {
  let office: TestOffice

  init() throws {
    office = try TestOffice()
    try office.replica.write {
      let classic = ProcessTemplate.all.first { $0.name == "classic" }
      try ProcessSetUp.add("classic", from: classic, in: $0)
    }
  }

  /// What the visits of a deal say, in the order of their moments.
  private func visits(of deal: RecordID) throws -> [String] {
    var query = RecordQuery(
      office.entity("stage_visit"),
      filter: .compare(["deal"], .equal, .value(.reference(deal))))
    query.sort = [.init(["at"])]
    query.columns = [["from"], ["to"], ["at"], ["by"], ["reason"], ["override"], ["unmet"]]
    let context = try office.context
    return try office.replica.read { snapshot in
      let paths = try query.paths(in: office.catalog)
      return try query.rows(in: snapshot.database, context).map { row in
        zip(row.cells, paths).map { $0.text(of: $1.field) }.filter { !$0.isEmpty }
          .joined(separator: " · ")
      }
    }
  }

  /// The names of the deals that have become orders.
  private func orderedDeals() throws -> [String] {
    var query = RecordQuery(office.entity("order"))
    query.columns = [["deal"]]
    return try office.list(query)
  }

  @Test("STG-15: every move is recorded with its moment, who made it and why")
  func visitsAreAppended() throws {
    let deal = try office.make("deal", "name=Pump")
    try office.edit(
      "deal", deal, "stage=Engaging", on: TestOffice.occasion(hours: 24, because: "they called"))
    try office.edit("deal", deal, "amount=5", on: TestOffice.occasion(hours: 30))
    try office.edit("deal", deal, "stage=Prospecting", on: TestOffice.occasion(hours: 48))
    #expect(
      try visits(of: deal) == [
        "Prospecting · 2027-01-15T08:00:00Z · Priya Nair",
        "Prospecting · Engaging · 2027-01-16T08:00:00Z · Priya Nair · they called",
        "Engaging · Prospecting · 2027-01-17T08:00:00Z · Priya Nair",
      ])
  }

  @Test("STG-07: a move that misses an exit criterion is refused, and an override leaves a trace")
  func criteria() throws {
    let deal = try office.make("deal", "name=Pump", "process=classic")
    func error(_ assignments: String...) -> EditError? {
      do {
        for text in assignments { try office.edit("deal", deal, text) }
        return nil
      } catch {
        return error as? EditError
      }
    }
    #expect(
      error("stage=Discovery")
        == .unmetCriteria(
          stage: "Discovery",
          criteria: [
            "It is judged how well our offering fits", "The cost of going after it is estimated",
            "It is decided to go after it",
          ], remedies: ["need_fit=…", "pursuit_cost=…", "pursue=…"]))
    #expect(error("stage=Discovery")?.hint?.contains("--override") == true)

    try office.edit(
      "deal", deal, "need_fit=yes", "pursuit_cost=500", "pursue=yes", "stage=Discovery")
    #expect(try office.text("deal", deal, "stage") == "Discovery")

    // What is skipped has to be met as well, and a criterion without a field is ticked off.
    try office.edit(
      "deal", deal, "budget_known=yes", "schedule=May", "buying_process=tender",
      "contact_text=Ute")
    #expect(
      error("stage=Negotiation")
        == .unmetCriteria(
          stage: "Negotiation",
          criteria: ["Who decides is known", "The customer is willing to negotiate terms"],
          remedies: [
            "primary_contact=…", "exit_items+=\"The customer is willing to negotiate terms\"",
          ]))
    try office.edit("deal", deal, "exit_items+=The customer is willing to negotiate terms")
    var occasion = TestOffice.occasion(hours: 3)
    occasion.overridesCriteria = true
    #expect(throws: EditError.needsReason(from: "Discovery", to: "Negotiation")) {
      try office.edit("deal", deal, "stage=Negotiation", on: occasion)
    }
    occasion.reason = "their lawyer called"
    try office.edit("deal", deal, "stage=Negotiation", on: occasion)
    #expect(
      try visits(of: deal).last
        == "Discovery · Negotiation · 2027-01-15T11:00:00Z · Priya Nair · their lawyer called · yes · Who decides is known"
    )

    // Going back asks for nothing; being won asks for what the won stage says.
    try office.edit("deal", deal, "stage=Discovery")
    try office.edit("deal", deal, "stage=Closed lost", "close_reason=price")
  }

  @Test("STG-08, OPP-35: a won stage may ask for the purchase order")
  func wonStage() throws {
    let deal = try office.make("deal", "name=Pump", "process=classic", "stage=Negotiation")
    #expect(
      throws: EditError.unmetCriteria(
        stage: "Closed won", criteria: ["There is a purchase order"],
        remedies: ["purchase_order_no=…"])
    ) { try office.edit("deal", deal, "stage=Closed won") }
    try office.edit("deal", deal, "stage=Closed won", "purchase_order_no=4711")
    #expect(try office.text("deal", deal, "stage") == "Closed won")
  }

  @Test("STG-17: in a strict process only listed moves are allowed, and a file may say otherwise")
  func listedMoves() throws {
    try office.replica.write {
      let leads = ProcessTemplate.all.first { $0.name == "leads" }
      try ProcessSetUp.add("leads", from: leads, in: $0)
    }
    let lead = try office.make("deal", "name=Pump", "process=leads")
    #expect(
      throws: EditError.impossibleMove(
        field: "stage", from: "New", to: "Requalifying",
        allowed: ["Qualifying", "Nurturing", "Archived"])
    ) { try office.edit("deal", lead, "stage=Requalifying") }
    try office.edit("deal", lead, "stage=Nurturing")
    try office.edit("deal", lead, "stage=Requalifying")
    let editor = try office.editor(mode: .file)
    let state = try #require(try office.state("deal", lead))
    let back = try office.assignment("stage=New", of: office.entity("deal"))
    try office.replica.write {
      try editor.plan(editing: state, [back], in: $0.snapshot).apply(in: $0)
    }
    #expect(try office.text("deal", lead, "stage") == "New")
  }

  @Test("OPP-22: a lost deal needs a reason; a closing date comes by itself")
  func lost() throws {
    let deal = try office.make("deal", "name=Pump")
    #expect(throws: EditError.needsCloseReason(stage: "Lost")) {
      try office.edit("deal", deal, "stage=Lost")
    }
    try office.edit("deal", deal, "stage=Lost", "close_reason=price", "lost_to=Acme")
    #expect(try office.text("deal", deal, "close_date") == "2027-01-15")
    #expect(throws: EditError.self) { try office.edit("deal", deal, "stage=Won") }
    #expect(throws: EditError.needsReason(from: "Lost", to: "Engaging")) {
      try office.edit("deal", deal, "stage=Engaging")
    }
    try office.edit(
      "deal", deal, "stage=Engaging", on: TestOffice.occasion(hours: 5, because: "new budget"))
    #expect(try office.text("deal", deal, "close_date") == "")
    #expect(try office.text("deal", deal, "close_reason") == "")
    #expect(try office.text("deal", deal, "lost_to") == "")
  }

  @Test("OPP-12: a move clears the deal's own chance, unless it is pinned or given with it")
  func override() throws {
    let deal = try office.make("deal", "name=Pump", "chance=70")
    try office.edit("deal", deal, "stage=Engaging")
    #expect(try office.text("deal", deal, "chance") == "")
    try office.edit("deal", deal, "stage=Prospecting", "chance=20")
    #expect(try office.text("deal", deal, "chance") == "20")
    try office.edit("deal", deal, "probability_pinned=yes")
    try office.edit("deal", deal, "stage=Engaging")
    #expect(try office.text("deal", deal, "chance") == "20")
  }

  @Test("OPP-21, ACC-26: a won deal becomes one order, and its account a customer")
  func won() throws {
    let account = try office.make("account", "name=Acme")
    let deal = try office.make("deal", "name=Pump", "account=Acme", "amount=5")
    try office.edit("deal", deal, "stage=Won", on: TestOffice.occasion(hours: 24))
    #expect(try office.text("account", account, "status") == "active")
    #expect(try office.text("account", account, "customer_since") == "2027-01-16")
    #expect(try orderedDeals() == ["Pump"])
    let order = RecordID(derivedFrom: "order", [deal.rawValue.bigEndianBytes])
    #expect(try office.text("order", order, "account") == "Acme")
    #expect(try office.text("order", order, "status") == "open")

    // Taken back, the order is cancelled; won again, it is the same one.
    try office.edit(
      "deal", deal, "stage=Engaging", on: TestOffice.occasion(hours: 25, because: "a misclick"))
    #expect(try office.text("order", order, "status") == "cancelled")
    try office.edit("deal", deal, "stage=Won", on: TestOffice.occasion(hours: 26))
    #expect(try office.text("order", order, "status") == "open")
    #expect(try orderedDeals() == ["Pump"])

    // An earlier win makes it an earlier customer; who is blocked stays so.
    try office.edit("account", account, "status=blocked")
    let other = try office.make("deal", "name=Valve", "account=Acme")
    try office.edit("deal", other, "stage=Won", "close_date=2026-12-01")
    #expect(try office.text("account", account, "customer_since") == "2026-12-01")
    #expect(try office.text("account", account, "status") == "blocked")
  }

  @Test("ACC-26: where the workspace says so, a win leaves the account as it is")
  func withoutCustomer() throws {
    let account = try office.make("account", "name=Acme")
    try office.replica.write {
      try WorkspaceSettings.set(.automaticCustomers, to: "no", in: $0)
    }
    let deal = try office.make("deal", "name=Pump", "account=Acme")
    try office.edit("deal", deal, "stage=Won")
    #expect(try office.text("account", account, "status") == "prospect")
    #expect(try office.text("account", account, "customer_since") == "")
    #expect(try orderedDeals() == ["Pump"])
  }

  @Test("a deal that changes its process goes to the first stage of the new one")
  func otherProcess() throws {
    let deal = try office.make("deal", "name=Pump", "stage=Engaging")
    try office.edit("deal", deal, "process=classic")
    #expect(try office.text("deal", deal, "stage") == "Prospecting")
    #expect(try office.text("deal", deal, "stage.process") == "classic")
    #expect(try visits(of: deal).count == 2)
  }

  @Test("a move that was undone is made anew, and counts from then on")
  func madeAnew() throws {
    let deal = try office.make("deal", "name=Pump")
    try office.edit("deal", deal, "stage=Engaging", on: TestOffice.occasion(hours: 1))
    var query = RecordQuery(office.entity("stage_visit"))
    query.sort = [.init(["at"], isDescending: true)]
    query.columns = []
    let context = try office.context
    let last = try office.replica.read { try query.rows(in: $0.database, context)[0].id }
    try office.delete("stage_visit", last)
    let back = try office.assignment("stage=Prospecting", of: office.entity("deal"))
    let file = try office.editor(mode: .file)
    try office.replica.write {
      let plan = try file.plan(
        editing: try #require(try $0.snapshot.record("deal", deal)), [back], in: $0.snapshot)
      try $0.edit("deal", deal, basis: plan.basis ?? Basis(), plan.changes)
    }
    try office.edit("deal", deal, "stage=Engaging", on: TestOffice.occasion(hours: 9))
    #expect(
      try visits(of: deal) == [
        "Prospecting · 2027-01-15T08:00:00Z · Priya Nair",
        "Prospecting · Engaging · 2027-01-15T17:00:00Z · Priya Nair",
      ])
  }
}

@Suite("Processes")
struct ProcessTests {
  @Test("STG-09 to STG-12: the shipped processes have their stages and chances")
  func templates() throws {
    let office = try TestOffice()
    for template in ProcessTemplate.all where template.name != "sales" {
      try office.replica.write {
        try ProcessSetUp.add(template.name, from: template, in: $0)
      }
    }
    func outline(_ name: String) throws -> [String] {
      try office.replica.read { snapshot in
        try #require(try ProcessOutline(named: name, in: snapshot.database)).stages.map {
          "\($0.name) \($0.probability?.description ?? "") \($0.kind) \($0.phase)"
        }
      }
    }
    #expect(
      try outline("classic") == [
        "Prospecting 10 open lead", "Discovery 30 open opportunity", "Proposal 50 open opportunity",
        "Negotiation 80 open opportunity", "Closed won 100 won opportunity",
        "Closed lost 0 lost opportunity",
      ])
    #expect(
      try outline("cro").map { $0.split(separator: " ").dropLast(2).joined(separator: " ") } == [
        "Enquiry 5", "Qualification 10", "Needs assessment 30", "Quote submitted 50",
        "Negotiation 80", "Closed won 100", "Closed lost 0",
      ])
    #expect(
      try outline("leads").map { $0.split(separator: " ")[0] }
        == ["New", "Qualifying", "Nurturing", "Requalifying", "Archived"])
    #expect(
      try outline("custom-example").last == "Lost to a competitor 0 lost opportunity")
  }

  @Test("STG-01, STG-02: a process added on two nodes is one, stage by stage")
  func derivedIDs() throws {
    let offices = try (0..<2).map { _ in try TestOffice() }
    let ids = try offices.map { office in
      try office.replica.write {
        let template = ProcessTemplate.all.first { $0.name == "classic" }
        try ProcessSetUp.add("Tenders", from: template, in: $0)
      }
      return try office.replica.read { try DealStages(in: $0.database).stages.map(\.id) }
    }
    #expect(ids[0].count == 10)
    #expect(ids[0] == ids[1])
  }

  @Test("STG-04: a key lies between any two, and behind and before all", arguments: Seed.all)
  func positionKeys(_ seed: Seed) throws {
    var random = seed.generator()
    var keys: [String] = []
    for _ in 0..<200 {
      let place = Int.random(in: 0...keys.count, using: &random)
      let lower = place > 0 ? keys[place - 1] : nil
      let upper = place < keys.count ? keys[place] : nil
      let key = PositionKey.between(lower, upper)
      if let lower { #expect(lower.utf8.lexicographicallyPrecedes(key.utf8)) }
      if let upper { #expect(key.utf8.lexicographicallyPrecedes(upper.utf8)) }
      #expect(key.utf8.last != UInt8(ascii: "a"))
      keys.insert(key, at: place)
    }
    #expect(keys.map(\.utf8.count).max() ?? 0 < 60)
  }
}
