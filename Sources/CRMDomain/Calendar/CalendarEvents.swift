package import CRDTCore
import Foundation
package import GRDB

/// The events of a calendar, and the times at which they take place.
package struct CalendarEvents: Sendable {
  /// One event, once or again and again.
  package struct Event: Hashable, Sendable {
    package let id: RecordID
    package let title: String
    package let span: TimeSpan
    package let place: String?
    package let rule: RecurrenceRule?
    /// The beginnings that are left out, or moved elsewhere.
    package fileprivate(set) var exceptions: Set<LocalTime>
    /// How many minutes ahead to remind of it.
    package let reminders: [Int64]

    /// The times at which it takes place of which any part lies in a span of time, in order.
    package func spans(from: Instant, until: Instant) -> [TimeSpan] {
      guard let rule else {
        return overlaps(span, from, until) && !exceptions.contains(span.start) ? [span] : []
      }
      var spans: [TimeSpan] = []
      let length = Int(span.end.day.days) - Int(span.start.day.days)
      let first = CivilDate(
        days: Int32(clamping: Int(span.timeZone.clock(at: from).day.days) - length - 1))
      for day in Occurrences(
        of: rule, from: span.start, in: span.timeZone, skippingTo: first)
      {
        guard let moved = span.moved(to: day), moved.startInstant < until else { break }
        if overlaps(moved, from, until), !exceptions.contains(moved.start) { spans.append(moved) }
      }
      return spans
    }

    private func overlaps(_ span: TimeSpan, _ from: Instant, _ until: Instant) -> Bool {
      span.startInstant < until && (span.endInstant > from || span.startInstant >= from)
    }
  }

  /// By title and id.
  package let events: [Event]

  /// The events that a user takes part in or answers for, or all of them.
  ///
  /// One that says no time that can be understood, as another program may have written it, takes place never.
  package init(of user: RecordID?, in database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT e.id, e.title, e.place, e.recurrence, e._rec,
          json_extract(e.span, '$.start'), json_extract(e.span, '$.end'),
          json_extract(e.span, '$.time_zone')
        FROM event e WHERE e._hidden IS NULL AND e.archived IS NOT 1 AND (?1 IS NULL OR e.owner = ?1
          OR EXISTS (SELECT 1 FROM event_users u
            WHERE u._rec = e._rec AND u.present = 1 AND u.value = ?1))
        ORDER BY e.title, e.id
        """, arguments: [user?.databaseValue])
    let exceptions = try Self.elements("event_exceptions", in: database)
    let reminders = try Self.elements("event_reminder_offsets", in: database)
    var events = rows.compactMap { row -> Event? in
      guard let id = RecordID(row[0] as DatabaseValue), let span = Self.span(row) else {
        return nil
      }
      let record: Int64 = row[4]
      let rule = (row[3] as String?).flatMap { RecurrenceRule($0) }
      return Event(
        id: id, title: row[1] ?? "", span: span, place: row[2], rule: rule,
        exceptions: Set(
          (exceptions[record] ?? []).compactMap { String.fromDatabaseValue($0) }.compactMap {
            LocalTime($0)
          }),
        reminders: (reminders[record] ?? []).compactMap { Int64.fromDatabaseValue($0) }.sorted())
    }
    let moved = try Self.movedTimes(in: database)
    for index in events.indices {
      events[index].exceptions.formUnion(moved[events[index].id] ?? [])
    }
    self.events = events
  }

  /// The times of each series that have become events of their own, whoever takes part in them and whether or
  /// not they were called off.
  private static func movedTimes(in database: Database) throws -> [RecordID: Set<LocalTime>] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT series, occurrence FROM event
        WHERE _hidden IS NULL AND series IS NOT NULL AND occurrence IS NOT NULL ORDER BY id
        """)
    return rows.reduce(into: [:]) { moved, row in
      guard let series = RecordID(row[0] as DatabaseValue), let time = LocalTime(row[1] as String)
      else { return }
      moved[series, default: []].insert(time)
    }
  }

  private static func span(_ row: Row) -> TimeSpan? {
    var texts: [String: String] = [:]
    for (index, part) in StructureFormat.timeSpan.parts.enumerated() {
      texts[part] = row[5 + index]
    }
    return TimeSpan(texts: texts)
  }

  /// The elements of a set, by the record that holds them.
  private static func elements(
    _ table: String, in database: Database
  ) throws -> [Int64: [DatabaseValue]] {
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT _rec, value FROM \(SQL.name(table)) WHERE present = 1 ORDER BY _rec, value")
    return rows.reduce(into: [:]) { $0[$1[0], default: []].append($1[1]) }
  }
}
