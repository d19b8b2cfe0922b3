import Foundation
import TestSupport
import Testing

/// What holds for everybody: settings and exchange rates, as people set them and other nodes get them.
@Suite("Settings", .serialized)
struct SettingTests {
  @Test("ORG-13: a setting is set by those who may, told with its author, synced, and undone")
  func settings() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    func said(_ node: String, _ words: String..., code: Int32 = 0) throws -> String {
      let result = try nodes.kith(node, words, code: code)
      return result.output + result.errors
    }
    let set = try said(
      "office", "setting", "set", "fiscal_year.start", "april", "because", "the law")
    #expect(set.contains("fiscal_year.start = 4. Reverse with: undo z"))
    try nodes.kith("office", "setting", "set", "company.name", "Müller Pumps GmbH")
    try nodes.kith("office", "setting", "set", "working.hours", "8:30-17:00")
    #expect(try said("office", "setting", "set", "working.hours", "8:30-17:00").contains("already"))
    #expect(
      try said("office", "setting", "set", "fiscal_yaer.start", "4", code: 3)
        .contains("Did you mean “fiscal_year.start”?"))
    let wrong = try said("office", "setting", "set", "time_zone", "Berlin", code: 2)
    #expect(wrong.contains("setting set time_zone \"Europe/Berlin\""))
    let server = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena Vogt", invitedBy: "office", at: try server.listeningAddress())
    try nodes.stop(server)
    let shown = try said("rep", "setting", "show", "fiscal_year.start")
    #expect(shown.contains("by Priya Nair: \"the law\""))
    let listed = try said("rep", "setting", "list", "--format", "tsv")
    #expect(listed.contains("company.name\tMüller Pumps GmbH\tset"))
    #expect(listed.contains("stale.contacts\t6\tusual"))
    let refused = try said("rep", "setting", "set", "currency", "USD", code: 10)
    #expect(refused.contains("Only an administrator or a manager"))
    #expect(try said("rep", "rate", "set", "EUR", "USD", "2", code: 10).contains("Only an"))
    try nodes.kith("office", "undo")
    #expect(try said("office", "setting", "show", "working.hours").contains("09:00-17:00"))
    try nodes.kith("office", "setting", "unset", "company.name")
    #expect(
      try said("office", "setting", "list", "--format", "tsv").contains("company.name\t\tnobody"))
  }

  @Test("ORG-11: rates are set by day, imported from files after a dry run, listed and undone")
  func rates() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    func said(_ words: String..., code: Int32 = 0) throws -> String {
      let result = try nodes.kith("office", words, code: code)
      return result.output + result.errors
    }
    #expect(
      try said("rate", "set", "eur", "usd", "1.0832", "on=2026-03-12")
        .contains("1 EUR = 1.0832 USD from Thu 2026-03-12 on. Reverse with: undo z"))
    #expect(try said("rate", "set", "EUR", "UDS", "1.1", code: 2).contains("“UDS” is no currency"))
    #expect(try said("rate", "set", "EUR", "USD", "1,1", code: 2).contains("“1,1” is no rate"))
    #expect(try said("rate", "set", "EUR", "USD", "1.1", "off=1", code: 2).contains("on=DATE"))
    let path = nodes.folder.path("rates.csv")
    try Data(
      "date,currency,rate\n2026-03-12,USD,1.0832\n2026-03-13,USD,1.09\n2026-03-13,JPY,x\n".utf8
    )
    .write(to: URL(fileURLWithPath: path))
    let dry = try said("rate", "import", path, "--dry-run", code: 10)
    #expect(dry.contains("2 rates read: 1 would be set, of 2026-03-13, 1 unchanged, 1 rejected"))
    #expect(dry.contains("line 4: “x” is no rate. (rejected)"))
    #expect(try said("rate", "list", "--format", "csv").contains("2026-03-12,EUR,1.0832,USD"))
    _ = try said("rate", "import", path, code: 10)
    #expect(try said("rate", "list", "--format", "csv").contains("2026-03-13,EUR,1.09,USD"))
    #expect(
      try said("rate", "list", "usd", "until", "2026-03-12", "--format", "csv")
        == "date,one,is,of\n2026-03-12,EUR,1.0832,USD\n")
    #expect(try said("rate", "import", path, code: 10).contains("0 set, 2 unchanged"))
    _ = try said("undo")
    #expect(try said("rate", "list", "--format", "csv").contains("2026-03-12,EUR,1.0832,USD"))
    let cut = nodes.folder.path("cut.xml")
    try Data("<Cube><Cube time='2026-03-12'>".utf8).write(to: URL(fileURLWithPath: cut))
    #expect(try said("rate", "import", cut, code: 1).contains("The file holds no rates"))
  }
}
