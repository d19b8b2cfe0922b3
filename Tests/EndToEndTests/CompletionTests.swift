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

  @Test("Tab completes the values of a field: stages, choices, lists, names, yes and no")
  func values() throws {
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "office> ")
    for (typed, completed) in [
      ("edit Pump stage=W\t", "stage=Won "), ("list deals where stage = L\t", "= Lost "),
      ("list deals where stage in (Eng\t", "(Engaging "), ("edit Pump need_fit=par\t", "partly "),
      ("new account Acme industry=wa\t", "industry=Water "), ("edit Pump account=m\t", "\"Müller GmbH\" "),
      ("edit Pump account=\"Mü\t", "\"Müller GmbH\" "), ("edit Pump primary_contact=jo\t", "\"Jonas Weber\" "),
      ("new account Acme po_required=n\t", "po_required=no "), ("edit Pump sta\t", "stage="),
    ] {
      try terminal.type(typed)
      try terminal.wait(for: completed)
      try terminal.type("\u{3}")
      try terminal.wait(for: "office> ")
    }
    try terminal.type("edit Pump stage=\t\t")
    for stage in ["Prospecting", "Engaging", "Won", "Lost"] { try terminal.wait(for: stage) }
    try terminal.type("\u{3}\u{4}")
    #expect(try terminal.result().code == 0)
  }

  @Test("Tab completes the names of files, folder by folder")
  func files() throws {
    _ = try nodes.folder.write("name\n", to: "accounts-2026.csv")
    let folder = nodes.folder.path("")
    let terminal = try nodes.prompt("office")
    try terminal.wait(for: "office> ")
    try terminal.type("import accounts \(folder)acc\t")
    try terminal.wait(for: "accounts-2026.csv ")
    try terminal.type("--rejects \(folder.dropLast(3))\t")
    try terminal.wait(for: "/")
    try terminal.type("\u{3}")
    try terminal.wait(for: "office> ")
    try terminal.type("\u{4}")
    #expect(try terminal.result().code == 0)
  }
}
