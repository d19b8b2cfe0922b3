import Foundation

/// A test case's seed; its name in the log is all that a replay needs.
package struct Seed: Hashable, Sendable, CustomStringConvertible {
  package let value: UInt64

  package init(_ value: UInt64) { self.value = value }

  /// The seeds a test runs with: 64 fixed ones, or the one in the environment variable `SEED`.
  package static let all: [Seed] = {
    guard let text = ProcessInfo.processInfo.environment["SEED"] else {
      return (1...64).map { Seed($0) }
    }
    guard let value = UInt64(text) else {
      preconditionFailure("SEED must be a whole number, not \(text).")
    }
    return [Seed(value)]
  }()

  /// How the test log names the case, and how a shell replays it.
  package var description: String { "SEED=\(value)" }

  package func generator() -> SplitMix64 { SplitMix64(seed: value) }
}
