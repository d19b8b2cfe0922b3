import Foundation
import TestSupport
import Testing

/// The walk through conflicts, in a terminal.
@Suite("A walk through conflicts", .serialized)
struct ConflictWorkTests {
  @Test("single keys settle, undo, skip, defer and draw; what was done is on every node")
  func work() throws {
    let deal = try DisputedDeal()
    try deal.nodes.kith("rep", "new", "deal", "Valve", "amount=100")
    try deal.exchange()
    try deal.nodes.kith("rep", "edit", "Valve", "amount=110")
    try deal.nodes.kith("tom", "edit", "Valve", "amount=120")
    try deal.exchange()
    let amounts = try deal.ids("rep", "field = amount")
    #expect(amounts.count == 2)
    let terminal = try KithTerminal([
      "--store", deal.nodes.store("rep"), "conflict", "work", "where", "field = amount",
      "because", "checked",
    ])
    try terminal.wait(for: "1 of 2")
    try terminal.wait(for: "? · q")
    try terminal.type("g")
    try terminal.wait(for: "├─╮")
    try terminal.wait(for: "? · q")
    try terminal.type("a")
    try terminal.wait(for: "Resolved x")
    try terminal.wait(for: "2 of 2")
    // The second is of the same field, between the same nodes.
    try terminal.wait(for: "y same again: take A")
    try terminal.type("u")
    try terminal.wait(for: "Reopened \(amounts[0].prefix(6))")
    try terminal.wait(for: "1 of 2")
    try terminal.wait(for: "? · q")
    try terminal.type("k")
    try terminal.wait(for: "y same again: keep")
    try terminal.type("y")
    try terminal.wait(for: "Settled 2 of 2.")
    #expect(try terminal.result().code == 0)
    try deal.exchange()
    for node in ["office", "rep", "tom"] { #expect(try deal.ids(node, "field = amount").isEmpty) }
    #expect(try deal.value("tom", "valve", "amount").contains(": \"checked\""))
    try deal.nodes.stop(deal.server)
  }

  @Test("what cannot be settled by a key says why and is asked again; q and Ctrl-C leave the rest")
  func leave() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let terminal = try KithTerminal(["--store", deal.nodes.store("rep"), "conflict", "work"])
    try terminal.wait(for: "1 of 3")
    for place in 2...3 {
      try terminal.wait(for: "? · q")
      try terminal.type("?")
      try terminal.wait(for: "s leaves it for another time")
      try terminal.wait(for: "? · q")
      try terminal.type("s")
      try terminal.wait(for: "\(place) of 3")
    }
    // The last is about a contact's existence, of which no text is merged.
    try terminal.wait(for: "delete-edit")
    try terminal.wait(for: "? · q")
    try terminal.type("m")
    try terminal.wait(for: "a person has to look at it")
    try terminal.wait(for: "? · q")
    try terminal.type("d")
    try terminal.wait(for: "until > ")
    try terminal.type("tomorrow\r")
    try terminal.wait(for: "Settled 0 of 3.")
    #expect(try terminal.result().code == 0)
    #expect(try deal.ids("rep").count == 2)
    let again = try KithTerminal(["--store", deal.nodes.store("rep"), "conflict", "work"])
    try again.wait(for: "? · q")
    try again.type("\u{3}")
    #expect(try again.result().code == 130)
    #expect(try deal.ids("rep").count == 2)
    // Where nobody can press a key, nothing is asked.
    try deal.said("rep", "conflict", "work", code: 5)
    try deal.nodes.stop(deal.server)
  }
}
