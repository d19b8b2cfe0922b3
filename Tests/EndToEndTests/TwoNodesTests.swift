import Foundation
import TestSupport
import Testing

/// Real `kith` processes on loopback: real files, real TLS.
@Suite("Nodes as processes", .serialized)
struct TwoNodesTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func kith(
    _ node: String, _ arguments: String..., code: Int32 = 0
  ) throws -> KithProcess.Result {
    let result = try KithProcess.run(["--store", folder.path("\(node).sqlite")] + arguments)
    #expect(result.code == code, "\(arguments): \(result.errors)")
    return result
  }

  private func serve(_ node: String) throws -> KithProcess {
    try KithProcess([
      "--store", folder.path("\(node).sqlite"), "serve", "--listen", "127.0.0.1:0",
    ])
  }

  private func join(_ node: String, user: String, at address: String) throws {
    let invited = try kith(
      "office", "peer", "invite", node, "--role", "representative", "--address", address)
    let code = try #require(invited.output.split(separator: "\n").last.map(String.init))
    _ = try kith(node, "join", code, "--node", node, "--user", user)
  }

  @Test("two nodes meet over TLS, a conflict shows on both and settles on both")
  func conflict() throws {
    _ = try kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    _ = try kith("office", "new", "account", "name=Müller")
    let office = try serve("office")
    try join("rep", user: "Lena", at: try office.listeningAddress())
    _ = try kith("office", "edit", "Müller", "website=office.example")
    _ = try kith("rep", "edit", "Müller", "website=rep.example")
    _ = try kith("rep", "sync")
    let lists = try ["office", "rep"].map {
      try kith($0, "conflict", "list", "--format", "ids").output
    }
    #expect(lists[0] == lists[1])
    let id = try #require(lists[0].split(separator: "\n").first.map(String.init))
    _ = try kith("rep", "conflict", "take", id, "A", "because", "asked them")
    _ = try kith("rep", "sync")
    #expect(try kith("office", "conflict", "list", "--format", "ids").output.isEmpty)
    #expect(
      try kith("office", "store", "digest").output == kith("rep", "store", "digest").output)
    _ = try kith("office", "store", "check")
    office.send(.terminate)
    #expect(try office.result().code == 0)
  }

  @Test("an invitation works once")
  func usedInvitation() throws {
    _ = try kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    let office = try serve("office")
    let address = try office.listeningAddress()
    let invited = try kith(
      "office", "peer", "invite", "rep", "--role", "representative", "--address", address)
    let code = try #require(invited.output.split(separator: "\n").last.map(String.init))
    _ = try kith("rep", "join", code, "--node", "rep", "--user", "Lena")
    _ = try kith("thief", "join", code, "--node", "thief", "--user", "Thief", code: 7)
    #expect(!FileManager.default.fileExists(atPath: folder.path("thief.sqlite")))
    office.send(.terminate)
    #expect(try office.result().code == 0)
  }
}
