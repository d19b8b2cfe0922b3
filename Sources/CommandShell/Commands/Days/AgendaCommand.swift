import CRDTCore
import CRMDomain
import ReplicaStore

/// `agenda`: what somebody has before them, on a day or in a week.
package struct AgendaCommand: ShellCommand {
  package let name = "agenda"
  package let summary =
    "Shows a day or a week: events, what is due, next actions, promises, whom to answer."
  package let syntax = ["agenda [day|week] [DATE] [USER|all] [at TIME]"]
  package let examples = [
    "agenda", "agenda week", "agenda day \"next friday\"", "agenda week 2026-03-23 tom",
    "agenda all --format json",
  ]
  package let use = CommandUse(
    words: nil, clauses: [.at], formats: ["table", "json", "ndjson", "csv", "tsv", "md"])

  package init() {}

  package func run(_ command: Command, in context: CommandContext) async throws -> ExitCode {
    try context.read { view in
      let asked = try AskedDays(command, view)
      let calendar = context.calendar
      let agenda = try Agenda(
        of: asked.user, from: calendar.instant(on: asked.days.lowerBound),
        until: calendar.instant(on: asked.days.upperBound.adding(days: 1)), now: context.asOf,
        timeZone: calendar.timeZone, in: view.snapshot.database)
      context.state.listed = agenda.items.map { RecordKey(kind: $0.recordKind, id: $0.id) }
      try AgendaView(agenda: agenda, days: asked.days, view: view).write()
    }
    return .done
  }
}

/// The days and the person that an `agenda` is asked for.
private struct AskedDays {
  var days: ClosedRange<CivilDate>
  /// `nil` for everybody.
  var user: RecordID?

  init(_ command: Command, _ view: RecordView) throws {
    let calendar = view.context.calendar
    let today = calendar.local(view.context.asOf).day
    days = today...today
    user = try view.actingUser()
    var isWeek = false
    for case .word(let word) in command.targets {
      switch word.text.lowercased() {
      case "day": isWeek = false
      case "week": isWeek = true
      case "all": user = nil
      case _:
        if let reading = try? DateReader(calendar: calendar).read(word.text) {
          days = reading.days(in: calendar)
        } else {
          user = try RecordFinder(view).record(named: word, kind: view.catalog["user"]).id
        }
      }
    }
    if isWeek {
      let monday = days.lowerBound.adding(days: 1 - days.lowerBound.weekday)
      days = monday...monday.adding(days: 6)
    }
  }
}

/// An agenda, as each format writes it.
private struct AgendaView {
  let agenda: Agenda
  let days: ClosedRange<CivilDate>
  let view: RecordView

  func write() throws {
    let context = view.context
    switch context.format(onTerminal: "table", elsewhere: "tsv") {
    case "json":
      context.json([
        "schema": "kith.agenda/1", "from": .string(days.lowerBound.description),
        "until": .string(days.upperBound.description),
        "items": .array(try agenda.items.map(json)),
      ])
    case "ndjson": for item in agenda.items { context.json(try json(item)) }
    case "table", "card":
      for line in try lines() { context.output.data(line) }
      context.writeMoment()
    case _:
      try context.write(
        TableView(
          columns: ["start", "end", "kind", "id", "what", "place", "overdue"].map {
            TableView.Column($0)
          },
          rows: try agenda.items.map { item in
            [
              TableView.Cell(view.people.timestamp(item.start)),
              TableView.Cell(item.end.map { view.people.timestamp($0) } ?? ""),
              TableView.Cell(item.kind.rawValue), TableView.Cell(try id(of: item)),
              TableView.Cell(item.title), TableView.Cell(item.place ?? ""),
              TableView.Cell(item.isOverdue ? "yes" : "no"),
            ]
          }))
    }
  }

  private func id(of item: Agenda.Item) throws -> String {
    try view.shortID(RecordKey(kind: item.recordKind, id: item.id))
  }

  private func json(_ item: Agenda.Item) throws -> JSONValue {
    [
      "start": .string(view.people.timestamp(item.start)),
      "end": item.end.map { .string(view.people.timestamp($0)) } ?? .null,
      "all_day": .bool(item.isAllDay), "what": .string(item.kind.rawValue),
      "kind": .string(item.recordKind), "id": .string(item.id.description),
      "title": .string(item.title), "place": item.place.map(JSONValue.string) ?? .null,
      "overdue": .bool(item.isOverdue),
      "reminders": .array(item.reminders.map { .string(view.people.timestamp($0)) }),
    ]
  }

  /// A line each, under the days; what is overdue first, whenever it was due.
  private func lines() throws -> [String] {
    let context = view.context
    let overdue = agenda.items.filter(\.isOverdue)
    var groups = overdue.isEmpty ? [] : [(title: "Overdue", items: overdue)]
    let ahead = Dictionary(grouping: agenda.items.filter { !$0.isOverdue }) {
      // What began earlier and goes on stands under the first day.
      max(days.lowerBound, context.calendar.local($0.start).day)
    }
    groups += ahead.sorted { $0.key < $1.key }.map { (view.people.day($0.key), $0.value) }
    guard !groups.isEmpty else { return ["Nothing is planned."] }
    var lines: [String] = []
    for group in groups {
      lines.append(context.output.style.paint(group.title, .bold))
      var table = TableView(
        columns: [
          TableView.Column("", isWhole: true), TableView.Column("", isWhole: true),
          TableView.Column("", importance: 1), TableView.Column("", importance: 3),
          TableView.Column("", importance: 2),
        ],
        rows: try group.items.map { item in
          [
            TableView.Cell("  " + time(of: item)), TableView.Cell(try id(of: item)),
            TableView.Cell(item.kind.rawValue), TableView.Cell(item.title),
            TableView.Cell(item.place ?? ""),
          ]
        })
      table.hasHeader = false
      lines += table.lines(
        width: context.output.isTerminal ? context.output.width : nil, style: context.output.style)
    }
    return lines
  }

  private func time(of item: Agenda.Item) -> String {
    let people = view.people
    if item.isOverdue {
      return item.isAllDay ? people.dayOrMoment(item.start) : people.moment(item.start)
    }
    if item.isAllDay { return "all day" }
    return people.time(item.start) + (item.end.map { "–" + people.time($0) } ?? "")
  }
}
