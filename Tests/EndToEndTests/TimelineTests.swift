import Foundation
import TestSupport
import Testing

/// What happened to a record and to what belongs to it, on two nodes.
@Suite("Timeline")
struct TimelineTests {
  private let nodes: TestNodes
  private let office: KithProcess

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Tom")
    try nodes.kith("office", "new", "account", "Müller")
    try nodes.kith("office", "new", "account", "Weber")
    try nodes.kith("office", "new", "deal", "Pump", "account=Müller", "amount=18400")
    try nodes.kith("office", "new", "deal", "Other", "account=Weber", "amount=1")
    office = try nodes.serve("office")
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: try office.listeningAddress())
  }

  @Test(
    "CON-13: changes and engagements of a record and of what refers to it stand in one stream, by day"
  )
  func stream() throws {
    try nodes.kith("rep", "edit", "Pump", "amount=17900", "labels+=easter")
    try nodes.kith("office", "edit", "Pump", "amount=18000")
    try nodes.kith(
      "rep", "new", "call", "subject=Wants delivery", "account=Müller",
      "date_time=2026-01-05 09:40")
    try nodes.sync("rep")
    for node in ["office", "rep"] {
      let shown = try nodes.kith(node, "timeline", "Müller", "--format", "table").output
      #expect(
        shown.contains(
          /\d\d:\d\d +Lena +rep +deal Pump +amount €18,400 → €17,900 +! x\w+/))
      #expect(
        shown.contains(
          /\d\d:\d\d +Tom +office +deal Pump +amount €18,400 → €18,000 +! x\w+/))
      #expect(shown.contains(/Lena +rep +deal Pump +labels \+ easter/))
      #expect(shown.contains(/Tom +office +account Müller +new/))
      #expect(!shown.contains("Other"))
      // The engagement stands at its own time, below what was typed later about earlier things.
      let lines = shown.split(separator: "\n")
      #expect(lines[1].hasPrefix("today"))
      #expect(lines[lines.count - 2].hasPrefix("Mon 5 Jan"))
      #expect(lines[lines.count - 1].contains(/09:40 +Lena +rep +engagement Wants delivery +new/))
    }
    try nodes.stop(office)
  }

  @Test("it begins and ends when told, counts what it leaves out, and is data for programs")
  func bounds() throws {
    let later = try nodes.kith(
      "rep", "timeline", "Müller", "since", "tomorrow", "--format", "ndjson")
    #expect(later.output.isEmpty)
    let all = try nodes.kith("rep", "timeline", "Müller", "--format", "ndjson").output
    #expect(all.split(separator: "\n").count == 2)
    let one = try nodes.kith("rep", "timeline", "Müller", "limit", "1", "--format", "table")
    #expect(one.errors.contains("1 more: add limit 2"))
    #expect(one.output.contains("deal Pump"))
    let deal = try nodes.kith("rep", "timeline", "Pump", "--format", "ndjson").output
    #expect(deal.split(separator: "\n").count == 1)
    try nodes.kith("rep", "timeline", "nobody", code: 3)
    try nodes.stop(office)
  }
}
