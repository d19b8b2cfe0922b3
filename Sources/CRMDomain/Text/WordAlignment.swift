/// Two texts laid side by side, word by word.
package struct WordAlignment: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case same
    case removed
    case added
  }

  /// A word, a run of spaces or another character, and what becomes of it.
  package struct Step: Hashable, Sendable {
    package let kind: Kind
    package let word: Substring
  }

  /// Above so many words on a side the middle is replaced as a whole; it is no longer read by words.
  private static let wordsMax = 1_000

  /// The way from the old text to the new one; a removal stands before the addition that replaces it.
  package let steps: [Step]

  /// Aligns the texts so that as many words as can be stay.
  ///
  /// - Complexity: O(words of one × words of the other), between what both begin and end with.
  package init(from old: String, to new: String) {
    let before = Self.words(old)
    let after = Self.words(new)
    let start = zip(before, after).prefix { $0 == $1 }.count
    let end = zip(before.dropFirst(start).reversed(), after.dropFirst(start).reversed())
      .prefix { $0 == $1 }.count
    var steps = before.prefix(start).map { Step(kind: .same, word: $0) }
    steps += Self.steps(
      Array(before.dropFirst(start).dropLast(end)), Array(after.dropFirst(start).dropLast(end)))
    steps += before.suffix(end).map { Step(kind: .same, word: $0) }
    self.steps = steps
  }

  /// Words, runs of spaces, and every other character by itself.
  package static func words(_ text: String) -> [Substring] {
    var result: [Substring] = []
    var rest = text[...]
    while !rest.isEmpty {
      let word = rest.prefix { $0.isLetter || $0.isNumber }
      let space = rest.prefix(while: \.isWhitespace)
      let run = word.isEmpty ? space.isEmpty ? rest.prefix(1) : space : word
      result.append(run)
      rest = rest.dropFirst(run.count)
    }
    return result
  }

  /// The longest common subsequence's edits, bounded by ``wordsMax``.
  private static func steps(_ old: [Substring], _ new: [Substring]) -> [Step] {
    guard old.count <= wordsMax, new.count <= wordsMax else {
      return old.map { Step(kind: .removed, word: $0) } + new.map { Step(kind: .added, word: $0) }
    }
    var lengths = Array(repeating: Array(repeating: 0, count: new.count + 1), count: old.count + 1)
    for row in old.indices.reversed() {
      for column in new.indices.reversed() {
        lengths[row][column] =
          old[row] == new[column]
          ? lengths[row + 1][column + 1] + 1
          : max(lengths[row + 1][column], lengths[row][column + 1])
      }
    }
    var result: [Step] = []
    var (row, column) = (0, 0)
    while row < old.count || column < new.count {
      if row < old.count, column < new.count, old[row] == new[column] {
        result.append(Step(kind: .same, word: old[row]))
        (row, column) = (row + 1, column + 1)
      } else if column == new.count
        || (row < old.count && lengths[row + 1][column] >= lengths[row][column + 1])
      {
        result.append(Step(kind: .removed, word: old[row]))
        row += 1
      } else {
        result.append(Step(kind: .added, word: new[column]))
        column += 1
      }
    }
    return result
  }
}
