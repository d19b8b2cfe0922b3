import Foundation
import TestSupport
import Testing

/// What of the acceptance list no other test holds; docs/contributing.md names for each of its 25 points the
/// test that does.
@Suite("Acceptance")
struct AcceptanceTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
  }

  private func started(_ node: String = "office") throws -> KithTerminal {
    let terminal = try nodes.prompt(node)
    try terminal.wait(for: "press Tab anywhere")
    try terminal.wait(for: "\(node)> ")
    return terminal
  }

  private func leave(_ terminal: KithTerminal) throws {
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }

  @Test("the table in contributing.md names tests that there are, for each of the 25 points")
  func table() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let page = try String(
      contentsOf: tests.appendingPathComponent("../../docs/contributing.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").compactMap { $0.firstMatch(of: /^\| (\d+) \| .+ \|$/) }
    #expect(rows.compactMap { Int($0.output.1) } == Array(1...25))
    for row in rows {
      let named = row.output.0.matches(of: /`(\w+)` “([^”]+)”/)
      #expect(!named.isEmpty, "\(row.output.0)")
      for test in named {
        let file = tests.appendingPathComponent("\(test.output.1).swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("\"\(test.output.2)"), "\(test.output.0)")
      }
    }
  }

  @Test("5: Tab offers the ids that begin so with the names of their records")
  func ids() throws {
    try nodes.kith("office", "new", "deal", "Pump retrofit")
    let id = try #require(
      try nodes.kith("office", "new", "deal", "Valve").output.firstMatch(of: /Added (d\w+)/)
    ).output.1
    let terminal = try started()
    try terminal.type("edit d\t\t")
    let list = try terminal.wait(for: "office> edit d")
    #expect(list.contains(/d[a-z0-9]{7} +Pump retrofit/) && list.contains(/d[a-z0-9]{7} +Valve/))
    try terminal.type("\u{3}")
    try terminal.wait(for: "office> ")
    // As far as another kind's records are not meant, a few characters are enough.
    try terminal.type("show \(id.prefix(4))\t\r")
    try terminal.wait(for: "Valve")
    try terminal.wait(for: "office> ")
    try leave(terminal)
  }

  @Test("19: three pasted deletes run none before somebody has said so")
  func pastedDeletes() throws {
    for name in ["One", "Two", "Three"] { try nodes.kith("office", "new", "account", name) }
    let terminal = try started()
    let deletes = ["One", "Two", "Three"].map { "delete account:\($0) --yes\n" }.joined()
    try terminal.paste(deletes)
    try terminal.wait(for: "3 lines pasted. [r]un one by one · [e]dit · [c]ancel ")
    #expect(try nodes.count("office", "accounts") == 3)
    try terminal.type("\r")
    try terminal.wait(for: "office> ")
    try terminal.type("count accounts\r")
    try terminal.wait(for: "3 accounts")
    try terminal.wait(for: "office> ")
    try leave(terminal)
    #expect(try nodes.count("office", "accounts") == 3)
  }

  @Test("20: Ctrl-C stops a long list in the middle, and the prompt goes on")
  func longList() async throws { try await onOwnThread { try stopLongList() } }

  private func stopLongList() throws {
    let names = (0..<100_000).map { "Customer \($0)\n" }
    let file = try nodes.folder.write("name\n" + names.joined(), to: "accounts.csv")
    _ = try nodes.importFile(file, as: "accounts", on: "office")
    let terminal = try started()
    try terminal.type("list accounts\r")
    try terminal.wait(for: "list accounts\r\n")
    try terminal.wait(for: "Customer")
    try terminal.type("\u{3}")
    let rest = try terminal.wait(for: "The command was stopped.")
    #expect(!rest.contains("100,000 accounts"))
    try terminal.wait(for: "office> ")
    try terminal.type("count accounts\r")
    try terminal.wait(for: "100,000 accounts")
    try terminal.wait(for: "office> ")
    try leave(terminal)
  }

  @Test("21: an offline edit stands under unsynced as in the prompt, and after a sync in neither")
  func unsynced() throws {
    let office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
    try nodes.kith("rep", "new", "account", "Müller")
    let terminal = try nodes.prompt("rep")
    try terminal.wait(for: "rep ↑1> ")
    for (line, answer, prompt) in [
      ("count accounts where unsynced", "1 account", "rep ↑1> "), ("sync", "sent 1", "rep> "),
      ("count accounts where unsynced", "0 accounts", "rep> "),
    ] {
      try terminal.type(line + "\r")
      try terminal.wait(for: answer)
      try terminal.wait(for: prompt)
    }
    try leave(terminal)
    try nodes.stop(office)
  }

  @Test(
    "23: concurrent edits show both values, authors, rule and clocks; one made knowingly is none")
  func concurrentEdits() throws {
    let deal = try DisputedDeal()
    let seen = try deal.said("tom", "edit", "Pump", "amount=18500")
    #expect(seen.contains("€18,000 → €18,500"))
    #expect(try deal.ids("tom").isEmpty)
    try deal.exchange()
    let amount = try deal.id("rep", "field = amount")
    let listed = try deal.said("rep", "conflict", "list", "where", "field = amount")
    #expect(listed.contains("A €17,900 Lena Vogt") && listed.contains("B €18,500 Tom Brandt"))
    let why = try deal.said("rep", "explain", "Pump.amount")
    #expect(
      why.contains("because Tom Brandt wrote it later, and neither had seen the other's value"))
    #expect(why.contains("deal.amount: the later one shows, a person confirms"))
    #expect(why.contains(/clocks +.*(did not decide|may have decided)/))
    #expect(try deal.ids("office", "field = amount") == [amount])
    try deal.nodes.stop(deal.server)
  }

  @Test("24: deleted here, edited there, the later act shows; an undo reopens it, and nodes agree")
  func deletedAndEdited() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let id = try deal.id("rep", "kind = delete-edit")
    let shown = try deal.said("rep", "conflict", "show", id)
    #expect(
      shown.contains("deleted") && shown.contains("Lena Vogt") && shown.contains("Tom Brandt"))
    #expect(try deal.said("rep", "show", "Jonas Weber").contains("Head of Buying"))
    try deal.said("rep", "conflict", "take", id, "A", "because", "left")
    try deal.exchange()
    try deal.nodes.sync("tom")
    for node in ["office", "rep", "tom"] {
      #expect(try deal.ids(node, "kind = delete-edit").isEmpty)
      #expect(try deal.nodes.count(node, "contacts") == 0)
    }
    try deal.said("tom", "conflict", "undo", id)
    for node in ["tom", "rep", "tom"] { try deal.nodes.sync(node) }
    for node in ["office", "rep", "tom"] {
      #expect(try deal.ids(node, "kind = delete-edit").count == 1)
    }
    #expect(Set(try ["office", "rep", "tom"].map(deal.nodes.digest)).count == 1)
    try deal.nodes.stop(deal.server)
  }

  @Test(
    "25: one product code on two nodes is kept twice until renumber frees both, with a log of it")
  func numbers() throws {
    let office = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena", role: "administrator", invitedBy: "office",
      at: try office.listeningAddress())
    try nodes.kith("office", "new", "product", "Gasket", "code=P-220")
    try nodes.kith("rep", "new", "product", "Seal ring", "code=P-220")
    let told = try nodes.kith("rep", "sync").errors
    #expect(told.contains("P-220 used twice") && told.contains("both kept"))
    #expect(try nodes.count("rep", "products", "where", "code = P-220") == 2)
    let id = try #require(try nodes.conflicts("rep").first.map(String.init))
    try nodes.kith("rep", "conflict", "renumber", id, "B", "because", "the first keeps its number")
    for node in ["rep", "office"] {
      if node == "rep" { try nodes.sync("rep") }
      #expect(try nodes.conflicts(node).isEmpty)
      #expect(try nodes.count(node, "products", "where", "code = P-220") == 1)
      let log = try nodes.kith(node, "conflict", "log").output
      #expect(log.contains("Lena") && log.contains("P-220 → P-221"))
      #expect(log.contains("the first keeps its number") && log.contains(/\d\d:\d\d/))
    }
    try nodes.stop(office)
  }
}
