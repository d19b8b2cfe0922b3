import Foundation
import TestSupport
import Testing

/// What settling, reopening and auditing conflicts comes to on three nodes.
@Suite("Settled conflicts", .serialized)
struct ConflictSettlingTests {
  @Test("edits of different words are put together; what every node then shows is the same")
  func merge() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let id = try deal.id("rep", "kind = text")
    #expect(try deal.said("rep", "conflict", "show", id).contains("merge "))
    let said = try deal.said("rep", "conflict", "merge", id, "because", "both are right")
    #expect(said.contains("notes is Prefers calls before 10. Decides with the CFO."))
    #expect(said.contains("kept  Lena Vogt's") && said.contains("Tom Brandt's"))
    try deal.exchange()
    for node in ["office", "rep", "tom"] {
      #expect(try deal.ids(node, "kind = text").isEmpty)
      let value = try deal.value(node, "pump", "notes")
      #expect(value.hasPrefix("Prefers calls before 10. Decides with the CFO. was chosen by Lena"))
    }
    let amount = try deal.id("rep", "field = amount")
    #expect(
      try deal.said("rep", "conflict", "merge", amount, code: 10).contains("does not settle"))
    try deal.nodes.stop(deal.server)
  }

  @Test("edits of the same words need an editor, and without one are refused with what overlaps")
  func overlap() throws {
    let deal = try DisputedDeal()
    try deal.nodes.kith("rep", "edit", "Pump", "notes=Prefers calls after lunch. Decides with Ute.")
    try deal.exchange()
    let id = try deal.id("rep", "kind = text")
    let refused = try deal.said("rep", "conflict", "merge", id, code: 10)
    #expect(refused.contains("overlap in 1 place"))
    #expect(refused.contains("\"alone\": \"with Ute\" or \"with the CFO\""))
    // An editor that takes out the notes and the last word, as a person might.
    let editor = deal.nodes.folder.path("editor")
    try
      "#!/bin/sh\ngrep -v '^##' \"$1\" | sed 's/with Ute/with the CFO and Ute/' > \"$1.new\"; mv \"$1.new\" \"$1\"\n"
      .write(toFile: editor, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: editor)
    let terminal = try KithTerminal(
      ["--store", deal.nodes.store("rep"), "conflict", "merge", id],
      environment: ["VISUAL": editor])
    try terminal.wait(for: "Decides with the CFO and Ute.")
    #expect(try terminal.result().code == 0)
    try deal.exchange()
    #expect(try deal.ids("office", "kind = text").isEmpty)
    try deal.nodes.stop(deal.server)
  }

  @Test(
    "a settled conflict undone on a third node is open on all, with its sides and their authors")
  func undo() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let amount = try deal.id("rep", "field = amount")
    try deal.said("rep", "conflict", "undo", amount, code: 10)
    try deal.said("rep", "conflict", "take", amount, "A", "because", "rebate agreed")
    try deal.exchange()
    let reopened = try deal.said("tom", "conflict", "undo", amount)
    #expect(reopened.contains("Reopened \(amount) as x"))
    try deal.exchange()
    let now = try deal.ids("office", "field = amount")
    #expect(now.count == 1 && now != [amount])
    for node in ["rep", "tom"] { #expect(try deal.ids(node, "field = amount") == now) }
    // The id of before leads to it, and the sides are told by those who wrote them.
    let shown = try deal.said("office", "conflict", "show", amount)
    #expect(shown.contains("€17,900  Lena Vogt"))
    #expect(shown.contains("€18,000  Tom Brandt"))
    #expect(shown.contains("base    €18,400"))
    #expect(shown.contains("€18,000 is showing because Tom Brandt wrote it later"))
    #expect(shown.contains("and Tom Brandt reopened it on"))
    try deal.said("office", "conflict", "take", amount, "A")
    try deal.exchange()
    for node in ["office", "rep", "tom"] { #expect(try deal.ids(node, "field = amount").isEmpty) }
    let log = try deal.said("tom", "conflict", "log", "since", "today")
    #expect(log.contains("take A") && log.contains("undo") && log.contains("\"rebate agreed\""))
    try deal.nodes.stop(deal.server)
  }

  @Test("on a wide terminal two sides stand beside each other; all fields are shown when asked for")
  func wide() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let text = try deal.id("rep", "kind = text")
    func shown(_ columns: UInt16, _ words: String...) throws -> String {
      let terminal = try KithTerminal(
        ["--store", deal.nodes.store("rep"), "conflict", "show"] + words, columns: columns)
      let shown = try terminal.wait(for: "conflict merge")
      #expect(try terminal.result().code == 0)
      return shown
    }
    let wide = try shown(140, text).split(whereSeparator: \.isNewline).map(String.init)
    let head = try #require(wide.firstIndex { $0.hasPrefix("  A  Lena Vogt  rep") })
    #expect(wide[head].contains("kept") && wide[head].contains("    B  Tom Brandt  tom"))
    #expect(
      wide[head + 1].hasPrefix("    Prefers calls [-after lunch-]{+before 10+}. Decides alone.")
        && wide[head + 1].contains("Prefers calls after lunch. Decides [-alone-]{+with the CFO+}."))
    #expect(wide.allSatisfy { $0.count <= 140 })
    let narrow = try shown(100, text)
    #expect(!narrow.contains("A  Lena Vogt  rep") && !narrow.contains("€18,000"))
    let all = try shown(100, text, "--fields", "all")
    #expect(all.contains("account") && all.contains("Müller") && all.contains("€18,000"))
    try deal.said("rep", "conflict", "show", text, "--fields", "some", code: 2)
    try deal.nodes.stop(deal.server)
  }

  @Test("two nodes that undo at once make one conflict; what was edited since is not undone")
  func undoTwice() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let amount = try deal.id("rep", "field = amount")
    try deal.said("rep", "conflict", "take", amount, "A")
    try deal.exchange()
    try deal.said("tom", "conflict", "undo", amount)
    try deal.said("office", "conflict", "undo", amount)
    try deal.exchange()
    let shown = try deal.said("rep", "conflict", "show", amount)
    #expect(shown.contains("A       €17,900") && shown.contains("B       €18,000"))
    #expect(!shown.contains("\n  C "))
    try deal.said("rep", "conflict", "take", amount, "B")
    try deal.said("rep", "edit", "Pump", "amount=17000")
    let refused = try deal.said("rep", "conflict", "undo", amount, code: 10)
    #expect(refused.contains("was changed since, by Lena Vogt"))
    try deal.nodes.stop(deal.server)
  }

  @Test("whether a record exists is undecided again after an undo, whichever way it was settled")
  func undoExistence() throws {
    for side in ["lena", "tom"] {
      let deal = try DisputedDeal()
      try deal.exchange()
      let contact = try deal.id("rep", "kind = delete-edit")
      let shown = try deal.said("rep", "conflict", "show", contact)
      #expect(shown.contains("job title  [-Buyer-]{+Head of Buying+}"))
      try deal.said("office", "conflict", "take", contact, side)
      try deal.exchange()
      #expect(try deal.ids("rep", "kind = delete-edit").isEmpty)
      try deal.said("rep", "conflict", "undo", contact)
      try deal.exchange()
      let ids = try deal.ids("office", "kind = delete-edit")
      #expect(ids.count == 1)
      #expect(try deal.ids("tom", "kind = delete-edit") == ids)
      try deal.nodes.stop(deal.server)
    }
  }

  @Test("the graph and the log tell how a conflict came about and who settled it")
  func graph() throws {
    let deal = try DisputedDeal()
    try deal.nodes.sync("tom")
    try deal.nodes.kith("office", "edit", "Pump", "stage=Won")
    try deal.nodes.sync("rep")
    let amount = try deal.id("rep", "field = amount")
    let graph = try deal.said("rep", "conflict", "graph", amount)
    let lines = graph.split(separator: "\n")
    #expect(lines.count == 6, "\(graph)")
    #expect(lines[0].hasPrefix("x     x") && lines[1] == "├─╮")
    #expect(lines[2].hasPrefix("│ o   B  €18,000") && lines[3].hasPrefix("o │   A  €17,900"))
    #expect(lines[5].contains("€18,400") && lines[5].hasSuffix("both started here"))
    let drawn = try deal.said("rep", "conflict", "graph", "pump.amount", "--ascii")
    #expect(drawn.contains("|-\\") && !drawn.contains("│"))
    try deal.said("rep", "conflict", "graph", "Müller", code: 1)
    try deal.said("rep", "conflict", "keep", amount, "because", "the later price")
    let log = try deal.said("rep", "conflict", "log", "by", "lena", "--format", "csv")
    #expect(log.contains("keep") && log.contains("€18,000 over Lena Vogt's €17,900"))
    #expect(try deal.said("rep", "conflict", "log", "by", "tom", "--format", "ids").isEmpty)
    try deal.nodes.stop(deal.server)
  }

  @Test(
    "a side that arrives while two are being looked at makes it another conflict, which it names")
  func thirdSide() throws {
    let deal = try DisputedDeal()
    try deal.nodes.kith("office", "edit", "Pump", "amount=18200")
    try deal.nodes.sync("rep")
    let two = try deal.id("rep", "field = amount")
    #expect(try deal.id("office", "field = amount") == two)
    try deal.said("rep", "conflict", "show", two)
    try deal.nodes.sync("tom")
    try deal.nodes.sync("rep")
    let three = try deal.id("rep", "field = amount")
    let refused = try deal.said("rep", "conflict", "take", two, "A", code: 3)
    #expect(refused.contains("\(two) has grown a third side and is now \(three.prefix(6))"))
    for node in ["office", "tom"] { #expect(try deal.ids(node, "field = amount") == [three]) }
    let graph = try deal.said("rep", "conflict", "graph", three)
    #expect(graph.contains("├─┬─╮") && graph.contains("all started here"))
    try deal.said("rep", "conflict", "take", three, "C")
    try deal.exchange()
    #expect(try deal.ids("office", "field = amount").isEmpty)
    try deal.nodes.stop(deal.server)
  }
}
