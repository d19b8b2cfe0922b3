import CRMDomain
import CommandShell
import Testing

@Suite("WordDiff")
struct WordDiffTests {
  @Test(
    "changed words are bracketed, and stay together over spaces",
    arguments: [
      (
        "Prefers calls after lunch. Decides alone.", "Prefers calls before 10. Decides alone.",
        "Prefers calls [-after lunch-]{+before 10+}. Decides alone."
      ),
      (
        "Prefers calls after lunch. Decides alone.",
        "Prefers calls after lunch. Decides with the CFO.",
        "Prefers calls after lunch. Decides [-alone-]{+with the CFO+}."
      ),
      ("+49 40 555-1200", "+49 40 555-1377", "+49 40 555-[-1200-]{+1377+}"),
      ("same", "same", "same"), ("", "new text", "{+new text+}"), ("old", "", "[-old-]"),
      ("a b", "a x b", "a {+x +}b"), ("", "", ""),
    ])
  func texts(old: String, new: String, expected: String) {
    #expect(WordDiff(from: old, to: new).text(style: .plain) == expected)
  }

  @Test("either text can be read back from the comparison")
  func roundTrip() {
    let old = "one two  three, four\nfive 北京 six"
    let new = "two three four, five\n\nsix 北京 one"
    let segments = WordDiff(from: old, to: new).segments
    #expect(segments.filter { $0.kind != .added }.map(\.text).joined() == old)
    #expect(segments.filter { $0.kind != .removed }.map(\.text).joined() == new)
  }

  @Test("lines broken to a width hold all of it, each coloured by itself")
  func lines() {
    let difference = WordDiff(
      from: "Prefers calls after lunch. Decides alone.",
      to: "Prefers calls before ten o'clock. Decides alone.")
    let plain = difference.lines(width: 20, style: .plain)
    #expect(plain.allSatisfy { $0.count <= 20 })
    #expect(plain.joined(separator: " ") == difference.text(style: .plain))
    let painted = difference.lines(width: 20, style: Style(isColored: true))
    #expect(painted.count == plain.count)
    for (line, plain) in zip(painted, plain) {
      #expect(
        line.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain
          && (line == plain || line.hasSuffix("m") || !line.hasSuffix("\u{1B}")))
    }
    #expect(painted.contains { $0.contains("\u{1B}[32m") })
  }

  @Test("very long texts are compared by their ends only")
  func long() {
    let middle = (0..<1_200).map { "w\($0)" }.joined(separator: " ")
    let other = (0..<1_200).map { "v\($0)" }.joined(separator: " ")
    let diff = WordDiff(from: "begin \(middle) end", to: "begin \(other) end")
    #expect(diff.segments.map(\.kind) == [.same, .removed, .added, .same])
  }
}
