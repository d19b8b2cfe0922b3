import TestSupport
import Testing

/// `watch COMMAND`: drawn anew by what other processes write.
@Suite("Watching")
struct WatchTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Tom")
    try nodes.kith("office", "new", "deal", "Pump", "amount=300")
  }

  private func watch(_ words: String...) throws -> KithTerminal {
    try KithTerminal(["--store", nodes.store("office"), "watch"] + words)
  }

  @Test("a change is drawn in place with its cells marked, and q leaves the last frame")
  func changes() throws {
    let terminal = try watch("list", "deals", "cols", "name,", "amount", "sort", "name")
    try terminal.wait(for: "1 deal · €300")
    try nodes.kith("office", "edit", "Pump", "amount=400")
    // Three rows up: heading, header, row and footer are drawn over.
    try terminal.wait(for: "\u{1B}[4A\r\u{1B}[J")
    try terminal.wait(for: "€400*")
    try nodes.kith("office", "new", "deal", "Valve", "amount=50")
    let frames = try terminal.wait(for: "2 deals · €450")
    let frame = try #require(frames.split(separator: "\u{1B}[J").last)
    #expect(frame.contains("Valve*") && frame.contains("€50*"))
    #expect(frame.contains("€400") && !frame.contains("€400*"))
    try terminal.type("q")
    let result = try terminal.result()
    #expect(result.code == 0)
    // Nothing is wiped behind the last frame, and lines wrap again.
    #expect(result.output.hasSuffix("2 deals · €450*\r\n\u{1B}[?7h"))
  }

  @Test("Ctrl-C ends it cleanly, and the prompt goes on with the terminal as it was")
  func interrupt() throws {
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "office> ")
    try terminal.type("watch 60 count deals\r")
    try terminal.wait(for: "q leaves")
    try terminal.wait(for: "1 deal")
    try nodes.kith("office", "new", "deal", "Valve")
    try terminal.wait(for: "2 deals*")
    try terminal.type("\u{3}")
    let left = try terminal.wait(for: "office> ")
    #expect(!left.contains("stopped"))
    try terminal.type("show val\t\r")
    try terminal.wait(for: "deal d")
    try terminal.wait(for: "office> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }

  @Test("a signal that ends the program gives the terminal back first")
  func terminated() throws {
    let terminal = try watch("count", "deals")
    try terminal.wait(for: "1 deal")
    #expect(!terminal.echoes)
    terminal.send(.terminate)
    #expect(try terminal.result().code == 143)
    #expect(terminal.echoes)
  }

  @Test("a list that is taller than the screen is cut, and says by how much")
  func tall() throws {
    let names = (0..<60).map { "Customer \($0)\n" }
    let file = try nodes.folder.write("name\n" + names.joined(), to: "accounts.csv")
    _ = try nodes.importFile(file, as: "accounts", on: "office")
    let terminal = try watch("list", "accounts", "sort", "name")
    try terminal.wait(for: "25 more lines")
    try terminal.type("q")
    let result = try terminal.result()
    #expect(result.code == 0)
    #expect(result.output.matches(of: /Customer/).count == 36)
  }

  @Test("where there is no terminal, each frame that is another one follows the last")
  func stream() throws {
    let process = try nodes.start("office", "watch", "list", "deals", "--format", "ndjson")
    _ = try process.line(containing: "300.00")
    try nodes.kith("office", "edit", "Pump", "amount=400")
    _ = try process.line(containing: "400.00")
    // A change that the listing says nothing of draws nothing.
    try nodes.kith("office", "new", "account", "Acker")
    try nodes.kith("office", "edit", "Pump", "amount=500")
    _ = try process.line(containing: "500.00")
    process.send(.interrupt)
    let result = try process.result()
    #expect(result.code == 0)
    #expect(result.output.split(separator: "\n").count == 3)
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test("what changes something is not watched, nor anything twice")
  func refusals() throws {
    let edit = try nodes.kith("office", "watch", "edit", "Pump", "amount=1", code: 2)
    #expect(edit.errors.contains("edit cannot be watched"))
    for words in [
      ["watch", "list", "deals"], ["list", "deals", "-o", "f"], ["quit"], ["lits"], [],
    ] {
      try nodes.kith("office", ["watch"] + words, code: 2)
    }
    try nodes.kith("office", "watch", "0", "list", "deals", code: 2)
    #expect(try nodes.kith("office", "list", "deals", "--format", "json").output.contains("300.00"))
  }
}
