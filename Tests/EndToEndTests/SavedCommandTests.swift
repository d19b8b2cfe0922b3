import Foundation
import TestSupport
import Testing

/// Views and aliases, which go from node to node as records do.
@Suite("Saved commands")
struct SavedCommandTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Tom")
    for (name, amount) in [("Pump", "300"), ("Valve", "100"), ("Seal", "200")] {
      try nodes.kith("office", "new", "deal", name, "amount=\(amount)")
    }
  }

  /// The names in a listing.
  private func names(_ node: String = "office", _ words: String...) throws -> [String] {
    try nodes.kith(node, words).output.split(separator: "\n").dropFirst()
      .map { $0.split(separator: "\t").dropFirst().first.map(String.init) ?? "" }
  }

  @Test("a view is narrowed where it is listed, and takes other orders, columns and formats")
  func narrowing() throws {
    try nodes.kith(
      "office", "view", "save", "big", "=", "list", "deals", "where", "amount >= 200", "sort",
      "-amount", "cols", "name,", "amount")
    #expect(try names("office", "list", "%big") == ["Pump", "Seal"])
    #expect(try names("office", "list", "%big", "where", "name ~ e") == ["Seal"])
    #expect(try names("office", "list", "%big", "sort", "amount") == ["Seal", "Pump"])
    #expect(try names("office", "list", "%big", "limit", "1") == ["Pump"])
    #expect(try nodes.kith("office", "count", "%big").output == "2\n")
    #expect(try nodes.kith("office", "export", "%big", "-").output.contains("Seal"))
    let told = try nodes.kith("office", "list", "%big").errors
    #expect(
      told.contains("%big = list deals where amount >= 200 sort -amount cols name, amount"))
  }

  @Test("a slip in a view's name is told with the name that was meant")
  func slips() throws {
    try nodes.kith("office", "-c", "view save quiet = list deals where stale")
    let listed = try nodes.kith("office", "list", "%queit", code: 3).errors
    #expect(listed.contains("There is no view “queit”.") && listed.contains("Did you mean quiet?"))
    let deleted = try nodes.kith("office", "alias", "delete", "nothing", code: 3).errors
    #expect(deleted.contains("See: alias list"))
    try nodes.kith("office", "view", "delete", "quiet")
  }

  @Test("a view stands for records in a command that changes them, which previews")
  func target() throws {
    try nodes.kith("office", "-c", "view save big = list deals where amount >= 200")
    try nodes.kith("office", "edit", "%big", "labels+=vip", code: 5)
    try nodes.kith("office", "edit", "%big", "labels+=vip", "--yes")
    #expect(try nodes.count("office", "deals", "where", "labels has vip") == 2)
  }

  @Test("a view is saved anew, listed, deleted and brought back; what is none is refused")
  func keeping() throws {
    try nodes.kith("office", "-c", "view save mine=list deals where mine")
    let again = try nodes.kith("office", "-c", "view save mine = list accounts")
    #expect(again.errors.contains("It was: list deals where mine"))
    #expect(try nodes.kith("office", "view", "list").output.contains("mine\tlist accounts\tTom"))
    try nodes.kith("office", "undo")
    #expect(try nodes.kith("office", "view", "list").output.contains("list deals where mine"))
    try nodes.kith("office", "view", "delete", "mine")
    try nodes.kith("office", "list", "%mine", code: 3)
    try nodes.kith("office", "undo")
    #expect(try names("office", "list", "%mine").count == 3)
    for line in [
      "view save x = delete Pump",
      "view save x = list deals --format csv", "view save x", "view save 1x = list deals",
      "view save x = list nothings",
    ] {
      let result = try nodes.start("office", "-c", line).result()
      #expect(result.code != 0, "\(line)")
    }
    try nodes.kith("office", "list", "%x", code: 3)
  }

  @Test("an alias stands for a command, what is typed behind it is added, and it hides no command")
  func aliases() throws {
    try nodes.kith("office", "-c", "alias big = list deals where amount >= 200")
    #expect(try names("office", "big") == ["Pump", "Seal"])
    #expect(try names("office", "big", "sort", "amount", "limit", "1") == ["Seal"])
    #expect(try nodes.kith("office", "-c", "count deals; big").output.contains("Seal"))
    try nodes.kith("office", "-c", "alias list = count deals", code: 2)
    try nodes.kith("office", "-c", "alias deals = count deals", code: 10)
    try nodes.kith("office", "-c", "alias wrong = lits deals", code: 2)
    #expect(try nodes.kith("office", "alias", "list").output.contains("big\tlist deals"))
    try nodes.kith("office", "alias", "delete", "big")
    try nodes.kith("office", "big", code: 2)
    // An alias that names itself ends.
    try nodes.kith("office", "-c", "alias one = list deals; alias two = one")
    try nodes.kith("office", "-c", "alias delete one; alias one = two", code: 2)
    #expect(try names("office", "-c", "list deals").count == 3)
  }

  @Test("views and aliases synchronise, and one name saved on two nodes is one view in conflict")
  func synchronised() throws {
    let office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
    try nodes.kith("office", "-c", "view save big = list deals where amount >= 200")
    try nodes.kith("office", "-c", "alias all = list deals")
    try nodes.sync("rep")
    #expect(try names("rep", "list", "%big") == ["Pump", "Seal"])
    #expect(try names("rep", "all").count == 3)
    try nodes.kith("office", "-c", "view save small = list deals where amount < 150")
    try nodes.kith("rep", "-c", "view save small = list deals where amount < 250")
    try nodes.sync("rep")
    #expect(try nodes.conflicts("office").count == 2)
    #expect(try names("office", "list", "%small") == names("rep", "list", "%small"))
    #expect(try nodes.digest("office") == nodes.digest("rep"))
    try nodes.stop(office)
  }
}
