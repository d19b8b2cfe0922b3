import Foundation
import SimulationKit

/// Looks for one bug among seeds.
struct BugSearch {
  /// Where a bug was found.
  struct Success {
    let seeds: Int
    let checker: String
  }

  let program: URL
  let bug: PlantedBug
  let trial: Int
  let seedsMax: Int

  /// Runs seeds until one finds something; `nil` if none does.
  func run() throws -> Success? {
    let first = 1 + trial * seedsMax
    let process = Process()
    let output = Pipe()
    process.executableURL = program
    let scenarios = bug.scenario.map { ["--scenario", $0] } ?? ["--all"]
    process.arguments =
      scenarios + ["--jobs", "1", "--seeds", "\(first)...\(first + seedsMax - 1)"]
    process.environment = ProcessInfo.processInfo.environment.merging(
      [PlantedSources.variable: "\(bug.number)"]
    ) { $1 }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus != 0,
      let match = text.firstMatch(of: #/, seed (\d+): (\w+): /#), let seed = Int(match.1)
    else { return nil }
    return Success(seeds: seed - first + 1, checker: String(match.2))
  }
}
