package import CRDTCore
import GRDB
package import ReplicaStore

/// The people of the customer who have a part in a deal.
///
/// A deal and a person are one record, on whichever node it is made, so that roles given apart come together.
package enum DealContacts {
  package static let kind = "deal_contact"

  /// The record of a person's part in a deal.
  package static func id(of contact: RecordID, in deal: RecordID) -> RecordID {
    RecordID(
      derivedFrom: kind, [deal.rawValue.bigEndianBytes, contact.rawValue.bigEndianBytes])
  }

  /// Who has a part in a deal, in the order of the people's ids.
  package static func all(of deal: RecordID, in snapshot: Snapshot) throws -> [RecordState] {
    let ids = try DatabaseValue.fetchAll(
      snapshot.database,
      sql: """
        SELECT id FROM deal_contact WHERE deal = ? AND _hidden IS NULL ORDER BY contact, id
        """, arguments: [deal.databaseValue])
    return try ids.compactMap { try RecordID($0).flatMap { try snapshot.record(kind, $0) } }
  }
}
