import Foundation
import TestSupport
import Testing

/// Counters, sets, links, marks and patterns, as people type them.
@Suite("Editing")
struct EditingTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    for name in ["Müller GmbH", "Mühle AG", "Weber"] {
      try nodes.kith("office", "new", "account", name)
    }
    try nodes.kith("office", "new", "product", "Seal kit", "sku=P-220", "stock=40")
  }

  private func run(_ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  @Test("a counter that is given a number is refused with the two commands that are right")
  func counterSet() throws {
    let refused = try run("edit", "P-220", "stock=38", code: 10)
    #expect(
      refused.contains(
        "stock is a counter: every node's changes are added up, so it can't be set to a number."))
    #expect(
      refused.contains(
        "Now 40 · took some?  edit P-220 stock-=2 · counted?  recount P-220 stock=38"))
    #expect(try run("edit", "P-220", "stock=41", code: 10).contains("edit P-220 stock+=1"))
    #expect(try run("edit", "P-220", "stock-=2").contains("40 − 2 = 38 here"))
    #expect(try run("recount", "P-220", "stock=40").contains("38 + 2 = 40 here"))
    #expect(try run("recount", "P-220", "name=X", code: 10).contains("name is no counter"))
    try nodes.kith("office", "recount", "P-220", "stock=many", code: 10)
  }

  @Test("what was to leave a set and was not in it is named, and makes no new word of a list")
  func absentElement() throws {
    let edited = try run("edit", "Weber", "labels+=vip", "labels-=nope")
    #expect(edited.contains("+ vip"))
    #expect(edited.contains("nope was not set"))
    #expect(try nodes.count("office", "labels") == 1)
    #expect(try run("edit", "Weber", "labels-=nope").contains("nope was not set"))
    #expect(try run("edit", "Mühle", "labels-=vip").contains("vip was not set"))
    #expect(try nodes.count("office", "accounts", "where", "labels has vip") == 1)
  }

  @Test("a link is on both records, made and taken back at once")
  func links() throws {
    #expect(try run("link", "Weber", "P-220").contains("Seal kit."))
    let linked = "links is set"
    #expect(try nodes.count("office", "accounts", "where", linked) == 1)
    #expect(try nodes.count("office", "products", "where", linked) == 1)
    #expect(try run("link", "P-220", "Weber").contains("were linked already"))
    #expect(try run("unlink", "P-220", "Weber").contains("Unlinked"))
    #expect(try nodes.count("office", "accounts", "where", linked) == 0)
    #expect(try nodes.count("office", "products", "where", linked) == 0)
    #expect(try run("unlink", "P-220", "Weber").contains("were not linked"))
    try nodes.kith("office", "link", "Weber", "Weber", code: 2)
  }

  @Test("marked rows are changed together, and all rows of the last list are")
  func marks() throws {
    let session =
      "list accounts; mark @1 @3; edit @marked country=Peru --yes; unmark; list accounts;"
      + "edit @all website=x.example --yes"
    let output = try run("-c", session)
    #expect(output.contains("2 accounts marked."))
    #expect(output.contains("Changed 2 accounts in one operation."))
    #expect(output.contains("Nothing marked."))
    #expect(try nodes.count("office", "accounts", "where", "country = Peru") == 2)
    #expect(try nodes.count("office", "accounts", "where", "website = x.example") == 3)
  }

  @Test(
    "patterns are found in texts and in names of what fields refer to; a wrong one is pointed out")
  func patterns() throws {
    try nodes.kith("office", "new", "contact", "Jonas", "account=Weber")
    for (filter, count) in [
      ("name ~ /^mu(ll|hl)e/", 2), ("name !~ /gmbh$/", 2), ("name ~ /x/ or name ~ /^w.*r$/", 1),
    ] {
      #expect(try nodes.count("office", "accounts", "where", filter) == count)
    }
    #expect(try nodes.count("office", "contacts", "where", "account ~ /^web/") == 1)
    let refused = try run("list", "accounts", "where", "name ~ /(a/", code: 2)
    #expect(refused.contains("/(a/ is no pattern: a “(” is not closed."))
  }
}
