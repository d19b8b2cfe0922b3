import Foundation
import TestSupport
import Testing

/// Commands about several records: what they show first, how they are answered, how they are reversed.
@Suite("Bulk changes")
struct BulkTests {
  private let nodes: TestNodes
  private static let filter = "(accounts where website is empty)"
  private static let count = 41

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    let rows = (1...Self.count).map { "Account \($0)" }.joined(separator: "\n")
    let file = try nodes.folder.write("name\n\(rows)\n", to: "accounts.csv")
    _ = try nodes.importFile(file, as: "accounts", on: "office")
  }

  private func changed() throws -> Int {
    try nodes.count("office", "accounts", "where", "country = Peru")
  }

  /// Types one command at a prompt, and answers.
  private func type(
    _ command: String, _ answers: [(question: String, answer: String)], then end: String
  ) throws -> String {
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "office> ")
    try terminal.type(command + "\r")
    var shown = ""
    for (question, answer) in answers {
      shown += try terminal.wait(for: question)
      try terminal.type(answer + "\r")
    }
    shown += try terminal.wait(for: end)
    try terminal.wait(for: "office> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    return shown
  }

  @Test("BLK-08: a bulk edit shows the count, the columns and ten records; Enter changes nothing")
  func enterIsNo() throws {
    let shown = try type(
      "edit \(Self.filter) country=Peru",
      [("Apply to 41? [y]es [n]o [e]ach [l]ist all > ", "")], then: "Nothing was changed.")
    #expect(shown.contains("Would change 41 accounts: country:"))
    #expect(shown.contains("country (empty) → Peru"))
    #expect(shown.contains("… and 31 more"))
    #expect(shown.components(separatedBy: "→ Peru").count == 11)
    #expect(try changed() == 0)
  }

  @Test(
    "all are listed when asked for, each is asked about when wanted, and a yes is one operation")
  func answers() throws {
    let question = "[e]ach [l]ist all > "
    let listed = try type(
      "edit \(Self.filter) country=Peru", [(question, "l"), (question, "n")],
      then: "Nothing was changed.")
    #expect(listed.components(separatedBy: "→ Peru").count == 10 + Self.count + 1)
    let each = "[y]es [n]o [q]uit > "
    _ = try type(
      "edit \(Self.filter) country=Peru",
      [(question, "e"), (each, "y"), (each, "n"), (each, "y"), (each, "q")],
      then: "Changed 2 accounts in one operation.")
    #expect(try changed() == 2)
    let all = try type("edit \(Self.filter) country=Peru", [("Apply to 39?", "y")], then: "undo z")
    #expect(all.contains("Changed 39 accounts in one operation. Reverse with: "))
    #expect(try changed() == Self.count)
  }

  @Test("without a terminal nothing is changed, with code 5 and what to add; a dry run ends with 0")
  func pipe() throws {
    let edit = ["edit", Self.filter, "country=Peru"]
    let refused = try nodes.kith("office", edit, code: 5)
    #expect(refused.errors.contains("… and 31 more"))
    #expect(
      refused.errors.contains("Say yes with: edit \(Self.filter) country=Peru --yes"))
    #expect(try changed() == 0)
    let dry = try nodes.kith("office", edit + ["--dry-run"])
    #expect(dry.errors.contains("Would change 41 accounts: country"))
    #expect(try changed() == 0)
    try nodes.kith("office", edit + ["--max", "40", "--yes"], code: 10)
    #expect(try changed() == 0)
    let done = try nodes.kith("office", edit + ["--yes"])
    #expect(try changed() == Self.count)
    let undo = try #require(done.output.firstMatch(of: /Reverse with: undo (z\w+)/)).output.1
    try nodes.kith("office", "undo", String(undo), "--yes")
    #expect(try changed() == 0)
  }

  @Test("of a bulk deletion the count has to be typed; it is one operation, and restored as one")
  func deletion() throws {
    let question = "Delete 41 accounts? Type 41 or [n]o"
    _ = try type("delete \(Self.filter)", [(question, "y")], then: "Nothing was changed.")
    #expect(try nodes.count("office", "accounts") == Self.count)
    _ = try type("delete \(Self.filter)", [(question, "41")], then: "Reverse with: undo z")
    #expect(try nodes.count("office", "accounts") == 0)
    let restored = try nodes.kith(
      "office", ["restore", "(accounts where deleted)", "--yes"])
    #expect(restored.output.contains("Restored 41 accounts in one operation"))
    #expect(try nodes.count("office", "accounts") == Self.count)
  }

  @Test("BLK-12: more records than one entry holds are changed in one operation, and undone in one")
  func large() throws {
    let count = 9_000
    let rows = (1...count).map { "Many \($0)" }.joined(separator: "\n")
    let file = try nodes.folder.write("name\n\(rows)\n", to: "many.csv")
    _ = try nodes.importFile(file, as: "accounts", on: "office")
    let edit = ["edit", "(accounts where name ~ many)", "country=Peru"]
    try nodes.kith("office", edit + ["--yes"])
    #expect(try changed() == count)
    let listed = try nodes.kith("office", "ops", "limit", "1").output
    #expect(listed.contains("9,000 accounts"))
    try nodes.kith("office", "undo", "--yes")
    #expect(try changed() == 0)
    // The next one back is the import itself.
    try nodes.kith("office", "undo", "--yes")
    #expect(try nodes.count("office", "accounts") == Self.count)
    try nodes.kith("office", "store", "check")
  }

  private func said(_ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  @Test("BLK-01: records are chosen by filter, by names, or by rows of the last listing")
  func rows() throws {
    let listed = try said(
      "-c", "list accounts limit 5; edit @2-4 country=Peru --yes; edit @1 @5 country=Chile --yes")
    #expect(listed.contains("Changed 3 accounts") && listed.contains("Changed 2 accounts"))
    #expect(try changed() == 3)
    #expect(
      try said("-c", "list accounts limit 5; edit @4-6 country=Peru --yes", code: 3)
        .contains("“@4-6” is not in the last listing, which has 5 rows."))
    #expect(try said("-c", "list accounts limit 5; show @2-3", code: 2).contains("one record"))
    #expect(try changed() == 3)
  }

  @Test("BLK-02, BLK-07: owners, teams and labels are given to many, and labels taken away again")
  func assigned() throws {
    try nodes.kith("office", "new", "user", "Lena Vogt")
    try nodes.kith(
      "office", "edit", Self.filter, "owner=Lena", "teams+=north", "labels+=(spring, vip)", "--yes")
    #expect(
      try nodes.count("office", "accounts", "where", "owner = Lena and teams has north") == 41)
    #expect(try nodes.count("office", "accounts", "where", "labels has all (spring, vip)") == 41)
    try nodes.kith("office", "edit", "(accounts where labels has vip)", "labels-=vip", "--yes")
    #expect(try nodes.count("office", "accounts", "where", "labels has vip") == 0)
    #expect(try nodes.count("office", "accounts", "where", "labels has spring") == 41)
    try nodes.kith("office", "undo", "--yes")
    #expect(try nodes.count("office", "accounts", "where", "labels has vip") == 41)
  }

  @Test("BLK-03: of a bulk move those that a rule refuses are listed and stay, the others go")
  func refusals() throws {
    for name in ["Pump", "Valve", "Seal"] { try nodes.kith("office", "new", "deal", name) }
    try nodes.kith("office", "move", "Seal", "Lost", "close_reason=price")
    let moved = try nodes.kith("office", ["move", "(deals)", "Engaging", "--yes"], code: 10)
    #expect(moved.errors.contains("1 record is left as is:"))
    #expect(moved.errors.contains("Seal  Going from Lost to Engaging needs a reason."))
    #expect(moved.output.contains("Changed 2 deals in one operation"))
    #expect(try nodes.count("office", "deals", "where", "stage = Engaging") == 2)
    // What no record takes is an error, and changes nothing.
    try nodes.kith("office", ["move", "(deals)", "Nowhere", "--yes"], code: 10)
  }

  @Test("BLK-04: many are archived, found again and brought back")
  func archived() throws {
    try nodes.kith("office", "edit", Self.filter, "archived=yes", "--yes")
    #expect(try said("list", "accounts", "--format", "ids") == "")
    let back = "list accounts where archived = yes; edit @all archived=no --yes"
    #expect(try said("-c", back).contains("Changed 41 accounts"))
    #expect(try said("list", "accounts", "--format", "ids").split(separator: "\n").count == 41)
  }

  @Test("BLK-09: one command changes many of every kind: products, stages, labels, orders")
  func kinds() throws {
    for name in ["Pump", "Valve"] {
      try nodes.kith("office", "new", "product", name, "code=\(name)")
      try nodes.kith("office", "label", "add", "label \(name)")
      try nodes.kith("office", "new", "deal", name)
      try nodes.kith("office", "move", "deal:\(name)", "Won")
    }
    for (kind, change) in [
      ("products", "notes=checked"), ("labels", "colour=green"), ("stages", "colour=blue"),
      ("orders", "archived=yes"),
    ] {
      #expect(
        try said("edit", "(\(kind))", change, "--yes").contains("in one operation"), "\(kind)")
    }
    #expect(try nodes.count("office", "stages", "where", "colour = blue") == 4)
  }
}
