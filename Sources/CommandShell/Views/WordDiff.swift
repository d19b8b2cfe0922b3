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
    segments.map { style.paint($0.marked, $0.kind.ink) }.joined()
  }

  /// The comparison broken between words into lines of at most `width`, each coloured by itself.
  package func lines(width: Int, style: Style) -> [String] {
    var rest = segments.flatMap { segment in segment.marked.map { ($0, segment.kind) } }[...]
    return TextWidth.wrapped(text(style: .plain), to: width).map { line in
      var (painted, run, kind) = ("", "", Kind.same)
      for character in line {
        // The spaces at which lines were broken are in none of them.
        while let first = rest.first, first.0 != character { rest.removeFirst() }
        let next = rest.popFirst()?.1 ?? .same
        if next != kind {
          painted += style.paint(run, kind.ink)
          (run, kind) = ("", next)
        }
        run.append(character)
      }
      return painted + style.paint(run, kind.ink)
    }
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

extension WordDiff.Segment {
  /// The text between brackets that say what became of it.
  fileprivate var marked: String {
    switch kind {
    case .same: text
    case .removed: "[-\(text)-]"
    case .added: "{+\(text)+}"
    }
  }
}

extension WordAlignment.Kind {
  fileprivate var ink: Style.Ink? {
    switch self {
    case .same: nil
    case .removed: .red
    case .added: .green
    }
  }
}
