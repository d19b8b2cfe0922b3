package import CRDTCore

/// What becomes of the heads of a register that say different things.
package struct RegisterRule: Hashable, Sendable {
  /// Which of them shows.
  package let policy: MergePolicy
  /// Whether that settles it.
  package let conflicts: ConflictRule

  /// Creates a rule.
  package init(_ policy: MergePolicy, _ conflicts: ConflictRule) {
    self.policy = policy
    self.conflicts = conflicts
  }

  /// The words by which people set rules, as they are stored.
  package static let words = [
    "review", "hold", "latest", "first", "max", "min", "precedence",
  ]

  /// The rule that a word sets in place of `builtIn`; `nil` of a word that sets none there.
  ///
  /// Every node has to come to the same: a word means what it means here for ever, and what a rule ranks
  /// by is in the writes. Only those of fields that were made for `precedence` carry ranks.
  package init?(_ word: String, inPlaceOf builtIn: RegisterRule) {
    switch word {
    case "review": self.init(.lastWriter, .review)
    case "hold": self.init(.lastWriter, .hold)
    case "latest": self.init(.lastWriter, .automatic)
    case "first": self.init(.first, .automatic)
    case "max": self.init(.max, .automatic)
    case "min": self.init(.min, .automatic)
    case "precedence" where builtIn.policy == .precedence: self.init(.precedence, .automatic)
    case _: return nil
    }
  }
}

extension FieldMerge {
  /// The rule of a register; `nil` of what is none.
  package var rule: RegisterRule? {
    switch self {
    case .register(let policy, let conflicts): RegisterRule(policy, conflicts)
    case .counter, .set: nil
    }
  }
}
