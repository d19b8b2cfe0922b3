import Foundation
import TestSupport
import Testing

/// Several processes on one store: a server, commands, imports.
@Suite("Two processes on one file")
struct SharedFileTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    try nodes.kith("office", "new", "account", "name=Müller", "website=first.example")
  }

  /// Looks again and again until a node shows a text of the account, for a bounded time.
  private func wait(for text: String, on node: String) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      let shown = try nodes.kith(node, "show", "Müller").output
      if shown.contains(text) { return }
      guard ContinuousClock.now < deadline else {
        throw TestNodes.Failure(description: "\(node) does not show \(text):\n\(shown)")
      }
    }
  }

  @Test("a command's change reaches a live peer through the server beside it, both ways")
  func liveForwarding() throws {
    let office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
    let rep = try nodes.serve("rep")
    _ = try rep.listeningAddress()
    for round in 1...3 {
      try nodes.kith("office", "edit", "Müller", "website=office-\(round).example")
      try wait(for: "office-\(round).example", on: "rep")
      try nodes.kith("rep", "edit", "Müller", "website=rep-\(round).example")
      try wait(for: "rep-\(round).example", on: "office")
    }
    #expect(try nodes.conflicts("office").isEmpty)
    #expect(try nodes.digest("office") == nodes.digest("rep"))
    for server in [rep, office] { try nodes.stop(server) }
    for node in ["office", "rep"] { try nodes.kith(node, "store", "check") }
  }

  @Test("an invitation is for the node it names, and the store that joins is its owner's alone")
  func invitedNode() throws {
    let office = try nodes.serve("office")
    let address = try office.listeningAddress()
    let code = try nodes.invite("rep", by: "office", at: address)
    let refused = try nodes.kith(
      "evil", "join", code, "--node", "office", "--user", "Priya", code: 7)
    #expect(refused.errors.contains("The invitation is for the node rep, not office."))
    try nodes.kith("rep", "join", code, "--node", "rep", "--user", "Lena")
    for path in [nodes.store("office"), nodes.store("rep")] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
    try nodes.stop(office)
  }

  @Test("joining does not take the store away from a prompt that is idle on it")
  func joiningBesideAPrompt() throws {
    let office = try nodes.serve("office")
    let address = try office.listeningAddress()
    try nodes.kith("rep", "init", "rep", "--workspace", "Own", "--user", "Lena")
    let terminal = try nodes.prompt("rep")
    try terminal.wait(for: "press Tab anywhere")
    try terminal.wait(for: "> ")
    let code = try nodes.invite("rep", by: "office", at: address)
    let join = ["join", code, "--node", "rep", "--user", "Lena"]
    #expect(try nodes.kith("rep", join, code: 7).errors.contains("quit it and join again"))
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    // The office has let it in already, so the same code still serves the same key.
    try nodes.kith("rep", join)
    #expect(try nodes.digest("office") == nodes.digest("rep"))
    #expect(try nodes.kith("rep", join, code: 9).errors.contains("has joined a workspace already"))
    try nodes.stop(office)
  }

  @Test("imports and edits of several processes at once all count, each whole")
  func writersAtOnce() throws {
    let office = try nodes.serve("office")
    _ = try office.listeningAddress()
    let imports = try ["North", "South"].map { region in
      let names = (1...2_500).map { "\(region) \($0)\n" }
      let file = try nodes.folder.write("name\n" + names.joined(), to: "\(region).csv")
      return try nodes.start("office", "import", "accounts", file, "--key", "name")
    }
    for round in 1...5 {
      try nodes.kith("office", "edit", "Müller", "website=round-\(round).example")
    }
    for process in imports { #expect(try process.result().code == 0) }
    #expect(try nodes.count("office", "accounts") == 5_001)
    #expect(try nodes.kith("office", "show", "Müller").output.contains("round-5.example"))
    try nodes.kith("office", "store", "check")
    try nodes.stop(office)
  }
}
