package import CRDTCore
import ReplicaStore

/// Records whose ids follow from a key, so that two nodes which import one file offline make the same
/// ones.
package enum DerivedRecord {
  /// The id of the record that an import makes for the value of its key field.
  ///
  /// The value is a trimmed text; its case matters, as it does in ids of other systems.
  package static func id(kind: String, field: String, key: String) -> RecordID {
    RecordID(derivedFrom: kind, [Array(field.utf8), Array(NameFolding.normalized(key).utf8)])
  }

  /// The id of a record that is made anew: the first derived one whose record was not deleted, which nodes that
  /// know of the same deletions find alike.
  static func newID(kind: String, _ key: [[UInt8]], in snapshot: Snapshot) throws -> RecordID {
    var id = RecordID(derivedFrom: kind, key)
    for attempt in UInt8(1)...UInt8.max {
      guard try snapshot.record(kind, id)?.isDeleted == true else { break }
      id = RecordID(derivedFrom: kind, key + [[attempt]])
    }
    return id
  }
}
