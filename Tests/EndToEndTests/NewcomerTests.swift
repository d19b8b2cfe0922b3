import Foundation
import TestSupport
import Testing

/// What somebody meets who uses kith for the first time, in the order in which they would.
@Suite("A newcomer")
struct NewcomerTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
  }

  private func talk(_ words: String..., code: Int32 = 0) throws -> String {
    try nodes.kith("office", words, code: code).errors
  }

  private func data(_ words: String...) throws -> String {
    try nodes.kith("office", words).output
  }

  @Test("1: kith in an empty home names node, user and sync, and asks nothing")
  func emptyHome() throws {
    let home = try TemporaryDirectory()
    let terminal = try KithTerminal([], environment: ["HOME": home.path("")])
    let greeting = try terminal.wait(for: "> ")
    #expect(greeting.contains("Made a personal workspace") && greeting.contains("join CODE"))
    #expect(greeting.contains("you are ") && greeting.contains("type help"))
    try terminal.type("status\r")
    try terminal.wait(for: "> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }

  @Test("2: help shows every verb, and help of one its examples and exit codes")
  func help() throws {
    #expect(try data("help").contains("conflict list"))
    let edit = try data("help", "edit")
    let examples = edit.split(separator: "\n").drop { $0 != "examples" }.dropFirst()
    #expect(examples.count >= 4)
    #expect(edit.contains("5 needs an answer or --yes"))
  }

  @Test("3 and 4: a slip in a verb or a field is pointed at, with what was meant")
  func slips() throws {
    #expect(try talk("lits", "deals", code: 2).contains("Did you mean \"list\"?"))
    let lines = try talk("-c", "list deals where stgae = won", code: 2).split(separator: "\n")
    #expect(
      lines == [
        "error: unknown field \"stgae\" for deals", "  list deals where stgae = won",
        "                   ^^^^^ did you mean \"stage\"?",
      ])
    let path = try talk("list", "deals", "sort", "account.contry", code: 2)
    #expect(path.contains("\n                          ^^^^^^ did you mean \"country\"?"))
  }

  @Test("6: a date typed in words is echoed as the day it was read as")
  func dates() throws {
    let made = try data("new", "deal", "Pump", "close=in 3 days")
    #expect(made.contains(#/(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+/#))
    #expect(try talk("list", "deals", "where", "close <= in 3 days").contains("(in 3 days)"))
  }

  @Test("7: accents need not be typed, and of several nothing is guessed")
  func names() throws {
    try nodes.kith("office", "new", "account", "name=Müller GmbH")
    #expect(try data("show", "muller").contains("Müller GmbH"))
    try nodes.kith("office", "new", "account", "name=Müller AG")
    let several = try talk("show", "muller", code: 4)
    #expect(several.contains("Müller GmbH") && several.contains("Müller AG"))
  }

  @Test("10: a counter is not set, and the two ways to change it are named")
  func counters() throws {
    try nodes.kith("office", "new", "product", "name=Seal kit", "stock=40")
    let refused = try talk("edit", "Seal kit", "stock=38", code: 10)
    #expect(refused.contains("stock is a counter") && refused.contains("stock-=2"))
    #expect(try data("show", "Seal kit").contains("40"))
  }

  @Test("15: names in any script stand in straight columns at 60 columns, and nothing wraps")
  func columns() throws {
    for name in ["北京 Trading and Long Name Company", "Zürich Wasser", "Familie 👨‍👩‍👧‍👦 Meier"] {
      try nodes.kith("office", "new", "account", "name=\(name)", "country=Somewhere")
    }
    let terminal = try KithTerminal(
      ["--store", nodes.store("office"), "list", "accounts"], columns: 60)
    let rows = try terminal.result().output.split(separator: "\r\n")
    #expect(rows.filter { $0.contains(#/北京|Zürich|Familie/#) }.count == 3)
    #expect(rows.allSatisfy { $0.count <= 60 })
  }

  @Test("16: pipes and NO_COLOR get no escape bytes, and --color=always gets them")
  func colors() throws {
    try nodes.kith("office", "new", "account", "name=Müller")
    #expect(!(try data("list", "accounts").contains("\u{1B}")))
    #expect(try data("list", "accounts", "--format", "table", "--color=always").contains("\u{1B}"))
    func shown(_ environment: [String: String]) throws -> String {
      try KithTerminal(
        ["--store", nodes.store("office"), "list", "accounts"], environment: environment
      ).result().output
    }
    #expect(!(try shown(["NO_COLOR": "1"]).contains("\u{1B}[")))
    #expect(try shown(["NO_COLOR": ""]).contains("\u{1B}["))
  }

  @Test("17: a list of 100,000 rows whose reader leaves after one is quiet about it")
  func closedPipe() throws {
    let names = (0..<100_000).map { "Customer \($0)\n" }
    let file = try nodes.folder.write("name\n" + names.joined(), to: "accounts.csv")
    _ = try nodes.importFile(file, as: "accounts", on: "office")
    let line = """
      "$0" --store "$1" list accounts | head -1; echo "code ${PIPESTATUS[0]}"
      """
    let result = try KithProcess.run(
      ["-c", line, KithProcess.program.path, nodes.store("office")], timeout: .seconds(120),
      program: URL(fileURLWithPath: "/bin/bash"))
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2 && ["code 0", "code 141"].contains(lines[1]))
    #expect(result.errors == "")
  }

  @Test("18: JSON parses and names its schema, and CSV keeps commas, quotes and line ends")
  func machineFormats() throws {
    let name = "Müller, \"Pumpen\"\nGmbH"
    try nodes.kith("office", "new", "account", "name=\(name)")
    let json = try JSONSerialization.jsonObject(
      with: Data(try data("list", "accounts", "--format", "json").utf8))
    #expect((json as? [String: Any])?["schema"] as? String == "kith.list/1")
    let csv = try data("list", "accounts", "cols", "name", "--format", "csv")
    #expect(csv.contains("\"Müller, \"\"Pumpen\"\"\nGmbH\""))
  }

  @Test("21: an offline edit is counted in the prompt until a peer has it")
  func unsynced() throws {
    let office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
    try nodes.kith("rep", "new", "account", "name=Müller")
    let terminal = try nodes.prompt("rep")
    try terminal.wait(for: "rep ↑1")
    try terminal.wait(for: "> ")
    try terminal.type("sync\r")
    try terminal.wait(for: "sent 1 change")
    try terminal.wait(for: "rep> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    try nodes.stop(office)
  }

  @Test("22: a peer with another key than it should have is sent nothing, and both keys are named")
  func wrongKey() throws {
    let office = try nodes.serve("office")
    let address = try office.listeningAddress()
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: address)
    try nodes.join("other", user: "Tom", invitedBy: "office", at: address)
    let impostor = try nodes.serve("other")
    try nodes.kith("rep", "peer", "add", "office", try impostor.listeningAddress())
    let refused = try nodes.kith("rep", "sync", "office", code: 8).errors
    let words = #/(known|offered) +\w+ \w+ \w+/#
    #expect(refused.matches(of: words).count == 2)
    #expect(refused.contains("Nothing was sent"))
    try nodes.stop(impostor)
    try nodes.stop(office)
  }
}
