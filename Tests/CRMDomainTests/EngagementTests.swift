import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import Testing

/// What goes without saying of engagements, tasks and requests, and what follows of them.
@Suite("Engagements, tasks and requests")
struct EngagementTests {
  private let office: TestOffice

  init() throws { office = try TestOffice() }

  private func refuses(_ body: () throws -> Void) -> EditError? {
    do {
      try body()
      return nil
    } catch {
      return error as? EditError
    }
  }

  @Test("ACT-03, ACT-04: the account is the contact's or the deal's, and whoever logs took part")
  func inference() throws {
    let account = try office.make("account", "name=Müller GmbH")
    try office.make("account", "name=Weber AG")
    try office.make("contact", "name=Anke Dörr", "account=Müller GmbH")
    try office.make("contact", "name=Ute Lang", "account=Weber AG")
    try office.make("deal", "name=Pump", "account=Müller GmbH")
    let call = try office.make("engagement", "type=call", "contacts=Anke Dörr")
    #expect(try office.state("engagement", call)?["account"] == .reference(account))
    #expect(
      try office.state("engagement", call)?.elements(of: "users") == [.reference(office.user)])
    let visit = try office.make("engagement", "type=visit", "deals=Pump")
    #expect(try office.state("engagement", visit)?["account"] == .reference(account))
    // With people of two accounts nobody can say whose it is.
    let meeting = try office.make("engagement", "type=meeting", "contacts=(Anke Dörr,Ute Lang)")
    #expect(try office.state("engagement", meeting)?["account"].isNull == true)
  }

  @Test("ACT-15: what was said in a closed engagement is never changed, nor is it opened again")
  func closed() throws {
    let id = try office.make("engagement", "type=call", "topics=Wants a rebate")
    try office.edit("engagement", id, "topics+=and a longer hose")
    try office.edit("engagement", id, "closed=yes")
    #expect(
      refuses { try office.edit("engagement", id, "topics=Wants nothing") }
        == .closed(field: "topics", kind: "engagement"))
    #expect(
      refuses { try office.edit("engagement", id, "decisions=None") }
        == .closed(field: "decisions", kind: "engagement"))
    #expect(
      refuses { try office.edit("engagement", id, "closed=no") }
        == .closed(field: "closed", kind: "engagement"))
    try office.edit("engagement", id, "sentiment=positive", "labels+=rebate")
    #expect(try office.text("engagement", id, "sentiment") == "positive")
    #expect(office.entity("engagement").isKept && office.entity("commitment").isKept)
  }

  @Test("ACT-17: a follow-up makes a task of each engagement of its type, once wherever it is made")
  func followUps() throws {
    try office.make("follow_up", "title=Send the minutes", "type=meeting", "days=2")
    try office.make("follow_up", "title=Old habit", "type=meeting", "days=1", "archived=yes")
    try office.make("account", "name=Müller GmbH")
    try office.make("engagement", "type=call", "date_time=2027-01-15T08:00:00Z")
    #expect(try office.names("task").isEmpty)
    let meeting = try office.make(
      "engagement", "type=meeting", "account=Müller GmbH", "date_time=2027-01-15T08:00:00Z")
    #expect(try office.names("task") == ["Send the minutes"])
    let context = try office.context
    let rules = RecordQuery(office.entity("follow_up"), filter: .isEmpty(["archived"]))
    let rule = try #require(
      try office.replica.read { try rules.rows(in: $0.database, context).first?.id })
    let task = DerivedTask.following(
      meeting, of: rule.rawValue.bigEndianBytes, title: "", due: nil, assignee: nil, about: [])
    #expect(try office.text("task", task.id, "due") == "2027-01-17T08:00:00Z")
    #expect(try office.text("task", task.id, "assignees") == "Priya Nair")
    let about = try #require(try office.state("task", task.id)).elements(of: "about")
    #expect(about.contains(.reference(meeting)) && about.count == 2)
    // Another node's, which follows of the same engagement, is the same record.
    try office.replica.write { try task.write(in: $0) }
    #expect(try office.names("task") == ["Send the minutes"])
  }

  @Test("ACT-18: a task that is done keeps when; opened again it was not")
  func completion() throws {
    let id = try office.make("task", "title=Ring them")
    try office.edit("task", id, "status=done", on: TestOffice.occasion(hours: 3))
    #expect(try office.text("task", id, "completed_at") == "2027-01-15T11:00:00Z")
    try office.edit("task", id, "status=open", on: TestOffice.occasion(hours: 4))
    #expect(try office.state("task", id)?["completed_at"].isNull == true)
  }

  @Test("ACT-16: a task that comes again makes its next when it is done, the same on every node")
  func recurrence() throws {
    try office.make("account", "name=Müller GmbH")
    let id = try office.make(
      "task", "title=Report", "due=2027-01-31T16:00:00Z",
      "recurrence=FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3",
      "about=account:Müller GmbH", "priority=high", "reminder_offsets=(60,1440)")
    try office.edit("task", id, "status=done")
    func next(of id: RecordID) -> RecordID {
      RecordID(derivedFrom: "task", [Array("next".utf8), id.rawValue.bigEndianBytes])
    }
    let second = next(of: id)
    #expect(try office.text("task", second, "due") == "2027-02-28T16:00:00Z")
    #expect(try office.text("task", second, "recurrence") == "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=-1")
    #expect(try office.text("task", second, "about") == "Müller GmbH")
    #expect(try office.text("task", second, "priority") == "high")
    #expect(try office.state("task", second)?.elements(of: "reminder_offsets").count == 2)
    #expect(try office.state("task", second)?["follows"] == .reference(id))
    // Opened and done again, it makes no third one.
    try office.edit("task", id, "status=open")
    try office.edit("task", id, "status=done")
    #expect(try office.names("task").count == 2)
    try office.edit("task", second, "status=done")
    try office.edit("task", next(of: second), "status=done")
    #expect(try office.names("task").count == 3)
  }

  @Test("ACT-16: the next task is due at the same hour where the company is, over a clock change")
  func recurrenceOverClockChange() throws {
    try office.replica.write {
      try WorkspaceSettings.set(.timeZone, to: "Europe/Berlin", in: $0)
    }
    let id = try office.make(
      "task", "title=Report", "due=2027-03-25T08:00:00Z", "recurrence=weekly")
    try office.edit("task", id, "status=done")
    let next = RecordID(derivedFrom: "task", [Array("next".utf8), id.rawValue.bigEndianBytes])
    #expect(try office.text("task", next, "due") == "2027-04-01T07:00:00Z")
  }

  @Test("ACT-08: a question is open until it has an answer")
  func questions() throws {
    let account = try office.make("account", "name=Müller GmbH")
    let call = try office.make("engagement", "type=call", "subject=Steel", "account=Müller GmbH")
    let id = try office.make("question", "text=Which steel?", "engagement=Steel")
    #expect(try office.text("question", id, "open") == "yes")
    #expect(try office.state("question", id)?["account"] == .reference(account))
    #expect(try office.state("question", id)?["engagement"] == .reference(call))
    try office.edit("question", id, "answer=1.4301")
    #expect(try office.text("question", id, "open") == "no")
    try office.edit("question", id, "answer=")
    #expect(try office.text("question", id, "open") == "yes")
  }

  @Test("ACT-23, ACT-24: a request is to be answered within so many hours of work, by its priority")
  func requests() throws {
    try office.replica.write {
      try WorkspaceSettings.set(.workingHours, to: "09:00-17:00", in: $0)
    }
    try office.make("account", "name=Müller GmbH")
    // Friday 2027-01-15, 16:00 UTC: one hour is left of the day, seven are Monday's.
    let id = try office.make(
      "case", "subject=Pump leaks", "account=Müller GmbH", on: TestOffice.occasion(hours: 8))
    #expect(try office.text("case", id, "response_due") == "2027-01-18T16:00:00Z")
    #expect(try office.text("case", id, "status") == "new")
    try office.edit("case", id, "priority=high")
    #expect(try office.text("case", id, "response_due") == "2027-01-18T10:00:00Z")
    let note = try office.make("engagement", "type=call", "direction=in", "links=case:Pump leaks")
    #expect(try office.state("case", id)?["responded_at"].isNull == true)
    #expect(try office.text("engagement", note, "account") == "Müller GmbH")
    try office.make(
      "engagement", "type=mail", "direction=out", "links=case:Pump leaks",
      "date_time=2027-01-18T09:30:00Z")
    try office.make(
      "engagement", "type=mail", "direction=out", "links=case:Pump leaks",
      "date_time=2027-01-19T09:30:00Z")
    #expect(try office.text("case", id, "responded_at") == "2027-01-18T09:30:00Z")
    try office.edit("case", id, "status=open")
    try office.edit("case", id, "status=solved", on: TestOffice.occasion(hours: 80))
    #expect(try office.text("case", id, "solved_at") == "2027-01-18T16:00:00Z")
    let refusal = refuses { try office.edit("case", id, "satisfaction=6") }
    #expect(refusal?.summary == "The satisfaction cannot be 6: it is 1 to 5.")
    try office.edit("case", id, "status=open", "satisfaction=4")
    #expect(try office.state("case", id)?["solved_at"].isNull == true)
  }

  @Test("hours of work leave out nights, days off and a region's holidays")
  func workingTime() throws {
    try office.make("engagement", "type=note")
    let region = try office.make(
      "region", "name=North", "working_days=mon-thu", "working_hours=08:00-12:00",
      "holidays=2027-01-18", "time_zone=Europe/Berlin")
    let time = try office.replica.read { try WorkingTime(of: region, in: $0.database) }
    func instant(_ text: String) throws -> Instant {
      try #require(LocalTime(text)).instant(in: .gmt)
    }
    // Thursday 2027-01-14, 11:00 in Berlin, one hour before the end; Monday is a holiday.
    let start = try instant("2027-01-14T10:00")
    #expect(time.moment(2, hoursAfter: start) == (try instant("2027-01-19T08:00")))
    #expect(time.milliseconds(from: start, to: try instant("2027-01-19T08:00")) == 7_200_000)
    #expect(time.milliseconds(from: try instant("2027-01-19T08:00"), to: start) == -7_200_000)
    // Moments of a peer whose clock is at the end of all numbers stop nobody.
    let far = Instant(milliseconds: .max)
    #expect(time.moment(2, hoursAfter: far) == far)
    #expect(time.milliseconds(from: start, to: far) == .max)
  }
}
