/// Finds what a person may have meant by a word that names nothing.
package enum ClosestName {
  /// How many edits away a suggestion may be.
  package static let distanceMax = 2

  /// The candidate nearest to `word`, the earlier of equally near ones; `nil` if none is within
  /// ``distanceMax`` edits.
  package static func of(_ word: String, among candidates: some Sequence<String>) -> String? {
    let word = Array(NameFolding.folded(word))
    var best: (distance: Int, name: String)?
    for candidate in candidates {
      let distance = distance(word, Array(NameFolding.folded(candidate)))
      // A suggestion that shares nothing with a short word is noise.
      guard distance <= distanceMax, distance < max(1, word.count) else { continue }
      if distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
  ///
  /// Source: the optimal string alignment distance. Differences beyond ``distanceMax`` in length are
  /// not looked at closely.
  static func distance(_ first: [Character], _ second: [Character]) -> Int {
    guard abs(first.count - second.count) <= distanceMax else { return distanceMax + 1 }
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for i in first.indices {
      var row = [i + 1]
      for j in second.indices {
        let replacement = last[j] + (first[i] == second[j] ? 0 : 1)
        var cost = min(replacement, last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[second.count]
  }
}
