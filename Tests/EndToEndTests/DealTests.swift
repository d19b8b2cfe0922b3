import Foundation
import TestSupport
import Testing

/// Processes, stages and deals, as people type them on one node and on two.
@Suite("Deals in their stages", .serialized)
struct DealTests {
  private func office() throws -> TestNodes {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    return nodes
  }

  private func said(
    _ nodes: TestNodes, _ node: String, _ words: String..., code: Int32 = 0
  ) throws -> String {
    let result = try nodes.kith(node, words, code: code)
    return result.output + result.errors
  }

  @Test(
    "STG-01 to STG-04, STG-19: a process is made of a template, and its stages are added, moved and retired"
  )
  func stages() throws {
    let nodes = try office()
    func stages(_ process: String) throws -> [String] {
      let text = try said(nodes, "office", "process", "show", process, "--format", "tsv")
      return text.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "\t" }) }
    }
    #expect(
      try said(nodes, "office", "process", "add", "tenders", "template=classic")
        .contains("Added process tenders: Prospecting → Discovery → Proposal"))
    #expect(
      try said(nodes, "office", "process", "add", "tenders", code: 10).contains("already"))
    #expect(
      try said(nodes, "office", "process", "add", "x", "template=clasic", code: 2)
        .contains("one of sales, classic, cro, leads, custom-example"))
    try nodes.kith(
      "office", "stage", "add", "Demo", "process=tenders", "after=Discovery", "probability=40")
    #expect(
      try said(
        nodes, "office", "stage", "move", "Demo", "before", "Discovery", "process=tenders",
        "--dry-run"
      ).contains("Would be: tenders: Prospecting → Demo → Discovery → Proposal"))
    try nodes.kith(
      "office", "stage", "move", "Demo", "after", "Proposal", "process=tenders")
    #expect(
      try stages("tenders") == [
        "Prospecting", "Discovery", "Proposal", "Demo", "Negotiation", "Closed won", "Closed lost",
      ])
    #expect(
      try said(nodes, "office", "stage", "add", "demo", "process=tenders", code: 10)
        .contains("has a stage “demo” already"))
    #expect(
      try said(
        nodes, "office", "stage", "move", "Dmo", "after", "Proposal", "process=tenders", code: 3
      )
      .contains("The process tenders has no stage “Dmo”."))

    try nodes.kith("office", "new", "deal", "Pump", "process=tenders", "stage=Demo")
    #expect(
      try said(
        nodes, "office", "stage", "retire", "Demo", "to", "Negotiation", "process=tenders", code: 5
      ).contains("--yes"))
    #expect(
      try said(
        nodes, "office", "stage", "retire", "Demo", "to", "Negotiation", "process=tenders", "--yes"
      ).contains("Retired Demo; 1 deal moved to Negotiation."))
    #expect(try stages("tenders").contains("Demo") == false)
    #expect(try said(nodes, "office", "show", "Pump").contains("Negotiation"))
    try nodes.kith("office", "undo", "--yes")
    #expect(try stages("tenders").contains("Demo"))
    #expect(try said(nodes, "office", "show", "Pump").contains("Demo"))
  }

  @Test(
    "OPP-13, STG-07: move refuses what criteria forbid, says what to type, and an override is kept")
  func moves() throws {
    let nodes = try office()
    try nodes.kith("office", "process", "add", "classic", "template=classic")
    try nodes.kith("office", "new", "deal", "Pump", "process=classic", "amount=500")
    let refused = try said(nodes, "office", "move", "Pump", "Discovery", code: 10)
    #expect(refused.contains("The deal cannot go to Discovery yet"))
    #expect(refused.contains("`need_fit=…`"))
    #expect(refused.contains("--override because"))
    #expect(
      try said(nodes, "office", "move", "Pump", "Discovery", "--override", code: 10)
        .contains("needs a reason"))
    try nodes.kith(
      "office", "move", "Pump", "Discovery", "--override", "because", "the boss said so")
    let visits = try said(nodes, "office", "list", "stage_visits", "--format", "csv")
    #expect(visits.contains("Priya Nair"))
    #expect(
      try said(
        nodes, "office", "count", "stage_visits", "where", "override", "=", "yes", "and", "reason",
        "=", "the boss said so"
      ).hasPrefix("1"))
    #expect(
      try said(nodes, "office", "move", "Pump", "Closed lost", code: 10)
        .contains("needs a reason it was lost for"))
    try nodes.kith("office", "move", "Pump", "Closed lost", "close_reason=price")
    #expect(try said(nodes, "office", "move", "Pump", "Discovery", code: 10).contains("because"))
    try nodes.kith("office", "move", "Pump", "Discovery", "because", "new budget")
    try nodes.kith("office", "new", "task", "Ring them")
    try nodes.kith("office", "move", "Ring them", "in_progress")
    #expect(try said(nodes, "office", "show", "Ring them").contains("in_progress"))
    #expect(
      try said(nodes, "office", "move", "user:Priya", "x", code: 2).contains(
        "with a stage or a status"))
  }

  @Test(
    "two nodes that win one deal offline make one order; won against lost is listed with both authors"
  )
  func concurrentMoves() throws {
    let nodes = try office()
    for name in ["Pump", "Valve"] { try nodes.kith("office", "new", "deal", name, "amount=500") }
    let server = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena Vogt", invitedBy: "office", at: try server.listeningAddress())
    try nodes.stop(server)
    try nodes.kith("office", "move", "Pump", "Won")
    try nodes.kith("rep", "move", "Pump", "Won")
    try nodes.kith("office", "move", "Valve", "Lost", "close_reason=price")
    try nodes.kith("rep", "move", "Valve", "Won")
    try nodes.kith("office", "stage", "add", "Demo", "after=Prospecting")
    try nodes.kith("rep", "stage", "move", "Engaging", "before", "Prospecting")
    let again = try nodes.serve("office")
    try nodes.kith("rep", "peer", "add", "office", try again.listeningAddress())
    try nodes.kith("rep", "sync")
    try nodes.stop(again)
    for node in ["office", "rep"] {
      #expect(try said(nodes, node, "count", "orders", "where", "deal", "=", "Pump").hasPrefix("1"))
      // Both moved the pump to one stage: one way in, by two people.
      #expect(
        try said(nodes, node, "count", "stage_visits", "where", "deal", "=", "Pump").hasPrefix("2"))
      let valve = try said(nodes, node, "conflict", "list", "--format", "csv")
      #expect(valve.contains("Valve") && valve.contains("Lena") && valve.contains("Priya"))
      #expect(!valve.contains("Pump"))
      #expect(
        try said(nodes, node, "count", "stage_visits", "where", "deal", "=", "Valve").hasPrefix("3")
      )
      #expect(try said(nodes, node, "show", "Valve").contains("Won"))
    }
    let (ours, theirs) = (
      try said(nodes, "office", "process", "show", "--format", "tsv"),
      try said(nodes, "rep", "process", "show", "--format", "tsv")
    )
    #expect(ours == theirs)
    #expect(ours.contains("Demo"))
  }
}

/// Reports as people read them, and the figures of the real data set.
@Suite("Reports at the command line", .serialized)
struct ReportCommandTests {
  @Test("a report tells its rows, bars, what they rest on, and the deals behind a row")
  func report() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    for (name, amount) in [("Pump", "400"), ("Valve", "1200")] {
      try nodes.kith("office", "new", "deal", name, "amount=\(amount)", "stage=Engaging")
    }
    try nodes.kith("office", "new", "deal", "Seal", "amount=400")
    let table = try nodes.kith("office", "report", "pipeline", "--format", "table")
    #expect(table.output.contains("1  Prospecting      1    €400  ███                €40"))
    #expect(table.output.contains("2  Engaging         2  €1,600  ████████████      €800"))
    #expect(table.output.contains("pipeline · 2 rows"))
    #expect(table.errors.contains("on office"))
    let drilled = try nodes.kith("office", "report", "pipeline", "--drill", "2", "--format", "csv")
    #expect(drilled.output.split(separator: "\n").count == 3)
    #expect(drilled.output.contains("Pump") && drilled.output.contains("Valve"))
    let json = try nodes.kith("office", "report", "pipeline", "--format", "json").output
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(document?["schema"] as? String == "kith.report/1")
    let rows = try #require(document?["rows"] as? [[String: Any]])
    #expect((rows[1]["records"] as? [String])?.count == 2)
    #expect(try nodes.kith("office", "report").output.contains("stage-time"))
    #expect(try nodes.kith("office", "report", "wins", "--formulas").output.contains("win rate ="))
    let wrong = try nodes.kith("office", "report", "winz", code: 2)
    #expect(wrong.errors.contains("one of accuracy, activity"))
    #expect(
      try nodes.kith("office", "report", "pipeline", "since", "monday", code: 2).errors
        .contains("takes no \"since\""))
    #expect(
      try nodes.kith("office", "report", "conversion", "frm=Won", code: 2).errors
        .contains("process=, from=, to="))
  }

  @Test(
    "the real data's win rate, averages and values are those that are known, on a node that synced too",
    .enabled(if: MavenFiles.isPresent, .init(rawValue: MavenFiles.absence)))
  func realData() async throws { try await onOwnThread { try takeAndReport() } }

  private func takeAndReport() throws {
    let nodes = try TestNodes()
    try nodes.kith(
      "hq", "init", "hq", "--workspace", "maven", "--user", "Priya Nair", "--currency", "USD")
    func take(_ kind: String, _ file: String, _ words: String...) throws {
      let path = MavenFiles.folder.appendingPathComponent(file).path
      try nodes.kith("hq", ["import", kind, path] + words)
    }
    try take(
      "products", MavenFiles.products, "--map", "name=product,category=series,price=sales_price",
      "--key", "name")
    try take(
      "accounts", MavenFiles.accounts, "--map", "name=account,industry=sector", "--key", "name")
    try take(
      "users", MavenFiles.people, "--map", "name=manager,region=regional_office,manager=", "--key",
      "name")
    try take(
      "users", MavenFiles.people, "--map",
      "name=sales_agent,manager=manager,region=regional_office", "--key", "name")
    try take(
      "deals", MavenFiles.deals, "--map", MavenFiles.dealColumns, "--values", MavenFiles.dealValues,
      "--date-format", "mdy", "--key", "number", "--visits",
      "Engaging=engage_date,Won=close_date,Lost=close_date")
    let server = try nodes.serve("hq")
    try nodes.join(
      "east", user: "Cara Losch", invitedBy: "hq", at: try server.listeningAddress())
    try nodes.stop(server)
    for node in ["hq", "east"] {
      func rows(_ words: String...) throws -> [String] {
        try nodes.kith(node, ["report", "wins"] + words + ["--format", "csv"]).output
          .split(separator: "\n").dropFirst().map(String.init)
      }
      #expect(
        try rows() == ["4238,2473,63.15,100.00,10005534.00 USD,2360.91 USD,51.78,57.00"])
      #expect(
        try rows("by", "close_date:quarter").map { $0.split(separator: ",")[5] } == [
          "1134672.00 USD", "3086111.00 USD", "2982255.00 USD", "2802496.00 USD",
        ])
      #expect(
        try rows("by", "owner.region").map { $0.split(separator: ",") }.map {
          "\($0[0]) \($0[1]) \($0[5])"
        }
          == [
            "Central 1629 3346293.00 USD", "East 1171 3090594.00 USD",
            "West 1438 3568647.00 USD",
          ])
      #expect(try rows("by", "products").count == 7)
    }
  }
}
