import CRMDomain
import Testing

@Suite("TextPattern")
struct TextPatternTests {
  @Test(
    "a pattern is found where it fits, without regard to case and accents",
    arguments: [
      ("müll", "MULLER GmbH", true), ("^pump", "Pump retrofit", true),
      ("^pump", "A pump", false), ("fit$", "Pump retrofit", true), ("fit$", "fitting", false),
      ("", "", true), ("^$", "", true), ("^$", "x", false), ("a.c", "abc", true),
      ("a.c", "a\nc", false), ("p(um|im)p", "pimp", true), ("p(um|im)p", "pomp", false),
      ("colou?r", "color", true), ("ab*c", "ac", true), ("ab+c", "ac", false),
      (#"^\d{3}-\d{2,}$"#, "123-4567", true), (#"^\d{3}-\d{2,}$"#, "123-4", false),
      ("^a{2,3}$", "aaaa", false), ("^a{2,3}$", "aaa", true), ("[a-f]{4}", "Café", true),
      ("[^a-z]", "abc", false), ("[^a-z]", "ab1", true), (#"\."#, "a.b", true),
      (#"\."#, "ab", false), (#"[\d-]+x"#, "1-2x", true), ("[]a]b", "]b", true),
      ("straße", "STRASSE", true), (#"\w+@\w+\.example"#, "Write to tom@kith.example", true),
      ("北.", "北京 Trading", true), ("a||b", "", true), (#"\S \W"#, "a -", true),
    ])
  func matching(pattern: String, text: String, isFound: Bool) throws {
    #expect(try TextPattern(pattern).isFound(in: text) == isFound)
  }

  @Test(
    "what is no pattern is refused with the reason",
    arguments: [
      "(", ")", "a)", "[", "[a", "*", "a|*", "a{", "a{x}", "a{3,2}", #"\"#, #"\b"#, "[z-a]",
      "a{3000}", "((a{50}){50}){50}", String(repeating: "(", count: 100),
    ])
  func refusals(pattern: String) {
    #expect(throws: QueryError.self) { try TextPattern(pattern) }
  }

  @Test("patterns that drive other engines into endless search are looked through once")
  func noBacktracking() throws {
    let text = String(repeating: "a", count: 20_000)
    for pattern in ["(a+)+b", "(a|a)*b", "(a*)*b", "^(a?){30}a{30}b"] {
      #expect(try !TextPattern(pattern).isFound(in: text))
    }
    #expect(try TextPattern("(a+)+$").isFound(in: text))
  }
}
