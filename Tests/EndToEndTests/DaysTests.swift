import Foundation
import TestSupport
import Testing

/// Engagements, tasks and the calendar, as people type them.
@Suite("Days", .serialized)
struct DaysTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try nodes.kith("office", "new", "account", "Müller GmbH")
    try nodes.kith("office", "new", "contact", "Anke Dörr", "account=müller")
    try nodes.kith("office", "new", "deal", "Pump retrofit", "account=müller")
  }

  @discardableResult
  private func said(_ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  /// A listing's rows, without its header and the ids in front.
  private func rows(_ words: String...) throws -> [String] {
    let isListing = words[0] == "list"
    return try nodes.kith("office", words + ["--format", "tsv"]).output.split(separator: "\n")
      .dropFirst().map { row in
        String(isListing ? row.drop { $0 != "\t" }.dropFirst() : row)
      }
  }

  @Test(
    """
    ACT-01, ACT-02, ACT-05, ACT-06, ACT-11 to ACT-14, ACT-25: one line logs who, what, how long, the mood, \
    rivals, deals and next steps
    """)
  func log() throws {
    let logged = try said(
      "log", "call", "anke", "pump", "price questions", "25m", "sentiment=positive",
      "competitors=Acme", "direction=out", "topics=Wants a rebate",
      "next=send offer by 2030-03-01", "next=call back", "question=Which steel?",
      "promise=samples by 2030-02-01", "promised=drawings", "because", "they rang")
    #expect(logged.contains("Logged e") && logged.contains("send offer"))
    #expect(
      try rows(
        "list", "calls", "cols", "subject,account,contacts,users,deals,duration,sentiment")
        == ["price questions\tMüller GmbH\tAnke Dörr\tPriya Nair\tPump retrofit\t25\tpositive"])
    #expect(
      try rows("list", "tasks", "cols", "title,due,assignees", "sort", "title") == [
        "call back\t\tPriya Nair", "send offer\t2030-03-01T17:00:00Z\tPriya Nair",
      ])
    let about = try said("show", "send offer")
    #expect(about.contains("price questions") && about.contains("Pump retrofit"))
    #expect(
      try rows("list", "questions", "where", "open", "cols", "text,account,engagement")
        == ["Which steel?\tMüller GmbH\tprice questions"])
    #expect(
      try rows("list", "commitments", "cols", "text,promised_by,due,status", "sort", "text") == [
        "drawings\tAnke Dörr\t\topen",
        "samples\tPriya Nair\t2030-02-01T17:00:00Z\topen",
      ])
    #expect(try said("count", "engagements", "where", "competitors", "has", "Acme").hasPrefix("1"))
    #expect(try said("timeline", "pump").contains("price questions"))
    // E-mail is mail, and what cannot be understood is told with what to type.
    try said("log", "email", "müller", "subject=drawings", "direction=in", "at=yesterday")
    #expect(try rows("list", "mails", "cols", "subject,account") == ["drawings\tMüller GmbH"])
    #expect(try said("log", "cal", "anke", code: 2).contains("“cal” is no type of engagement"))
    #expect(try said("log", "call", "nobody", code: 3).contains("log call anke"))
    let dry = try said(
      "log", "call", "anke", "subject=rebate", "next=ask Tom by friday", "--dry-run")
    #expect(dry.contains("ask Tom by") && dry.contains("Nothing was written"))
    #expect(try said("count", "engagements").hasPrefix("2"))
  }

  @Test("ACT-15: engagements are never deleted, and a closed one is only added to")
  func kept() throws {
    try said("log", "call", "anke", "subject=rebate", "topics=Wants a rebate")
    // A field of the workspace's own changes nothing about that.
    try said("field", "add", "engagement", "room", "type=text")
    #expect(try said("delete", "rebate", "--yes", code: 10).contains("is never deleted"))
    #expect(
      try said("delete", "(engagements where subject = rebate)", "--yes", code: 10)
        .contains("archived=yes"))
    #expect(try said("amend", "rebate", "Per year.", code: 10).contains("is not closed"))
    try said("edit", "rebate", "closed=yes")
    #expect(try said("edit", "rebate", "topics=Nothing", code: 10).contains("amend REF"))
    try said("amend", "rebate", "The rebate was meant per year.")
    #expect(
      try rows("list", "amendments", "cols", "engagement,text,added_by")
        == ["rebate\tThe rebate was meant per year.\tPriya Nair"])
    #expect(try said("show", "rebate", "--full").contains("The rebate was meant per year."))
  }

  @Test("ACT-16, ACT-18: tasks are done, dropped and opened again in one word")
  func tasks() throws {
    try said("new", "task", "Ring them", "due=2020-01-02", "every=weekly")
    #expect(try rows("list", "tasks", "where", "overdue", "cols", "title") == ["Ring them"])
    try said("done", "Ring them", "completed_at=2020-01-02 09:00")
    #expect(
      try rows("list", "tasks", "cols", "due,status,completed_at", "sort", "due") == [
        "2020-01-02T00:00:00Z\tdone\t2020-01-02T09:00:00Z",
        "2020-01-09T00:00:00Z\topen\t",
      ])
    let next = try #require(
      try nodes.kith(
        "office", "list", "tasks", "where", "status", "=", "open", "--format", "ids"
      ).output.split(separator: "\n").first.map(String.init))
    try said("drop", next, "because", "they bought elsewhere")
    #expect(try said("show", next).contains("dropped"))
    #expect(try said("reopen", next, code: 10).contains("Nothing follows dropped"))
    #expect(try said("new", "task", "x", "every=blue moon", code: 10).contains("every 2 weeks"))
  }

  @Test(
    "ACT-19, ACT-20: the agenda has events, what is due and next actions; a deal's page what is ahead"
  )
  func agenda() throws {
    try said(
      "new", "event", "Kick-off", "when=2030-03-28 09:00 to 10:30 Europe/Berlin", "every=weekly",
      "exceptions=2030-04-04T09:00", "users=priya", "place=Bremen", "about=deal:Pump retrofit")
    try said("new", "task", "Send drawings", "due=2030-03-29 12:00", "assignees=priya")
    try said("edit", "Pump retrofit", "next_action=Ask for the budget", "next_action_on=2030-03-27")
    try said("new", "case", "Pump leaks", "account=müller", "opened_at=2030-03-28 10:00")
    func week(_ day: String) throws -> [String] {
      try rows("agenda", "week", day).map { row in
        let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
        return "\(cells[0]) \(cells[2]) \(cells[4])"
      }
    }
    // Clocks go forward in Berlin on 2030-03-31: nine o'clock is an hour earlier in UTC from then on.
    #expect(
      try week("2030-03-28") == [
        "2030-03-27T00:00:00+00:00 next action Pump retrofit: Ask for the budget",
        "2030-03-28T08:00:00+00:00 event Kick-off",
        "2030-03-29T10:00:00+00:00 case Pump leaks", "2030-03-29T12:00:00+00:00 task Send drawings",
      ])
    #expect(try week("2030-04-04").isEmpty)
    #expect(try week("2030-04-11") == ["2030-04-11T07:00:00+00:00 event Kick-off"])
    let people = try said("agenda", "2030-03-28", "--format", "table")
    #expect(people.contains("08:00–09:30") && people.contains("Bremen"))
    #expect(try said("agenda", "--format", "table").contains("Nothing is planned."))
    try said("new", "event", "Site visit", "when=in 3 days", "about=deal:Pump retrofit")
    let page = try said("show", "Pump retrofit", "--full")
    #expect(page.contains("Upcoming events") && page.contains("Site visit"))
    try said("new", "task", "Old debt", "due=2020-01-01", "assignees=priya")
    #expect(try said("agenda", "--format", "table").contains("Overdue"))
    #expect(
      try said("new", "event", "x", "when=2030-03-28 10:00 to 09:00", code: 2)
        .contains("is not a date"))
  }

  @Test("ACT-19: events go out to a file and come back as what they were; those invited answer")
  func calendarFile() throws {
    try said("edit", "anke", "primary_email=anke@mueller.example")
    try said(
      "new", "event", "Kick-off", "when=2030-03-28 09:00 for 90m", "contacts=anke", "every=weekly")
    try said("answer", "Kick-off", "yes")
    try said("answer", "Kick-off", "maybe", "contact:anke")
    let page = try said("show", "Kick-off", "--full")
    #expect(page.contains("Thu 28 Mar 2030 09:00–10:30"))
    #expect(page.contains("Anke Dörr") && page.contains("maybe") && page.contains("yes"))
    let file = nodes.folder.path("mine.ics")
    #expect(try said("export", "events", file).contains("1 event written"))
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("PARTSTAT=TENTATIVE:mailto:anke@mueller.example"))
    #expect(try said("import", "events", file).contains("events: 1 unchanged"))
    let changed = try nodes.folder.write(
      text.replacing("SUMMARY:Kick-off", with: "SUMMARY:Start"), to: "changed.ics")
    #expect(try said("import", "events", changed, "--dry-run").contains("Nothing was written"))
    #expect(try rows("list", "events", "cols", "title") == ["Kick-off"])
    #expect(try said("import", "events", changed).contains("events: 1 changed"))
    #expect(try rows("list", "events", "cols", "title") == ["Start"])
    let wrong = try nodes.folder.write(
      text.replacing("FREQ=WEEKLY", with: "FREQ=HOURLY"), to: "wrong.ics")
    #expect(try said("import", "events", wrong, code: 10).contains("its rule FREQ=HOURLY"))
    #expect(try said("import", "events", file, "--key", "uid", code: 2).contains("takes no --key"))
  }

  @Test("RPT-46: one's own numbers stand on one page")
  func myNumbers() throws {
    try said("edit", "Pump retrofit", "amount=500")
    try said("log", "call", "anke", "subject=rebate", "90m")
    try said("quota", "set", "who=priya", "period=2030", "amount=1000")
    let page = try said("my", "numbers").split(separator: " ").joined(separator: " ")
    for part in ["value €500", "calls 1", "hours 1.5", "completion rate n/a"] {
      #expect(page.contains(part), "\(part) is not in\n\(page)")
    }
    #expect(try said("my", "numbers", "--format", "json").contains("\"completion\":{\"due\":0"))
    let later = try said("my", "numbers", "since", "2030-01-01", "until", "2030-12-31")
    #expect(later.contains("€1,000") && later.contains("attainment"))
    #expect(try said("report", "activity", "--drill", "1").contains("rebate"))
  }

  @Test("ACT-17: a session begins with what is overdue, due today and to be reminded of")
  func reminders() throws {
    try said("new", "task", "Old debt", "due=2020-01-01", "assignees=priya")
    try said(
      "new", "task", "Send offer", "due=in 3 days", "assignees=priya", "reminder_offsets=7200")
    let terminal = try nodes.prompt("office")
    let screen = try terminal.wait(for: "Reminder: Send offer")
    #expect(screen.contains("1 overdue: see agenda"))
    try terminal.type("quit\r")
    #expect(try terminal.result().code == 0)
  }

  @Test("ACT-21: the feed has the newest changes of all records, whatever they are about")
  func feed() throws {
    try said("log", "call", "anke", "subject=rebate")
    try said("edit", "pump", "amount=500")
    let feed = try said("feed")
    #expect(feed.contains("engagement rebate") && feed.contains("amount"))
    #expect(feed.contains("account Müller GmbH"))
    let calls = try said("feed", "engagements", "--format", "json")
    #expect(calls.contains("rebate") && !calls.contains("\"kind\":\"deal\""))
  }

  @Test("ACT-22, ACT-07, ACT-09, ACT-10: minutes say what is marked as shareable, and nothing else")
  func minutes() throws {
    try said("new", "follow_up", "Check their credit", "days=1")
    try said(
      "log", "meeting", "anke", "subject=Kick-off", "topics=New plant", "scope_notes=Two pumps",
      "budget_notes=They have 50k", "next=send drawings by 2030-01-01", "promise=samples")
    let nothing = try said("minutes", "Kick-off")
    #expect(nothing.contains("Nothing is marked as shareable") && !nothing.contains("New plant"))
    try said("edit", "Kick-off", "shareable+=(topics,next_steps)")
    let minutes = try said("minutes", "Kick-off")
    for part in [
      "Minutes: Kick-off", "Client: Müller GmbH", "Present: Anke Dörr, Priya Nair", "New plant",
      "- send drawings", "- samples",
    ] {
      #expect(minutes.contains(part), "\(part) is not in\n\(minutes)")
    }
    #expect(!minutes.contains("50k") && !minutes.contains("Two pumps"))
    #expect(!minutes.contains("credit"))
  }

  @Test("ACT-23: cases are opened, answered, solved; those that wait too long are found")
  func cases() throws {
    try said("new", "case", "Pump leaks", "contact=anke", "opened_at=2020-01-06 10:00")
    #expect(
      try rows("list", "cases", "where", "overdue", "cols", "subject,account,status")
        == ["Pump leaks\tMüller GmbH\tnew"])
    try said("log", "call", "anke", "case:Pump leaks", "we are on it", "direction=out")
    #expect(try rows("list", "cases", "where", "overdue").isEmpty)
    try said("move", "case:Pump leaks", "open")
    try said("move", "case:Pump leaks", "solved")
    #expect(try said("move", "case:Pump leaks", "new", code: 10).contains("cannot go"))
  }

  @Test("ACT-26: find finds what was said, asked, promised and requested")
  func find() throws {
    try said(
      "log", "call", "anke", "subject=rebate", "topics=The flange is made of hastelloy",
      "question=Is hastelloy dear?", "promise=a hastelloy sample")
    try said("new", "case", "Rust", "text=Not hastelloy at all")
    let found = try rows("find", "hastelloy")
    #expect(found.count == 4, "\(found)")
    #expect(try rows("find", "HASTELLOY", "limit", "2").count == 2)
  }

  @Test("two nodes that complete one task that comes again make one next task")
  func twoNodes() throws {
    try said("new", "task", "Report", "due=2030-01-31 16:00", "every=monthly")
    let server = try nodes.serve("office")
    try nodes.join(
      "rep", user: "Lena Vogt", invitedBy: "office", at: try server.listeningAddress())
    try nodes.stop(server)
    for node in ["office", "rep"] { try nodes.kith(node, "done", "Report") }
    let again = try nodes.serve("office")
    try nodes.kith("rep", "peer", "add", "office", try again.listeningAddress())
    try nodes.kith("rep", "sync")
    try nodes.stop(again)
    for node in ["office", "rep"] {
      #expect(try nodes.kith(node, "count", "tasks").output.hasPrefix("2"))
    }
  }
}
