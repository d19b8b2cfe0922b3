import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

@Suite("RecordEditor")
struct RecordEditorTests {
  private let office: TestOffice

  init() throws {
    office = try TestOffice()
    try office.make("account", "name=Müller GmbH")
  }

  @Test("a new deal begins in the first stage of sales, belongs to its maker and has no number")
  func newDeal() throws {
    let deal = try office.make("deal", "name=Pump retrofit", "company=muller gmbh", "value=18400")
    #expect(try office.text("deal", deal, "process") == "sales")
    #expect(try office.text("deal", deal, "stage") == "Prospecting")
    #expect(try office.text("deal", deal, "stage.probability") == "10")
    #expect(try office.text("deal", deal, "owner") == "Priya Nair")
    #expect(try office.text("deal", deal, "account") == "Müller GmbH")
    #expect(try office.text("deal", deal, "amount") == "18400.00 EUR")
    #expect(try office.state("deal", deal)?["number"] == .null)
  }

  @Test("statuses begin where their machines do, and users are active")
  func defaults() throws {
    let task = try office.make("task", "name=Call back")
    #expect(try office.text("task", task, "status") == "open")
    let user = try office.make("user", "name=Tom Brandt")
    #expect(try office.text("user", user, "active") == "yes")
    #expect(try office.text("user", user, "owner") == "")
  }

  @Test("only what differs is written, and the rest is told")
  func unchanged() throws {
    let deal = try office.make("deal", "name=Pump", "value=5", "labels+=(vip,fair)")
    let plan = try office.edit("deal", deal, "stage=won", "value=5.00", "labels=(fair,easter)")
    #expect(plan.unchanged == ["amount"])
    #expect(plan.changes.map(\.field).sorted() == ["close_date", "labels", "labels", "stage"])
    #expect(try office.text("deal", deal, "stage") == "Won")
    let labels = try office.text("deal", deal, "labels").split(separator: ", ").sorted()
    #expect(labels == ["easter", "fair"])
  }

  @Test("a person's add is written though the element is there; a file's is not")
  func addedAgain() throws {
    let account = try office.make("account", "name=Acme", "labels=vip")
    let again = try office.edit("account", account, "labels+=(vip,vip,new)")
    #expect(again.changes.map(\.edit).count == 2)
    #expect(try office.edit("account", account, "labels=(vip,new)").changes.isEmpty)
    let state = try #require(try office.state("account", account))
    let add = try office.assignment("labels+=vip", of: office.entity("account"))
    let editor = try office.editor(mode: .file)
    let plan = try office.replica.read { try editor.plan(editing: state, [add], in: $0) }
    #expect(plan.changes.isEmpty && plan.unchanged == ["labels"])
  }

  @Test("stages carry ranks: won over lost over the stage further on")
  func stageRanks() throws {
    let stages = try office.replica.read { try DealStages(in: $0.database) }
    let ranks = try stages.stages.map { try #require(stages.rank(of: $0.id)) }
    #expect(stages.stages.map(\.name) == ["Prospecting", "Engaging", "Won", "Lost"])
    #expect(ranks[0] < ranks[1] && ranks[1] < ranks[3] && ranks[3] < ranks[2])
    let deal = try office.make("deal", "name=Pump")
    let plan = try office.edit("deal", deal, "stage=Lost", "close_reason=price")
    #expect(
      plan.changes.contains(
        FieldChange("stage", .set(.reference(stages.stages[3].id), rank: ranks[3]))))
  }

  @Test("values of small lists are made when named, once, whatever their case")
  func lists() throws {
    let account = try office.make("account", "name=Acme", "industry=Water", "labels=vip")
    let other = try office.make("account", "name=Betatech", "industry=WATER", "territory=North")
    #expect(try office.listed("industry") == ["Water"])
    #expect(try office.names("territory") == ["North"])
    #expect(
      try office.state("account", account)?["industry"]
        == office.state("account", other)?["industry"])
    #expect(
      try office.state("account", account)?["industry"]
        == .reference(ListedValue(kind: "picklist", list: "industry", name: "water").id))
  }

  @Test("a small list's value that was deleted comes back when it is named again")
  func relisting() throws {
    try office.make("account", "name=Acme", "labels=vip")
    try office.delete("label", ListedValue(kind: "label", name: "vip").id)
    #expect(try office.names("label").isEmpty)
    try office.make("account", "name=Betatech", "labels=VIP")
    #expect(try office.names("label") == ["vip"])
  }

  @Test("an account that is named but does not exist is an error with the nearest name")
  func unknownReference() throws {
    let error = EditError.noSuchRecord(
      text: "Muler GmbH", field: "account", kind: "account", closest: "Müller GmbH")
    #expect(throws: error) { try office.make("deal", "name=Pump", "account=Muler GmbH") }
    #expect(error.summary == "There is no account “Muler GmbH”.")
    #expect(error.hint == "Did you mean “Müller GmbH”?")
  }

  @Test("a name that several records bear is an error with their ids")
  func ambiguousReference() throws {
    try office.make("account", "name=MULLER GMBH")
    let exact = try office.make("deal", "name=Pump", "account=Müller GmbH")
    #expect(try office.text("deal", exact, "account") == "Müller GmbH")
    #expect {
      try office.make("deal", "name=Pump", "account=muller gmbh")
    } throws: { error in
      guard case .ambiguousReference(_, _, _, let candidates)? = error as? EditError else {
        return false
      }
      return candidates.compactMap(\.name).sorted() == ["MULLER GMBH", "Müller GmbH"]
    }
  }

  @Test("references tell empty, known, deleted and unknown here apart")
  func absence() throws {
    let deal = try office.make("deal", "name=Pump")
    #expect(try office.text("deal", deal, "account") == "")
    try office.edit("deal", deal, "account=müller gmbh")
    guard case .reference(let account)? = try office.state("deal", deal)?["account"] else {
      Issue.record("The deal has no account.")
      return
    }
    try office.delete("account", account)
    #expect(try office.text("deal", deal, "account") == "Müller GmbH (deleted)")
    let path = try FieldPath(["account"], from: office.entity("deal"), in: office.catalog)
    let nowhere = RecordID(rawValue: 7)
    let editor = try office.editor()
    try office.replica.write { transaction in
      let state = try #require(try transaction.snapshot.record("deal", deal))
      let assignment = Assignment(path, .set, [.value(.reference(nowhere))])
      try editor.plan(editing: state, [assignment], in: transaction.snapshot).apply(in: transaction)
    }
    #expect(try office.text("deal", deal, "account").hasSuffix("(unknown here)"))
  }

  @Test("a counter takes differences and refuses to be set")
  func counters() throws {
    let product = try office.make("product", "name=Seal kit", "stock+=40")
    try office.edit("product", product, "stock-=2")
    #expect(try office.text("product", product, "stock") == "38")
    let error = EditError.counterSet(field: "stock", present: 38, wanted: 36)
    #expect(throws: error) { try office.edit("product", product, "stock=36") }
    #expect(
      error.hint == "Now 38 · took some? `stock-=2`")
  }

  @Test("a new record's counter may be given what it starts with, but not by a file")
  func counterStart() throws {
    let product = try office.make("product", "name=Seal kit", "stock=40")
    #expect(try office.text("product", product, "stock") == "40")
    try office.edit("product", product, "stock+=2")
    #expect(try office.text("product", product, "stock") == "42")
    let assignments = try ["name=Valve", "stock=40"].map {
      try office.assignment($0, of: office.entity("product"))
    }
    let editor = try office.editor(mode: .file)
    #expect(throws: EditError.counterSet(field: "stock", present: 0, wanted: 40)) {
      try office.replica.read {
        try editor.plan(new: office.entity("product"), assignments, in: $0)
      }
    }
  }

  @Test(
    "a number outside the bounds of its field is refused, at its creation and at an edit",
    arguments: [
      ("deal", "amount=-0.01"), ("deal", "chance=100.5"), ("account", "employees=-1"),
      ("account", "founded_year=0"), ("product", "price=-1 USD"), ("engagement", "duration=-5"),
      ("task", "reminder_offsets+=-10"),
    ])
  func bounds(kind: String, assignment: String) throws {
    let name = kind == "engagement" ? "subject=X" : "name=X"
    func isOutOfBounds(_ error: any Error) -> Bool {
      if case EditError.outOfBounds = error { true } else { false }
    }
    #expect(performing: { try office.make(kind, name, assignment) }, throws: isOutOfBounds)
    let record = try office.make(kind, name)
    #expect(performing: { try office.edit(kind, record, assignment) }, throws: isOutOfBounds)
  }

  @Test("the ends of a field's bounds are within")
  func boundsEnds() throws {
    let deal = try office.make("deal", "name=Pump", "amount=0", "chance=100")
    #expect(try office.text("deal", deal, "amount") == "0.00 EUR")
    #expect(try office.text("deal", deal, "probability_override") == "100")
  }

  @Test("no record refers to itself, alone or in a set")
  func selfReference() throws {
    let account = try office.make("account", "name=Acme")
    let error = EditError.selfReference(field: "parent", kind: "account")
    #expect(throws: error) { try office.edit("account", account, "parent=Acme") }
    #expect(error.summary == "An account cannot be its own parent.")
    let product = try office.make("product", "name=Seal kit")
    #expect(throws: EditError.selfReference(field: "add_ons", kind: "product")) {
      try office.edit("product", product, "add_ons+=Seal kit")
    }
    try office.edit("account", account, "parent=Müller GmbH")
  }

  @Test("a status machine allows only its moves, and names them")
  func machines() throws {
    let task = try office.make("task", "name=Call back")
    try office.edit("task", task, "status=in progress")
    try office.edit("task", task, "status=dropped")
    let error = EditError.impossibleMove(field: "status", from: "dropped", to: "done", allowed: [])
    #expect(throws: error) { try office.edit("task", task, "status=done") }
    #expect(error.summary == "The status cannot go from dropped to done.")
    let account = try office.make("account", "name=Acme")
    #expect(
      throws: EditError.impossibleMove(
        field: "status", from: "prospect", to: "inactive", allowed: ["active", "blocked"])
    ) { try office.edit("account", account, "status=inactive") }
  }

  @Test(
    "what cannot be read is refused with an example or the choices",
    arguments: [
      (
        "value=2,000,0",
        EditError.unreadableValue(
          text: "2,000,0", field: "amount", example: "1250.00 or 1250.00 EUR")
      ),
      (
        "stage=wno",
        .unknownChoice(
          text: "wno", field: "stage", choices: ["Prospecting", "Engaging", "Won", "Lost"],
          closest: "Won")
      ),
      (
        "pursue=never",
        .unknownChoice(
          text: "never", field: "pursue", choices: ["open", "yes", "no"], closest: nil)
      ),
      ("value+=5", .noSuchOperation(field: "amount", operation: "+=")),
    ])
  func unreadable(assignment: String, error: EditError) throws {
    #expect(throws: error) { try office.make("deal", "name=Pump", assignment) }
  }

  @Test("a record needs a name, and what its kind requires")
  func missingFields() throws {
    #expect(throws: EditError.missingFields(["name"], entity: "deal")) {
      try office.make("deal", "value=5")
    }
    #expect(throws: EditError.missingFields(["process"], entity: "stage")) {
      try office.make("stage", "name=Demo")
    }
    try office.make("deal", "number=D-1")
    let deal = try office.make("deal", "name=Pump")
    #expect(throws: EditError.missingFields(["name"], entity: "deal")) {
      try office.edit("deal", deal, "name=")
    }
  }

  @Test("a number that another live record has is refused here")
  func unique() throws {
    let first = try office.make("deal", "name=Pump", "number=D-1")
    #expect(throws: EditError.notUnique(field: "number", value: "D-1", holder: "Pump")) {
      try office.make("deal", "name=Valve", "number=D-1")
    }
    try office.edit("deal", first, "number=D-1", "name=Pump 2")
  }

  @Test("long text is appended to, parts of a structure change alone, fields are cleared")
  func textAndStructures() throws {
    let contact = try office.make("contact", "name=Anke Dörr", "note=Prefers calls")
    try office.edit("contact", contact, "note+=after lunch", "family=Lang")
    #expect(try office.text("contact", contact, "notes") == "Prefers calls\nafter lunch")
    #expect(try office.text("contact", contact, "name") == "Anke Lang")
    try office.edit("contact", contact, "phones+=(mobile: +49 40 555,work: 7)", "notes=")
    #expect(try office.text("contact", contact, "notes") == "")
    let phones = try office.text("contact", contact, "phones").split(separator: ", ").sorted()
    #expect(phones == ["mobile: +49 40 555", "work: 7"])
  }

  @Test("a set of any kind takes records by kind and name")
  func anyKind() throws {
    let task = try office.make(
      "task", "title=Prepare", "about=(company:müller gmbh,user:priya nair)")
    let about = try office.text("task", task, "about").split(separator: ", ").sorted()
    #expect(about == ["Müller GmbH", "Priya Nair"])
  }

  @Test("an edit made from an old reading shows as concurrent to what came between")
  func basis() throws {
    let deal = try office.make("deal", "name=Pump", "value=1")
    let form = try #require(try office.state("deal", deal))
    try office.edit("deal", deal, "value=2")
    let assignment = try office.assignment("value=3", of: office.entity("deal"))
    let editor = try office.editor()
    try office.replica.write {
      try editor.plan(editing: form, [assignment], in: $0.snapshot).apply(in: $0)
    }
    let state = try #require(try office.state("deal", deal))
    #expect(state.basis.heads["amount"]?.count == 2)
  }
}
