import Foundation
import TestSupport
import Testing

/// Processes that are frozen for longer than any limit of a session, and thawed again.
///
/// Each waits out a limit of half a minute, on a thread of its own beside all other tests.
@Suite("Frozen peers")
struct FrozenPeerTests {
  private let nodes: TestNodes

  init() throws { nodes = try TestNodes() }

  @Test("a live session with a frozen peer ends and says why; others are served meanwhile")
  func frozenSession() async throws {
    try await onOwnThread {
      try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
      let office = try nodes.serve("office")
      let address = try office.listeningAddress()
      for (node, user) in [("rep", "Lena"), ("other", "Tom")] {
        try nodes.join(node, user: user, invitedBy: "office", at: address)
      }
      let rep = try nodes.serve("rep")
      _ = try rep.listeningAddress()
      try nodes.kith("office", "new", "account", "name=Before")
      try nodes.wait { try nodes.count("rep", "accounts") == 1 }

      rep.send(.stop)
      let start = ContinuousClock.now
      // What it cannot take waits for it, and holds up nobody else.
      try nodes.kith("office", "new", "account", "name=Meanwhile")
      try nodes.kith("other", "new", "account", "name=Elsewhere")
      #expect(try nodes.sync("other").allSatisfy(\.inSync))
      let line = try office.logLine(containing: "time limit")
      print("frozen peer: \(ContinuousClock.now - start)")
      #expect(line.contains("warning"))
      #expect(line.contains("rep ("))
      #expect(line.hasSuffix("No message came within the time limit."))
      try nodes.kith("other", "new", "account", "name=Afterwards")
      #expect(try nodes.sync("other").allSatisfy(\.inSync))

      rep.send(.resume)
      try nodes.wait { try nodes.count("rep", "accounts") == 4 }
      try nodes.kith("rep", "new", "account", "name=Thawed")
      try nodes.wait { try nodes.count("office", "accounts") == 5 }
      #expect(try nodes.digest("office") == nodes.digest("rep"))
      for server in [rep, office] { try nodes.stop(server) }
      for node in ["office", "rep"] { try nodes.kith(node, "store", "check") }
    }
  }

  @Test("a sync with a frozen server gives up in bounded time and says why")
  func frozenServer() async throws {
    try await onOwnThread {
      try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
      let office = try nodes.serve("office")
      try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
      try nodes.kith("rep", "new", "account", "name=Kept")
      office.send(.stop)
      let failed = try nodes.kith("rep", "sync", code: 7)
      #expect(failed.errors.contains("office   "), "\(failed.errors)")
      #expect(failed.errors.contains("in time"), "\(failed.errors)")
      office.send(.resume)
      #expect(try nodes.sync("rep").allSatisfy { $0.inSync && $0.sent == 1 })
      #expect(try nodes.digest("office") == nodes.digest("rep"))
      try nodes.stop(office)
    }
  }
}
