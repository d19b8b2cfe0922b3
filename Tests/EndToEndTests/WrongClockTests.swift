import Foundation
import TestSupport
import Testing

/// A node whose machine is ten years ahead, by a library that tells one process another time.
@Suite(
  "A clock ten years ahead",
  .enabled(if: FakeClock.library != nil, .init(rawValue: FakeClock.absence)))
struct WrongClockTests {
  private let nodes: TestNodes
  private let office: KithProcess
  private let clock: FakeClock

  init() throws {
    nodes = try TestNodes()
    clock = try #require(FakeClock(days: 3_652))
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya")
    try nodes.kith("office", "new", "account", "name=Müller", "website=first.example")
    office = try nodes.serve("office")
    let address = try office.listeningAddress()
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: address)
    let code = try nodes.invite("ahead", by: "office", at: address)
    try ahead("join \(code) --node ahead --user Tom")
  }

  /// Runs a line on the node that is ahead; no line there may fail.
  @discardableResult
  private func ahead(_ line: String) throws -> String {
    try clock.kith(line, store: nodes.store("ahead"))
  }

  /// The years of the clocks by which each node has written to an account, latest entry first.
  private func years(_ node: String, writtenBy author: String) throws -> [String] {
    let json = try nodes.kith(node, "history", "Müller", "--format", "json").output
    let history = try JSONDecoder().decode(HistoryDocument.self, from: Data(json.utf8))
    return history.entries.filter { $0.node == author }.map { String($0.time.prefix(4)) }
  }

  private func website(_ node: String) throws -> String? {
    let json = try nodes.kith(node, "show", "Müller", "--format", "json").output
    return try JSONDecoder().decode(CardDocument.self, from: Data(json.utf8)).fields.website
  }

  @Test("its writes are taken and flagged, later edits replace them, and no other clock jumps")
  func ahead() throws {
    let year = Calendar(identifier: .gregorian).component(.year, from: Date())
    let thisYear = ["\(year)", "\(year + 1)"]
    try ahead("edit Müller website=ahead.example")
    let differing = "its clock and yours differ by 10 y"
    #expect(try ahead("sync").contains(differing))
    let status = try ahead("status")
    #expect(status.contains(differing))
    #expect(status.contains("(1 s is allowed for the network); yours is ahead"))
    try nodes.sync("rep")
    #expect(try website("rep") == "ahead.example")
    #expect(try !thisYear.contains(years("rep", writtenBy: "ahead")[0]))

    // Whoever writes having seen it bears witness against its clock, and replaces its value.
    try nodes.kith("rep", "edit", "Müller", "website=later.example")
    try nodes.sync("rep")
    try ahead("sync")
    for node in ["office", "rep", "ahead"] {
      #expect(try website(node) == "later.example")
      let list = try nodes.kith(node, "conflict", "list", "--format", "json").output
      #expect(list.contains(#""kind":"clock""#))
      #expect(!list.contains(#""kind":"field""#))
      #expect(try thisYear.contains(years(node, writtenBy: "rep")[0]))
    }
    try nodes.kith("office", "edit", "Müller", "website=latest.example")
    #expect(try thisYear.contains(years("office", writtenBy: "office")[0]))

    try ahead("sync")
    try ahead("edit Müller website=again.example; sync; conflict list; status; store check")
    try nodes.sync("rep")
    #expect(try website("rep") == "again.example")

    // A witness's write to another field comes after what it had seen, whatever the times say.
    try nodes.kith("rep", "edit", "Müller", "industry=Pumps")
    let card = try nodes.kith("rep", "show", "Müller", "--format", "json").output
    #expect(
      try JSONDecoder().decode(CardDocument.self, from: Data(card.utf8)).changed.node == "rep")
    let listed = try nodes.kith("rep", "conflict", "list", "--format", "json").output
    let conflict = try #require(
      try JSONDecoder().decode(ConflictsDocument.self, from: Data(listed.utf8)).rows
        .first { $0.kind == "clock" })
    let shown = try nodes.kith("rep", "conflict", "show", conflict.short).output
    #expect(shown.contains("website  again.example"))
    try nodes.kith("rep", "edit", "Müller", "website=last.example")
    try nodes.sync("rep")
    #expect(try website("office") == "last.example")

    // Once its clock is set right, the node's own writes are of the present again.
    try nodes.sync("ahead")
    try nodes.kith("ahead", "edit", "Müller", "website=right.example")
    try nodes.sync("ahead")
    try nodes.sync("rep")
    #expect(try website("rep") == "right.example")
    #expect(try thisYear.contains(years("rep", writtenBy: "ahead").first ?? ""))
    #expect(Set(try ["office", "rep", "ahead"].map(nodes.digest)).count == 1)
    for node in ["office", "rep", "ahead"] { try nodes.kith(node, "store", "check") }
    try nodes.stop(office)
  }

  private struct HistoryDocument: Decodable {
    struct Entry: Decodable {
      let time: String
      let node: String
    }
    let entries: [Entry]
  }

  private struct CardDocument: Decodable {
    struct Fields: Decodable { let website: String? }
    struct Change: Decodable { let node: String }
    let fields: Fields
    let changed: Change
  }

  private struct ConflictsDocument: Decodable {
    struct Row: Decodable {
      let kind: String
      let short: String
    }
    let rows: [Row]
  }
}
