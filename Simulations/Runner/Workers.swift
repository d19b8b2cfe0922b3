import Foundation
import SimulationKit

/// A process that runs some of the seeds and tells of each on a line of a file.
struct Worker {
  let seeds: ClosedRange<UInt64>
  let process = Process()
  private let file: URL

  init(_ arguments: [String], _ seeds: ClosedRange<UInt64>) throws {
    self.seeds = seeds
    file = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-simulation-\(UUID().uuidString).jsonl")
    try Data().write(to: file)
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments =
      arguments + ["--worker", "--seeds", "\(seeds.lowerBound)...\(seeds.upperBound)"]
    process.standardOutput = try FileHandle(forWritingTo: file)
    try process.run()
  }

  /// What it has told, once it has ended; of one that died, the seed that it died of.
  func reports(wasStopped: Bool) throws -> [SeedReport] {
    let text = try Data(contentsOf: file)
    try FileManager.default.removeItem(at: file)
    var reports = text.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(SeedReport.self, from: $0)
    }
    let next = reports.last.map { $0.seed + 1 } ?? seeds.lowerBound
    if !wasStopped, reports.last?.finding == nil, next <= seeds.upperBound {
      reports.append(
        SeedReport(
          scenario: "(of its turn)", seed: next, digest: "", totals: Totals(),
          finding: "failure: the process died (\(process.terminationStatus))"))
    }
    return reports
  }
}

/// Processes that share the seeds.
struct Workers {
  private let workers: [Worker]

  init(_ workers: [Worker]) { self.workers = workers }

  /// Cuts a range into parts of about the same length.
  static func parts(of range: ClosedRange<UInt64>, count: Int) -> [ClosedRange<UInt64>] {
    let length = (UInt64(range.count) + UInt64(count) - 1) / UInt64(count)
    return stride(from: range.lowerBound, through: range.upperBound, by: Int(length)).map {
      $0...min(range.upperBound, $0 + length - 1)
    }
  }

  /// Every report, worker by worker, when all have ended; the first that finds something ends the
  /// others.
  func reports() throws -> [SeedReport] {
    var stopped: Set<Int> = []
    while workers.contains(where: \.process.isRunning) {
      let hasFound = workers.contains { !$0.process.isRunning && $0.process.terminationStatus != 0 }
      for (index, worker) in workers.enumerated() where hasFound && worker.process.isRunning {
        stopped.insert(index)
        worker.process.terminate()
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return try workers.enumerated().flatMap { try $1.reports(wasStopped: stopped.contains($0)) }
  }
}
