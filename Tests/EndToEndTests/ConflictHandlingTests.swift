import Foundation
import TestSupport
import Testing

/// What people arrange about conflicts, and how they settle many at once.
@Suite("Handled conflicts", .serialized)
struct ConflictHandlingTests {
  @Test("what is arranged about a conflict is arranged on every node, and decides nothing")
  func handling() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let amount = try deal.id("rep", "field = amount")
    let text = try deal.id("rep", "kind = text")
    try deal.said("rep", "conflict", "assign", amount, text, "priya", "because", "she knows")
    try deal.said("rep", "conflict", "defer", amount, "until", "in 3 days")
    try deal.said("tom", "conflict", "note", amount, "Tom calls on Friday")
    try deal.said("tom", "conflict", "assign", text, "tom")
    try deal.exchange()
    for node in ["office", "rep", "tom"] {
      #expect(!(try deal.ids(node)).contains(amount))
      let deferred = try deal.said(node, "conflict", "list", "--deferred", "--format", "ids")
      #expect(deferred == amount + "\n")
      let shown = try deal.said(node, "conflict", "show", amount)
      #expect(shown.contains("assigned to Priya Nair · deferred"))
      #expect(shown.contains("note    \"Tom calls on Friday\"  Tom Brandt"))
    }
    // Asked apart, two people look at it.
    #expect(try deal.ids("office", "assignee = priya and assignee = tom") == [text])
    let mine = try deal.said("office", "conflict", "list", "--mine", "--format", "ids")
    #expect(mine == text + "\n")
    try deal.said("office", "conflict", "assign", text, "nobody")
    #expect(try deal.said("office", "conflict", "list", "--mine", "--format", "ids").isEmpty)
    try deal.said("office", "conflict", "defer", amount, "until", "now")
    #expect(try deal.ids("office").contains(amount))
    #expect(try deal.ids("office", "status = deferred").isEmpty)
    let json = try deal.said("office", "conflict", "show", amount, "--format", "json")
    #expect(json.contains("\"assigned_to\":[\"Priya Nair\"]"))
    #expect(try deal.said("office", "conflict", "list", "by", "age").contains("within an hour"))
    // None of it settles anything, and so none of it is in the log of settlements.
    try deal.said("office", "conflict", "defer", amount, "until", "tomorrow")
    #expect(try deal.said("office", "conflict", "log", "--format", "ids").isEmpty)
    try deal.said("office", "conflict", "assign", amount, "bob", code: 3)
    try deal.said("office", "conflict", "defer", amount, code: 2)
    try deal.nodes.stop(deal.server)
  }

  @Test("a rule settles many at once, after every outcome was shown, and in one operation")
  func resolve() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let filter = "(where entity in (deal, contact))"
    let dry = try deal.said("rep", "conflict", "resolve", filter, "using", "latest", "--dry-run")
    #expect(dry.contains("Pump · amount is €18,000 (Tom Brandt's)"))
    #expect(dry.contains("Jonas Weber is kept (Tom Brandt's)"))
    #expect(try deal.ids("rep").count == 3)
    let asked = try deal.said("rep", "conflict", "resolve", filter, "using", "min", code: 5)
    #expect(asked.contains("Pump · amount is €17,900 (Lena Vogt's)"))
    #expect(asked.contains("1 still need a person: x"))
    try deal.said(
      "rep", "conflict", "resolve", filter, "using", "min", "--yes", "--max", "1", code: 10)
    try deal.said("rep", "conflict", "resolve", filter, "using", "luck", code: 2)
    try deal.said(
      "rep", "conflict", "resolve", "(where kind = text)", "using", "words", "--yes", "because",
      "both are right")
    let said = try deal.said(
      "rep", "conflict", "resolve", filter, "using", "prefer rep", "--yes")
    #expect(said.contains("Resolved 2 conflicts in one operation."))
    try deal.exchange()
    for node in ["office", "rep", "tom"] { #expect(try deal.ids(node).isEmpty) }
    #expect(try deal.value("tom", "pump", "amount").hasPrefix("€17,900 was chosen by Lena Vogt"))
    #expect(try deal.value("tom", "pump", "notes").contains("with the CFO. was chosen by Lena"))
    let closed = try deal.said("tom", "conflict", "list", "--closed")
    #expect(closed.contains("resolve") && closed.contains("Jonas Weber deleted"))
    try deal.nodes.stop(deal.server)
  }

  @Test("many conflicts are settled in several entries that share one batch, each reopened alone")
  func many() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    let file = nodes.folder.path("deals.csv")
    let rows = (0..<6_000).map { "Deal \($0),\(1_000 + $0)\n" }.joined()
    try ("name,amount\n" + rows).write(toFile: file, atomically: true, encoding: .utf8)
    _ = try nodes.importFile(file, as: "deals", on: "office")
    let server = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena Vogt", role: "administrator", invitedBy: "office",
      at: try server.listeningAddress())
    for (node, amount) in [("rep", "17000"), ("office", "18000")] {
      try nodes.kith(node, "edit", "(deals where amount > 0)", "amount=\(amount)", "--yes")
    }
    try nodes.sync("rep")
    let ids = try nodes.conflicts("rep")
    #expect(ids.count == 6_000)
    let said = try nodes.kith(
      "rep", "conflict", "resolve", "(where field = amount)", "using", "max", "--yes"
    ).output
    #expect(said.contains("Resolved 6000 conflicts in one operation."))
    #expect(try nodes.conflicts("rep").isEmpty)
    let one = try #require(ids.last)
    try nodes.kith("rep", "conflict", "undo", String(one))
    #expect(try nodes.conflicts("rep").count == 1)
    try nodes.sync("rep")
    #expect(try nodes.conflicts("office") == nodes.conflicts("rep"))
    try nodes.stop(server)
  }
}
