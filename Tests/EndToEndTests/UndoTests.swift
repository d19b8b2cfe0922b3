import Foundation
import TestSupport
import Testing

/// What was undone on one node, and what another did meanwhile.
@Suite("Undone and synced")
struct UndoTests {
  private let nodes: TestNodes
  private let office: KithProcess

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Tom")
    try nodes.kith("office", "new", "account", "Müller", "website=first.example")
    for name in ["Anke", "Sven", "Ute"] {
      try nodes.kith("office", "new", "contact", name, "account=Müller")
    }
    office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
  }

  private func ids(_ node: String, _ words: String...) throws -> [String] {
    try nodes.kith(node, ["ops", "--format", "ids"] + words).output.split(separator: "\n")
      .map(String.init)
  }

  @Test("undo and redo print old and new, and reach the node that has the operation already")
  func undoAndRedo() throws {
    try nodes.kith("rep", "edit", "Müller", "website=rep.example")
    try nodes.sync("rep")
    let id = try #require(try ids("rep", "by", "Lena").first)
    #expect(try ids("office", "by", "Lena").first == id)

    let undone = try nodes.kith("rep", "undo")
    #expect(undone.output.contains("website  rep.example → first.example"))
    #expect(undone.errors.contains("had already reached office; the undo will reach it"))
    try nodes.sync("rep")
    #expect(try nodes.kith("office", "show", "Müller").output.contains("first.example"))
    #expect(try nodes.kith("office", "ops").output.contains("undone by z"))
    let again = try nodes.kith("office", "undo", id, code: 10)
    #expect(again.errors.contains("was taken back already, by z"))

    let redone = try nodes.kith("rep", "redo")
    #expect(redone.output.contains("website  first.example → rep.example"))
    try nodes.sync("rep")
    #expect(try nodes.kith("office", "show", "Müller").output.contains("rep.example"))
    #expect(try nodes.digest("office") == nodes.digest("rep"))
    #expect(try nodes.conflicts("rep").isEmpty)
    try nodes.stop(office)
  }

  @Test("a value that somebody has changed since stays, and the undo says who changed it when")
  func laterForeignEdit() throws {
    try nodes.kith("rep", "edit", "Müller", "website=rep.example", "country=Peru")
    try nodes.sync("rep")
    try nodes.kith("office", "edit", "Müller", "website=office.example")
    try nodes.sync("rep")
    let undone = try nodes.kith("rep", "undo")
    #expect(undone.output.contains("country  Peru → (empty)"))
    #expect(
      undone.errors.contains(
        /Müller kept as is: Tom set website to office\.example at \d\d:\d\d, after you changed it/))
    let shown = try nodes.kith("rep", "show", "Müller").output
    #expect(shown.contains("office.example"))
    #expect(!shown.contains("Peru"))

    let all = try nodes.kith("office", "undo", try #require(try ids("office", "by", "Tom").first))
    #expect(all.output.contains("website  office.example → rep.example"))
    try nodes.stop(office)
  }

  @Test("of a bulk change what somebody took out again is left, and told")
  func bulk() throws {
    let filter = "(contacts where account = Müller)"
    try nodes.kith("rep", "edit", filter, "labels+=spring-fair", "--yes")
    let id = try #require(try ids("rep").first)
    try nodes.sync("rep")
    try nodes.kith("office", "edit", "Ute", "labels-=spring-fair")
    try nodes.sync("rep")
    let asked = try nodes.kith("rep", "undo", id, code: 5)
    #expect(asked.errors.contains("Would undo"))
    #expect(asked.errors.contains("Say yes with: undo \(id) --yes"))
    #expect(try nodes.kith("rep", "undo", id, "--dry-run").output.isEmpty)
    #expect(try nodes.count("rep", "contacts", "where", "labels has spring-fair") == 2)
    let undone = try nodes.kith("rep", "undo", id, "--yes")
    #expect(undone.output.contains(/Undone z\w+: labels on 2 of 3 contacts\./))
    #expect(
      undone.errors.contains(
        /Ute kept as is: Tom removed spring-fair at \d\d:\d\d, after you added it/))
    #expect(try nodes.count("rep", "contacts", "where", "labels has spring-fair") == 0)
    try nodes.sync("rep")
    #expect(try nodes.count("office", "contacts", "where", "labels has spring-fair") == 0)
    #expect(try nodes.digest("office") == nodes.digest("rep"))
    try nodes.stop(office)
  }

  @Test("another's operation is undone by its id; who may act is never undone")
  func others() throws {
    let deletion = try nodes.kith("office", "delete", "Sven", "--yes")
    #expect(deletion.output.contains("Deleted"))
    try nodes.sync("rep")
    let id = try #require(try ids("rep", "by", "office").first)
    let undone = try nodes.kith("rep", "undo", id)
    #expect(undone.output.contains(/Undone z\w+: c\w+ Sven restored\./))
    #expect(undone.errors.contains("already reached office"))
    #expect(try nodes.count("rep", "contacts") == 3)
    let founding = try #require(try ids("office").last)
    let refused = try nodes.kith("office", "undo", founding, code: 10)
    #expect(refused.errors.contains("changed who may act, which no undo does"))
    try nodes.stop(office)
  }
}
