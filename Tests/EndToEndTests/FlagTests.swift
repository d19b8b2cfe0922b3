import Foundation
import TestSupport
import Testing

/// Filters by what no field holds: who changed or made a record and when, and which node has it.
@Suite("Flags")
struct FlagTests {
  private let nodes: TestNodes
  private let office: KithProcess

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Tom")
    for name in ["Acker", "Bauer", "Conrad"] {
      try nodes.kith("office", "new", "account", name)
    }
    office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
  }

  /// The names of the accounts that a filter lets through.
  private func names(_ filter: String, on node: String = "rep") throws -> [String] {
    try nodes.kith(node, "list", "accounts", "cols", "name", "where", filter).output
      .split(separator: "\n").dropFirst().map {
        $0.split(separator: "\t").last.map(String.init) ?? ""
      }
  }

  @Test("unsynced is what no peer has confirmed, deletions too, and nothing of it after a sync")
  func unsynced() throws {
    #expect(try names("unsynced").isEmpty)
    try nodes.kith("rep", "edit", "Bauer", "website=b.example")
    try nodes.kith("rep", "new", "account", "Dorn")
    try nodes.kith("rep", "delete", "Conrad", "--yes")
    #expect(try names("unsynced") == ["Bauer", "Dorn"])
    #expect(try names("unsynced and deleted") == ["Conrad"])
    #expect(try nodes.count("rep", "accounts", "where", "unsynced") == 2)
    try nodes.sync("rep")
    #expect(try names("unsynced").isEmpty)
    #expect(try names("unsynced and deleted").isEmpty)
    try nodes.stop(office)
  }

  @Test("not seen by a node is what it has not confirmed, whoever wrote it")
  func seen() throws {
    #expect(try names("seen by office") == ["Acker", "Bauer", "Conrad"])
    try nodes.kith("rep", "edit", "Bauer", "website=b.example")
    #expect(try names("not seen by office") == ["Bauer"])
    #expect(try names("not seen by rep").isEmpty)
    try nodes.kith("office", "edit", "Acker", "website=a.example")
    #expect(try names("not seen by rep", on: "office") == ["Acker"])
    try nodes.sync("rep")
    #expect(try names("not seen by office").isEmpty)
    #expect(try names("not seen by rep", on: "office").isEmpty)
    let refused = try nodes.kith("rep", "list", "accounts", "where", "seen by nowhere", code: 3)
    #expect(refused.errors.contains("no user and no node “nowhere”"))
    try nodes.stop(office)
  }

  @Test("changed, created and deleted say by whom, on which node and since when")
  func acts() throws {
    try nodes.kith("rep", "edit", "Bauer", "website=b.example")
    try nodes.kith("rep", "new", "account", "Dorn")
    try nodes.kith("rep", "delete", "Conrad", "--yes")
    try nodes.sync("rep")
    for node in ["office", "rep"] {
      #expect(try names("changed by Lena", on: node) == ["Bauer", "Dorn"])
      #expect(try names("changed by rep since today", on: node) == ["Bauer", "Dorn"])
      #expect(try names("changed by Tom", on: node) == ["Acker", "Bauer"])
      #expect(try names("created by Lena", on: node) == ["Dorn"])
      #expect(try names("created by office", on: node) == ["Acker", "Bauer"])
      #expect(try names("changed since tomorrow", on: node).isEmpty)
      #expect(try names("not created since tomorrow", on: node).count == 3)
      #expect(try names("deleted by Lena since today", on: node) == ["Conrad"])
      #expect(try names("deleted by Tom", on: node).isEmpty)
    }
    let told = try nodes.kith("rep", "count", "accounts", "where", "changed since today")
    #expect(told.errors.contains("changed since today 00:00 (today)"))
    try nodes.kith("rep", "list", "accounts", "where", "changed", code: 2)
    let exported = try nodes.kith("rep", "export", "accounts", "-", "where", "created by Lena")
    #expect(exported.output.contains("Dorn") && !exported.output.contains("Acker"))
    try nodes.stop(office)
  }

  @Test(
    "stale is what nobody has touched for 90 days, nor met, called or planned anything about",
    .enabled(if: FakeClock.library != nil, .init(rawValue: FakeClock.absence)))
  func stale() throws {
    #expect(try names("stale").isEmpty)
    let later = try #require(FakeClock(days: 120))
    let store = nodes.store("rep")
    _ = try later.kith("edit Bauer website=b.example", store: store)
    _ = try later.kith("new call subject=Hello account=Conrad", store: store)
    let stale = try later.kith("list accounts where stale cols name", store: store)
    #expect(stale.contains("Acker"))
    #expect(!stale.contains("Bauer") && !stale.contains("Conrad"))
    try nodes.stop(office)
  }

  @Test("mine is what I own or am to do")
  func mine() throws {
    #expect(try names("mine", on: "rep").isEmpty)
    #expect(try names("mine", on: "office").count == 3)
    try nodes.kith("office", "new", "task", "Call back", "assignees=Lena")
    try nodes.sync("rep")
    #expect(try nodes.count("rep", "tasks", "where", "mine") == 1)
    try nodes.stop(office)
  }
}
