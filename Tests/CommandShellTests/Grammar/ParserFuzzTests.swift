import CRDTCore
import CommandShell
import TestSupport
import Testing

@Suite("Anything typed")
struct ParserFuzzTests {
  private static let fragments = [
    "list", "edit", "show", "deal", "deals", "conflict", "take", "@1", "d7h2k", "müller", "%v",
    "where", "sort", "limit", "cols", "by", "sum", "at", "if", "because", "using", "and", "or",
    "not", "in", "has", "is", "any", "all", "set", "empty", "changed", "stage", "a", "10k", "6,250",
    "=", "!", "!=", "<", ">=", "~", "/x\\/y/", "(", ")", ",", "\"", "\"a b\"", "\\", "\n", ";", "#",
    "<<E",
    "\nE\n", "--format", "--yes", "-o", "--", "value=3", "l+=(a,b)", "p=", "\u{301}", "👩‍👩‍👧‍👦", " ",
    "\t",
  ]

  private let parser = CommandParser(vocabulary: .sample)

  private func fragments(_ seed: Seed) -> [[String]] {
    var random = seed.generator()
    return (0..<40).map { _ in
      (0..<Int.random(in: 1...14, using: &random)).map { _ in random.choice(Self.fragments) }
    }
  }

  private func check(_ error: ParseError) {
    #expect(error.range.lowerBound >= 0)
    #expect(error.range.upperBound <= error.source.count)
    #expect(!ErrorView.lines(for: error, style: .plain).isEmpty)
  }

  @Test("a line is a command or an error with its place in the line", arguments: Seed.all)
  func lines(seed: Seed) {
    for words in fragments(seed) {
      for line in [words.joined(separator: " "), words.joined()] {
        _ = parser.needsMore(line)
        do {
          for command in try parser.parse(line) { checkPrinted(command) }
        } catch {
          check(error)
        }
      }
    }
  }

  @Test(
    "an exclamation mark that begins no comparison is an error",
    arguments: ["list deals where stage!won", "list deals where !", "show (deals where a ! b)"])
  func loneExclamationMark(line: String) {
    #expect(throws: ParseError.self) { try parser.parse(line) }
  }

  @Test("a shell's arguments are a command or an error with its place", arguments: Seed.all)
  func arguments(seed: Seed) {
    for words in fragments(seed) {
      do {
        checkPrinted(try parser.parse(arguments: words))
      } catch {
        // Where a combining character begins an argument, places count it as a character of its own.
        if !error.source.unicodeScalars.contains("\u{301}") { check(error) }
      }
    }
  }

  /// A filter that was read is read again from its printed form.
  private func checkPrinted(_ command: Command) {
    guard let filter = command.clauses.filter else { return }
    let again = try? parser.parse("list deals where \(filter)").first?.clauses.filter
    #expect(again?.description == filter.description)
  }

  @Test("values and references are read or refused, never worse", arguments: Seed.all)
  func values(seed: Seed) throws {
    let dates = DateReader(calendar: try .sample())
    let amounts = AmountReader(currency: .euro)
    let parts = [
      "1", "31", "feb", "mar", "next", "last", "in", "ago", "+", "-", "d", "mo", "y", "friday", ":",
      "14:30", "2026", "-02-", "T", "Z", "eom", "€", "k", "m", ",", ".", "EUR", "000", "9999999999",
      "@", "%", "\"", " ", "é",
    ]
    var random = seed.generator()
    for _ in 0..<100 {
      let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in random.choice(parts) }
        .joined()
      if let reading = try? dates.read(text) { _ = reading.end(in: dates.calendar) }
      if let money = try? amounts.money(text) {
        let shown = PeopleFormat.money(money)
        #expect(try amounts.money(shown) == money, "\(text) is shown as \(shown)")
      }
      _ = try? Reference(ValueText(text), vocabulary: .sample, namesHaveFields: true)
    }
  }
}
