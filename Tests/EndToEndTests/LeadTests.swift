import Foundation
import TestSupport
import Testing

/// Leads as people type them, on one node and on two.
@Suite("Leads from enquiry to conversion", .serialized)
struct LeadTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try nodes.kith("office", "process", "add", "leads", "template=leads")
  }

  private func said(_ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  @Test("LED-01, LED-02, LED-19: leads are typed and imported into places of their own")
  func places() throws {
    #expect(try said("new", "lead", "Pump enquiry", "company_text=Acme").contains("New"))
    try nodes.kith("office", "new", "deal", "Valve")
    try nodes.kith("office", "new", "opportunity", "Tube")
    let path = nodes.folder.path("leads.csv")
    try Data("id,title,company_text,source\nL1,Seals,Bolt,website\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    let words = ["--map", "number=id", "--key", "number"]
    let dry = try nodes.kith("office", ["import", "leads", path] + words + ["--dry-run"])
    #expect(dry.output.contains("1 deal would be created"))
    try nodes.kith("office", ["import", "leads", path] + words)
    func names(_ kind: String) throws -> [Substring] {
      try said("list", kind, "sort", "name", "cols", "name,stage", "--format", "csv")
        .split(separator: "\n").dropFirst().map { $0.drop { $0 != "," }.dropFirst() }
    }
    #expect(try names("leads") == ["Pump enquiry,New", "Seals,New", "Valve,Prospecting"])
    #expect(try names("opportunities") == ["Tube,Engaging"])
    // Imported again it is the same lead, and stays where it went meanwhile.
    try nodes.kith("office", "move", "Seals", "Qualifying")
    try nodes.kith("office", ["import", "leads", path] + words)
    #expect(try names("leads").contains("Seals,Qualifying"))
    try nodes.kith("office", "view", "save", "mine", "=", "list", "leads", "where", "mine")
    #expect(try said("list", "%mine", "--format", "csv").contains("Pump enquiry"))
  }

  @Test(
    "LED-05, LED-20: touches and the first enquiry stay with the lead, on its page and timeline")
  func touches() throws {
    try nodes.kith("office", "new", "lead", "Pump", "source=website")
    #expect(
      try said("touch", "Pump", "trade fair", "took a brochure", "campaign=Hannover")
        .contains("trade fair"))
    #expect(try said("touch", "Pump", "website", "--dry-run").contains("Nothing was written."))
    #expect(try said("touch", "Pump", code: 2).contains("touch d7h2k website"))
    try nodes.kith(
      "office", "new", "mail", "Asked for a price", "deals=Pump", "direction=in")
    try nodes.kith("office", "new", "call", "Rang back", "deals=Pump")
    let page = try said("show", "Pump", "--full").split(separator: " ").joined(separator: " ")
    for part in [
      "website · first touch", "trade fair · Hannover · took a brochure", "score 0, grade D",
      "mail · Asked for a price", "BANT 0 of 75",
    ] {
      #expect(page.contains(part), "\(part) is not in\n\(page)")
    }
    #expect(page.contains(/enquiry \w+ today [\d:]+ · mail · Asked for a price/))
    let timeline = try said("timeline", "Pump")
    #expect(timeline.contains("touch took a brochure") && timeline.contains("touch first touch"))
  }

  @Test("LED-06, LED-09, LED-16: rules are shown by their effect before they count, and explained")
  func scores() throws {
    try nodes.kith("office", "new", "account", "Acme", "industry=chemistry")
    try nodes.kith("office", "new", "lead", "Pump", "account=Acme", "source=website")
    try nodes.kith("office", "new", "lead", "Valve")
    let refused = try said(
      "score", "add", "Chemistry", "points=60", "where", "account.industry = chemistry", code: 5)
    #expect(refused.contains("  B  0 → 1"))
    #expect(refused.contains("Of 2 open leads 1 change their score and 1 their grade."))
    #expect(try !said("score", "list").contains("Chemistry"))
    try nodes.kith(
      "office", "score", "add", "Chemistry", "points=60", "where",
      "account.industry = chemistry", "--yes")
    // No grade shifts, so nothing is asked.
    try nodes.kith(
      "office", "score", "add", "Touches", "event=touch", "points=5", "half_life=30")
    #expect(try said("queue", "--format", "csv").contains("Pump,65,B"))
    let explained = try said("score", "explain", "Pump", "--format", "csv")
    #expect(explained.contains("Chemistry,60") && explained.contains("Touches,5"))
    #expect(try said("score", "set", "Chemistry", "points=90", "--dry-run").contains("A  0 → 1"))
    #expect(try said("score", "list", "--format", "csv").contains("Chemistry,60,lead"))
    try nodes.kith("office", "score", "set", "Chemistry", "active=no", "--yes")
    #expect(try said("queue", "--format", "csv").contains("Pump,5,D"))
    // What is wrong with a condition is said where it is typed.
    #expect(
      try said("score", "add", "X", "points=5", "where", "account.industry =", code: 2)
        .contains("account.industry ="))
    #expect(
      try said("score", "add", "X", "points=5", "where", "account.colour = red", code: 2)
        .contains("unknown field \"colour\" for accounts"))
    #expect(
      try said("score", "add", "X", "points=5", "where", "mine", code: 2)
        .contains("it does not hold on every node alike"))
    #expect(
      try said("score", "add", "X", "points=5", "where", "owner = @me", code: 2).contains("@me"))
    #expect(try said("score", "add", "Touches", "points=1", code: 10).contains("already"))
    #expect(try said("score", "explain", "Acme", code: 3).contains("Acme"))
    // A rule that was taken back can be added again, and nothing is in dispute.
    for _ in 1...2 {
      try nodes.kith("office", "score", "add", "Calls", "event=engagement", "points=5")
      try nodes.kith("office", "undo", "--yes")
    }
    #expect(try nodes.conflicts("office").isEmpty)
    #expect(try !said("score", "list").contains("Calls"))
  }

  @Test("LED-10, LED-11: rules give new leads their owners, tell why, and managers redistribute")
  func routes() throws {
    try nodes.kith("office", "new", "user", "Lena Vogt")
    try nodes.kith("office", "new", "user", "Tom Brandt")
    try nodes.kith("office", "new", "team", "North", "members=(Lena Vogt,Tom Brandt)")
    #expect(
      try said("route", "add", "Web", "method=round_robin", code: 10).contains("needs team="))
    try nodes.kith(
      "office", "route", "add", "Web", "method=round_robin", "team=North", "where",
      "source = website")
    try nodes.kith("office", "route", "add", "Rest", "method=user", "user=Tom Brandt")
    try nodes.kith("office", "new", "lead", "A", "source=website")
    try nodes.kith("office", "new", "lead", "B", "source=website")
    try nodes.kith("office", "new", "lead", "C")
    try nodes.kith("office", "new", "lead", "D", "owner=Priya Nair")
    let path = nodes.folder.path("leads.csv")
    try Data("name,source\nE,website\nF,website\n".utf8).write(to: URL(fileURLWithPath: path))
    try nodes.kith("office", "import", "leads", path)
    func owners() throws -> [Substring] {
      try said("list", "leads", "sort", "name", "cols", "name,owner", "--format", "csv")
        .split(separator: "\n").dropFirst().map { $0.drop { $0 != "," }.dropFirst() }
    }
    #expect(
      try owners() == [
        "A,Lena Vogt", "B,Tom Brandt", "C,Tom Brandt", "D,Priya Nair", "E,Lena Vogt",
        "F,Tom Brandt",
      ])
    let test = try said("route", "test", "A", "D", "--format", "csv")
    #expect(test.contains("Web,Lena Vogt,has waited longest of 2"))
    #expect(test.contains("Rest,Tom Brandt,the rule names them"))
    #expect(try said("route", "move", "Rest", "before", "Web") == "Rest → Web\n")
    #expect(try said("route", "test", "A", "--format", "csv").contains("Rest,Tom Brandt"))
    #expect(try said("route", "list", "--format", "csv").contains("Rest,any lead,user,Tom Brandt"))
    try nodes.kith("office", "route", "set", "Rest", "active=no")
    #expect(try said("route", "test", "C", "--format", "csv").contains("no rule takes it"))
    try nodes.kith(
      "office", "edit", "(leads where owner = \"Tom Brandt\")", "owner=Lena Vogt", "--yes")
    #expect(try owners().filter { $0.hasSuffix("Lena Vogt") }.count == 5)
  }

  @Test("LED-12, LED-13: a lead is converted once, and one that is not ready is kept warm")
  func converting() throws {
    try nodes.kith(
      "office", "new", "lead", "Pump", "company_text=Acme", "contact_text=Ute Lang")
    #expect(
      try said("convert", "Pump", code: 10).contains("The lead is not qualified: BANT 0 of 75"))
    #expect(try !said("edit", "Pump", "bant_timeline=partly").contains("convert d"))
    let answers = ["bant_budget=yes", "bant_need=yes", "bant_authority=yes"]
    let dry = try nodes.kith("office", ["convert", "Pump", "--dry-run"] + answers)
    #expect(dry.errors.contains("made") && dry.errors.contains("Nothing was written."))
    let done = try nodes.kith("office", ["convert", "Pump", "amount=500", "chance=40"] + answers)
    #expect(done.output.contains("Converted d") && done.output.contains("Engaging"))
    #expect(
      try said("convert", "Pump", code: 10)
        .contains("It has been converted already, and stands in Engaging."))
    #expect(try said("show", "Pump").contains("Acme"))
    #expect(try said("show", "Pump").contains("€500"))
    try nodes.kith("office", "undo", "--yes")
    #expect(try said("list", "leads", "--format", "csv").contains("Pump"))
    #expect(try nodes.count("office", "accounts") == 0)
    let offered = try nodes.kith("office", ["edit", "Pump"] + answers)
    #expect(
      offered.errors.contains("It is qualified, with 87.5 of 100. Convert it with: convert d"))

    #expect(try said("nurture", "Pump").contains(": Nurturing"))
    #expect(try nodes.count("office", "tasks", "where", "status", "=", "open") == 3)
    try nodes.kith("office", "move", "Pump", "Requalifying")
    #expect(try nodes.count("office", "tasks", "where", "status", "=", "open") == 0)
    #expect(try said("show", "Pump", "--full").contains("requalified"))
    #expect(try said("nurture", "Pump").contains("Archived, for it was nurtured before"))
    #expect(try said("nurture", "Pump", code: 10).contains("is no open lead"))
    for name in ["Valve", "Tube"] { try nodes.kith("office", "new", "lead", name) }
    #expect(try said("nurture", "Valve", "Tube", code: 5).contains("Would move 2 leads"))
    try nodes.kith("office", "nurture", "Valve", "Tube", "--yes")
    #expect(try nodes.count("office", "leads", "where", "stage", "=", "Nurturing") == 2)
  }

  @Test("LED-12: two nodes that convert one lead offline have one deal, one account, one contact")
  func convertingApart() async throws {
    try nodes.kith(
      "office", "new", "lead", "Pump", "company_text=Acme", "contact_text=Ute Lang",
      "source=website", "bant_budget=yes", "bant_need=yes", "bant_authority=yes")
    let server = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena Vogt", invitedBy: "office", at: try server.listeningAddress())
    try nodes.kith("office", "convert", "Pump")
    try nodes.kith("rep", "convert", "Pump")
    try nodes.sync("rep")
    for node in ["office", "rep"] {
      #expect(try nodes.count(node, "deals") == 1)
      #expect(try nodes.count(node, "accounts") == 1)
      #expect(try nodes.count(node, "contacts") == 1)
      #expect(try nodes.count(node, "touches") == 1)
      #expect(try nodes.count(node, "stage_visits") == 2)
      #expect(try nodes.conflicts(node).isEmpty)
    }
    #expect(try nodes.digest("office") == nodes.digest("rep"))
    try nodes.stop(server)
  }
}
