import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import Testing

/// Figures of calls, meetings, answers and tasks; each was reckoned on paper first, as the comments say.
@Suite("Reports on activity")
struct ActivityReportTests {
  private let office: TestOffice

  init() throws {
    office = try TestOffice()
    try office.make("account", "name=Müller GmbH")
    try office.make("account", "name=Weber AG")
  }

  private func instant(_ text: String) throws -> Instant {
    try #require(LocalTime(text)).instant(in: .gmt)
  }

  /// The rows of a report as of 2027-02-14, the total last, as plain text.
  private func rows(
    _ report: any Report, _ change: (inout ReportRequest) -> Void = { _ in }
  ) throws -> [String] {
    var request = ReportRequest(
      now: try instant("2027-02-14T08:00"), timeZone: .gmt, queries: try office.context)
    change(&request)
    let table = try office.replica.read { try report.table(for: request, in: $0.database) }
    return (table.rows + (table.total.map { [$0] } ?? [])).map { row in
      row.cells.map(Self.text).joined(separator: " | ")
    }
  }

  private static func text(_ cell: ReportTable.Cell) -> String {
    switch cell {
    case .text(let text): text
    case .key(let reading, let field): reading.text(of: field)
    case .count(let count): "\(count)"
    case .money(let money): money.description
    case .percent(let number), .days(let number), .hours(let number): number.description
    case .date(let day): day.description
    case .unavailable: "n/a"
    }
  }

  private func january(_ request: inout ReportRequest) {
    request.since = CivilDate(year: 2027, month: 1, day: 1)
    request.until = CivilDate(year: 2027, month: 1, day: 31)
  }

  @Test("RPT-19: calls, meetings and mails are counted by person, in the days of the period")
  func activity() throws {
    try office.make("user", "name=Lena Vogt")
    // In the period: two calls of 30 and 45 minutes, a mail out, a mail in, a note.
    try office.make("engagement", "type=call", "duration=30", "date_time=2027-01-01T00:00:00Z")
    try office.make("engagement", "type=call", "duration=45", "date_time=2027-01-31T23:59:59Z")
    try office.make("engagement", "type=mail", "direction=out", "date_time=2027-01-10T08:00:00Z")
    try office.make("engagement", "type=mail", "direction=in", "date_time=2027-01-10T09:00:00Z")
    try office.make("engagement", "type=note", "date_time=2027-01-10T09:00:00Z")
    try office.make(
      "engagement", "type=meeting", "owner=Lena Vogt", "duration=60",
      "date_time=2027-01-12T09:00:00Z")
    // Out of it: the day before and the day after.
    try office.make("engagement", "type=call", "date_time=2026-12-31T23:59:59Z")
    try office.make("engagement", "type=call", "date_time=2027-02-01T00:00:00Z")
    // 75 minutes are an hour and a quarter.
    #expect(
      try rows(ActivityReport(), january) == [
        "Lena Vogt | 1 | 0 | 1 | 0 | 0 | 0 | 0 | 1.00",
        "Priya Nair | 5 | 2 | 0 | 0 | 1 | 1 | 1 | 1.25",
        "all | 6 | 2 | 1 | 0 | 1 | 1 | 1 | 2.25",
      ])
    #expect(try rows(ActivityReport()).last == "all | 8 | 4 | 1 | 0 | 1 | 1 | 1 | 2.25")
  }

  @Test("RPT-20: of a period's meetings, how many opportunities began within 30 days after one")
  func meetings() throws {
    #expect(try rows(MeetingsReport()) == ["0 | 0 | 0 | n/a"])
    // Deals begin on 2027-01-15 at eight, those of the office on the same day.
    for date in ["2026-12-16T08:00:00Z", "2027-01-20T08:00:00Z"] {
      try office.make("engagement", "type=meeting", "account=Müller GmbH", "date_time=\(date)")
    }
    // A day too early for what began on 15 January, and a call.
    try office.make(
      "engagement", "type=meeting", "account=Weber AG", "date_time=2026-12-16T07:59:59Z")
    try office.make("engagement", "type=call", "account=Weber AG", "date_time=2027-01-14T08:00:00Z")
    try office.make("deal", "name=Pump", "account=Müller GmbH", "stage=Engaging")
    try office.make("deal", "name=Valve", "account=Weber AG", "stage=Engaging")
    try office.make("deal", "name=Nobody's", "stage=Engaging")
    // Three meetings in all, one of them in January; three began, the pump after the one of 16 December.
    #expect(try rows(MeetingsReport()) == ["3 | 3 | 1 | 33.33"])
    #expect(try rows(MeetingsReport(), january) == ["1 | 3 | 1 | 100.00"])
    #expect(try rows(MeetingsReport()) { $0.arguments = ["days": "31"] } == ["3 | 3 | 2 | 66.67"])
    #expect(throws: ReportError.self) {
      try rows(MeetingsReport()) { $0.arguments = ["days": "soon"] }
    }
  }

  @Test("RPT-25, ACT-24: answers are timed in hours of work; what nobody answered is waiting")
  func responses() throws {
    #expect(try rows(ResponsesReport()).last == "all | 0 | 0 | 0 | n/a | n/a | n/a")
    func engagement(_ direction: String, _ date: String, _ rest: String) throws {
      try office.make(
        "engagement", "type=mail", "direction=\(direction)", "date_time=\(date)", rest)
    }
    // Friday 2027-01-15, 16:00 to Monday 10:00: one hour of work and one, of 8 allowed.
    try engagement("in", "2027-01-15T16:00:00Z", "account=Müller GmbH")
    try engagement("out", "2027-01-18T10:00:00Z", "account=Müller GmbH")
    // Monday 09:00 to Wednesday 11:00: 18 hours of work, too late.
    try engagement("in", "2027-01-18T09:00:00Z", "account=Weber AG")
    try engagement("out", "2027-01-20T11:00:00Z", "account=Weber AG")
    // Answered by nobody: what went out to Weber was before.
    try engagement("in", "2027-01-21T09:00:00Z", "account=Weber AG")
    // A case of Friday 08:00, before work, answered on that day at 12:00: three hours, in time.
    try office.make("case", "subject=Leak", "account=Müller GmbH")
    try engagement("out", "2027-01-15T12:00:00Z", "links=case:Leak")
    // (2 + 18) / 2 is 10 hours, as is the median; of the three that are judged one was in time.
    // In all: 2, 3 and 18 hours.
    #expect(
      try rows(ResponsesReport()) == [
        "inbound engagements | 3 | 2 | 1 | 10.00 | 10.00 | 33.33",
        "new leads | 0 | 0 | 0 | n/a | n/a | n/a",
        "cases | 1 | 1 | 0 | 3.00 | 3.00 | 100.00",
        "all | 4 | 3 | 1 | 7.67 | 3.00 | 50.00",
      ])
  }

  @Test("RPT-25: a new lead is answered by what goes out about it")
  func leads() throws {
    let template = ProcessTemplate.all.first { $0.name == "leads" }
    try office.replica.write { try ProcessSetUp.add("leads", from: template, in: $0) }
    try office.make("deal", "name=Fair visitor", "process=leads")
    try office.make("deal", "name=Another", "process=leads")
    // Came on Friday at eight; one is rung at 17:00, after eight hours of work.
    try office.make(
      "engagement", "type=call", "direction=out", "deals=Fair visitor",
      "date_time=2027-01-15T17:00:00Z")
    #expect(try rows(ResponsesReport())[1] == "new leads | 2 | 1 | 1 | 8.00 | 8.00 | 50.00")
  }

  @Test("RPT-21, ACT-18: the completion rate counts what was due and done in time")
  func completion() throws {
    #expect(try rows(CompletionReport()) == ["all | 0 | 0 | 0 | 0 | n/a"])
    func task(_ title: String, _ due: String, done: String? = nil, _ rest: String = "priority=low")
      throws
    {
      let id = try office.make("task", "title=\(title)", "due=\(due)", rest)
      if let done { try office.edit("task", id, "status=done", "completed_at=\(done)") }
    }
    // In time: at the very moment; and on the day, of what is due at no hour of it.
    try task("a", "2027-01-20T10:00:00Z", done: "2027-01-20T10:00:00Z", "assignees=Priya Nair")
    try task("b", "2027-01-20T00:00:00Z", done: "2027-01-20T23:59:59Z")
    // Late, open, dropped, and not due yet.
    try task("c", "2027-01-20T10:00:00Z", done: "2027-01-20T10:00:01Z")
    try task("d", "2027-01-31T10:00:00Z", "status=open")
    try task("e", "2027-01-31T10:00:00Z", "status=dropped")
    try task("f", "2027-02-14T09:00:00Z", "status=open")
    #expect(
      try rows(CompletionReport()) == [
        "Priya Nair | 1 | 1 | 0 | 0 | 100.00", " | 3 | 1 | 1 | 1 | 33.33",
        "all | 4 | 2 | 1 | 1 | 50.00",
      ])
  }
}
