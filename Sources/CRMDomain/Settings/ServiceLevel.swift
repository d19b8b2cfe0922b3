import CRDTCore
import GRDB

/// How soon a customer with a request hears from us: so many hours of work, by its priority.
struct ServiceLevel {
  let hours: Int
  let time: WorkingTime

  /// The priorities of which the shorter time holds, as their lists first called them.
  private static let urgentKeys = ["high", "urgent", "critical"]

  init(of draft: EditDraft, in database: Database) throws {
    var isUrgent = false
    if case .reference(let priority) = draft["priority"] {
      let key = try String.fetchOne(
        database, sql: "SELECT key FROM picklist WHERE id = ?",
        arguments: [priority.databaseValue])
      // A value that the edit itself makes is not in the list yet, and none of those.
      isUrgent = key.map(Self.urgentKeys.contains) ?? false
    }
    let key: SettingKey = isUrgent ? .urgentCaseResponse : .caseResponse
    hours = try WorkspaceSettings.value(of: key, in: database).flatMap { Int($0) } ?? 8
    var region: RecordID?
    if case .reference(let id) = draft["region"] { region = id }
    time = try WorkingTime(of: region, in: database)
  }

  func responseDue(after opened: Instant) -> Instant { time.moment(hours, hoursAfter: opened) }
}
