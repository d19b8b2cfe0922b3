import ArgumentParser
import Foundation
import SimulationKit

@main
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs simulated workspaces: many nodes, virtual time, faults drawn from a seed.",
    discussion: "Ends with 1 and the command that replays it when a run finds something.")

  @Option(help: "The scenario to run.")
  var scenario: String?

  @Option(help: "One seed.")
  var seed: UInt64?

  @Option(help: "A range of seeds, such as 1...50.")
  var seeds: SeedRange?

  @Flag(help: "Run every scenario in turn, one a seed.")
  var all = false

  @Flag(help: "Run the seeds that have found something once.")
  var regressions = false

  @Flag(help: "List the scenarios.")
  var list = false

  @Flag(help: "Print every event as it happens; of one seed.")
  var trace = false

  @Flag(help: "Run every seed twice, in two processes, and compare what happened.")
  var twice = false

  @Option(help: "How many processes share the seeds.")
  var jobs = 2

  @Flag(help: .hidden)
  var worker = false

  func run() throws {
    if list {
      for scenario in Scenario.all {
        let name = scenario.name.padding(toLength: 12, withPad: " ", startingAt: 0)
        print(name + scenario.summary)
      }
      return
    }
    if regressions { return try runRegressions() }
    guard all || scenario.flatMap(Scenario.named) != nil else {
      throw ValidationError("Name a scenario with --scenario, or run all with --all; see --list.")
    }
    guard let range = seeds?.range ?? seed.map({ $0...$0 }) else {
      throw ValidationError("Give one seed with --seed, or several with --seeds 1...50.")
    }
    guard jobs > 0 else { throw ValidationError("At least one process has to run.") }
    if worker || trace { return try runHere(range) }
    try runInWorkers(range)
  }

  private func scenario(of seed: UInt64) -> Scenario {
    let named = scenario.flatMap(Scenario.named)
    return named ?? Scenario.all[Int(seed % UInt64(Scenario.all.count))]
  }

  /// Runs seeds in this process: as a worker, or to print what happens.
  private func runHere(_ range: ClosedRange<UInt64>) throws {
    let parent = getppid()
    // A worker whose parent is gone works for nobody.
    for seed in range where getppid() == parent {
      let isTracing = trace
      let report = try SeedReport.run(scenario(of: seed), seed: seed) { event in
        if isTracing { print(event) }
      }
      if worker { try report.writeLine() } else { print(report.text) }
      if report.finding != nil { throw ExitCode.failure }
    }
  }

  private func runRegressions() throws {
    let start = ContinuousClock.now
    var totals = Totals()
    for regression in RegressionSeed.all {
      guard let scenario = Scenario.named(regression.scenario) else {
        throw ValidationError("There is no scenario \(regression.scenario).")
      }
      let report = try SeedReport.run(scenario, seed: regression.seed) { _ in }
      guard report.finding == nil else {
        print(report.text)
        print("It once found: \(regression.found)")
        throw ExitCode.failure
      }
      totals.add(report.totals)
    }
    let time = ContinuousClock.now - start
    print(Summary(totals, runs: RegressionSeed.all.count, time: time).text)
  }

  private func runInWorkers(_ range: ClosedRange<UInt64>) throws {
    let start = ContinuousClock.now
    let arguments = all ? ["--all"] : ["--scenario", scenario ?? ""]
    let workers = try Workers.parts(of: range, count: jobs).flatMap { part in
      try (0..<(twice ? 2 : 1)).map { _ in try Worker(arguments, part) }
    }
    var totals = Totals()
    var digests: [UInt64: String] = [:]
    for report in try Workers(workers).reports() {
      if report.finding != nil {
        print(report.text)
        throw ExitCode.failure
      }
      if let earlier = digests[report.seed] {
        guard earlier == report.digest else {
          print("\(report.scenario), seed \(report.seed): two runs went two ways")
          throw ExitCode.failure
        }
        continue
      }
      digests[report.seed] = report.digest
      totals.add(report.totals)
    }
    print(Summary(totals, runs: digests.count, time: ContinuousClock.now - start).text)
  }
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
