package import CRMDomain

/// Two texts compared word by word.
///
/// Written out, it reads `Prefers calls [-after lunch-]{+before 10+}.`
package struct WordDiff: Hashable, Sendable {
  package typealias Kind = WordAlignment.Kind

  package struct Segment: Hashable, Sendable {
    package let kind: Kind
    package let text: String
  }

  /// The texts' parts in order; a removal stands before the addition that replaces it.
  package let segments: [Segment]

  package init(from old: String, to new: String) {
    segments = Self.joined(WordAlignment(from: old, to: new).steps)
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

  /// Joins neighbouring edits; spaces alone between two changes belong to both.
  private static func joined(_ steps: [WordAlignment.Step]) -> [Segment] {
    var segments: [Segment] = []
    var (removed, added, space) = ("", "", "")
    func flush() {
      if !removed.isEmpty { segments.append(Segment(kind: .removed, text: removed)) }
      if !added.isEmpty { segments.append(Segment(kind: .added, text: added)) }
      if !space.isEmpty { segments.append(Segment(kind: .same, text: space)) }
      (removed, added, space) = ("", "", "")
    }
    for step in steps {
      let (kind, word) = (step.kind, step.word)
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
