import ArgumentParser
import Foundation
import SimulationKit
import TestSupport

@main
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs simulated workspaces: many nodes, virtual time, faults drawn from a seed.")

  @Option(help: "The scenario to run.")
  var scenario: String?

  @Option(help: "One seed.")
  var seed: UInt64?

  @Option(help: "A range of seeds, such as 1...50.")
  var seeds: SeedRange?

  @Flag(help: "Run every scenario in turn, one a seed.")
  var all = false

  @Flag(help: "List the scenarios.")
  var list = false

  @Flag(help: "Print every event as it happens.")
  var trace = false

  @Flag(help: "Print the digest of each run's trace.")
  var digests = false

  mutating func run() throws {
    if list {
      for scenario in Scenario.all {
        print(
          "\(scenario.name.padding(toLength: 12, withPad: " ", startingAt: 0))\(scenario.summary)")
      }
      return
    }
    let range = seeds?.range ?? (seed.map { $0...$0 } ?? 1...1)
    var totals = Totals()
    let start = ContinuousClock.now
    for value in range {
      let scenario = try scenario(of: value)
      let outcome = try run(scenario, seed: value)
      totals.add(outcome.totals)
      if digests { print("\(scenario.name) \(value) \(outcome.digest)") }
      if let finding = outcome.finding {
        report(finding, of: outcome, scenario: scenario, seed: value)
        throw ExitCode(1)
      }
    }
    print(Summary(totals, runs: range.count, time: ContinuousClock.now - start).text)
  }

  private func scenario(of seed: UInt64) throws -> Scenario {
    if all { return Scenario.all[Int(seed % UInt64(Scenario.all.count))] }
    guard let name = scenario, let found = Scenario.named(name) else {
      throw ValidationError("Name a scenario with --scenario, or run all with --all; see --list.")
    }
    return found
  }

  private func run(_ scenario: Scenario, seed: UInt64) throws -> Simulation.Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-simulation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let isTracing = trace
    let trace = Trace { event in
      if isTracing { print(line(event)) }
    }
    return Simulation.run(scenario, seed: Seed(seed), folder: folder.path, trace: trace)
  }

  private func report(
    _ finding: Finding, of outcome: Simulation.Outcome, scenario: Scenario, seed: UInt64
  ) {
    for event in outcome.events { print(line(event)) }
    print("")
    print("\(scenario.name), seed \(seed): \(finding)")
    print("replay: simulate --scenario \(scenario.name) --seed \(seed) --trace")
  }
}

/// An event on one line: when, who, what.
private func line(_ event: Trace.Event) -> String {
  let time = Date(timeIntervalSince1970: Double(event.time.milliseconds) / 1_000)
  let stamp = time.formatted(.iso8601.time(includingFractionalSeconds: true))
  let day = time.formatted(.iso8601.year().month().day())
  return
    "\(day) \(stamp)  \(event.node.padding(toLength: 8, withPad: " ", startingAt: 0))  \(event.text)"
}

/// `A...B`.
struct SeedRange: ExpressibleByArgument {
  let range: ClosedRange<UInt64>

  init?(argument: String) {
    let parts = argument.components(separatedBy: "...")
    guard parts.count == 2, let first = UInt64(parts[0]), let last = UInt64(parts[1]),
      first <= last
    else { return nil }
    range = first...last
  }
}
