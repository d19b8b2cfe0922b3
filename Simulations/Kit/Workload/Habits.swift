import TestSupport

/// What the people of one workspace do much, little or never; another seed, other people.
///
/// What everybody does a little of everywhere seldom meets. These people leave something out, do
/// something else over and over, and many of them keep to the same few records.
struct Habits {
  private let weights: [(act: Workload.Act, weight: Int)]
  /// The kinds that they look for when they edit.
  let kinds: [String]
  /// How many in a hundred records that they pick are among the first of their kind.
  let focusPercent: Int
  /// How many are the first.
  static let focusCount = 3

  init(of kinds: [String], random: inout SplitMix64) {
    weights = Workload.Act.allCases.map { act in
      let factor = act == .create || act == .edit ? 1 : random.choice([0, 1, 1, 1, 4])
      return (act, act.weight * factor)
    }
    let favourites = kinds.filter { _ in random.chance(50) }
    self.kinds = favourites.isEmpty ? kinds : favourites
    focusPercent = random.choice([0, 50, 80, 95])
  }

  /// One act.
  func act(random: inout SplitMix64) -> Workload.Act {
    var place = Int.random(in: 0..<weights.reduce(0) { $0 + $1.weight }, using: &random)
    for (act, weight) in weights {
      place -= weight
      if place < 0 { return act }
    }
    return .edit
  }
}
