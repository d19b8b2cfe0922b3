import Foundation
import TestSupport
import Testing

/// What two nodes wrote apart and what then holds no longer: listed with authors, and repaired.
@Suite("Broken constraints", .serialized)
struct ConstraintTests {
  /// An office and a rep's laptop that hold the same; both go on by themselves.
  private final class Pair {
    let nodes: TestNodes

    init(_ setUp: [[String]]) throws {
      nodes = try TestNodes()
      try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
      for words in setUp { try nodes.kith("office", words) }
      let server = try nodes.serve("office")
      try nodes.join(
        "rep", user: "Lena Vogt", invitedBy: "office", at: try server.listeningAddress())
      try nodes.kith("rep", "peer", "add", "office", try server.listeningAddress())
      try nodes.stop(server)
    }

    func meet() throws {
      let server = try nodes.serve("office")
      try nodes.kith("rep", "peer", "add", "office", try server.listeningAddress())
      try nodes.kith("rep", "sync")
      try nodes.stop(server)
    }

    func said(_ node: String, _ words: String..., code: Int32 = 0) throws -> String {
      let result = try nodes.kith(node, words, code: code)
      return result.output + result.errors
    }

    /// The conflicts of a kind, by id, which both nodes list alike.
    func conflicts(_ kind: String) throws -> [String] {
      let lists = try ["office", "rep"].map {
        try said($0, "conflict", "list", "where", "kind", "=", kind, "--format", "tsv")
          .split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "\t" }) }
      }
      #expect(lists[0] == lists[1])
      return lists[0]
    }
  }

  @Test(
    "STG-19: a deal that somebody moved into a stage while it was retired is listed and moved on")
  func retiredStage() throws {
    let pair = try Pair([
      ["stage", "add", "Demo", "after=Prospecting"], ["new", "deal", "Pump", "amount=500"],
    ])
    try pair.nodes.kith("office", "stage", "retire", "Demo", "to", "Engaging", "--yes")
    try pair.nodes.kith("rep", "move", "Pump", "Demo")
    try pair.meet()
    let ids = try pair.conflicts("constraint")
    #expect(ids.count == 1)
    let id = try #require(ids.first)
    let shown = try pair.said("office", "conflict", "show", id)
    #expect(shown.contains("Lena Vogt") && shown.contains("Priya Nair"))
    #expect(shown.contains("Pump is in Demo, which is out of use."))
    #expect(shown.contains("conflict repair \(id) 1  (Pump moves to Engaging)"))
    #expect(shown.contains("conflict repair \(id) 2  (stage Demo is in use again)"))
    #expect(
      try pair.said("office", "conflict", "take", id, "A", code: 10).contains("conflict repair"))
    #expect(
      try pair.said("office", "conflict", "repair", id, code: 10).contains("in 2 ways"))
    #expect(
      try pair.said("office", "conflict", "repair", id, "1", "--dry-run").contains(
        "Would resolve \(id). Pump moves to Engaging."))
    #expect(try pair.conflicts("constraint") == ids)
    try pair.nodes.kith("office", "conflict", "repair", id, "1", "because", "as the others")
    try pair.meet()
    #expect(try pair.conflicts("constraint").isEmpty)
    for node in ["office", "rep"] {
      #expect(try pair.said(node, "show", "Pump").contains("Engaging"))
      #expect(
        try pair.said(node, "count", "stage_visits", "where", "deal", "=", "Pump").hasPrefix("3"))
      #expect(try pair.said(node, "conflict", "log").contains("as the others"))
    }
  }

  @Test("ACC-16: people whom two nodes made each other's superiors are listed, and one is let go")
  func ring() throws {
    let pair = try Pair([
      ["new", "account", "Acme"], ["new", "contact", "Ute Brandt", "account=Acme"],
      ["new", "contact", "Tom Reuter", "account=Acme"],
    ])
    try pair.nodes.kith("office", "edit", "Ute Brandt", "reports_to=Tom Reuter")
    try pair.nodes.kith("rep", "edit", "Tom Reuter", "reports_to=Ute Brandt")
    try pair.meet()
    let id = try #require(try pair.conflicts("constraint").first)
    let shown = try pair.said("rep", "conflict", "show", id)
    #expect(shown.contains("reports_to leads round in a ring: "))
    #expect(shown.contains("Tom Reuter") && shown.contains("Ute Brandt"))
    let json = try pair.said("rep", "conflict", "show", id, "--format", "json")
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect((document?["repairs"] as? [String])?.count == 2)
    try pair.nodes.kith("rep", "conflict", "repair", id, "1")
    try pair.meet()
    #expect(try pair.conflicts("constraint").isEmpty)
  }

  @Test("RPT-45: shares that two nodes brought to more than the whole are listed, and scaled back")
  func shares() throws {
    let pair = try Pair([
      ["new", "user", "Anna Wolf"], ["new", "user", "Ben Kurz"], ["new", "user", "Cleo Marx"],
      ["new", "user", "Dora Lenz"], ["new", "deal", "Pump", "amount=500"],
      ["split", "Pump", "anna=60", "ben=40"],
    ])
    try pair.nodes.kith("office", "split", "Pump", "anna=60", "ben=20", "cleo=20")
    try pair.nodes.kith("rep", "split", "Pump", "anna=60", "ben=20", "dora=20")
    try pair.meet()
    let id = try #require(try pair.conflicts("constraint").first)
    #expect(
      try pair.said("rep", "conflict", "show", id).contains(
        "The shares of Pump come to 120 %, and not to 100 %."))
    try pair.nodes.kith("rep", "conflict", "repair", id)
    try pair.meet()
    #expect(try pair.conflicts("constraint").isEmpty)
    let shares = try pair.said("office", "split", "Pump")
    #expect(shares.contains("50.00%") && shares.components(separatedBy: "16.6").count == 4)
  }

  @Test(
    "a confirmed order whose deal was lost elsewhere is a transition conflict until it is cancelled"
  )
  func order() throws {
    let pair = try Pair([["new", "deal", "Pump", "amount=500"]])
    try pair.nodes.kith("office", "move", "Pump", "Won")
    try pair.nodes.kith("office", "edit", "(orders where deal = Pump)", "status=confirmed", "--yes")
    try pair.nodes.kith("rep", "move", "Pump", "Lost", "close_reason=price")
    try pair.meet()
    #expect(try pair.conflicts("transition").isEmpty)
    let moved = try #require(try pair.conflicts("field").first)
    let side =
      try pair.said("office", "conflict", "show", moved).contains("A  Lost") ? "A" : "B"
    try pair.nodes.kith("office", "conflict", "take", moved, side)
    let id = try #require(
      try pair.said(
        "office", "conflict", "list", "where", "kind", "=", "transition", "--format", "tsv"
      ).split(separator: "\n").dropFirst().first.map { String($0.prefix { $0 != "\t" }) })
    #expect(
      try pair.said("office", "conflict", "show", id).contains("is confirmed, and Pump is not won"))
    try pair.nodes.kith("office", "conflict", "repair", id)
    try pair.meet()
    #expect(try pair.conflicts("transition").isEmpty)
    #expect(try pair.said("rep", "list", "orders").contains("cancelled"))
  }
}
