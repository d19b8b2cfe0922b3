import TestSupport

/// How much of a scenario one seed plays.
///
/// Most play a small part of it: many short runs with few nodes find more, in the same time, than few
/// long ones. Some bugs need a long history, so one seed in ten plays all of it.
extension Scenario {
  private static let wholePercent = 10
  /// Runs that last longer have fewer acts a day instead of fewer days.
  private static let shortenedDaysMax = 30

  /// What strikes so often in all days together.
  private static var faults: [WritableKeyPath<Scenario, Int>] {
    [
      \.kills, \.deathsAtWork, \.partitions, \.clockFaults, \.fullDisks, \.storms, \.copies,
      \.restores, \.twins, \.rollbacks, \.equivocations, \.upgrades, \.joiners, \.ruleChanges,
    ]
  }

  /// The scenario, or a part of it.
  func drawn(from random: inout SplitMix64) -> Scenario {
    guard !random.chance(Self.wholePercent) else { return self }
    var part = self
    let share = Double(Int.random(in: 20...50, using: &random)) / 100
    part.offices = Int.random(in: 1...offices, using: &random)
    // Whoever is away misses what somebody else does, and whoever lies has somebody to lie about.
    let least = min(representatives, sleepers + hostiles + 1)
    part.representatives = Int.random(in: least...representatives, using: &random)
    if days > Self.shortenedDaysMax {
      part.actsPerDay *= share
      part.visitsPerDay *= share
    } else {
      part.days = max(1, Int(Double(days) * share))
    }
    for fault in Self.faults where self[keyPath: fault] > 0 {
      part[keyPath: fault] = max(1, Int(Double(self[keyPath: fault]) * share))
    }
    return part
  }
}
