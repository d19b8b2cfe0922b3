import CommandShell
import Testing

@Suite("Expression")
struct ExpressionTests {
  private let parser = CommandParser(vocabulary: .sample)

  private func filter(_ text: String) throws -> Expression? {
    try parser.parse("list deals where " + text).first?.clauses.filter
  }

  @Test(
    "a filter reads back as it was meant",
    arguments: [
      ("a=1", "a = 1"),
      ("a!=1 and b<2 or c>=3", "a != 1 and b < 2 or c >= 3"),
      ("a = 1 and (b = 2 or c = 3)", "a = 1 and (b = 2 or c = 3)"),
      ("not (a = 1 or b = 2)", "not (a = 1 or b = 2)"),
      ("not not paid", "not not paid"),
      ("stage in (quote, \"in\", two words)", "stage in (quote, \"in\", two words)"),
      ("n in (100,200)", "n in (100, 200)"),
      ("stage not in (quote)", "stage not in (quote)"),
      ("labels has vip", "labels has vip"),
      ("labels has (vip)", "labels has vip"),
      ("labels has any (vip, new)", "labels has any (vip, new)"),
      ("labels has all (vip, new)", "labels has all (vip, new)"),
      ("phone is empty", "phone is empty"),
      ("phone is not empty", "phone is set"),
      ("phone is set and mail is not set", "phone is set and mail is empty"),
      ("name ~ müller gmbh", "name ~ müller gmbh"),
      ("name !~ /^a\\/b\\d+$/", "name !~ /^a\\/b\\d+$/"),
      ("name contains /x/", "name ~ /x/"),
      ("a lt 1 and b le 2 and c gt 3 and d ge 4", "a < 1 and b <= 2 and c > 3 and d >= 4"),
      ("a eq 1 or b ne 2", "a = 1 or b != 2"),
      ("due < today and not paid", "due < today and not paid"),
      ("due < in 3 days", "due < in 3 days"),
      ("close = +3d", "close = +3d"),
      ("value >= €6,250", "value >= €6,250"),
      ("account.city = Kiel", "account.city = Kiel"),
      ("changed by tom since monday", "changed by tom since monday"),
      ("not seen by munich", "not seen by munich"),
      ("owner = \"O\\\"Neil\"", "owner = \"O\\\"Neil\""),
    ])
  func roundTrip(text: String, canonical: String) throws {
    let filter = try #require(try filter(text))
    #expect(filter.description == canonical)
  }

  @Test("what is printed parses to the same filter")
  func printedForm() throws {
    let text = "not (a = 1 and (b in (x, \"y z\") or c has all (p, q))) or d is empty"
    let printed = try #require(try filter(text)?.description)
    #expect(try filter(printed)?.description == printed)
  }

  @Test("\"by\" after a flag without actor begins the grouping")
  func flagsAndGroups() throws {
    let unsynced = try #require(try parser.parse("count deals where unsynced by stage").first)
    #expect(unsynced.rendered == "count kind:deal where[unsynced] by[\"stage\"]")
    let changed = try #require(try parser.parse("count deals where changed by tom by stage").first)
    #expect(changed.rendered == "count kind:deal where[changed by tom] by[\"stage\"]")
  }

  @Test("nesting is bounded")
  func nesting() throws {
    let deep = String(repeating: "(", count: 5_000)
    let error = #expect(throws: ParseError.self) {
      try parser.parse("list deals where \(deep)a = 1" + String(repeating: ")", count: 5_000))
    }
    #expect(error?.problem == .tooDeep)
  }
}
