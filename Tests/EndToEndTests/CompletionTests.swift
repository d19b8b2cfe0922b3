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
      ("edit Pump stage=W\t", "→ Won"), ("edit deal:Pump stag\tLo\t", "Won → Lost"),
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
    for stage in ["Prospecting", "Engaging", "Won", "Lost"] { try terminal.wait(for: stage) }
    try terminal.type("\u{3}")
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
