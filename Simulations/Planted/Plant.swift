import ArgumentParser
import Foundation
import SimulationKit

@main
struct Plant: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Plants bugs in a copy of the sources, and says within how many seeds each is found.",
    discussion: "Run it from the repository's root; it builds the copy below .build-planted.")

  @Option(help: "How often each bug is looked for, each time among other seeds.")
  var trials = 3

  @Option(help: "How many seeds a search may take.")
  var seedsMax = 1_000

  @Option(help: "One bug's number; all are looked for unless it is given.")
  var bug: Int?

  func run() throws {
    let copy = try PlantedSources(root: URL(fileURLWithPath: "."))
    let program = try copy.build()
    write("| # | Bug | Scenarios | Found by | Median seeds | Worst |")
    write("|---|---|---|---|---|---|")
    var isComplete = true
    for planted in PlantedBug.all where bug == nil || planted.number == bug {
      let searches = try (0..<trials).map { trial in
        try BugSearch(program: program, bug: planted, trial: trial, seedsMax: seedsMax).run()
      }
      let counts = searches.compactMap { $0?.seeds }.sorted()
      let checkers = Set(searches.compactMap { $0?.checker }).sorted().joined(separator: ", ")
      isComplete = isComplete && counts.count == trials
      let median = counts.isEmpty ? "–" : "\(counts[counts.count / 2])"
      let worst = counts.count == trials ? counts.last.map(String.init) ?? "–" : "> \(seedsMax)"
      let row = [
        "\(planted.number)", planted.name, planted.scenario ?? "all", checkers, median, worst,
      ]
      write("| " + row.joined(separator: " | ") + " |")
    }
    if !isComplete { throw ExitCode.failure }
  }

  /// Writes a line at once: the table takes most of an hour, and goes to a file as a rule.
  private func write(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
