import Foundation
import TestSupport
import Testing

/// Real `kith` processes on loopback: real files, real TLS.
@Suite("Nodes as processes", .serialized)
struct TwoNodesTests {
  private let nodes: TestNodes

  init() throws { nodes = try TestNodes() }

  @Test("two nodes meet over TLS, a conflict shows on both and settles on both")
  func conflict() throws {
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    try nodes.kith("office", "new", "account", "name=Müller")
    let office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
    try nodes.kith("office", "edit", "Müller", "website=office.example")
    try nodes.kith("rep", "edit", "Müller", "website=rep.example")
    try nodes.kith("rep", "sync")
    let lists = try ["office", "rep"].map(nodes.conflicts)
    #expect(lists[0] == lists[1])
    let id = String(try #require(lists[0].first))
    try nodes.kith("rep", "conflict", "take", id, "A", "because", "asked them")
    try nodes.kith("rep", "sync")
    #expect(try nodes.conflicts("office").isEmpty)
    #expect(try nodes.digest("office") == nodes.digest("rep"))
    try nodes.kith("office", "store", "check")
    try nodes.stop(office)
  }

  @Test("a label that is added again stays, though another node took it out unseen")
  func addedAgain() throws {
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    try nodes.kith("office", "new", "account", "Müller", "labels+=vip")
    let office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
    try nodes.kith("office", "edit", "Müller", "labels-=vip")
    let added = try nodes.kith("rep", "edit", "Müller", "labels+=vip")
    #expect(added.output.contains("vip was already there"))
    try nodes.kith("rep", "sync")
    for node in ["office", "rep"] {
      #expect(try nodes.count(node, "accounts", "where", "labels has vip") == 1)
    }
    try nodes.stop(office)
  }

  @Test("an invitation works once")
  func usedInvitation() throws {
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    let office = try nodes.serve("office")
    let code = try nodes.invite("rep", by: "office", at: try office.listeningAddress())
    try nodes.kith("rep", "join", code, "--node", "rep", "--user", "Lena")
    try nodes.kith("thief", "join", code, "--node", "thief", "--user", "Thief", code: 7)
    #expect(!FileManager.default.fileExists(atPath: nodes.store("thief")))
    try nodes.stop(office)
  }

  @Test("a server ends in good order", arguments: [KithProcess.Signal.interrupt, .terminate])
  func endingServer(signal: KithProcess.Signal) throws {
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    let office = try nodes.serve("office")
    _ = try office.listeningAddress()
    office.send(signal)
    #expect(try office.result().code == 0)
    try nodes.kith("office", "store", "check")
  }
}
