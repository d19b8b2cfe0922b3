import Foundation
import TestSupport
import Testing

/// Decisions from a script, and who is told of them.
@Suite("Applied decisions", .serialized)
struct ConflictApplyTests {
  private struct Shown: Decodable {
    let id: String
    let heads: [String]
  }

  private func line(
    _ deal: DisputedDeal, _ id: String, _ decision: String, because: String = "checked"
  ) throws -> String {
    let shown = try deal.said("rep", "conflict", "show", id, "--format", "json")
    let heads = try JSONDecoder().decode(Shown.self, from: Data(shown.utf8)).heads
    let list = heads.map { "\"\($0)\"" }.joined(separator: ",")
    return "{\"id\":\"\(id)\",\"if_heads\":[\(list)],\(decision),\"because\":\"\(because)\"}\n"
  }

  private func write(_ text: String, in deal: DisputedDeal) throws -> String {
    let path = deal.nodes.folder.path("decisions.ndjson")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test("decisions are applied only while the conflicts are what the script saw")
  func apply() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let (amount, text) = (try deal.id("rep", "field = amount"), try deal.id("rep", "kind = text"))
    let contact = try deal.id("rep", "kind = delete-edit")
    let path = try write(
      line(deal, amount, "\"value\":\"17950\"") + line(deal, text, "\"merge\":true") + "\n"
        + line(deal, contact, "\"take\":\"tom\"", because: "Tom called him"), in: deal)
    // Meanwhile somebody edits, and makes the conflict of the amount another.
    try deal.nodes.kith("tom", "edit", "Pump", "amount=18500")
    try deal.nodes.kith("rep", "edit", "Pump", "amount=17800")
    try deal.exchange()
    let dry = try deal.said("rep", "conflict", "apply", path, "--dry-run", code: 10)
    #expect(dry.contains("Would settle 2, skipped 1."))
    #expect(try deal.ids("rep").count == 3)
    let said = try deal.said("rep", "conflict", "apply", path, code: 10)
    #expect(said.contains("\(amount)  skipped."))
    #expect(said.contains("Jonas Weber is kept (Tom Brandt's)"))
    #expect(said.contains("notes is Prefers calls before 10. Decides with the CFO."))
    #expect(try deal.ids("rep").count == 1)
    let log = try deal.said("rep", "conflict", "log")
    #expect(
      log.contains("apply") && log.contains("\"Tom called him\"") && log.contains("\"checked\""))
    let now = try deal.id("rep", "field = amount")
    try deal.said(
      "rep", "conflict", "apply", write(line(deal, now, "\"value\":\"17950\""), in: deal))
    #expect(try deal.value("rep", "pump", "amount").hasPrefix("€17,950 was chosen by Lena Vogt"))
    try deal.exchange()
    #expect(try deal.ids("office").isEmpty)
    try deal.nodes.stop(deal.server)
  }

  @Test("a file with a line that says no decision is refused as a whole, with the line's number")
  func unreadable() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let good = try line(deal, try deal.id("rep", "field = amount"), "\"keep\":true")
    for bad in ["nonsense", "{\"id\":\"x12345\"}", "{\"id\":\"x12345\",\"if_heads\":[]}"] {
      let said = try deal.said(
        "rep", "conflict", "apply", write(good + "\n" + bad + "\n", in: deal), code: 2)
      #expect(said.contains("Line 3 says no decision"), "\(bad)")
    }
    #expect(try deal.ids("rep").count == 3)
    try deal.said("rep", "conflict", "apply", deal.nodes.folder.path("none"), code: 1)
    try deal.nodes.stop(deal.server)
  }

  @Test("the author of a value that is not showing is told who chose another, and why")
  func told() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let amount = try deal.id("office", "field = amount")
    try deal.said("office", "conflict", "assign", amount, "tom")
    try deal.said("office", "conflict", "take", amount, "lena", "because", "rebate agreed on site")
    let text = try deal.id("office", "kind = text")
    try deal.said("office", "conflict", "assign", text, "tom")
    #expect(!(try deal.said("tom", "status")).contains("chose"))
    try deal.exchange()
    let told = """
      Priya Nair chose Lena Vogt's €17,900 over your €18,000 on Pump: "rebate agreed on site"
      """
    let status = try deal.said("tom", "status")
    #expect(status.contains(told))
    #expect(status.contains("1 of them assigned to you"))
    #expect(!(try deal.said("rep", "status")).contains("chose"))
    // What is undecided again was not chosen over anything.
    try deal.said("office", "conflict", "undo", amount)
    try deal.exchange()
    #expect(!(try deal.said("tom", "status")).contains("chose"))
    try deal.nodes.stop(deal.server)
  }
}
