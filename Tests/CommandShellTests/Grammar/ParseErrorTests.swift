import CRDTCore
import CommandShell
import Testing

@Suite("ParseError")
struct ParseErrorTests {
  private let parser = CommandParser(vocabulary: .sample)

  private func failure(_ line: String) throws -> ParseError {
    try #require(throws: ParseError.self) { try parser.parse(line) }
  }

  /// The line and below it the caret, as far as the error has one.
  private func marked(_ error: ParseError) -> String {
    String(repeating: " ", count: error.range.lowerBound)
      + String(repeating: "^", count: max(1, error.range.count))
  }

  @Test(
    "each mistake is named, pointed at, and answered",
    arguments: [
      (
        "shwo müller", "unknown command \"shwo\"",
        "^^^^", "did you mean \"show\"?"
      ),
      (
        "deal list", "the words are in the wrong order",
        "^^^^^^^^^", "did you mean \"list deals\"?"
      ),
      (
        "list daels", "unknown kind \"daels\"",
        "     ^^^^^", "did you mean \"deals\"?"
      ),
      ("list", "list needs a kind of record", "    ^", "such as: list accounts"),
      (
        "conflict tkae x", "conflict has no verb \"tkae\"",
        "         ^^^^", "did you mean \"take\"?"
      ),
      (
        "list deals --formta json", "unknown option --formta",
        "           ^^^^^^^^", "did you mean \"--format\"?"
      ),
      (
        "list deals --format", "--format needs a value",
        "           ^^^^^^^^", nil
      ),
      (
        "edit @1 value = 3", "an assignment has no spaces before its value",
        "        ^^^^^^^", "type value=value"
      ),
      (
        "list deals where a =", "the line ends too early",
        "                    ^", "a value is missing"
      ),
      (
        "list deals where a = 1 b = 2",
        "unexpected \"=\"",
        "                         ^", "here belongs a clause such as \"where\", or nothing"
      ),
      (
        "list deals limit many", "\"many\" is not a number of rows",
        "                 ^^^^", "type limit 20"
      ),
      (
        "list deals where a = 1 where b = 2", "\"where\" is there twice",
        "                       ^^^^^", nil
      ),
      (
        "edit @1 note=this and that",
        "unexpected \"and\"",
        "                  ^^^", "here belongs field=value; put a value with this word in quotes"
      ),
      (
        "delete @1 because left in May", "unexpected \"left\"",
        "                  ^^^^", "here belongs a reason in quotes"
      ),
      (
        "show \"müller", "a quote is not closed",
        "     ^", "close it with \""
      ),
    ] as [(String, String, String, String?)])
  func messages(line: String, summary: String, caret: String, hint: String?) throws {
    let error = try failure(line)
    #expect(error.summary == summary)
    #expect(marked(error) == caret)
    #expect(error.hint == hint)
  }

  @Test(
    "a wrong order is answered with the right one",
    arguments: [
      ("deal list", "list deals", "list deals"),
      ("deals", "list deals", "list deals"),
      ("deals where a = 1", "list deals", "list deals where a = 1"),
      ("deal müller", "show deal", "show deal müller"),
      ("deal new name=x", "new deal", "new deal name=x"),
      ("invite peer", "peer invite", "peer invite"),
      ("list conflicts", "conflict list", "conflict list"),
    ])
  func order(line: String, suggestion: String, corrected: String) throws {
    let error = try failure(line)
    #expect(error.answer == "Did you mean \"\(suggestion)\"?")
    #expect(error.correction == corrected)
  }

  @Test("an unknown command with one near word can be run corrected")
  func correction() throws {
    let error = try failure("shwo müller")
    #expect(error.answer == "Unknown command \"shwo\". Did you mean \"show\"?")
    #expect(error.correction == "show müller")
    #expect(try failure("xyzzy").answer == nil)
  }
}

@Suite("Nearest")
struct NearestTests {
  @Test(
    "distance counts insertions, deletions, replacements and swaps as one",
    arguments: [
      ("stage", "stage", 0), ("stgae", "stage", 1), ("stag", "stage", 1), ("stagee", "stage", 1),
      ("stbge", "stage", 1), ("tsgae", "stage", 2), ("", "ab", 2), ("ca", "abc", 3),
    ])
  func distance(typed: String, word: String, distance: Int) {
    #expect(Nearest.editDistance(Array(typed), Array(word), limit: 5) == distance)
    #expect(Nearest.editDistance(Array(word), Array(typed), limit: 5) == distance)
    #expect(Nearest.editDistance(Array(typed), Array(word), limit: distance - 1) == nil)
  }

  @Test(
    "only the nearest words within two edits are offered, in the list's order",
    arguments: [
      ("stgae", ["value", "stage", "state"], ["stage"]),
      ("VALEU", ["value"], ["value"]),
      ("cat", ["bat", "rat", "dog"], ["bat", "rat"]),
      ("ab", ["xy", "ax"], ["ax"]),
      ("x", ["y"], []),
      ("colour", ["value"], []),
    ])
  func offers(typed: String, words: [String], expected: [String]) {
    #expect(Nearest.words(to: typed, in: words) == expected)
  }
}
