package import CRDTCore
import Foundation
import GRDB

/// What a hostile node writes into the tables of its own store.
package enum ForgedRoster {
  /// Makes a store believe that a node nobody has let in is an administrator's, so that it writes.
  package static func enter(
    _ key: NodePublicKey, member: MemberID, inStoreAt path: String
  ) throws {
    let node = ~member.rawValue
    let rows: [(kind: String, record: UInt128, field: String, value: Value)] = [
      ("member", member.rawValue, "role", .text("administrator")),
      ("node", node, "key", .bytes(key.bytes)),
      ("node", node, "member", .reference(RecordID(rawValue: member.rawValue))),
    ]
    try DatabaseQueue(path: path).write { database in
      for row in rows {
        var value = ByteWriter()
        value.write(value: row.value)
        try database.execute(
          sql: "INSERT INTO _roster VALUES (1, 1, ?, ?, ?, ?, x'')",
          arguments: [
            row.kind, Data(row.record.bigEndianBytes), row.field, Data(value.bytes),
          ])
      }
    }
  }
}
