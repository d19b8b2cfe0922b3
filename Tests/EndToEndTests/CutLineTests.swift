import Foundation
import TestSupport
import Testing

/// A line between two nodes that is slow, and breaks at any byte.
@Suite("Cuts and delays")
struct CutLineTests {
  private static let cuts = 300
  private static let importedPerNode = 300

  private let nodes: TestNodes

  init() throws { nodes = try TestNodes() }

  @Test("several hundred cuts at any byte lose nothing; both sides come to one state")
  func cuts() async throws {
    try await onOwnThread {
      try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
      let office = try nodes.serve("office")
      let address = try office.listeningAddress()
      let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
      let proxy = try CuttingProxy.start(toPort: port, seed: 1)
      try nodes.join("rep", user: "Lena", invitedBy: "office", at: address)
      try nodes.kith("rep", "peer", "add", "office", proxy.address)
      try importAccounts()

      // One session for all exchanges, and one that goes on writing on the other side.
      let rep = try nodes.prompt("rep")
      try rep.wait(for: "> ")
      let writer = try nodes.start("office")
      var random = SplitMix64(seed: 2)
      var round = 0
      while proxy.tally.cuts < Self.cuts, round < 2 * Self.cuts {
        round += 1
        writer.write("new account \"name=office round \(round)\" notes=\(letters(&random))\n")
        for command in ["new account \"name=rep round \(round)\"", "sync", "sync", "sync"] {
          try rep.type("\(command)\r")
          try rep.wait(for: command == "sync" ? "office   " : "Added ")
          try rep.wait(for: "> ")
        }
      }
      writer.closeInput()
      #expect(try writer.result().code == 0)
      proxy.stopCutting()
      try rep.type("\u{4}")
      #expect(try rep.result().code == 0)
      try #require(try nodes.sync("rep").allSatisfy(\.inSync))

      let tally = proxy.tally
      print(
        """
        cut line: \(tally.connections) connections, \(tally.cuts) cuts, \(tally.cutsInHandshake) of \
        them in the handshake, \(tally.bytes) bytes
        """)
      #expect(tally.cuts >= Self.cuts)
      #expect(tally.cutsInHandshake > Self.cuts / 10)
      #expect(tally.cuts - tally.cutsInHandshake > Self.cuts / 10)
      #expect(try nodes.digest("office") == nodes.digest("rep"))
      for node in ["office", "rep"] {
        #expect(try nodes.count(node, "accounts") == 2 * (Self.importedPerNode + round))
        try nodes.kith(node, "store", "check")
      }
      try nodes.stop(office)
    }
  }

  /// Text that no compression makes short, so that many a cut falls in it.
  private func letters(_ random: inout SplitMix64) -> String {
    String((0..<6_000).map { _ in random.choice(Array("abcdefghijklmnopqrstuvwxyz012345")) })
  }

  /// Gives both sides something that takes more than one message to send.
  private func importAccounts() throws {
    for node in ["office", "rep"] {
      let names = (1...Self.importedPerNode).map { "\(node) imported \($0)\n" }
      let file = try nodes.folder.write("name\n" + names.joined(), to: "\(node).csv")
      _ = try nodes.importFile(file, as: "accounts", on: node)
    }
  }
}
