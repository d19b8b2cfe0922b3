/// How many columns of a terminal text takes, counted in grapheme clusters.
///
/// Emoji and East Asian wide characters take two, combining marks none.
package enum TextWidth {
  package enum Alignment: Hashable, Sendable {
    case left
    case right
  }

  package static func columns(of text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + columns(of: $1) }
  }

  package static func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.value < 0x7F { return first.value < 0x20 ? 0 : isEmojiStyled(character) ? 2 : 1 }
    if first.properties.isEmojiPresentation || isEmojiStyled(character) || isWide(first) {
      return 2
    }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return 1
    }
  }

  /// The text if it fits, else as much of it as does, ending in `ellipsis`.
  package static func cut(_ text: String, to width: Int, ellipsis: String = "…") -> String {
    guard columns(of: text) > width else { return text }
    let room = width - columns(of: ellipsis)
    guard room >= 0 else { return String(ellipsis.prefix(max(0, width))) }
    var result = ""
    var used = 0
    for character in text {
      used += columns(of: character)
      if used > room { break }
      result.append(character)
    }
    return result + ellipsis
  }

  /// The text filled up with spaces; text that is too wide stays as it is.
  package static func padded(
    _ text: String, to width: Int, _ alignment: Alignment = .left
  ) -> String {
    let space = String(repeating: " ", count: max(0, width - columns(of: text)))
    return alignment == .left ? text + space : space + text
  }

  /// The text broken between words into lines of at most `width`; a longer word is broken too.
  package static func wrapped(_ text: String, to width: Int) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .flatMap { wrappedLine($0, to: max(1, width)) }
  }

  private static func wrappedLine(_ text: Substring, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let joined = line.isEmpty ? String(word) : "\(line) \(word)"
      if columns(of: joined) <= width {
        line = joined
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = ""
      for character in word {
        if columns(of: line) + columns(of: character) > width {
          lines.append(line)
          line = ""
        }
        line.append(character)
      }
    }
    return lines + [line]
  }

  /// Whether a variation selector asks for the picture rather than the sign.
  private static func isEmojiStyled(_ character: Character) -> Bool {
    character.unicodeScalars.count > 1 && character.unicodeScalars.contains("\u{FE0F}")
  }

  /// Whether a scalar is East Asian wide or full-width.
  ///
  /// Source: Unicode 16, `EastAsianWidth.txt`, W and F, joined over unassigned gaps; what is wide
  /// as an emoji is found by its own property.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E,
      0x3041...0x3247, 0x3250...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
      0x1AFF0...0x1B2FB, 0x1D300...0x1D376, 0x1F200...0x1F265, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}

/// Text made safe for a terminal: whoever wrote it, on whatever node, it can't move the cursor.
package enum PlainText {
  /// The text on one line, character by character: line ends and tabs become spaces, other control
  /// characters and those that turn the direction of writing become `�`.
  package static func oneLine(_ text: String) -> String {
    isPlain(text) ? text : String(text.map { $0.isNewline || $0 == "\t" ? " " : harmless($0) })
  }

  /// As ``oneLine(_:)``, but line ends stay.
  package static func lines(_ text: String) -> String {
    isPlain(text)
      ? text : String(text.map { $0.isNewline ? "\n" : $0 == "\t" ? " " : harmless($0) })
  }

  private static func isPlain(_ text: String) -> Bool {
    // Tabs and line ends are among what is harmful; by scalars, which is quicker than by characters.
    !text.unicodeScalars.contains(where: isHarmful)
  }

  private static func harmless(_ character: Character) -> Character {
    character.unicodeScalars.contains(where: isHarmful) ? "�" : character
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
