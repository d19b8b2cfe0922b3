/// A regular expression, found in texts without regard to case and accents.
///
/// It knows characters, `.`, `[a-z]`, `[^a-z]`, `\d \w \s` and their capitals, groups, `|`, `* + ?`,
/// `{2}`, `{2,}`, `{2,4}`, `^` and `$`. What it takes to look through a text is at most the text's length
/// times ``stepsMax``, whatever the pattern: several ways through it are followed side by side, never one
/// after another.
///
/// Source: Thompson, "Regular Expression Search Algorithm" (1968).
package struct TextPattern: Hashable, Sendable {
  /// How many steps a pattern may come to.
  static let stepsMax = 2_000

  /// One step of the machine that a pattern is.
  enum Step: Hashable, Sendable {
    /// Goes on behind a character that passes.
    case character(CharacterTest)
    /// Goes on at both.
    case fork(Int, Int)
    case jump(Int)
    /// Goes on at the beginning of the text only.
    case start
    /// Goes on at its end only.
    case end
    case found
  }

  /// Which characters pass.
  indirect enum CharacterTest: Hashable, Sendable {
    case any
    case one(Character)
    case range(ClosedRange<Character>)
    case digit, word, space
    case either([CharacterTest])
    case not(CharacterTest)

    func passes(_ character: Character) -> Bool {
      switch self {
      case .any: !character.isNewline
      case .one(let wanted): character == wanted
      case .range(let range): range.contains(character)
      case .digit: character.isNumber
      case .word: character.isLetter || character.isNumber || character == "_"
      case .space: character.isWhitespace
      case .either(let tests): tests.contains { $0.passes(character) }
      case .not(let test): !test.passes(character)
      }
    }
  }

  private let steps: [Step]

  /// Reads a pattern.
  ///
  /// - Throws: ``QueryError/badPattern(text:reason:)``.
  package init(_ text: String) throws(QueryError) {
    var parser = PatternParser(text)
    steps = try parser.steps()
  }

  /// Whether some part of a text fits.
  package func isFound(in text: String) -> Bool {
    let characters = Array(NameFolding.folded(text))
    var current = Ways(count: steps.count)
    var next = Ways(count: steps.count)
    for position in 0...characters.count {
      if follow(0, at: position, of: characters.count, into: &current) { return true }
      guard position < characters.count else { return false }
      next.clear()
      for step in current.steps {
        guard case .character(let test) = steps[step], test.passes(characters[position]) else {
          continue
        }
        if follow(step + 1, at: position + 1, of: characters.count, into: &next) { return true }
      }
      swap(&current, &next)
    }
    return false
  }

  /// Takes in a step, and all that are reached from it without a character; `true` if the end is.
  private func follow(_ first: Int, at position: Int, of count: Int, into ways: inout Ways) -> Bool
  {
    var waiting = [first]
    while let step = waiting.popLast() {
      guard ways.insert(step) else { continue }
      switch steps[step] {
      case .character: continue
      case .fork(let one, let other):
        waiting.append(other)
        waiting.append(one)
      case .jump(let target): waiting.append(target)
      case .start: if position == 0 { waiting.append(step + 1) }
      case .end: if position == count { waiting.append(step + 1) }
      case .found: return true
      }
    }
    return false
  }

  /// The steps that are being followed, each once.
  private struct Ways {
    private(set) var steps: [Int] = []
    private var isIn: [Bool]

    init(count: Int) { isIn = [Bool](repeating: false, count: count) }

    mutating func insert(_ step: Int) -> Bool {
      guard !isIn[step] else { return false }
      isIn[step] = true
      steps.append(step)
      return true
    }

    mutating func clear() {
      for step in steps { isIn[step] = false }
      steps.removeAll(keepingCapacity: true)
    }
  }
}
