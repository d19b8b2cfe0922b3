import Foundation
import SimulationKit
import TestSupport
import Testing

@Suite("Scenarios", .serialized)
struct ScenarioTests {
  private func run(_ name: String, seed: UInt64) async throws -> Simulation.Outcome {
    let folder = try TemporaryDirectory()
    let scenario = try #require(Scenario.named(name))
    return await onOwnThread {
      Simulation.run(scenario, seed: Seed(seed), folder: folder.url.path)
    }
  }

  @Test("a seed decides everything that happens")
  func determinism() async throws {
    let first = try await run("quiet", seed: 1)
    let second = try await run("quiet", seed: 1)
    #expect(first.finding == nil)
    #expect(first.digest == second.digest)
    #expect(try await run("quiet", seed: 2).digest != first.digest)
  }

  @Test("nodes are let in while all goes on, and hold what everybody holds")
  func joins() async throws {
    let outcome = try await run("joins", seed: 1)
    #expect(outcome.finding == nil)
    #expect((outcome.totals.faults["join in mid-run"] ?? 0) > 0)
  }

  @Test("members who lie hold nobody up")
  func hostiles() async throws {
    let outcome = try await run("hostile", seed: 1)
    #expect(outcome.finding == nil)
    #expect(outcome.totals.faults.keys.contains { $0.hasPrefix("peer ") })
  }

  @Test("rules that change while people disagree leave every node with the same values")
  func rules() async throws {
    let outcome = try await run("rules", seed: 3)
    #expect(outcome.finding == nil)
    #expect((outcome.totals.faults["change of a rule"] ?? 0) > 0)
  }

  @Test("a node that was away for a year catches up, and it is told what that took")
  func sleeper() async throws {
    let outcome = try await run("sleeper", seed: 1)
    #expect(outcome.finding == nil)
    #expect(outcome.totals.catchUp.nodes == 1)
    #expect(outcome.totals.catchUp.entries > 0)
    #expect(outcome.totals.catchUp.bytes > 0)
  }

  @Test("every seed that has found something names a scenario", arguments: RegressionSeed.all)
  func regressions(regression: RegressionSeed) {
    #expect(Scenario.named(regression.scenario) != nil)
    #expect(!regression.found.isEmpty)
  }
}
