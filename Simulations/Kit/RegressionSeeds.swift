/// A run that has found something once, to be run again for ever.
///
/// A seed means what its scenario draws from it. Whoever changes what is drawn looks for another seed
/// that finds the same, with the bug put back, or takes the line out.
package struct RegressionSeed: Hashable, Sendable {
  package let scenario: String
  package let seed: UInt64
  /// What it found, in one line.
  package let found: String

  private init(_ scenario: String, _ seed: UInt64, _ found: String) {
    self.scenario = scenario
    self.seed = seed
    self.found = found
  }

  /// All of them, in the order in which they were found.
  package static let all: [RegressionSeed] = [
    RegressionSeed("forks", 30, "a log that forked in mid-session led to a batch that was refused"),
    RegressionSeed(
      "joins", 1915, "what a node wrote before its own enrolment had come counted nowhere"),
  ]
}
