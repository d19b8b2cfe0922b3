import Foundation
import TestSupport
import Testing

/// A machine whose clock is set back and forth while its node serves.
@Suite(
  "A clock that steps", .enabled(if: FakeClock.library != nil, .init(rawValue: FakeClock.absence)))
struct SteppingClockTests {
  private static let steps = ["+40d", "-400d", "+3652d", "-1h", "+0", "-60"]

  private let nodes: TestNodes
  private let clockFile: String
  private let clock: FakeClock

  init() throws {
    nodes = try TestNodes()
    clockFile = try nodes.folder.write("+0\n", to: "clock")
    clock = try #require(FakeClock(file: clockFile))
  }

  @Test("a live session outlives every step, changes go both ways, and no command fails")
  func steps() async throws {
    try await onOwnThread {
      try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
      try nodes.kith("office", "new", "account", "name=Müller")
      let office = try clock.start("serve --listen 127.0.0.1:0", store: nodes.store("office"))
      let address = try office.listeningAddress()
      try nodes.join("rep", user: "Lena", invitedBy: "office", at: address)
      let rep = try nodes.serve("rep")
      _ = try rep.listeningAddress()
      var expected = 1
      for step in ["+0"] + Self.steps {
        try "\(step)\n".write(toFile: clockFile, atomically: true, encoding: .utf8)
        // Longer than a keep-alive, so that deadlines set before the step come due after it.
        if step == Self.steps[0] { Thread.sleep(forTimeInterval: 12) }
        // By the stepping clock, and by the other machine's.
        _ = try clock.kith(
          "new account \"name=office \(step)\"; status; store digest", store: nodes.store("office"))
        try nodes.kith("rep", "new", "account", "name=rep \(step)")
        expected += 2
        for node in ["office", "rep"] {
          try nodes.wait { try nodes.count(node, "accounts") == expected }
        }
        #expect(try nodes.sync("rep").allSatisfy(\.inSync))
      }
      // The sessions that have ended are those of the commands.
      #expect(!rep.soFar.errors.contains("sent"), "\(rep.soFar.errors)")
      #expect(try nodes.digest("office") == nodes.digest("rep"))
      for server in [rep, office] { try nodes.stop(server) }
      for node in ["office", "rep"] { try nodes.kith(node, "store", "check") }
    }
  }
}
