import Foundation
import TestSupport
import Testing

/// Labels as people keep them, and colours as a terminal shows them.
@Suite("Labels and colours", .serialized)
struct LabelTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
  }

  private func said(_ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  @Test("LBL-01, LBL-02, LBL-04: labels are made, renamed and merged, and records keep theirs")
  func kept() throws {
    try nodes.kith("office", "label", "add", "vip", "colour=orange")
    try nodes.kith("office", "new", "deal", "Pump", "labels=(vip, fair)")
    try nodes.kith("office", "new", "deal", "Valve", "labels=Fare")
    try nodes.kith("office", "new", "account", "Acme", "labels=fair")
    #expect(try said("label", "list").contains("fair\t\t2\t1 account, 1 deal"))
    #expect(try said("label", "add", "VIP", code: 10).contains("already"))
    try nodes.kith("office", "label", "rename", "vip", "Key account")
    #expect(try said("show", "Pump").contains("Key account"))
    #expect(try nodes.count("office", "deals", "where", "labels has \"key account\"") == 1)
    // Still found by what it was first called.
    try nodes.kith("office", "new", "deal", "Seal", "labels=vip")
    #expect(try said("show", "Seal").contains("Key account"))

    try nodes.kith("office", "label", "merge", "fare", "fair")
    #expect(try nodes.count("office", "deals", "where", "labels has fair") == 2)
    #expect(try said("label", "list").contains("fair\t\t3\t1 account, 2 deals"))
    #expect(try said("show", "Valve").contains("fair"))
    try nodes.kith("office", "undo", "--yes")
    #expect(try nodes.count("office", "deals", "where", "labels has fair") == 1)
    #expect(try said("label", "merge", "fair", "Fair", code: 10).contains("one label already"))
    #expect(try said("label", "rename", "fayr", "x", code: 3).contains("Did you mean “fair”?"))
    try nodes.kith("office", "store", "check")
  }

  @Test("LBL-03: labels are put on many after a preview, and taken from many")
  func bulk() throws {
    for name in ["Pump", "Valve", "Seal"] { try nodes.kith("office", "new", "deal", name) }
    let preview = try nodes.kith("office", ["edit", "(deals)", "labels+=spring", "--dry-run"])
    #expect(preview.errors.contains("Would change 3 deals: labels"))
    try nodes.kith("office", "edit", "(deals)", "labels+=spring", "--yes")
    try nodes.kith("office", "edit", "(deals where name = Seal)", "labels-=spring", "--yes")
    #expect(try nodes.count("office", "deals", "where", "labels has spring") == 2)
  }

  @Test("LBL-06, STG-13: stages, labels and list values have colours, drawn where there is colour")
  func colours() throws {
    try nodes.kith("office", "edit", "stage:Prospecting", "colour=sky")
    try nodes.kith("office", "label", "add", "vip", "colour=#D55E00")
    try nodes.kith("office", "picklist", "add", "industry", "robotics")
    try nodes.kith("office", "picklist", "colour", "industry", "Robotics", "Green")
    try nodes.kith("office", "new", "deal", "Pump", "labels=vip")
    try nodes.kith("office", "new", "account", "Acme", "industry=robotics")
    let board = try said("board", "deals", "--color", "always")
    #expect(board.contains("\u{1B}[1;38;5;74mPROSPECTING"))
    #expect(try said("show", "Pump", "--color", "always").contains("\u{1B}[38;5;166mvip"))
    #expect(try said("show", "Acme", "--color", "always").contains("\u{1B}[38;5;35mrobotics"))
    for words in [
      ["board", "deals"], ["show", "Pump"], ["list", "deals", "cols", "stage,labels"],
    ] {
      let plain = try nodes.kith("office", words, environment: ["NO_COLOR": "1"]).output
      #expect(!plain.contains("\u{1B}") && (plain.contains("vip") || plain.contains("PROSPECTING")))
    }
    #expect(
      try said("edit", "stage:Engaging", "colour=mauve", code: 10).contains(
        "cannot be read as colour"))
    #expect(
      try said("label", "colour", "vip", "mauve", code: 2).contains("one of red, orange, yellow"))
    try nodes.kith("office", "label", "colour", "vip", "none")
    #expect(!(try said("show", "Pump", "--color", "always").contains("\u{1B}[38;5;166m")))
  }
}
