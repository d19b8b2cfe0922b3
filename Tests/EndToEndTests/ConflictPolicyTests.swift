import Foundation
import TestSupport
import Testing

/// Rules by which a workspace judges concurrent values.
@Suite("Conflict policies", .serialized)
struct ConflictPolicyTests {
  @Test(
    "a rule is shown with its origin, previewed, set for every node with its reason, and undone")
  func setting() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let amount = try deal.id("rep", "field = amount")
    let before = try deal.said("rep", "conflict", "policy", "deal", "--format", "tsv")
    #expect(before.contains("deal\tamount\thold\tthe later one shows, a person confirms"))
    #expect(before.contains("built in") && !before.contains("\naccount\t"))
    let why = ["because", "the first offer is the agreed one"]
    let set = ["conflict", "policy", "set", "deal.amount"]
    let asked = try deal.nodes.kith("rep", set + ["min"] + why, code: 5).errors
    #expect(asked.contains("\(amount.prefix(6))  Pump  €18,000 → €17,900, settled by the rule"))
    #expect(asked.contains("--yes"))
    let dry = try deal.nodes.kith("rep", set + ["latest", "--dry-run"]).errors
    #expect(dry.contains("stays €18,000, settled by the rule") && dry.contains("settles 1 open"))
    #expect(try deal.ids("rep").contains(amount))
    let said = try deal.nodes.kith("rep", set + ["min", "--yes"] + why)
    #expect(said.output.contains("deal.amount: the smaller value (rule min). Reverse with: undo z"))
    try deal.exchange()
    for node in ["office", "rep", "tom"] {
      #expect(!(try deal.ids(node)).contains(amount))
      #expect(try deal.said(node, "list", "deals", "--format", "csv").contains("17900"))
      let explained = try deal.said(node, "explain", "pump.amount")
      #expect(explained.contains("keeps the smaller value (rule min, set by Lena Vogt on "))
      let listed = try deal.said(node, "conflict", "policy", "deal.amount", "--format", "json")
      #expect(listed.contains("\"rule\":\"min\"") && listed.contains("\"set_by\":\"Lena Vogt\""))
      #expect(listed.contains("\"because\":\"the first offer is the agreed one\""))
      let automatic = try deal.said(node, "conflict", "list", "--auto", "--format", "ids")
      #expect(automatic == amount + "\n")
    }
    #expect(try deal.said("rep", "conflict", "log", "--format", "ids").isEmpty)
    try deal.said("rep", "undo")
    try deal.exchange()
    #expect(try deal.ids("tom").contains(amount))
    #expect(try deal.said("tom", "list", "deals", "--format", "csv").contains("18000"))
    #expect(try deal.said("tom", "conflict", "policy", "deal.amount").contains("built in"))
    try deal.said("rep", "redo")
    let back = try deal.said("rep", "conflict", "policy", "set", "deal.amount", "default", "--yes")
    #expect(back.contains("lists 1 for a person again"))
    #expect(try deal.ids("rep").contains(amount))
    try deal.nodes.stop(deal.server)
  }

  @Test("what no rule can be set for is said, and only administrators may set one")
  func refusals() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    func refused(_ words: String..., code: Int32) throws -> String {
      try nodes.kith("office", ["conflict", "policy", "set"] + words, code: code).errors
    }
    #expect(try refused("deal.labels", "max", code: 10).contains("every change counts"))
    #expect(try refused("product.stock", "max", code: 10).contains("every change counts"))
    #expect(try refused("deal.amuont", "max", code: 2).contains("did you mean \"deal.amount\"?"))
    #expect(try refused("deal.account", "max", code: 2).contains("is no rule for deal.account"))
    #expect(try refused("deal.amount", "words", code: 2).contains("one of review, hold, latest"))
    #expect(try refused("deal.amount", "precedence", code: 2).contains("is no rule"))
    #expect(try refused("member.role", "max", code: 2).contains("names no field"))
    #expect(try refused("deal.amount", code: 2).contains("a rule"))
    #expect(try refused("deal.amount", "hold", code: 0).contains("has that rule already"))
    let server = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena Vogt", invitedBy: "office", at: try server.listeningAddress())
    let said = try nodes.kith(
      "rep", "conflict", "policy", "set", "deal.amount", "max", "--yes", code: 10
    ).errors
    #expect(said.contains("Only an administrator may change a rule."))
    try nodes.stop(server)
  }
}
