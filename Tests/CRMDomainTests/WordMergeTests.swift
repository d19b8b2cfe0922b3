import CRMDomain
import TestSupport
import Testing

@Suite("WordMerge")
struct WordMergeTests {
  private static let words = ["calls", "after", "lunch", "alone", ".", ",", "CFO"]

  /// A few words of a small vocabulary, so that sides often agree and often touch.
  private static func text(using random: inout SplitMix64) -> String {
    let count = Int.random(in: 0...6, using: &random)
    return (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
      .joined(separator: " ")
  }

  @Test("an unchanged side adds nothing, equal sides agree, and the order of sides says nothing")
  func laws() {
    for seed in Seed.all {
      var random = seed.generator()
      for _ in 0..<50 {
        let base = Self.text(using: &random)
        let (one, other) = (Self.text(using: &random), Self.text(using: &random))
        #expect(WordMerge(base: base, sides: [one, base]) == .merged(one), "\(seed)")
        #expect(WordMerge(base: base, sides: [one, one]) == .merged(one), "\(seed)")
        #expect(
          WordMerge(base: base, sides: [one, other]) == WordMerge(base: base, sides: [other, one]),
          "\(seed)")
      }
    }
  }

  @Test("changes of different sentences are all kept, whoever made them")
  func apart() {
    for seed in Seed.all {
      var random = seed.generator()
      let base = [Self.text(using: &random), Self.text(using: &random)]
      let (first, second) = (Self.text(using: &random), Self.text(using: &random))
      func joined(_ parts: [String]) -> String { parts.joined(separator: " | and then | ") }
      // What stands between is in no text, so that it is aligned with itself.
      let merged = WordMerge(
        base: joined(base), sides: [joined([first, base[1]]), joined([base[0], second])])
      #expect(merged == .merged(joined([first, second])), "\(seed)")
    }
  }

  @Test("two edits of a note that touch different words fit together")
  func note() {
    #expect(
      WordMerge(
        base: "Prefers calls after lunch. Decides alone.",
        sides: [
          "Prefers calls before 10. Decides alone.",
          "Prefers calls after lunch. Decides with the CFO.",
        ]) == .merged("Prefers calls before 10. Decides with the CFO."))
  }

  @Test("what two sides changed differently overlaps, and so do changes that touch")
  func overlaps() {
    #expect(
      WordMerge(base: "Decides alone.", sides: ["Decides with Ute.", "Decides with the CFO."])
        == .overlapping([WordMerge.Overlap(base: "alone", texts: ["with Ute", "with the CFO"])]))
    let appended = WordMerge(base: "A note", sides: ["A note, mine", "A note, yours"])
    #expect(
      appended == .overlapping([WordMerge.Overlap(base: "", texts: [", mine", ", yours"])]))
    // A space lies between the two words, each of which only one side changed.
    #expect(WordMerge(base: "one two", sides: ["1 two", "one 2"]) == .merged("1 2"))
  }

  @Test("three sides are put together where no two of them overlap")
  func threeSides() {
    #expect(
      WordMerge(base: "a. b. c.", sides: ["A. b. c.", "a. B. c.", "a. b. C."])
        == .merged("A. B. C."))
  }
}
