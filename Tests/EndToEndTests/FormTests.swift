import Foundation
import TestSupport
import Testing

/// Forms on a terminal, with the real program.
@Suite("Forms")
struct FormTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
  }

  /// A prompt before which the person has been greeted.
  private func started() throws -> KithTerminal {
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "press Tab anywhere")
    try terminal.wait(for: "> ")
    return terminal
  }

  private func finish(_ terminal: KithTerminal) throws {
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }

  /// What the deals say, without their ids.
  private func deals() throws -> [String] {
    let columns = "name, amount, target_close"
    let rows = try nodes.kith("office", "list", "deals", "cols", columns).output
    return rows.split(separator: "\n").map { $0.split(separator: "\t").dropFirst().joined() }
  }

  /// Waits for each question and gives its answer.
  private func answer(_ terminal: KithTerminal, _ answers: [(question: String, text: String)])
    throws
  {
    for (question, text) in answers {
      try terminal.wait(for: question)
      try terminal.wait(for: "]: ")
      try terminal.type(text + "\r")
    }
  }

  @Test(
    "a form goes back, explains, echoes what it read, and ends with the line that does the same")
  func form() throws {
    let terminal = try started()
    try terminal.type("new deal\r")
    try answer(
      terminal,
      [
        ("name [none", "Pump"), ("account [none", "?"), ("account [none", ""),
        ("amount [none", "banana"), ("amount [none", "18k"), ("target close [none", "<"),
        ("amount [none", "17900"), ("target close [none", "2027-03-19"),
      ])
    let end = try terminal.wait(for: "same in one line: ") + terminal.wait(for: "> ")
    #expect(end.contains("2027-03-19 = Fri 2027-03-19"))
    let line = "new deal name=Pump amount=17900 target_close=2027-03-19"
    #expect(end.contains(line))
    try finish(terminal)
    let first = try deals()
    try nodes.kith("office", "-c", "delete Pump --yes; \(line)")
    #expect(try deals() == first)
  }

  @Test("Ctrl-C in the middle of a form leaves nothing behind")
  func leaving() throws {
    let terminal = try started()
    try terminal.type("new contact\r")
    try answer(terminal, [("name [none", "Jonas Weber"), ("account [none", "<")])
    try terminal.wait(for: "name [none")
    try terminal.type("Anke\u{3}")
    try terminal.wait(for: "Nothing was added.")
    try terminal.wait(for: "> ")
    try finish(terminal)
    #expect(try nodes.count("office", "contacts") == 0)
  }

  @Test("what was shown last is the default, and a required field cannot be left out")
  func defaults() throws {
    try nodes.kith("office", "new", "account", "name=Müller")
    let terminal = try started()
    try terminal.type("show Müller\r")
    try terminal.wait(for: "changed today")
    try terminal.wait(for: "> ")
    try terminal.type("new contact\r")
    try answer(
      terminal,
      [
        ("name [none", ""), ("name [none", "Anke Dörr"), ("account [Müller", ""),
        ("job title [none", "."),
      ])
    try terminal.wait(for: "Added c")
    try terminal.wait(for: "Müller")
    try terminal.wait(for: "> ")
    try finish(terminal)
    #expect(try nodes.count("office", "contacts", "where", "account = Müller") == 1)
  }

  @Test("an e-mail address that somebody has already is shown before a second record is made")
  func lookAlike() throws {
    try nodes.kith("office", "new", "contact", "name=Anke Dörr", "email=anke@mueller.example")
    let terminal = try started()
    try terminal.type("new contact\r")
    try answer(
      terminal,
      [
        ("name [none", "A. Doerr"), ("account [none", ""), ("job title [none", ""),
        ("primary email [none", "anke@mueller.example"), ("primary phone [none", ""),
      ])
    let question = try terminal.wait(for: "[s]how > ")
    #expect(question.contains("Anke Dörr (same email)."))
    try terminal.type("s\r")
    try terminal.wait(for: "changed today")
    try terminal.wait(for: "[s]how > ")
    try terminal.type("u\r")
    try terminal.wait(for: "Using c")
    try terminal.wait(for: "> ")
    try terminal.type("edit @last job_title=Head\r")
    try terminal.wait(for: "Head")
    try terminal.wait(for: "> ")
    try finish(terminal)
    #expect(try nodes.count("office", "contacts") == 1)
  }

  @Test("where nobody can be asked, a record that lacks fields names them all")
  func elsewhere() throws {
    let result = try nodes.kith("office", "new", "contact", code: 10)
    #expect(result.errors.contains("name"))
  }
}
