import CRDTCore
import GRDB

/// The e-mail addresses of people, and what they answer to invitations.
struct EventAddresses {
  private var addresses: [RecordID: String] = [:]
  private var people: [String: (kind: String, id: RecordID)] = [:]
  private var answers: [RecordID: [String: String]] = [:]

  init(in database: Database) throws {
    for (kind, field) in [("contact", "primary_email"), ("user", "email")] {
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT id, \(field) FROM \(kind) WHERE _hidden IS NULL AND \(field) != '' ORDER BY id"
      )
      for row in rows {
        guard let id = RecordID(row[0] as DatabaseValue), let address = row[1] as String? else {
          continue
        }
        addresses[id] = address
        // Of two with one address the first; of ours and theirs, ours.
        if people[address.lowercased()]?.kind != kind {
          people[address.lowercased()] = (kind, id)
        }
      }
    }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT event, who, answer FROM event_answer
        WHERE _hidden IS NULL AND answer IS NOT NULL AND who IS NOT NULL ORDER BY id
        """)
    for row in rows {
      guard let event = RecordID(row[0] as DatabaseValue) else { continue }
      answers[event, default: [:]][row[1]] = row[2]
    }
  }

  func address(of person: RecordID) -> String? { addresses[person] }

  /// Whose address it is, as far as is known here.
  func person(at address: String) -> (kind: String, id: RecordID)? { people[address.lowercased()] }

  /// What somebody, by id or address, says to an event.
  func answer(of who: String, to event: RecordID) -> String? { answers[event]?[who] }
}
