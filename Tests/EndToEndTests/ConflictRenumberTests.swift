import Foundation
import TestSupport
import Testing

/// Numbers that two nodes gave to different records.
@Suite("Numbers used twice", .serialized)
struct ConflictRenumberTests {
  /// An office and a representative's node that each made a product P-220; P-221 is taken.
  private func disagree() throws -> (nodes: TestNodes, server: KithProcess) {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try nodes.kith("office", "new", "product", "Hose", "code=P-221")
    let server = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena Vogt", invitedBy: "office", at: try server.listeningAddress())
    try nodes.kith("office", "new", "product", "Seal", "code=P-220")
    try nodes.kith("rep", "new", "product", "Valve", "code=P-220")
    try nodes.sync("rep")
    return (nodes, server)
  }

  @Test("one side takes the next free number, the log says who and why, and an undo gives it back")
  func renumber() throws {
    let (nodes, server) = try disagree()
    let id = String(try #require(try nodes.conflicts("rep").first))
    #expect(try nodes.conflicts("office") == [id[...]])
    let shown = try nodes.kith("office", "conflict", "show", id).output
    #expect(shown.contains("Seal  P-220") && shown.contains("Valve  P-220"))
    #expect(shown.contains("conflict renumber \(id.prefix(6)) B"))
    let dry = try nodes.kith("office", "conflict", "renumber", id, "lena", "--dry-run").output
    #expect(
      dry.contains("Would resolve \(id.prefix(6)). Valve · code is P-222; P-220 stays with Seal."))
    #expect(dry.contains("kept  the old code, in history"))
    #expect(try nodes.conflicts("office").count == 1)
    let same = try nodes.kith("office", "conflict", "renumber", id, "lena", "P-220", code: 10)
    #expect(same.errors.contains("P-220 is what the records of \(id.prefix(6)) share."))
    let said = try nodes.kith(
      "office", "conflict", "renumber", id, "lena", "because", "the sold one keeps its number"
    ).output
    #expect(said.contains("Resolved \(id.prefix(6)). Valve · code is P-222"))
    try nodes.sync("rep")
    for node in ["office", "rep"] {
      #expect(try nodes.conflicts(node).isEmpty)
      let codes = try nodes.kith(
        node, "list", "products", "sort", "code", "cols", "code, name", "--format", "csv"
      ).output
      #expect(codes.contains("P-220,Seal") && codes.contains("P-222,Valve"))
      let log = try nodes.kith(node, "conflict", "log", "since", "today", "--format", "tsv").output
      #expect(
        log.contains("\tPriya Nair\t\(id.prefix(6))\trenumber lena\tValve · code  P-220 → P-222"))
      #expect(log.contains("\"the sold one keeps its number\""))
    }
    #expect(try nodes.kith("rep", "history", "P-222.code").output.contains("P-220"))
    try nodes.kith("rep", "conflict", "undo", id, "because", "wrong one")
    #expect(try nodes.conflicts("rep") == [id[...]])
    try nodes.kith("rep", "conflict", "renumber", id, "A", "S-1")
    #expect(try nodes.kith("rep", "show", "S-1").output.contains("Seal"))
    try nodes.stop(server)
  }

  @Test("a number that is taken is refused, as is whatever is no conflict of numbers")
  func refusals() throws {
    let (nodes, server) = try disagree()
    let id = String(try #require(try nodes.conflicts("rep").first))
    func refused(_ words: String..., code: Int32 = 10) throws -> String {
      try nodes.kith("rep", ["conflict", "renumber"] + words, code: code).errors
    }
    #expect(try refused(id, "B", "P-221").contains("P-221"))
    #expect(try refused(id, "C", code: 2).contains("no side"))
    #expect(try refused(id, code: 2).contains("a side"))
    #expect(
      try nodes.kith("rep", "conflict", "take", id, "A", code: 10).errors.contains("renumber"))
    #expect(try nodes.conflicts("rep").count == 1)
    try nodes.stop(server)
  }
}
