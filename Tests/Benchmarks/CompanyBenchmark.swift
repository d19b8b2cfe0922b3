import CRDTCore
import Foundation
import TestSupport

/// What people wait for on the records of a whole company: each command of the program as they run it, start
/// included, and a fresh node that takes everything in.
struct CompanyBenchmark {
  let folder: URL
  let company: SampleCompany
  private let rounds = 3

  /// A command that came to nothing.
  private struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// From a prompt's point of view: an answer, or a figure over everything.
  private enum Patience: Double {
    case answer = 300
    case figure = 2_000
  }

  private var store: String { folder.appendingPathComponent("company.sqlite").path }

  func run(_ report: (Measurement) -> Void) throws {
    try fill()
    for (words, patience) in commands() { report(try measure(words, patience)) }
    for measurement in try join() { report(measurement) }
  }

  @discardableResult
  private func kith(_ words: [String], within timeout: Duration = .seconds(3_600)) throws
    -> KithProcess.Result
  {
    let result = try KithProcess(["--store", store] + words).result(within: timeout)
    guard result.code == 0 else {
      throw Failed(description: "kith \(words.joined(separator: " ")): \(result.errors)")
    }
    return result
  }

  /// Imports the company's tables, as an office does that comes from another program.
  private func fill() throws {
    try kith(["init", "office", "--workspace", "Company", "--user", "Priya Nair"])
    let options: [SampleCompany.Table: [String]] = [
      .users: ["--key", "name"], .products: ["--key", "code"], .accounts: ["--key", "name"],
      .contacts: [], .engagements: ["--key", "number"],
      .deals: [
        "--key", "number", "--visits",
        "Prospecting=prospected,Engaging=engaged_on,Won=close_date,Lost=close_date",
      ],
    ]
    for table in SampleCompany.Table.allCases {
      let file = folder.appendingPathComponent("\(table.rawValue).csv")
      try company.write(table, to: file)
      let start = ContinuousClock.now
      try kith(["import", table.rawValue, file.path] + (options[table] ?? []))
      let seconds = start.duration(to: .now).milliseconds / 1_000
      print("imported \(company.count(of: table)) \(table.rawValue) in \(seconds.rounded(1)) s")
      try FileManager.default.removeItem(at: file)
    }
  }

  private func commands() -> [([String], Patience)] {
    let account = company.row(company.accountCount / 2, of: .accounts)[0]
    let deal = company.row(company.count(of: .deals) / 3, of: .deals)[0]
    let user = company.row(0, of: .users)[0]
    let answers = [
      "show|\(deal)", "show|\(account)|--full", "timeline|\(account)|limit|20",
      "find|\(account)", "list|accounts|limit|50", "list|deals|where|owner|=|\(user)|limit|50",
      "list|deals|where|stage|=|Engaging|sort|-amount|limit|20",
      "list|engagements|where|account|=|\(account)", "count|deals|by|stage",
      "edit|\(deal)|next_action=call", "history|\(deal)", "status", "conflict|list",
      "orgchart|\(account)", "setup", "queue|limit|20", "agenda", "feed|limit|20",
    ]
    let figures = [
      "report|pipeline", "report|wins|by|owner", "report|forecast", "report|closings",
      "report|velocity", "report|conversion|from=Prospecting|to=Won", "report|stage-time",
      "report|stalled", "report|leads|by|source", "count|engagements|by|type",
      "count|accounts|by|industry", "board|deals", "my|numbers", "hygiene",
      "report|activity|by|owner", "audit|data",
    ]
    return answers.map { ($0.components(separatedBy: "|"), .answer) }
      + figures.map { ($0.components(separatedBy: "|"), .figure) }
  }

  private func measure(_ words: [String], _ patience: Patience) throws -> Measurement {
    let time = try shortest(of: rounds) { try kith(words) }
    return Measurement(
      name: words.joined(separator: " "), figure: "\(time.rounded(0)) ms", baseline: "",
      ratio: time, budget: patience.rawValue, unit: "ms")
  }

  /// Lets a fresh node join and take everything in, and tells how much memory both needed.
  private func join() throws -> [Measurement] {
    let office = try KithProcess(["--store", store, "serve", "--listen", "127.0.0.1:0"])
    defer { office.send(.terminate) }
    let invited = try kith([
      "peer", "invite", "rep", "--role", "representative", "--address",
      try office.listeningAddress(),
    ])
    guard let code = invited.output.split(separator: "\n").last else {
      throw Failed(description: "The invitation has no code.")
    }
    let start = ContinuousClock.now
    let rep = try KithProcess([
      "--store", folder.appendingPathComponent("rep.sqlite").path, "join", String(code), "--node",
      "rep", "--user", "Lena Vogt",
    ])
    var peak = 0.0
    // A process that has ended tells nothing any more; what it told last is its peak.
    while let memory = Self.peakMemory(of: rep.identifier) {
      peak = max(peak, memory)
      Thread.sleep(forTimeInterval: 0.05)
    }
    let result = try rep.result(within: .seconds(60))
    guard result.code == 0 else { throw Failed(description: result.errors) }
    let seconds = start.duration(to: .now).milliseconds / 1_000
    let serving = Self.peakMemory(of: office.identifier) ?? 0
    return [
      Measurement(
        name: "first sync: memory of the node that joins", figure: "\(seconds.rounded(1)) s",
        baseline: "", ratio: peak, budget: 200, unit: "MiB"),
      Measurement(
        name: "first sync: memory of the node that serves", figure: "", baseline: "",
        ratio: serving, budget: 200, unit: "MiB"),
    ]
  }

  /// The most memory that a process has had resident, in MiB; `nil` of one that has ended.
  private static func peakMemory(of process: Int32) -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let number = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
    else { return nil }
    return number / 1_024
  }
}
