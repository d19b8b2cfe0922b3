/// Did-you-mean: the words of a list that a mistyped word was probably meant to be.
package enum Nearest {
  /// The greatest distance at which a word is still offered.
  package static let distanceMax = 2

  /// Returns the nearest words, all at the same distance, in the list's order.
  ///
  /// Case does not count. A word that shares no letter with what was typed is never offered.
  package static func words(to typed: String, in words: some Sequence<String>) -> [String] {
    let typedFolded = Array(typed.lowercased())
    var best = min(distanceMax, typedFolded.count - 1)
    var result: [String] = []
    for word in words {
      let distance = editDistance(typedFolded, Array(word.lowercased()), limit: best)
      guard let distance, !result.contains(word) else { continue }
      if distance < best { result = [] }
      best = distance
      result.append(word)
    }
    return result
  }

  /// The single nearest word; `nil` if there is none, or two are equally near.
  package static func word(to typed: String, in words: some Sequence<String>) -> String? {
    let found = Self.words(to: typed, in: words)
    return found.count == 1 ? found[0] : nil
  }

  /// Returns the number of insertions, deletions, replacements and swaps of neighbours between two
  /// words, or `nil` if it exceeds `limit`.
  ///
  /// Source: optimal string alignment, the restricted Damerau–Levenshtein distance.
  ///
  /// - Complexity: O(`a.count` × `b.count`), at once if the lengths alone exceed the limit.
  package static func editDistance(_ a: [Character], _ b: [Character], limit: Int) -> Int? {
    guard limit >= 0, abs(a.count - b.count) <= limit else { return nil }
    var twoAbove: [Int] = []
    var above = Array(0...b.count)
    for (row, left) in a.enumerated() {
      var current = [row + 1]
      for (column, right) in b.enumerated() {
        var distance = min(
          above[column] + (left == right ? 0 : 1), above[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left == b[column - 1], a[row - 1] == right {
          distance = min(distance, twoAbove[column - 1] + 1)
        }
        current.append(distance)
      }
      twoAbove = above
      above = current
    }
    return above[b.count] <= limit ? above[b.count] : nil
  }
}
