import Foundation
import SimulationKit
import TestSupport

/// What one seed came to, as a worker tells it on one line.
struct SeedReport: Codable {
  let scenario: String
  let seed: UInt64
  let digest: String
  let totals: Totals
  var finding: String?
  var events: [String] = []

  /// Runs one seed in a folder of its own.
  static func run(
    _ scenario: Scenario, seed: UInt64, onEvent: @escaping (String) -> Void
  ) throws -> SeedReport {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent(
        "kith-simulation-\(ProcessInfo.processInfo.processIdentifier)-\(seed)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = Simulation.run(
      scenario, seed: Seed(seed), folder: folder.path, trace: Trace { onEvent(line($0)) })
    return SeedReport(
      scenario: scenario.name, seed: seed, digest: outcome.digest, totals: outcome.totals,
      finding: outcome.finding?.description, events: outcome.events.map(line))
  }

  func writeLine() throws {
    let encoder = JSONEncoder()
    try FileHandle.standardOutput.write(contentsOf: encoder.encode(self) + Data("\n".utf8))
  }

  /// What was found, what went before, and how to see it again.
  var text: String {
    guard let finding else { return "\(scenario), seed \(seed): clean, trace \(digest)" }
    return
      (events + [
        "", "\(scenario), seed \(seed): \(finding)",
        "replay: simulate --scenario \(scenario) --seed \(seed) --trace",
      ]).joined(separator: "\n")
  }
}

/// An event on one line: when, who, what.
private func line(_ event: Trace.Event) -> String {
  let time = Date(timeIntervalSince1970: Double(event.time.milliseconds) / 1_000)
  let stamp = time.formatted(.iso8601.time(includingFractionalSeconds: true))
  let day = time.formatted(.iso8601.year().month().day())
  let node = event.node.padding(toLength: 9, withPad: " ", startingAt: 0)
  return "\(day) \(stamp)  \(node) \(event.text)"
}
