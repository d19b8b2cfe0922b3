/// Something that must never be, and was.
package struct Finding: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was being checked: one line of what always holds, or the program itself.
  package enum Checker: String, Hashable, Sendable, CaseIterable {
    case convergence, loss, durability, counters, clocks, liveness, memory
    /// The state differs from the oracle's.
    case oracle
    /// An operation failed that has no reason to.
    case failure
  }

  package let checker: Checker
  package let text: String

  package init(_ checker: Checker, _ text: String) {
    self.checker = checker
    self.text = text
  }

  package var description: String { "\(checker.rawValue): \(text)" }
}
