import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import TestSupport
import Testing

/// Reports that compare: what was expected with what came, one day with another, month with month.
@Suite("Reports that compare")
struct ComparisonReportTests {
  let office: TestOffice

  init() throws { office = try TestOffice() }

  /// Days after 2027-01-15 at eight in the morning, UTC.
  private func day(_ number: Int64) -> EditOccasion {
    TestOffice.occasion(hours: 24 * number, because: "it went so")
  }

  @discardableResult
  private func deal(_ name: String, _ fields: String, _ moves: (Int64, String)...) throws
    -> RecordID
  {
    let entity = office.entity("deal")
    let all = try
      (["name=\(name)", "stage=\(moves[0].1)"] + fields.split(separator: " ").map(String.init))
      .map { try office.assignment($0, of: entity) }
    let editor = try office.editor(on: day(moves[0].0))
    let id = try office.replica.write {
      try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
    }
    for (day, stage) in moves.dropFirst() {
      try office.edit("deal", id, "stage=\(stage)", on: self.day(day))
    }
    return id
  }

  private func request(on day: Int64) throws -> ReportRequest {
    ReportRequest(now: self.day(day).now, timeZone: .gmt, queries: try office.context)
  }

  private func table(
    _ report: any Report, on day: Int64, _ change: (inout ReportRequest) -> Void = { _ in }
  ) throws -> ReportTable {
    var request = try request(on: day)
    change(&request)
    return try office.replica.read { try report.table(for: request, in: $0.database) }
  }

  private func opening(on day: Int64) throws -> PipelineState {
    let request = try request(on: day)
    return try office.replica.read { try PipelineState(request, in: $0.database) }
  }

  private func rows(
    _ report: any Report, on day: Int64, _ change: (inout ReportRequest) -> Void = { _ in }
  ) throws -> [String] {
    let table = try table(report, on: day, change)
    return (table.rows + [table.total].compactMap(\.self)).map { row in
      row.cells.map(Self.text).joined(separator: " | ")
    }
  }

  private static func text(_ cell: ReportTable.Cell) -> String {
    switch cell {
    case .text(let text): text
    case .key(let reading, let field): reading.text(of: field)
    case .count(let count): String(count)
    case .money(let money): money.amountText
    case .percent(let number): "\(number)%"
    case .days(let number): "\(number)d"
    case .hours(let number): "\(number)h"
    case .date(let day): "\(day)"
    case .unavailable: "n/a"
    }
  }

  private func take(on day: Int64, month: Int, year: Int = 2027) throws -> Int {
    let request = try request(on: day)
    let first = try #require(CivilDate(year: year, month: month, day: 1))
    let last = try #require(
      CivilDate(year: year, month: month, day: CivilDate.dayCount(year: year, month: month)))
    return try office.replica.write { transaction in
      try ForecastSnapshot.taken(of: first...last, request, in: transaction.snapshot.database)
        .reduce(0) { try $1.write(in: transaction) ? $0 + 1 : $0 }
    }
  }

  @Test("RPT-24: accuracy, bias and mean error of the forecasts that were kept when months began")
  func accuracy() throws {
    try office.make("user", "name=Anna")
    // On 20 January February is to bring 100 × 0.5 + 200 × 0.1 = 70; on 1 February 40 × 0.5 more.
    let a = try deal("A", "amount=100 target_close=2027-02-20 owner=Anna", (0, "Engaging"))
    try deal("B", "amount=200 target_close=2027-02-21", (0, "Prospecting"))
    #expect(try take(on: 5, month: 2) == 3)
    try deal("C", "amount=40 target_close=2027-02-25", (10, "Engaging"))
    #expect(try take(on: 17, month: 2) == 3)
    // The same day again keeps nothing, and a later one does not count.
    #expect(try take(on: 17, month: 2) == 0)
    try deal("D", "amount=1000 target_close=2027-02-25", (18, "Engaging"))
    #expect(try take(on: 19, month: 2) == 3)
    try office.edit("deal", a, "stage=Won", on: day(26))
    // Of March the first snapshot is of the 6th, when nothing was expected; 50 came.
    #expect(try take(on: 50, month: 3) > 0)
    try deal("E", "amount=50", (51, "Engaging"), (54, "Won"))
    // The bias of all: (90 - 150) / 150; the mean of 10 % and 100 %.
    #expect(
      try rows(AccuracyReport(), on: 100) == [
        "2027-02 | 2027-02-01 | 90.00 | 100.00 | 90.00% | -10.00% | 10.00%",
        "2027-03 | 2027-03-06 | 0.00 | 50.00 | 0.00% | -100.00% | 100.00%",
        "all |  | 90.00 | 150.00 |  | -40.00% | 55.00%",
      ])
    let owners = try rows(AccuracyReport(), on: 100) {
      $0.groups = [GroupedCount.Group(["owner"])]
      $0.until = CivilDate("2027-02-28")
    }
    #expect(
      Set(owners) == [
        "2027-02 | Anna | 2027-02-01 | 50.00 | 100.00 | 50.00% | -50.00% | 50.00%",
        "2027-02 | Priya Nair | 2027-02-01 | 40.00 | 0.00 | n/a | n/a | n/a",
        "all |  |  | 90.00 | 100.00 |  | -10.00% | 50.00%",
      ])
    // Nothing is told of a month that is not over.
    #expect(try rows(AccuracyReport(), on: 20).isEmpty)
    #expect(throws: ReportError.self) {
      try rows(AccuracyReport(), on: 60) { $0.groups = [GroupedCount.Group(["stage"])] }
    }
    #expect(throws: ReportError.self) {
      try rows(AccuracyReport(), on: 60) { $0.filter = .isEmpty(["owner"]) }
    }
  }

  @Test(
    "RPT-47: what became of the pipeline balances: new, grown, shrunk, won, lost, archived, reopened"
  )
  func change() throws {
    try office.make(
      "stage", "name=Parked", "process=sales", "kind=archived", "position=z", "phase=opportunity")
    let grown = try deal("Grown", "amount=100", (0, "Engaging"))
    let shrunk = try deal("Shrunk", "amount=80", (0, "Engaging"))
    let won = try deal("Won", "amount=60", (0, "Engaging"))
    let lost = try deal("Lost", "amount=50 close_reason=price", (0, "Engaging"))
    let parked = try deal("Parked", "amount=7", (0, "Engaging"))
    let gone = try deal("Gone", "amount=3", (0, "Engaging"))
    let again = try deal("Again", "amount=20 close_reason=price", (0, "Engaging"), (1, "Lost"))
    try deal("Same", "amount=10", (0, "Engaging"))
    let opening = try opening(on: 2)
    try office.edit("deal", grown, "amount=130", on: day(3))
    try office.edit("deal", shrunk, "amount=75", on: day(3))
    // Grown before it was won: it leaves with what it was worth in the opening.
    try office.edit("deal", won, "amount=90", "stage=Won", on: day(3))
    try office.edit("deal", lost, "stage=Lost", on: day(3))
    try office.edit("deal", parked, "stage=Parked", on: day(3))
    try office.delete("deal", gone)
    try office.edit("deal", again, "stage=Engaging", on: day(4))
    try deal("New", "amount=11", (4, "Engaging"))
    try deal("Brief", "amount=1000", (4, "Engaging"), (5, "Won"))
    // 310 + 11 + 20 + 30 - 5 - 60 - 50 - 7 - 3 = 246.
    #expect(
      try rows(PipelineChangeReport(), on: 6) { $0.opening = opening } == [
        "opening | 7 | 310.00", "new | 1 | 11.00", "reopened | 1 | 20.00", "grown | 1 | 30.00",
        "shrunk | 1 | -5.00", "won | 1 | -60.00", "lost | 1 | -50.00", "archived | 1 | -7.00",
        "removed | 1 | -3.00", "closing | 5 | 246.00",
      ])
    #expect(
      try rows(PipelineChangeReport(), on: 6).filter { !$0.contains("| 0 |") }
        == ["opening | 5 | 246.00", "closing | 5 | 246.00"])
  }

  @Test("RPT-47: another rate makes the pipeline grow, and it still balances")
  func changeByRates() throws {
    let (euro, dollar) = (CurrencyCode.euro, try #require(CurrencyCode("USD")))
    try deal("Dollars", "amount=100USD", (0, "Engaging"))
    try office.replica.write { transaction in
      for (date, value) in [("2027-01-01", "1.25"), ("2027-01-18", "1.60")] {
        try ExchangeRate(
          euro, in: dollar, on: #require(CivilDate(date)), #require(DecimalNumber(value))
        ).write(in: transaction)
      }
    }
    // 80 EUR on the 16th, 62.50 EUR on the 20th.
    let opening = try opening(on: 1)
    #expect(
      try rows(PipelineChangeReport(), on: 5) { $0.opening = opening }.filter {
        !$0.contains("| 0 |")
      } == ["opening | 1 | 80.00", "shrunk | 1 | -17.50", "closing | 1 | 62.50"])
  }

  @Test("STG-18: stages that are never used, always skipped, or slow")
  func stages() throws {
    try office.replica.write {
      try ProcessSetUp.add(
        "cro", from: ProcessTemplate.all.first { $0.name == "cro" }, in: $0)
    }
    // Nobody is ever qualified; the needs of two are assessed, for 1 and 3 days; the quotes take 20 and 30.
    try deal(
      "A", "process=cro", (0, "Enquiry"), (2, "Needs assessment"), (3, "Quote submitted"),
      (23, "Closed won"))
    try deal(
      "B", "process=cro close_reason=price", (0, "Enquiry"), (2, "Needs assessment"),
      (5, "Quote submitted"), (35, "Closed lost"))
    // Negotiation is passed by A alone: B was lost.
    #expect(
      try rows(StageSetReport(), on: 40) { $0.arguments = ["process": "cro"] } == [
        "Enquiry | 2 | 0 | 0.00% | 2.00d | ",
        "Qualification | 0 | 2 | 100.00% | n/a | always skipped",
        "Needs assessment | 2 | 0 | 0.00% | 2.00d | ",
        "Quote submitted | 2 | 0 | 0.00% | 25.00d | slow",
        "Negotiation | 0 | 1 | 100.00% | n/a | always skipped",
      ])
    #expect(
      try rows(StageSetReport(), on: 40) { $0.until = CivilDate("2027-01-01") }.allSatisfy {
        $0.hasSuffix("never used")
      })
  }

  @Test("RPT-09: months without a win count as nothing, and the index needs two years")
  func trends() throws {
    let entity = office.entity("deal")
    func win(_ date: String, _ amount: String) throws {
      let all = try [
        "name=Deal", "stage=Won", "close_date=\(date)", "amount=\(amount)",
      ].map { try office.assignment($0, of: entity) }
      let editor = try office.editor(mode: .file)
      try office.replica.write {
        try editor.plan(new: entity, all, in: $0.snapshot).apply(in: $0)
      }
    }
    try win("2026-10-01", "30")
    try win("2026-10-31", "10")
    try win("2026-12-31", "20")
    try win("2027-01-02", "99")
    // Today is 15 January 2027, so January is not over.
    #expect(
      try rows(TrendReport(), on: 0) == [
        "2026-10 | 2 | 40.00 | n/a", "2026-11 | 0 | 0.00 | n/a", "2026-12 | 1 | 20.00 | n/a",
      ])
    // Two years: 24 months with 60 in all; October has 40 of them in two months: 20 / 2.5 = 800 %.
    let long = try rows(TrendReport(), on: 0) { $0.since = CivilDate("2025-01-01") }
    #expect(long.count == 24)
    #expect(long[9] == "2025-10 | 0 | 0.00 | 800.00%")
    #expect(long[21] == "2026-10 | 2 | 40.00 | 800.00%")
    #expect(long[23] == "2026-12 | 1 | 20.00 | 400.00%")
    #expect(long[0] == "2025-01 | 0 | 0.00 | 0.00%")
    #expect(
      try rows(TrendReport(), on: 0) { $0.until = CivilDate("2026-11-30") }.count == 2)
  }
}
