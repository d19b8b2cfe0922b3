import Foundation
import TestSupport
import Testing

/// What the Tab key knows of values, files and records.
@Suite("Completion")
struct CompletionTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    try nodes.kith("office", "new", "account", "Müller GmbH", "industry=Water")
    try nodes.kith("office", "new", "contact", "Jonas Weber")
    try nodes.kith("office", "new", "deal", "Pump")
  }

  @Test("Tab completes fields and their values: stages, choices, lists, names, yes and no")
  func values() throws {
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "office> ")
    for (typed, effect) in [
      ("edit Pump stage=En\t", "→ Engaging"),
      ("edit deal:Pump close_reason=pri\t stag\tLo\t", "Engaging → Lost"),
      ("count deals where stage = l\t", "1 deal"), ("count deals where stage in (Lo\t)", "1 deal"),
      ("edit Pump need_fit=par\t", "→ partly"), ("edit Pump account=m\t", "→ Müller GmbH"),
      ("edit @last account=\t", "was already Müller GmbH"),
      ("count deals where account = \"Mü\t", "1 deal"),
      ("edit Pump primary_contact=jo\t", "→ Jonas Weber"),
      ("new account Acme industry=wa\t po_required=n\t", "Added"),
      ("count accounts where industry = water and po_required = n\t", "1 account"),
    ] {
      try terminal.type(typed + "\r")
      try terminal.wait(for: effect)
      try terminal.wait(for: "office> ")
    }
    try terminal.type("edit Pump stage=\t\t")
    let list = try terminal.wait(for: "office> ")
    for stage in ["Prospecting", "Engaging", "Won", "Lost"] { #expect(list.contains(stage)) }
    try terminal.type("\u{3}")
    try terminal.wait(for: "office> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }

  @Test("values are listed with how many records have each; views and aliases with what they are")
  func counts() throws {
    for (name, stage) in [("Seal", "Won"), ("Valve", "Won"), ("Tube", "Lost")] {
      try nodes.kith("office", "new", "deal", name, "stage=\(stage)", "close_reason=price")
    }
    try nodes.kith("office", "edit", "Müller", "labels+=(vip, old)")
    try nodes.kith("office", "-c", "view save quiet = list deals where stale")
    try nodes.kith("office", "-c", "alias mine = list deals where mine")
    func offers(_ line: String) throws -> [String] {
      try nodes.kith("office", "completion", "offers", line).output.split(separator: "\n")
        .map { String($0.replacing("\t", with: " ")) }
    }
    let stages = try offers("list deals where stage = ")
    #expect(stages.first == "Won 2" && stages.last == "Engaging 0")
    #expect(Set(stages) == ["Won 2", "Lost 1", "Prospecting 1", "Engaging 0"])
    #expect(try offers("edit Seal stage=") == stages.map { "stage=" + $0 })
    #expect(try offers("count deals where stage in (L") == ["(Lost 1"])
    #expect(try offers("list accounts where labels has ").sorted() == ["old 1", "vip 1"])
    #expect(try offers("list accounts where industry = Wa") == ["Water 1"])
    // What is behind a reference belongs to other records than those that are listed.
    #expect(try offers("list deals where account.industry = Wa") == ["Water "])
    #expect(try offers("list %") == ["%quiet list deals where stale"])
    #expect(try offers("mi").contains("mine list deals where mine"))
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "office> ")
    try terminal.type("edit Seal stage=\t\t")
    try terminal.wait(for: "Won          2")
    try terminal.type("\u{3}")
    try terminal.wait(for: "office> ")
    try terminal.type("count %q\t\r")
    try terminal.wait(for: "0 deals")
    try terminal.wait(for: "office> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }

  @Test("Tab completes the names of files, in quotes where they need them")
  func files() throws {
    let folder = nodes.folder.path("my files")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for (name, text) in [
      ("accounts.csv", "name,founded\nAcme,1990\nBeta,soon\n"), ("rejects", "old"),
    ] {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "office> ")
    let path = nodes.folder.path("my")
    try terminal.type("import accounts \(path)\tacc\t--rejects \"\(path)\trej\t\r")
    try terminal.wait(for: "1 rejected")
    try terminal.wait(for: "office> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
    #expect(try nodes.count("office", "accounts", "where", "name = Acme") == 1)
    #expect(try String(contentsOfFile: "\(folder)/rejects", encoding: .utf8).contains("Beta"))
  }
}
