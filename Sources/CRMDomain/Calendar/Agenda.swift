package import CRDTCore
package import Foundation
package import GRDB

/// What somebody has before them in a span of time: events, what is due, what is promised, whom to answer.
package struct Agenda: Sendable {
  package enum Kind: String, Hashable, Sendable {
    case event
    case task
    /// The next step of a deal.
    case nextAction = "next action"
    case commitment
    /// A customer who waits for an answer.
    case serviceCase = "case"
  }

  package struct Item: Hashable, Sendable {
    package let kind: Kind
    /// The kind of the record.
    package let recordKind: String
    package let id: RecordID
    package let title: String
    package let start: Instant
    /// When it ends; `nil` of what is due at a moment.
    package var end: Instant?
    /// Whether it is about days, not hours.
    package var isAllDay = false
    package var place: String?
    /// Whether it should have been done before now.
    package var isOverdue = false
    /// When to remind of it.
    package var reminders: [Instant] = []
  }

  /// By time.
  package let items: [Item]

  /// What a user has before them from one moment until another, and what is overdue if now lies between.
  package init(
    of user: RecordID?, from: Instant, until: Instant, now: Instant, timeZone: TimeZone,
    in database: Database
  ) throws {
    let reader = Reader(
      user: user, until: until, now: now, timeZone: timeZone, database: database)
    var items = try reader.events(from: from)
    let due =
      try reader.tasks() + reader.commitments() + reader.cases() + reader.nextActions()
    let isNow = from <= now && now < until
    items += due.filter { $0.start >= from || (isNow && $0.isOverdue) }
    self.items = items.sorted {
      ($0.start, $0.kind.rawValue, $0.title, $0.id) < ($1.start, $1.kind.rawValue, $1.title, $1.id)
    }
  }

  /// What has to be said now: of what is still ahead, that for which a reminder has come up.
  package func reminders(at now: Instant) -> [Item] {
    items.filter { item in item.start > now && item.reminders.contains { $0 <= now } }
  }

  /// Reads each kind of item that begins before a moment.
  private struct Reader {
    let user: RecordID?
    let until: Instant
    let now: Instant
    let timeZone: TimeZone
    let database: Database

    func events(from: Instant) throws -> [Item] {
      try CalendarEvents(of: user, in: database).events.flatMap { event in
        event.spans(from: from, until: until).map { span in
          var item = Item(
            kind: .event, recordKind: "event", id: event.id, title: event.title,
            start: span.isAllDay ? span.start.instant(in: timeZone) : span.startInstant)
          item.end = span.isAllDay ? nil : span.endInstant
          item.isAllDay = span.isAllDay
          item.place = event.place
          item.reminders = event.reminders.map { ahead(of: item.start, minutes: $0) }
          return item
        }
      }
    }

    func tasks() throws -> [Item] {
      let rows = try rows(
        """
        SELECT t.id, t.title, t.due, (SELECT group_concat(r.value) FROM task_reminder_offsets r
          WHERE r._rec = t._rec AND r.present = 1)
        FROM task t WHERE t._hidden IS NULL AND t.archived IS NOT 1 AND t.due < ?2
          AND t.status IN ('open', 'in_progress') AND (?1 IS NULL
            OR EXISTS (SELECT 1 FROM task_assignees a
              WHERE a._rec = t._rec AND a.present = 1 AND a.value = ?1)
            OR (t.owner = ?1 AND NOT EXISTS (SELECT 1 FROM task_assignees a
              WHERE a._rec = t._rec AND a.present = 1)))
        """)
      return rows.compactMap { row in
        guard var item = item(.task, "task", row) else { return nil }
        let offsets = (row[3] as String?)?.split(separator: ",").compactMap { Int64($0) } ?? []
        item.reminders = offsets.sorted().map { ahead(of: item.start, minutes: $0) }
        return item
      }
    }

    func commitments() throws -> [Item] {
      try rows(
        """
        SELECT id, text, due FROM commitment WHERE _hidden IS NULL AND archived IS NOT 1
          AND due < ?2 AND status = 'open' AND (?1 IS NULL OR promised_by = ?1 OR owner = ?1)
        """
      ).compactMap { item(.commitment, "commitment", $0) }
    }

    func cases() throws -> [Item] {
      try rows(
        """
        SELECT id, subject, response_due FROM "case" WHERE _hidden IS NULL AND archived IS NOT 1
          AND response_due < ?2 AND responded_at IS NULL AND status IN ('new', 'open', 'waiting')
          AND (?1 IS NULL OR owner = ?1)
        """
      ).compactMap { item(.serviceCase, "case", $0) }
    }

    func nextActions() throws -> [Item] {
      let rows = try rows(
        """
        SELECT d.id, d.name, d.next_action_on, d.next_action FROM deal d
        LEFT JOIN stage s ON s.id = d.stage
        WHERE d._hidden IS NULL AND d.archived IS NOT 1 AND d.next_action_on IS NOT NULL
          AND IFNULL(s.kind, 'open') = 'open' AND (?1 IS NULL OR d.owner = ?1)
          AND ?2 IS NOT NULL
        """)
      let today = timeZone.clock(at: now).day
      return rows.compactMap { row in
        guard let id = RecordID(row[0] as DatabaseValue), let day = (row[2] as DatabaseValue).day
        else { return nil }
        let start = timeZone.instant(on: day)
        guard start < until else { return nil }
        let action = row[3] ?? "Next action"
        var item = Item(
          kind: .nextAction, recordKind: "deal", id: id, title: "\(row[1] ?? ""): \(action)",
          start: start)
        item.isAllDay = true
        item.isOverdue = day < today
        return item
      }
    }

    private func rows(_ sql: String) throws -> [Row] {
      try Row.fetchAll(
        database, sql: sql + " ORDER BY 1",
        arguments: [user?.databaseValue, until.milliseconds])
    }

    private func item(_ kind: Kind, _ recordKind: String, _ row: Row) -> Item? {
      guard let id = RecordID(row[0] as DatabaseValue), let due = (row[2] as DatabaseValue).instant
      else { return nil }
      var item = Item(
        kind: kind, recordKind: recordKind, id: id, title: row[1] ?? "", start: due)
      let day = timeZone.clock(at: due).day
      // What is due on a day, and at no hour of it, has all of the day.
      item.isAllDay = timeZone.instant(on: day) == due
      item.isOverdue = item.isAllDay ? day < timeZone.clock(at: now).day : due < now
      return item
    }

    private func ahead(of start: Instant, minutes: Int64) -> Instant {
      Instant(milliseconds: start.milliseconds &- minutes &* 60_000)
    }
  }
}
