/// Two texts compared word by word.
///
/// Written out, it reads `Prefers calls [-after lunch-]{+before 10+}.`
package struct WordDiff: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case same
    case removed
    case added
  }

  package struct Segment: Hashable, Sendable {
    package let kind: Kind
    package let text: String
  }

  /// Above so many words on a side the middle is shown as replaced; it is no longer read by words.
  private static let wordsMax = 1_000

  /// The texts' parts in order; a removal stands before the addition that replaces it.
  package let segments: [Segment]

  package init(from old: String, to new: String) {
    let before = Self.words(old)
    let after = Self.words(new)
    let start = zip(before, after).prefix { $0 == $1 }.count
    let end = zip(before.dropFirst(start).reversed(), after.dropFirst(start).reversed())
      .prefix { $0 == $1 }.count
    var edits = before.prefix(start).map { (Kind.same, $0) }
    edits += Self.edits(
      Array(before.dropFirst(start).dropLast(end)), Array(after.dropFirst(start).dropLast(end)))
    edits += before.suffix(end).map { (Kind.same, $0) }
    segments = Self.joined(edits)
  }

  /// The comparison in one text, coloured or not: the brackets always stay.
  package func text(style: Style) -> String {
    segments.map { segment in
      switch segment.kind {
      case .same: segment.text
      case .removed: style.paint("[-\(segment.text)-]", .red)
      case .added: style.paint("{+\(segment.text)+}", .green)
      }
    }.joined()
  }

  /// Words, runs of spaces, and every other character by itself.
  private static func words(_ text: String) -> [Substring] {
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

  /// The longest common subsequence's edits.
  ///
  /// - Complexity: O(`old.count` × `new.count`), bounded by ``wordsMax``.
  private static func edits(_ old: [Substring], _ new: [Substring]) -> [(Kind, Substring)] {
    guard old.count <= wordsMax, new.count <= wordsMax else {
      return old.map { (.removed, $0) } + new.map { (.added, $0) }
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
    var result: [(Kind, Substring)] = []
    var (row, column) = (0, 0)
    while row < old.count || column < new.count {
      if row < old.count, column < new.count, old[row] == new[column] {
        result.append((.same, old[row]))
        (row, column) = (row + 1, column + 1)
      } else if column == new.count
        || (row < old.count && lengths[row + 1][column] >= lengths[row][column + 1])
      {
        result.append((.removed, old[row]))
        row += 1
      } else {
        result.append((.added, new[column]))
        column += 1
      }
    }
    return result
  }

  /// Joins neighbouring edits; spaces alone between two changes belong to both.
  private static func joined(_ edits: [(Kind, Substring)]) -> [Segment] {
    var segments: [Segment] = []
    var (removed, added, space) = ("", "", "")
    func flush() {
      if !removed.isEmpty { segments.append(Segment(kind: .removed, text: removed)) }
      if !added.isEmpty { segments.append(Segment(kind: .added, text: added)) }
      if !space.isEmpty { segments.append(Segment(kind: .same, text: space)) }
      (removed, added, space) = ("", "", "")
    }
    for (kind, word) in edits {
      let isOpen = !removed.isEmpty || !added.isEmpty
      if kind == .same, isOpen, word.allSatisfy(\.isWhitespace) {
        space += word
        continue
      }
      if kind == .same {
        flush()
        segments.append(Segment(kind: .same, text: String(word)))
        continue
      }
      removed += space
      added += space
      space = ""
      if kind == .removed { removed += word } else { added += word }
    }
    flush()
    return segments.reduce(into: []) { result, segment in
      if segment.kind == .same, let last = result.last, last.kind == .same {
        result[result.count - 1] = Segment(kind: .same, text: last.text + segment.text)
      } else {
        result.append(segment)
      }
    }
  }
}
