/// Several edits of one text put together, word by word.
///
/// The classic three-way merge, with words in place of lines: what only one side changed is taken, what
/// two sides changed alike is taken once, and what two sides changed differently overlaps. Changes with
/// nothing but spaces between them count as one, and so do those that touch: a sentence is not made of
/// two halves whose authors never saw each other.
///
/// Source: Khanna, Kunal and Pierce, "A Formal Investigation of Diff3" (2007), on an alignment by the
/// longest common subsequence.
package enum WordMerge: Hashable, Sendable {
  /// The text that holds every side's changes.
  case merged(String)
  /// The places that two sides changed differently, in order; never empty.
  case overlapping([Overlap])

  /// A stretch of the base and what two sides made of it.
  package struct Overlap: Hashable, Sendable {
    /// What stood there.
    package let base: String
    /// What each of the two made of it.
    package let texts: [String]

    package init(base: String, texts: [String]) {
      self.base = base
      self.texts = texts
    }
  }

  /// Merges edits of `base`.
  ///
  /// The order of `sides` says nothing; of none the outcome is `base`.
  package init(base: String, sides: [String]) {
    let words = WordAlignment.words(base)
    var changes: [Change] = []
    var overlaps: [Overlap] = []
    for side in Set(sides).sorted() {
      for change in Change.list(from: base, to: side, words) where !changes.contains(change) {
        if let other = changes.first(where: { $0.meets(change) }) {
          overlaps.append(other.overlap(with: change, in: words))
        } else {
          changes.append(change)
        }
      }
    }
    guard overlaps.isEmpty else {
      self = .overlapping(overlaps)
      return
    }
    var text = ""
    var position = 0
    for change in changes.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      text += words[position..<change.range.lowerBound].joined() + change.text
      position = change.range.upperBound
    }
    self = .merged(text + words[position...].joined())
  }
}

/// A stretch of the base's words and what one side put there.
private struct Change: Hashable {
  let range: Range<Int>
  let text: String

  /// The changes that lead from the base to a side, in order.
  static func list(from base: String, to side: String, _ words: [Substring]) -> [Change] {
    var changes: [Change] = []
    var position = 0
    for step in WordAlignment(from: base, to: side).steps {
      guard step.kind != .same else {
        position += 1
        continue
      }
      let isRemoval = step.kind == .removed
      let text = isRemoval ? "" : String(step.word)
      let end = position + (isRemoval ? 1 : 0)
      if let last = changes.last,
        words[last.range.upperBound..<position].allSatisfy({ $0.allSatisfy(\.isWhitespace) })
      {
        let between = words[last.range.upperBound..<position].joined()
        changes[changes.count - 1] = Change(
          range: last.range.lowerBound..<end, text: last.text + between + text)
      } else {
        changes.append(Change(range: position..<end, text: text))
      }
      position = end
    }
    return changes
  }

  /// Whether both change one stretch, or stretches without a word between them.
  func meets(_ other: Self) -> Bool {
    range.lowerBound <= other.range.upperBound && other.range.lowerBound <= range.upperBound
  }

  /// What the two make of the stretch that both lie in.
  func overlap(with other: Self, in words: [Substring]) -> WordMerge.Overlap {
    let whole =
      min(range.lowerBound, other.range.lowerBound)..<max(range.upperBound, other.range.upperBound)
    func said(_ change: Self) -> String {
      words[whole.lowerBound..<change.range.lowerBound].joined() + change.text
        + words[change.range.upperBound..<whole.upperBound].joined()
    }
    return WordMerge.Overlap(
      base: words[whole].joined(), texts: [said(self), said(other)])
  }
}
