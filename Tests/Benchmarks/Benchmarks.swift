import CRDTCore
import Foundation
import TestSupport

/// Measures the budgets of docs/performance.md and prints a line for each.
///
/// `benchmarks [ROWS [ROUNDS]]`; 100,000 rows and 3 rounds unless told. `benchmarks company [ACCOUNTS]`
/// measures commands on a whole company instead, of 200,000 accounts unless told. Exits 1 if one is over budget.
@main
struct Benchmarks {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let count = arguments.first ?? 100_000
    let rounds = arguments.dropFirst().first ?? 3
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kith-benchmarks-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var isWithinBudget = true
    func report(_ measurement: Measurement) {
      print(measurement.line)
      isWithinBudget = isWithinBudget && measurement.isWithinBudget
    }
    if CommandLine.arguments.dropFirst().first == "company" {
      let today = CivilDate(days: Int32(Date().timeIntervalSince1970 / 86_400))
      let company = SampleCompany(accounts: arguments.first ?? 200_000, today: today)
      try CompanyBenchmark(folder: folder, company: company).run(report)
      if !isWithinBudget { exit(1) }
      return
    }
    try StoreBenchmarks(folder: folder, count: count, rounds: rounds).run(report)
    report(try await LatencyBenchmark(folder: folder).run())
    if !isWithinBudget { exit(1) }
  }
}
