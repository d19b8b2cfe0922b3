import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import TestSupport
import Testing

/// Each figure was reckoned on paper first; the comments say how.
@Suite("Reports on leads")
struct LeadReportTests {
  let office: TestOffice

  init() throws { office = try TestOffice() }

  private func day(_ number: Int64) -> EditOccasion {
    TestOffice.occasion(hours: 24 * number, because: "it went so")
  }

  /// The rows of a report, the total last, as plain text.
  private func rows(
    _ report: any Report, _ change: (inout ReportRequest) -> Void = { _ in }
  ) throws -> [String] {
    var request = ReportRequest(now: day(40).now, timeZone: .gmt, queries: try office.context)
    change(&request)
    let asked = request
    let table = try office.replica.read { try report.table(for: asked, in: $0.database) }
    return (table.rows + (table.total.map { [$0] } ?? [])).map { row in
      row.cells.map(Self.text).joined(separator: " | ")
    } + table.notes
  }

  private static func text(_ cell: ReportTable.Cell) -> String {
    switch cell {
    case .text(let text): text
    case .key(let reading, let field): reading.text(of: field)
    case .count(let count): String(count)
    case .money(let money): money.description
    case .percent(let number): "\(number)%"
    case .days(let number): "\(number)d"
    case .hours(let number): "\(number)h"
    case .date(let day): "\(day)"
    case .unavailable: "n/a"
    }
  }

  private func deal(_ name: String, _ amount: String, won: Int64, source: String = "fair") throws {
    let id = try office.make(
      "deal", "name=\(name)", "amount=\(amount)", "source=\(source)", on: day(0))
    try office.edit("deal", id, "stage=Engaging", on: day(4))
    try office.edit("deal", id, "stage=Won", on: day(won))
  }

  @Test(
    "RPT-26: first touch, last before conversion, and equal parts have one total, to the minor unit"
  )
  func attribution() throws {
    try deal("A", "100", won: 8)
    // Beside the first touch at the fair, on day 0: the web on days 2 and 6, mail on day 3, and one after the win.
    for (source, campaign, day) in [
      ("web", "spring", 2), ("mail", "spring", 3), ("web", "", 6), ("late", "", 9),
    ] as [(String, String, Int64)] {
      let moment = CivilDate(days: Int32(truncatingIfNeeded: 20_833 + day))
      try office.make(
        "touch", "deal=A", "source=\(source)", "campaign=\(campaign)", "at=\(moment)T08:00:00Z")
    }
    try deal("B", "30", won: 20, source: "web")
    // Converted on day 4: the last touch before was the mail. 100.00 / 4 = 25 each, the web twice.
    // B has its first touch alone: 30 for the web in each.
    #expect(
      try rows(AttributionReport()) == [
        "fair | 1 | 100.00 EUR | 0.00 EUR | 25.00 EUR",
        "mail | 1 | 0.00 EUR | 100.00 EUR | 25.00 EUR",
        "web | 2 | 30.00 EUR | 30.00 EUR | 80.00 EUR",
        "all | 2 | 130.00 EUR | 130.00 EUR | 130.00 EUR",
      ])
    // In campaigns: two of the four touches are of none, the first among them.
    #expect(
      try rows(AttributionReport()) {
        $0.arguments["of"] = "campaign"
        $0.until = CivilDate("2027-01-31")
      } == [
        "spring | 1 | 0.00 EUR | 100.00 EUR | 50.00 EUR",
        "(none) | 1 | 100.00 EUR | 0.00 EUR | 50.00 EUR",
        "all | 1 | 100.00 EUR | 100.00 EUR | 100.00 EUR",
      ])
    #expect(throws: ReportError.noSuchWord("x", words: ["source", "campaign"])) {
      try rows(AttributionReport()) { $0.arguments["of"] = "x" }
    }
    #expect(
      try rows(AttributionReport()) { $0.since = CivilDate("2028-01-01") }
        == ["all | 0 | 0.00 EUR | 0.00 EUR | 0.00 EUR"])
  }

  @Test(
    "RPT-26: what does not divide is shared out so that the parts add up; no touch counts to the source"
  )
  func remainders() throws {
    try deal("A", "0.50", won: 8)
    try office.make("touch", "deal=A", "source=mail", "at=2027-01-16T08:00:00Z")
    try office.make("touch", "deal=A", "source=web", "at=2027-01-17T08:00:00Z")
    let id = try office.make(
      "deal", "name=B", "amount=7", "source=phone", "stage=Engaging", on: day(0))
    try office.edit("deal", id, "stage=Won", on: day(1))
    // 50 cents in three parts: 17, 17 and 16.
    #expect(
      try rows(AttributionReport()) == [
        "fair | 1 | 0.50 EUR | 0.00 EUR | 0.17 EUR", "mail | 1 | 0.00 EUR | 0.00 EUR | 0.17 EUR",
        "phone | 1 | 7.00 EUR | 7.00 EUR | 7.00 EUR", "web | 1 | 0.00 EUR | 0.50 EUR | 0.16 EUR",
        "all | 2 | 7.50 EUR | 7.50 EUR | 7.50 EUR",
      ])
  }

  @Test("LED-17: leads that are quiet, incomplete or cannot be reached are told by what is wrong")
  func care() throws {
    // Asked on day 40, that is 2027-02-24, with a patience of 30 days.
    try office.make("contact", "name=Ute Lang", "bounced=yes")
    try office.make(
      "deal", "name=Fine", "company_text=Acme", "email=a@acme.example", "source=fair",
      "next_action_on=2027-02-24", on: day(10))
    try office.make(
      "deal", "name=Bouncing", "company_text=Acme", "contact=Ute Lang", "source=fair",
      "next_action_on=2027-02-23", on: day(10))
    try office.make("deal", "name=Bare", "owner=", on: day(9))
    try office.make(
      "deal", "name=Touched", "company_text=Acme", "phone=+49 40 555", "source=fair",
      "next_action_on=2027-03-01", on: day(0))
    try office.make("touch", "deal=Touched", "source=web", "at=2027-01-25T08:00:00Z")
    try office.make("deal", "name=Kept", "archived=yes", on: day(0))
    try office.make("deal", "name=No lead", "stage=Engaging", on: day(0))
    #expect(
      try rows(LeadCareReport()) == [
        "quiet | 1 | 25.00%", "unreachable | 1 | 25.00%", "bouncing | 1 | 25.00%",
        "no company | 1 | 25.00%", "no source | 1 | 25.00%", "no owner | 0 | 0.00%",
        "overdue | 1 | 25.00%", "nothing next | 1 | 25.00%", "any | 2 | 50.00%",
      ])
    #expect(
      try rows(LeadCareReport()) { $0.filter = .compare(["name"], .equal, .text("Nobody")) }
        .last == "any | 0 | n/a")
  }
}
