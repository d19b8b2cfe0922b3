import Foundation
import TestSupport
import Testing

/// What somebody decides on what they have been shown, while other people's changes come in.
@Suite("Shown before a sync, changed after it")
struct BasisTests {
  private let nodes: TestNodes
  private let office: KithProcess

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    for name in ["Müller", "Weber"] {
      try nodes.kith("office", "new", "account", "name=\(name)", "website=first.example")
    }
    office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
  }

  /// Changes an account at the office, and brings the change to the representative's node.
  private func changeElsewhere(_ account: String, _ assignment: String) throws {
    try nodes.kith("office", "edit", account, assignment)
    try nodes.sync("rep")
  }

  /// Both nodes list the same conflict, about `texts`, and one digest.
  private func expectOneConflict(about texts: String...) throws {
    try nodes.sync("rep")
    let lists = try ["office", "rep"].map { try nodes.kith($0, "conflict", "list").output }
    for list in lists {
      for text in texts { #expect(list.contains(text)) }
    }
    #expect(try nodes.conflicts("office").count == 1)
    #expect(try nodes.conflicts("office") == nodes.conflicts("rep"))
    #expect(try nodes.digest("office") == nodes.digest("rep"))
    try nodes.stop(office)
  }

  @Test("a field that changed since the session showed it is kept beside the edit, as a conflict")
  func showAndEdit() throws {
    let session = try nodes.start("rep")
    session.write("show Müller\n")
    _ = try session.line(containing: "first.example")
    try changeElsewhere("Müller", "website=office.example")
    session.write("edit Müller website=rep.example\n")
    _ = try session.line(containing: "rep.example")
    session.closeInput()
    let result = try session.result()
    #expect(result.code == 0)
    #expect(result.errors.contains("website had changed since it was shown"))
    try expectOneConflict(about: "website", "office.example", "rep.example")
  }

  @Test("what the session itself has written since it showed a record is no conflict")
  func ownEdits() throws {
    let session = try nodes.start("rep")
    session.write(
      """
      show Müller
      edit Müller website=second.example
      edit Müller website=third.example

      """)
    _ = try session.line(containing: "third.example")
    try changeElsewhere("Weber", "website=office.example")
    session.write("edit Weber website=fourth.example\n")
    session.closeInput()
    #expect(try session.result().errors.isEmpty)
    try nodes.sync("rep")
    #expect(try nodes.conflicts("rep").isEmpty)
    try nodes.stop(office)
  }

  @Test("what is added to a value or taken out by name is of what is there now")
  func present() throws {
    let session = try nodes.start("rep")
    session.write("show Müller\n")
    _ = try session.line(containing: "first.example")
    try nodes.kith("office", "edit", "Müller", "labels+=vip", "labels+=north", "notes=One")
    try changeElsewhere("Müller", "billing_address.city=Bonn")
    session.write("edit Müller labels-=vip notes+=Two billing_address.country=DE\n")
    _ = try session.line(containing: "Two")
    session.write("edit Müller labels=south\n")
    _ = try session.line(containing: "south")
    session.closeInput()
    let result = try session.result()
    #expect(result.code == 0)
    #expect(result.errors.contains("labels had changed since it was shown"))
    #expect(!result.errors.contains("notes"))
    let shown = try nodes.kith("rep", "show", "Müller").output
    for text in ["north", "south", "One", "Two", "Bonn", "DE"] { #expect(shown.contains(text)) }
    #expect(!shown.contains("vip"))
    #expect(try nodes.conflicts("rep").isEmpty)
    try nodes.stop(office)
  }

  @Test("a record that was shown while it was deleted is edited once somebody has restored it")
  func restoredElsewhere() throws {
    try nodes.kith("office", "delete", "Müller")
    try nodes.sync("rep")
    let id = try nodes.kith("office", "list", "accounts", "where", "deleted", "--format", "ids")
      .output
      .trimmingCharacters(in: .newlines)
    let session = try nodes.start("rep")
    session.write("show \(id)\n")
    _ = try session.line(containing: "first.example")
    try nodes.kith("office", "restore", id)
    try nodes.sync("rep")
    session.write("edit \(id) website=rep.example\n")
    _ = try session.line(containing: "rep.example")
    session.closeInput()
    #expect(try session.result().code == 0)
    try nodes.stop(office)
  }

  @Test("a join in the session forgets the rows and records of the workspace before")
  func joinedInSession() throws {
    let code = try nodes.invite("home", by: "office", at: try office.listeningAddress())
    let terminal = try nodes.prompt("home")
    try terminal.wait(for: "Made a personal workspace")
    try terminal.wait(for: "> ")
    // Every workspace begins with the same stages, under the same ids.
    try terminal.type("list stages\r")
    try terminal.wait(for: " stages")
    try terminal.type("join \(code) --node home --user Tom\r")
    try terminal.wait(for: "in three words")
    try terminal.type("show @1\r")
    try terminal.wait(for: "There is no record")
    try terminal.wait(for: "home")
    try terminal.wait(for: "> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    try nodes.stop(office)
  }

  @Test("a bulk edit that was confirmed after a sync is of what its preview had shown")
  func preview() throws {
    let terminal = try nodes.prompt("rep")
    try terminal.wait(for: "rep> ")
    try terminal.type("edit (accounts where name = \"Müller\") website=rep.example\r")
    try terminal.wait(for: "Apply to 1?")
    try changeElsewhere("Müller", "website=office.example")
    try terminal.type("y\r")
    try terminal.wait(for: "website had changed since it was shown")
    try terminal.wait(for: "rep ↑1")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    try expectOneConflict(about: "website", "office.example", "rep.example")
  }

  @Test("a deletion that was confirmed after a sync leaves the edit it did not know listed")
  func deletion() throws {
    let terminal = try nodes.prompt("rep")
    try terminal.wait(for: "rep> ")
    try terminal.type("delete Weber\r")
    try terminal.wait(for: "Delete ")
    try terminal.wait(for: "[n]o > ")
    try changeElsewhere("Weber", "website=office.example")
    try terminal.type("y\r")
    try terminal.wait(for: "Weber had changed since it was shown")
    try terminal.wait(for: "rep ↑1")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    try expectOneConflict(about: "Weber")
  }
}
