import CommandShell
import Testing

@Suite("TextWidth")
struct TextWidthTests {
  @Test(
    "a grapheme cluster takes the columns a terminal gives it",
    arguments: [
      ("", 0), ("abc", 3), ("Müller", 6), ("Mu\u{308}ller", 6), ("北京", 4), ("한국", 4),
      ("ｱ", 1), ("Ａ", 2), ("€", 1), ("…", 1), ("↑", 1), ("·", 1),
      ("😀", 2), ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("👍🏽", 2), ("❤️", 2), ("❤", 1), ("1️⃣", 2),
      ("\u{301}", 0), ("\u{200B}", 0), ("\u{1B}", 0),
    ])
  func widths(text: String, width: Int) {
    #expect(TextWidth.columns(of: text) == width)
  }

  @Test(
    "cutting never splits a cluster nor exceeds the width",
    arguments: [
      ("Pump retrofit", 20, "Pump retrofit"), ("Pump retrofit", 8, "Pump re…"),
      ("北京贸易", 5, "北京…"), ("北京贸易", 4, "北…"), ("北京", 1, "…"), ("北京", 0, ""),
      ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3, "👩‍👩‍👧‍👦…"),
    ])
  func cutting(text: String, width: Int, expected: String) {
    let cut = TextWidth.cut(text, to: width)
    #expect(cut == expected)
    #expect(TextWidth.columns(of: cut) <= width)
  }

  @Test("padding counts columns, not characters")
  func padding() {
    #expect(TextWidth.padded("北京", to: 6) == "北京  ")
    #expect(TextWidth.padded("€5", to: 4, .right) == "  €5")
    #expect(TextWidth.padded("long", to: 2) == "long")
  }

  @Test(
    "wrapping breaks between words, and within those that are too long",
    arguments: [
      ("one two three", 7, ["one two", "three"]), ("a\n\nb", 5, ["a", "", "b"]),
      ("abcdefgh ij", 3, ["abc", "def", "gh", "ij"]), ("", 5, [""]), ("北京贸易", 4, ["北京", "贸易"]),
    ])
  func wrapping(text: String, width: Int, lines: [String]) {
    #expect(TextWidth.wrapped(text, to: width) == lines)
  }

  @Test("text from elsewhere cannot move the cursor or turn the line round")
  func plainText() {
    #expect(PlainText.oneLine("a\u{1B}[2Jb\r\nc\td\u{202E}e\u{9B}f") == "a�[2Jb c d�e�f")
    #expect(PlainText.lines("a\nb\u{7}") == "a\nb�")
    #expect(PlainText.oneLine("Müller 👩‍👩‍👧‍👦") == "Müller 👩‍👩‍👧‍👦")
  }
}

@Suite("Style")
struct StyleTests {
  @Test(
    "the option decides, then NO_COLOR, then CLICOLOR_FORCE, then the terminal",
    arguments: [
      (ColorChoice.always, "1", nil, "dumb", false, true),
      (.never, nil, "1", "xterm", true, false),
      (.auto, "1", "1", "xterm", true, false),
      (.auto, "", "1", "dumb", false, true),
      (.auto, nil, "0", "xterm", false, false),
      (.auto, nil, nil, "xterm", true, true),
      (.auto, nil, nil, "dumb", true, false),
      (.auto, nil, nil, nil, true, true),
      (.auto, nil, nil, "xterm", false, false),
    ] as [(ColorChoice, String?, String?, String?, Bool, Bool)])
  func rules(
    choice: ColorChoice, noColor: String?, forced: String?, term: String?, isTerminal: Bool,
    expected: Bool
  ) {
    let usesColor = Style.usesColor(
      choice, noColor: noColor, forceColor: forced, term: term, isTerminal: isTerminal)
    #expect(usesColor == expected)
  }

  @Test("paint is only laid on where there is colour")
  func paint() {
    #expect(Style(isColored: true).paint("x", .red) == "\u{1B}[31mx\u{1B}[0m")
    #expect(Style.plain.paint("x", .red) == "x")
    #expect(Style(isColored: true).paint("", .red) == "")
  }
}
