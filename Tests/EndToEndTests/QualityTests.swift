import Foundation
import TestSupport
import Testing

/// Hygiene, reviews, audits, numbers and kept forecasts, as people type them.
@Suite("Data quality at the command line", .serialized)
struct QualityCommandTests {
  private func office() throws -> TestNodes {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    return nodes
  }

  private func said(_ nodes: TestNodes, _ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  @Test("OPP-30, OPP-36: hygiene lists what is missing, and its walk repairs it with single keys")
  func hygiene() throws {
    let nodes = try office()
    try nodes.kith("office", "new", "deal", "Pump", "amount=500", "target_close=2020-01-01")
    let listed = try said(nodes, "hygiene", "--format", "table")
    #expect(listed.contains("was to be decided") && listed.contains("no next step"))
    #expect(listed.contains("1 of 1 open deals"))
    #expect(try said(nodes, "hygiene", "where", "amount > 1000", "--format", "ids").isEmpty)
    #expect(try said(nodes, "hygiene", "work", code: 5).contains("hygiene"))
    let terminal = try KithTerminal([
      "--store", nodes.store("office"), "hygiene", "work", "because", "monday's round",
    ])
    try terminal.wait(for: "1 of 1")
    try terminal.wait(for: "! no next step")
    try terminal.wait(for: "u undo · q")
    try terminal.type("d")
    try terminal.wait(for: "date > ")
    try terminal.type("no day\r")
    try terminal.wait(for: "no day")
    try terminal.wait(for: "u undo · q")
    try terminal.type("d")
    try terminal.wait(for: "date > ")
    try terminal.type("in 3 months\r")
    try terminal.wait(for: "! no next step")
    try terminal.wait(for: "u undo · q")
    try terminal.type("n")
    try terminal.wait(for: "next step > ")
    try terminal.type("ask \"when\"\r")
    // Nothing is missing any more, and the walk ends.
    try terminal.wait(for: "Looked at 1 of 1, 2 changes.")
    #expect(try terminal.result().code == 0)
    #expect(try said(nodes, "show", "Pump").contains("ask \"when\""))
    #expect(try said(nodes, "history", "Pump").contains("monday's round"))
    #expect(try said(nodes, "hygiene").isEmpty == false)
    #expect(try said(nodes, "hygiene", "--format", "ids").isEmpty)
  }

  @Test(
    "OPP-34: review pipeline walks the open deals, keeps decisions, and takes the last one back")
  func review() throws {
    let nodes = try office()
    for name in ["Pump", "Valve"] { try nodes.kith("office", "new", "deal", name, "amount=500") }
    #expect(try said(nodes, "review", "pipeline").contains("! no next step"))
    let terminal = try KithTerminal(["--store", nodes.store("office"), "review", "pipeline"])
    try terminal.wait(for: "1 of 2")
    try terminal.wait(for: "u undo · q")
    try terminal.type("k")
    try terminal.wait(for: "2 of 2")
    try terminal.wait(for: "u undo · q")
    try terminal.type("u")
    try terminal.wait(for: "1 of 2")
    try terminal.wait(for: "u undo · q")
    try terminal.type("o")
    try terminal.wait(for: "decision > ")
    try terminal.type("push to march\r")
    try terminal.wait(for: "2 of 2")
    try terminal.wait(for: "u undo · q")
    try terminal.type("s")
    try terminal.wait(for: "Looked at 2 of 2, 1 change.")
    #expect(try terminal.result().code == 0)
    #expect(try nodes.count("office", "engagements") == 1)
    #expect(try said(nodes, "review", "pipeline").contains("push to march"))
    // An account is reviewed as before.
    try nodes.kith("office", "new", "account", "Acme")
    #expect(try said(nodes, "review", "Acme").contains("Review of"))
  }

  @Test(
    "OPP-39, OPP-32, OPP-33: a win is told with its order and what follows; undo takes all of it back"
  )
  func win() throws {
    let nodes = try office()
    try nodes.kith("office", "setting", "set", "won.follow_up", "14 Ask how it runs")
    try nodes.kith("office", "setting", "set", "order.steps", "Plan the work: Priya Nair")
    #expect(
      try said(nodes, "setting", "set", "won.follow_up", "soon", code: 2).contains("14 Ask how"))
    try nodes.kith("office", "new", "deal", "Pump", "amount=500", "stage=Engaging")
    let told = try said(nodes, "move", "Pump", "Won")
    #expect(told.contains("Won: Pump · €500 · order o") && told.contains("1 open task"))
    #expect(told.contains("win_reason=…"))
    #expect(try nodes.count("office", "handover_steps") == 1)
    try nodes.kith("office", "undo", "--yes")
    #expect(try nodes.count("office", "tasks") == 0)
    #expect(try nodes.count("office", "handover_steps") == 0)
    try nodes.kith("office", "new", "task", "Call them", "about=deal:Pump")
    try nodes.kith("office", "move", "Pump", "Lost", "close_reason=price")
    #expect(try nodes.count("office", "tasks", "where", "status", "=", "dropped") == 1)
    try nodes.kith("office", "undo", "--yes")
    #expect(try nodes.count("office", "tasks", "where", "status", "=", "open") == 1)
  }

  @Test("DQA-01 to DQA-04: audits tell what is wrong, list it, and keep how it was")
  func audits() throws {
    let nodes = try office()
    try nodes.kith("office", "new", "account", "acme ltd")
    try nodes.kith("office", "new", "deal", "Pump", "account=acme ltd")
    #expect(try said(nodes, "audit", "names").contains("name=\"Acme Ltd\""))
    #expect(try said(nodes, "audit", "links", "deals", "--format", "table").contains("every link"))
    try nodes.kith("office", "delete", "acme ltd", "--yes")
    #expect(
      try said(nodes, "audit", "links", "deals").contains("its account is deleted or unknown here"))
    #expect(try said(nodes, "audit", "links", "deals", "--drill", "1").contains("Pump"))
    #expect(try said(nodes, "audit", "links", "quotas", code: 2).contains("not looked at"))
    let told = try said(nodes, "audit", "data", "deals", "--keep")
    #expect(told.contains("deal.amount") && told.contains("Kept the figures of"))
    #expect(try said(nodes, "audit", "data", "--keep").contains("Kept the figures of"))
    #expect(try said(nodes, "audit", "data", "--keep").contains("kept today already"))
    #expect(try said(nodes, "audit", "data", "deals", "--drill", "2").contains("Pump"))
  }

  @Test("TRB-01, STG-14: numbers are given by a process's series, and checked with who made them")
  func numbers() throws {
    let nodes = try office()
    try nodes.kith(
      "office", "edit", "process:sales", "number_series={year}-DL-{node}-{number}")
    #expect(
      try said(nodes, "edit", "process:sales", "number_series=D-{number}", code: 10)
        .contains("{node}"))
    for name in ["Pump", "Valve", "Seal"] { try nodes.kith("office", "new", "deal", name) }
    #expect(try said(nodes, "show", "Valve").contains("-0002"))
    #expect(try said(nodes, "numbers", "check", "--format", "table").contains("are in order"))
    try nodes.kith("office", "delete", "Valve", "--yes")
    let found = try said(nodes, "numbers", "check", "deals")
    #expect(found.contains("its record was deleted") && found.contains("Priya Nair on office"))
    #expect(try said(nodes, "process", "show", "--format", "json").contains("\"ordinal\""))
  }

  @Test("RPT-24, RPT-47: forecasts are kept once a day, and the change of the pipeline balances")
  func forecasts() throws {
    let nodes = try office()
    try nodes.kith("office", "new", "deal", "Pump", "amount=500", "target_close=today")
    #expect(try said(nodes, "forecast", "take").contains("Kept 2 snapshots"))
    #expect(try said(nodes, "forecast", "take").contains("kept today already"))
    #expect(try said(nodes, "forecast", "list").contains("Priya Nair"))
    #expect(try said(nodes, "forecast", "take", "soon", code: 2).contains("no month"))
    let change = try said(nodes, "report", "change", "--format", "csv")
    #expect(change.contains("opening,0,0.00 EUR") && change.contains("new,1,500.00 EUR"))
    for report in ["accuracy", "stages", "trends"] { try nodes.kith("office", "report", report) }
  }
}
