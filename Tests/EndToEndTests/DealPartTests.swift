import Foundation
import TestSupport
import Testing

/// Hand-overs, shares, lines and people of deals, as people type them.
@Suite("Parts of deals at the command line", .serialized)
struct DealPartCommandTests {
  private func office() throws -> TestNodes {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    for name in ["Anna Berg", "Ben Cole"] { try nodes.kith("office", "new", "user", name) }
    return nodes
  }

  private func said(_ nodes: TestNodes, _ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  @Test(
    "OPP-31: handover prints and keeps a sheet, moves tasks, previews several; undo brings all back"
  )
  func handover() throws {
    let nodes = try office()
    try nodes.kith("office", "new", "deal", "Pump", "owner=Ben Cole", "amount=500")
    try nodes.kith("office", "new", "deal", "Valve", "owner=Ben Cole")
    try nodes.kith("office", "new", "task", "Call them", "about=deal:Pump", "owner=Ben Cole")
    let tried = try said(nodes, "handover", "Pump", "to", "Anna", "--dry-run")
    #expect(tried.contains("Hand-over of Pump from Ben Cole to Anna Berg"))
    #expect(tried.contains("Nothing was written."))
    let sheet = try said(
      nodes, "handover", "Pump", "to", "Anna", "because", "Ben has left")
    #expect(sheet.contains("€500") && sheet.contains("Call them") && sheet.contains("Ben has left"))
    #expect(sheet.contains("1 open task. Reverse with: undo"))
    #expect(try said(nodes, "count", "tasks", "where", "owner", "=", "Anna Berg").hasPrefix("1"))
    let kept = try said(nodes, "list", "engagements", "cols", "type, subject, other_notes")
    #expect(kept.contains("handover") && kept.contains("€500"))
    try nodes.kith("office", "undo", "--yes")
    #expect(try said(nodes, "show", "Pump").contains("Ben Cole"))
    #expect(try said(nodes, "count", "tasks", "where", "owner", "=", "Ben Cole").hasPrefix("1"))
    #expect(try said(nodes, "count", "engagements").hasPrefix("0"))

    let filter = "(deals where owner = \"Ben Cole\")"
    #expect(try said(nodes, "handover", filter, "to", "Anna", code: 5).contains("--yes"))
    let moved = try said(nodes, "handover", filter, "to", "Anna", "--yes")
    #expect(moved.contains("Handed over 2 deals to Anna Berg."))
    #expect(try said(nodes, "count", "deals", "where", "owner", "=", "Anna Berg").hasPrefix("2"))
    #expect(try said(nodes, "handover", "Pump", "to", "Anna").contains("has them already"))
    #expect(try said(nodes, "handover", "Pump", "Anna", code: 2).contains("deals, to, and a user"))
  }

  @Test(
    "RPT-45: split credits a deal to several users, refuses what is not 100 %, and undo takes it back"
  )
  func split() throws {
    let nodes = try office()
    try nodes.kith("office", "new", "deal", "Pump", "amount=100.01")
    #expect(try said(nodes, "split", "Pump", "anna=60", "ben=30", code: 1).contains("is not 100 %"))
    let told = try said(nodes, "split", "Pump", "anna=50", "ben=50")
    #expect(told.contains("Anna Berg  50% · €50.0") && told.contains("Ben Cole"))
    #expect(try said(nodes, "show", "Pump", "--full").contains("Credit"))
    #expect(try said(nodes, "split", "Pump", "none").contains("its owner alone"))
    try nodes.kith("office", "undo", "--yes")
    #expect(try said(nodes, "split", "Pump").contains("Ben Cole"))
    #expect(try said(nodes, "split", "Pump", "anna=x", "ben=1", code: 2).contains("x"))
    #expect(try said(nodes, "split", "Pump", "carl=100", code: 3).contains("carl"))
  }

  @Test("OPP-27, OPP-11: show --full tells who decides on a deal, and what it may hold")
  func people() throws {
    let nodes = try office()
    try nodes.kith("office", "new", "deal", "Plant")
    try nodes.kith("office", "new", "contact", "Anke Doerr")
    try nodes.kith(
      "office", "involve", "Plant", "Anke Doerr", "roles+=decision maker", "notes=reads every page")
    let told = try said(nodes, "involve", "Plant", "Anke Doerr", "roles+=technical")
    #expect(told.contains("Anke Doerr · "))
    #expect(told.contains("decision maker") && told.contains("technical"))
    #expect(told.contains("reads every page"))
    try nodes.kith("office", "new", "product", "Pump", "price=250")
    try nodes.kith(
      "office", "new", "line", "deal=Plant", "product=Pump", "quantity=4", "discount=10")
    let page = try said(nodes, "show", "Plant", "--full")
    #expect(page.contains("People") && page.contains("decision maker"))
    #expect(page.contains("total") && page.contains("€900"))
    #expect(!(try said(nodes, "involve", "Plant", "Anke Doerr", "none").contains("Anke")))
    #expect(try said(nodes, "involve", "Plant", "Anke Doerr").contains("Anke Doerr"))
  }

  @Test(
    "OPP-31, OPP-32: two nodes that hand over, win or involve alike offline make one note, one task and one part"
  )
  func alike() throws {
    let nodes = try office()
    try nodes.kith("office", "setting", "set", "won.follow_up", "14 Ask how it runs")
    for name in ["Pump", "Valve"] { try nodes.kith("office", "new", "deal", name, "amount=500") }
    try nodes.kith("office", "new", "contact", "Anke Doerr")
    try nodes.kith("office", "new", "task", "Call them", "about=deal:Valve")
    let server = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena Vogt", invitedBy: "office", at: try server.listeningAddress())
    try nodes.stop(server)
    for node in ["office", "rep"] {
      try nodes.kith(node, "move", "Pump", "Won")
      try nodes.kith(node, "handover", "Valve", "to", "Anna Berg")
    }
    try nodes.kith("office", "involve", "Valve", "Anke Doerr", "roles+=technical")
    try nodes.kith("rep", "involve", "Valve", "Anke Doerr", "roles+=billing")
    let again = try nodes.serve("office")
    try nodes.kith("rep", "peer", "add", "office", try again.listeningAddress())
    try nodes.kith("rep", "sync")
    try nodes.stop(again)
    for node in ["office", "rep"] {
      #expect(try nodes.count(node, "tasks", "where", "title", "=", "Ask how it runs") == 1)
      #expect(try nodes.count(node, "tasks", "where", "owner", "=", "Anna Berg") == 1)
      #expect(try nodes.count(node, "engagements") == 1)
      let page = try nodes.kith(node, "show", "Valve", "--full").output
      #expect(page.contains("technical") && page.contains("billing"))
    }
  }
}
