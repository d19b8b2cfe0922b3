import CRDTCore
import CRMDomain
import ReplicaStore

extension ShellSession {
  /// What is overdue, due today or to be reminded of, as a session begins; empty if there is nothing.
  func reminders() throws -> [String] {
    let calendar = LocalCalendar(now: Instant(environment.now()), timeZone: environment.timeZone)
    let people = PeopleFormat(calendar: calendar)
    let (agenda, user) = try node.replica().read { snapshot in
      let user = try snapshot.actingUser()
      return (
        try Agenda(
          of: user, from: calendar.instant(on: calendar.today),
          until: calendar.instant(on: calendar.today.adding(days: Self.daysAhead)),
          now: calendar.now, timeZone: calendar.timeZone, in: snapshot.database), user
      )
    }
    guard user != nil else { return [] }
    let overdue = agenda.items.filter(\.isOverdue).count
    let today = agenda.items.filter { item in
      !item.isOverdue && calendar.local(item.start).day == calendar.today
    }.count
    var parts: [String] = []
    if overdue > 0 { parts.append("\(overdue) overdue") }
    if today > 0 { parts.append("\(today) today") }
    var lines = parts.isEmpty ? [] : ["\(parts.joined(separator: ", ")): see agenda"]
    lines += agenda.reminders(at: calendar.now).map {
      "Reminder: \(PlainText.oneLine($0.title)), \(people.moment($0.start))"
    }
    return lines
  }

  /// How far ahead reminders are looked for, in days.
  private static let daysAhead = 32
}
