import Foundation
import TestSupport
import Testing

/// What names mean to commands: whole, in part, of records that are deleted, or of several.
@Suite("Names")
struct NamesTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
  }

  /// Makes a record and returns its id.
  @discardableResult
  private func make(_ kind: String, _ words: String...) throws -> String {
    let made = try nodes.kith("office", ["new", kind] + words + ["--format", "ids"])
    return made.output.trimmingCharacters(in: .newlines)
  }

  private func output(_ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  @Test("a name spelt like a short id has fields, too, and may have dots of its own")
  func fieldsOfNames() throws {
    try make("contact", "jonas", "primary_phone=040 555")
    try make("account", "acme", "industry=Water")
    try make("account", "example.com", "website=https://example.com")
    #expect(try output("explain", "jonas.primary_phone").hasPrefix("040 555 is what Priya wrote"))
    #expect(try output("explain", "acme.industry").hasPrefix("Water is what Priya wrote"))
    #expect(try output("explain", "example.com.website").hasPrefix("https://example.com"))
    #expect(try output("history", "acme.industry").contains("Water"))
  }

  @Test("the full name of a deleted record is not taken for part of another's")
  func deletedNames() throws {
    try make("deal", "Pump")
    try make("deal", "Pump retrofit")
    try make("product", "Seal A")
    try make("product", "Seal B")
    let deal = try output("delete", "deal:Pump", "--yes").split(separator: " ")[1]
    try nodes.kith("office", "delete", "Seal A", "--yes")
    for command in [["edit", "pump", "stage=Won"], ["delete", "PUMP", "--yes"]] {
      let refused = try nodes.kith("office", command, code: 10).errors
      #expect(refused.contains("Pump was deleted by Priya, today"))
      #expect(refused.contains("restore \(deal)"))
    }
    #expect(try output("show", "Seal A").contains("Seal A (deleted)"))
    try nodes.kith("office", "new", "deal", "X", "products+=seal a", code: 10)
    #expect(try output("restore", "Seal A").contains("Seal A"))
    #expect(try output("restore", "Seal A", code: 10).contains("Seal A is not deleted."))
    #expect(try output("restore", "pump").contains("Pump"))
    #expect(try nodes.count("office", "deals") == 2)
    #expect(try nodes.count("office", "products") == 2)
  }

  @Test("a record guessed from a slip is changed only with a yes, and named")
  func guesses() throws {
    try make("product", "Kettle")
    let refused = try output("edit", "ketle", "name=Pot", code: 5)
    #expect(refused.contains("“ketle”, taken for p") && refused.contains("Kettle, needs a yes"))
    #expect(try output("edit", "kett", "name=Kettles").contains("Kettle → Kettles"))
    let edited = try output("edit", "ketles", "name=Pot", "--yes")
    #expect(edited.contains("“ketles” is taken for p"))
    try nodes.kith("office", "delete", "Pot", "--yes")
    try nodes.kith("office", "restore", "pto", code: 5)
  }

  @Test("a name that several bear is an error with all of them, in filters as elsewhere")
  func ambiguous() throws {
    try make("user", "Anna Berg")
    try make("user", "Anna Dorn")
    try make("account", "Acme", "owner=Anna Berg")
    for command in [
      ["list", "accounts", "where", "owner = anna"], ["edit", "acme", "owner=anna"],
    ] {
      let refused = try nodes.kith("office", command, code: 4).errors
      #expect(refused.contains("Anna Berg") && refused.contains("Anna Dorn"))
    }
    #expect(try nodes.count("office", "accounts", "where", "owner = anna berg") == 1)
    try nodes.kith("office", "list", "accounts", "where", "owner = bert", code: 3)
  }

  @Test("on a terminal a name that several bear is a numbered choice, asked once")
  func choice() throws {
    try make("contact", "Anna Berg")
    try make("contact", "Anna Dorn")
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "office> ")
    try terminal.type("edit anna job_title=Buyer\r")
    try terminal.wait(for: "“anna” may be any of 2 records:")
    let listed = try terminal.wait(for: "Which one? 1 to 2, Enter for none > ")
    let rows = listed.split(separator: "\r\n")
    let dorn = try #require(rows.first { $0.contains("Anna Dorn") })
    try terminal.type("\(dorn.split(separator: " ")[0])\r")
    try terminal.wait(for: "job title  (empty) → Buyer")
    try terminal.wait(for: "office> ")
    try terminal.type("edit anna job_title=Seller\r")
    try terminal.wait(for: "Enter for none > ")
    try terminal.type("\r")
    try terminal.wait(for: "may be any of 2 records")
    try terminal.wait(for: "office> ")
    // The name of a value is asked for as well, before anything is written.
    try terminal.type("new deal Pump primary_contact=anna\r")
    let asked = try terminal.wait(for: "Enter for none > ")
    let berg = try #require(asked.split(separator: "\r\n").first { $0.contains("Anna Berg") })
    try terminal.type("\(berg.split(separator: " ")[0])\r")
    try terminal.wait(for: "Added d")
    try terminal.wait(for: "office> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    #expect(try nodes.count("office", "contacts", "where", "job_title = Buyer") == 1)
    let filter = "primary_contact = \"Anna Berg\""
    #expect(try nodes.count("office", "deals", "where", filter) == 1)
    #expect(try output("show", "Anna Dorn").contains("Buyer"))
  }

  @Test("a deal without a name is listed by its number, or else by its id")
  func nameless() throws {
    #expect(try output("new", "deal", "number=D-77").contains("D-77"))
    let id = try make("deal", "Pump")
    try nodes.kith("office", "edit", id, "number=D-78")
    for view in [["list", "deals", "--format", "table"], ["board", "deals"]] {
      let shown = try nodes.kith("office", view).output
      #expect(shown.contains("D-77") && shown.contains("Pump") && !shown.contains("D-78"))
    }
  }

  @Test("a bulk deletion shows ten records and how many more there are")
  func bulkDeletion() throws {
    let file = try nodes.folder.write(
      "name\n" + (1...13).map { "Task \($0)\n" }.joined(), to: "tasks.csv")
    _ = try nodes.importFile(file, as: "tasks", on: "office")
    let asked = try output("delete", "(tasks)", "--dry-run")
    #expect(asked.contains("Would delete 13 tasks:"))
    #expect(asked.components(separatedBy: " Task ").count == 11)
    #expect(asked.contains("… and 3 more"))
  }

  @Test("how a date typed in words was read is told beside a list, not in data")
  func datesRead() throws {
    let list = try nodes.kith("office", "list", "deals", "where", "close >= 2026-01-01")
    #expect(list.errors.isEmpty)
    let read = try nodes.kith("office", "count", "deals", "where", "close_date < last monday")
    let line = /close_date < \d{4}-\d\d-\d\d \(last monday\)\n/
    #expect(read.errors.wholeMatch(of: line) != nil)
    for option in ["--quiet", "--format=json"] {
      let words = ["count", "deals", "where", "close_date < last monday", option]
      #expect(try nodes.kith("office", words).errors.isEmpty)
    }
    let span = try output("list", "deals", "where", "close_date in (this month)")
    #expect(span.contains("-01 to ") && span.contains("(this month)"))
  }
}
