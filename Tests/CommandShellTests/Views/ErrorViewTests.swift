import CRDTCore
import CommandShell
import Testing

private struct CounterError: UserFacingError {
  let summary = "stock is a counter: every node's changes are added up, so it can't be set."
  let hint: String? = "now 40 · took some?  edit P-220 stock-=2\ncounted?  recount P-220 stock=38"
}

@Suite("ErrorView")
struct ErrorViewTests {
  private let parser = CommandParser(vocabulary: .sample)

  private func lines(_ line: String) throws -> [String] {
    let error = try #require(throws: ParseError.self) { try parser.parse(line) }
    return ErrorView.lines(for: error, style: .plain)
  }

  @Test("what is wrong, where, what to type instead")
  func threeParts() {
    let line = "list deals where stgae = won"
    let error = ParseError(
      .rejected(
        summary: "unknown field \"stgae\" for deals", hint: ParseError.didYouMean(["stage"])),
      in: line, at: 17..<22)
    #expect(
      ErrorView.lines(for: error, style: .plain) == [
        "error: unknown field \"stgae\" for deals",
        "  list deals where stgae = won",
        "                   ^^^^^ did you mean \"stage\"?",
      ])
  }

  @Test("the caret stands below what is meant, whatever is wide before it")
  func wide() throws {
    #expect(
      try lines("list deals where name = 北京 = 1") == [
        "error: unexpected \"=\"", "  list deals where name = 北京 = 1",
        "                               ^ here belongs a clause such as \"where\", or nothing",
      ])
  }

  @Test("only the line with the mistake is shown, and of a long one only its surroundings")
  func context() throws {
    let later = try lines("show @1\nlist deals where a = 1 limit x")
    #expect(later[1] == "  list deals where a = 1 limit x")
    #expect(later[2] == "                               ^ type limit 20")
    let long = try lines("edit @1 note=\"" + String(repeating: "a", count: 200) + "\" limit x")
    #expect(long[1].count < 130)
    #expect(long[1].hasPrefix("  …"))
    #expect(long[2].hasPrefix(String(repeating: " ", count: 63) + "^"))
  }

  @Test("a mistyped or misplaced command is answered in one line")
  func answers() throws {
    #expect(try lines("shwo müller") == ["Unknown command \"shwo\". Did you mean \"show\"?"])
    #expect(try lines("deal list") == ["Did you mean \"list deals\"?"])
  }

  @Test("an error without a place has its advice below")
  func advice() {
    #expect(
      ErrorView.lines(for: CounterError(), style: .plain) == [
        "error: stock is a counter: every node's changes are added up, so it can't be set.",
        "  now 40 · took some?  edit P-220 stock-=2", "  counted?  recount P-220 stock=38",
      ])
  }

  @Test("what a person pasted cannot write on the terminal through an error")
  func harmless() throws {
    let shown = try lines("list \u{1B}[2J")
    #expect(!shown.joined().contains("\u{1B}"))
  }
}
